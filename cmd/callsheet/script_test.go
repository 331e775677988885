package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"callsheet/internal/child"
	"callsheet/internal/servertest"
)

// TestMain makes the test binary serve as the program: testscript puts it on PATH under the name callsheet, so tests run the
// program with exec.Command("callsheet") and nothing is built for them.
func TestMain(m *testing.M) {
	if child.IsChild() {
		os.Exit(run(os.Args[1:]))
	}
	testscript.Main(tests{m}, map[string]func(){"callsheet": func() { os.Exit(run(os.Args[1:])) }})
}

// tests runs commands on one thread each: many run at the same time, and DuckDB's threads poll while they wait for each other, which
// is most of the work on a small database. The tests of a busy collector use all threads. Twice as many tests run at once as there are
// cores, since many wait for servers, locks and timeouts.
type tests struct{ *testing.M }

func (t tests) Run() int {
	os.Setenv(maxThreads, "1")
	flag.Parse()
	if !isSet("test.parallel") {
		if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	return t.M.Run()
}

// skipIfShort skips a test that takes seconds in the short form of the tests.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
}

// isSet reports whether a flag is on the command line.
func isSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// maxThreads is the environment variable that limits the threads of Go and DuckDB.
const maxThreads = "GOMAXPROCS"

// TestScripts runs testdata/script/*.txtar: each is a story of the commands as a user types them. It begins with an empty database in
// data, since making one takes longer than most commands; a story of a new site removes it.
func TestScripts(t *testing.T) {
	database := emptyDatabase(t)
	params := testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv(maxThreads, os.Getenv(maxThreads))
			env.Setenv("CALLSHEET_MAIN_TOKEN", "a-token-for-tests")
			return errors.Join(
				os.MkdirAll(filepath.Join(env.WorkDir, "data"), 0o700),
				os.WriteFile(filepath.Join(env.WorkDir, "data", "calls.duckdb"), database, 0o600),
				os.CopyFS(filepath.Join(env.WorkDir, "samples"), os.DirFS("../../internal/collector/testdata/samples")),
				os.CopyFS(filepath.Join(env.WorkDir, "month"), os.DirFS("testdata/month")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport": freePort, "ready": ready, "deliver": deliverSample, "exitcode": exitCodeOf, "occupy": occupy, "config": writeConfig,
			"vendorapi": vendorAPI,
		},
		RequireUniqueNames: true,
	}
	if testing.Short() {
		params.Dir = ""
		for _, name := range shortScripts {
			params.Files = append(params.Files, "testdata/script/"+name+".txtar")
		}
	}
	testscript.Run(t, params)
}

// shortScripts are the scripts of the short form of the tests, in which each of the main commands runs.
var shortScripts = []string{"columns", "hints", "hostile", "init", "run_again", "samples", "version"}

// emptyDatabase returns the file that a load makes for smallConfig where there are no calls.
func emptyDatabase(t *testing.T) []byte {
	dir := t.TempDir()
	config := filepath.Join(dir, "callsheet.yaml")
	err := errors.Join(
		os.WriteFile(config, []byte(strings.Replace(smallConfig, "ADDRESS", "127.0.0.1:8080", 1)), 0o600),
		os.MkdirAll(filepath.Join(dir, "data", "spool"), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	load := exec.Command("callsheet", "--config", config, "load")
	load.Env = append(os.Environ(), "CALLSHEET_MAIN_TOKEN=a-token-for-tests")
	if output, err := load.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	database, err := os.ReadFile(filepath.Join(dir, "data", "calls.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	return database
}

// smallConfig is the small configuration that must work as it stands.
const smallConfig = `timezone: Asia/Kolkata
data_dir: ./data
collector:
  listen: ADDRESS
  sources:
    - name: main
      tokens: ["${CALLSHEET_MAIN_TOKEN}"]
business:
  short_abandon: 5s
  service_level_target: 20s
  recovery_window: 24h
  number_groups: {"01204000001": Sales}
reports:
  - name: daily
    template: daily
    schedule: "0 8 * * *"
    period: yesterday
    deliver:
      - folder: ./reports
`

// config [ADDRESS] writes callsheet.yaml.
func writeConfig(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.Replace(smallConfig, "ADDRESS", strings.Join(append(args, "127.0.0.1:8080")[:1], ""), 1)
	ts.Check(os.WriteFile(ts.MkAbs("callsheet.yaml"), []byte(text), 0o600))
}

// freeport NAME sets the variable to an address that no process listens on.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], servertest.FreeAddress())
}

// occupy NAME sets the variable to an address that is taken until the script ends.
func occupy(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], listener.Addr().String())
	ts.Defer(func() { listener.Close() })
}

// ready ADDRESS waits until the collector says it can store.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(waitReady(args[0]))
}

// deliver URL FILE sends a sample as its ending says: .json and .form as a POST, .query as a GET.
func deliverSample(ts *testscript.TestScript, neg bool, args []string) {
	body := strings.TrimSpace(ts.ReadFile(args[1]))
	method, url, contentType := http.MethodPost, args[0], "application/json"
	switch filepath.Ext(args[1]) {
	case ".query":
		method, url, body = http.MethodGet, url+"?"+body, ""
	case ".form":
		contentType = "application/x-www-form-urlencoded"
	}
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	ts.Check(err)
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	if stored := response.StatusCode == http.StatusOK; stored == neg {
		ts.Fatalf("answered %d %s", response.StatusCode, bytes.TrimSpace(answer))
	}
}

// exitcode N COMMAND… runs callsheet and wants that exit code; what it said is in stdout and stderr as ever.
func exitCodeOf(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("callsheet", args[1:]...)
	code := 0
	if err != nil {
		if _, scanErr := fmt.Sscanf(err.Error(), "exit status %d", &code); scanErr != nil {
			ts.Fatalf("%v", err)
		}
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}
