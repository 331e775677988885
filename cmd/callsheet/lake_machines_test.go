package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/demo"
	"callsheet/internal/servertest"
	"callsheet/internal/spool"
)

var lakeKills = flag.Int("lakekills", 4, "how often a machine of a lake is killed")

// machine writes the configuration of a machine with an empty spool, which loads into a lake.
func machine(t *testing.T, id, address string, catalog *url.URL, data string) (config string) {
	t.Helper()
	dir := t.TempDir()
	config = filepath.Join(dir, "callsheet.yaml")
	text := fmt.Sprintf(`data_dir: ./data
collector: {id: %s, listen: %q, sources: [{name: main, tokens: [a-token-for-tests]}]}
store: {lake: {catalog: %q, password_file: password, data: %q, extension_directory: %q}}
`, id, address, catalog, data, servertest.Extensions(t))
	err := errors.Join(os.WriteFile(config, []byte(text), 0o600), os.WriteFile(filepath.Join(dir, "password"), []byte(servertest.Password), 0o600),
		os.MkdirAll(filepath.Join(dir, "data", "spool"), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// runOn runs a command with a configuration, which must succeed, and returns what it printed.
func runOn(t *testing.T, config string, args ...string) string {
	t.Helper()
	out, err := exec.Command("callsheet", append([]string{"--config", config}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("callsheet %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// serveMachine starts serve on a machine, until the test ends.
func serveMachine(t *testing.T, config, address string) (process *exec.Cmd, log *syncedBuffer) {
	t.Helper()
	process, log = exec.Command("callsheet", "--config", config, "serve"), &syncedBuffer{}
	process.Stderr = log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Process.Kill(); process.Wait() })
	if err := waitReady(address); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return process, log
}

// oneMachine loads copies of the spools of machines into a database file.
func oneMachine(t *testing.T, machines ...string) (config string) {
	t.Helper()
	config = loaderHome(t)
	for i, machine := range machines {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(machine), "data", "spool", "*.ndjson"))
		if err != nil || len(files) == 0 {
			t.Fatalf("machine %d has no spool: %v", i, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(filepath.Dir(config), "data", "spool", fmt.Sprintf("%d-%s", i, filepath.Base(file))), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	runOn(t, config, "load")
	return config
}

// storedTables counts the rows of what a load stores, beside the content of calls.
const storedTables = `select (select count(*) from calls), (select count(*) from call_legs), (select count(*) from call_versions), (select sum(deliveries) from call_versions),
	(select count(*) from live_events), (select sum(lines) from loads), (select sum(loaded_lines) from spool_files)`

// wantSame compares a lake with a database file.
func wantSame(t *testing.T, lake, file string) {
	t.Helper()
	got, want := contentHashes(t, lake), contentHashes(t, file)
	if got != want || strings.Count(want, "\n") < 3 {
		t.Errorf("the lake has\n%s\none machine has\n%s", got, want)
	}
	if got, want := runOn(t, lake, "sql", storedTables, "--format", "csv"), runOn(t, file, "sql", storedTables, "--format", "csv"); got != want {
		t.Errorf("the lake has\n%s\none machine has\n%s", got, want)
	}
}

// TestThreeMachinesShareALake sends deliveries to three collectors, some of them to several, while three loaders load them. The third machine is
// killed again and again. The lake must equal the database of one machine that has all three spools.
func TestThreeMachinesShareALake(t *testing.T) {
	t.Parallel()
	server := servertest.StartPostgres(t)
	catalog := server.Database(t, "lake")
	data := filepath.Join(t.TempDir(), "lake")
	var machines, addresses []string
	collectors := make([]*exec.Cmd, 3)
	collect := func(i int) {
		collectors[i] = exec.Command("callsheet", "--config", machines[i], "collect")
		if err := collectors[i].Start(); err != nil {
			t.Fatal(err)
		}
		if err := waitReady(addresses[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i, id := range []string{"first", "second", "third"} {
		addresses = append(addresses, servertest.FreeAddress())
		machines = append(machines, machine(t, id, addresses[i], catalog, data))
		if i == 0 {
			runOn(t, machines[0], "init", "--lake")
		}
		collect(i)
		t.Cleanup(func() { collectors[i].Process.Kill() })
	}

	var loading sync.WaitGroup
	var sent atomic.Bool
	for i := range 2 {
		loading.Go(func() {
			for last := false; !last; {
				last = sent.Load()
				if out, err := exec.Command("callsheet", "--config", machines[i], "load").CombinedOutput(); err != nil {
					t.Errorf("loader %d: %v\n%s", i, err, out)
					return
				}
			}
		})
	}
	killedLoads := 0
	loading.Go(func() { // a load of the third machine that is killed, and one that may end
		rng := rand.New(rand.NewPCG(3, 3))
		for !sent.Load() {
			load := exec.Command("callsheet", "--config", machines[2], "load")
			if err := load.Start(); err != nil {
				t.Error(err)
				return
			}
			timer := time.AfterFunc(time.Second+time.Duration(rng.Int64N(int64(6*time.Second))), func() { load.Process.Kill() })
			err := load.Wait()
			if timer.Stop() && err != nil {
				t.Errorf("loader 2 failed without being killed: %v", err)
			} else if err != nil {
				killedLoads++
			}
		}
	})

	rng := rand.New(rand.NewPCG(1, 2))
	deliveries := demo.Generate(demo.Options{Calls: 600, Days: 4, Seed: 3, Until: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)})
	accepted := 0
	for n, delivery := range deliveries {
		payload, ok := spool.Compact(delivery.Body)
		if delivery.Broken || !ok || payload[0] != '{' {
			continue
		}
		for _, i := range rng.Perm(3)[:1+max(0, rng.IntN(10)-7)] {
			response, err := http.Post("http://"+addresses[i]+"/hooks/main/a-token-for-tests", "application/json", bytes.NewReader(payload))
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Fatal(response.Status)
			}
			accepted++
		}
		if (n+1)%(len(deliveries) / *lakeKills) == 0 {
			collectors[2].Process.Kill()
			collectors[2].Wait()
			collect(2)
			time.Sleep(5 * time.Second) // for the loaders
		}
	}
	sent.Store(true)
	loading.Wait()
	runOn(t, machines[2], "load")
	wantSame(t, machines[0], oneMachine(t, machines...))
	t.Logf("%d deliveries, %d loads of the third machine were killed", accepted, killedLoads)
}

// TestServeMaintainsALake waits until serve has loaded a delivery into a lake, which stores few rows in the catalog, and written it into a file.
func TestServeMaintainsALake(t *testing.T) {
	t.Parallel()
	catalog := servertest.StartPostgres(t).Database(t, "lake")
	data, address := filepath.Join(t.TempDir(), "lake"), servertest.FreeAddress()
	config := machine(t, "first", address, catalog, data)
	text, err := os.ReadFile(config)
	if err == nil {
		err = os.WriteFile(config, []byte(strings.Replace(string(text), "store: {lake: {", "store: {load_every: 1s, lake: {maintain_every: 1s, ", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	runOn(t, config, "init", "--lake")
	serve, log := serveMachine(t, config, address)
	response, err := http.Post("http://"+address+"/hooks/main/a-token-for-tests", "application/json",
		strings.NewReader(`{"CallSid":"a-call","StartTime":"2026-10-05 10:00:00","EndTime":"2026-10-05 10:01:00"}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if files, _ := filepath.Glob(filepath.Join(data, "main", "call_versions", "*.parquet")); len(files) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no file of call_versions was written\n%s", log.String())
		}
	}
	if err := errors.Join(serve.Process.Signal(syscall.SIGTERM), serve.Wait()); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
}

// TestLakeRecoversFromFaults lets the catalog and the bucket fail during loads. Each load must end well without help, and store everything once.
func TestLakeRecoversFromFaults(t *testing.T) {
	server := servertest.StartPostgres(t)
	var cut atomic.Pointer[func(sent []byte) servertest.Cut]
	catalog := servertest.BeforePostgres(t, server.Database(t, "lake"), func(sent []byte) servertest.Cut {
		if do := cut.Load(); do != nil {
			return (*do)(sent)
		}
		return servertest.Keep
	})
	type refusal struct {
		method string
		do     http.HandlerFunc
	}
	var refuse atomic.Pointer[refusal]
	var left atomic.Int64 // how many requests are refused
	bucket := servertest.BeforeS3(t, servertest.StartS3(t), func(w http.ResponseWriter, r *http.Request) bool {
		now := refuse.Load()
		if now == nil || r.Method != now.method || left.Add(-1) < 0 {
			return false
		}
		now.do(w, r)
		return true
	})
	home := machine(t, "first", servertest.FreeAddress(), catalog, bucket)
	runOn(t, home, "init", "--lake")

	var faulty atomic.Bool // the fault has happened
	commits := func(fault func() servertest.Cut) func() {
		return func() {
			var wrote atomic.Bool // the transaction
			do := func(sent []byte) servertest.Cut {
				if bytes.Contains(sent, []byte("ducklake_snapshot_changes")) && bytes.Contains(sent, []byte("INSERT INTO")) {
					wrote.Store(true)
				}
				if wrote.Load() && bytes.Contains(sent, []byte("COMMIT")) && !faulty.Swap(true) {
					return fault()
				}
				return servertest.Keep
			}
			cut.Store(&do)
		}
	}
	requests := func(method string, n int64, do http.HandlerFunc) func() {
		return func() {
			left.Store(n)
			refuse.Store(&refusal{method, func(w http.ResponseWriter, r *http.Request) {
				faulty.Store(true)
				do(w, r)
			}})
		}
	}
	hangUp := func(w http.ResponseWriter, r *http.Request) {
		r.Body.Read(make([]byte, 100))
		connection, _, _ := w.(http.Hijacker).Hijack()
		connection.Close()
	}
	var restart sync.WaitGroup
	faults := []struct {
		name  string
		share int // of the deliveries, in percent; more rows than are stored in the catalog make an upload
		do    func()
	}{
		{"half an upload", 45, requests(http.MethodPut, 6, hangUp)},
		{"bucket answers 503", 45, requests(http.MethodPut, 6, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })},
		{"bucket hangs up", 2, requests(http.MethodGet, 6, hangUp)},
		{"bucket is slow", 2, requests(http.MethodGet, 6, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			w.WriteHeader(http.StatusInternalServerError)
		})},
		{"connection cut before a commit", 2, commits(func() servertest.Cut { return servertest.CutBefore })},
		{"connection cut after a commit", 2, commits(func() servertest.Cut { return servertest.CutAfter })},
		{"catalog restarts", 2, commits(func() servertest.Cut {
			server.Stop()
			restart.Go(func() {
				time.Sleep(time.Second)
				server.Start(t)
			})
			return servertest.Keep
		})},
	}
	lines := demoLines(rand.New(rand.NewPCG(5, 5)), 4000)
	rest := lines
	for _, fault := range faults {
		n := len(lines) * fault.share / 100
		for _, line := range rest[:n] {
			appendLine(t, home, "2026-10-05.first.ndjson", line)
		}
		rest = rest[n:]
		faulty.Store(false)
		fault.do()
		out, err := exec.Command("callsheet", "--config", home, "load").CombinedOutput()
		restart.Wait()
		cut.Store(nil)
		refuse.Store(nil)
		if bytes.Contains(out, []byte("SIGABRT")) { // DuckDB 1.5.5 aborts now and then when PostgreSQL goes away
			t.Logf("%s: DuckDB aborted", fault.name)
		}
		if err != nil || !faulty.Load() || strings.Contains(string(out), "secret\"") {
			t.Errorf("%s: it happened: %v, %v\n%s", fault.name, faulty.Load(), err, out)
		}
	}
	wantSame(t, home, oneMachine(t, home))
}

// TestLoadIntoALakeThatCrashesIsRepeated lets the process in which a load has DuckDB abort, as DuckDB does at times when PostgreSQL goes away.
func TestLoadIntoALakeThatCrashesIsRepeated(t *testing.T) {
	t.Parallel()
	config := machine(t, "first", servertest.FreeAddress(), servertest.StartPostgres(t).Database(t, "lake"), filepath.Join(t.TempDir(), "lake"))
	runOn(t, config, "init", "--lake")
	appendLine(t, config, "2026-10-05.first.ndjson", demoLines(rand.New(rand.NewPCG(5, 5)), 1)[0])
	load, log := exec.Command("callsheet", "--config", config, "load"), &syncedBuffer{}
	load.Stdout, load.Stderr = log, log
	if err := load.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	for deadline := time.Now().Add(time.Minute); pid == 0; time.Sleep(time.Millisecond) {
		if pid = childOf(load.Process.Pid, "load\x00--json"); time.Now().After(deadline) {
			t.Fatalf("the load has no child process\n%s", log.String())
		}
	}
	err := errors.Join(syscall.Kill(pid, syscall.SIGABRT), load.Wait())
	if out := log.String(); err != nil || !strings.Contains(out, "the load is repeated") || !strings.Contains(out, "1 new line in 1 file") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDemosWorkbooksAreEqualOnALake loads the demo's deliveries and its vendor's lists into a lake, and compares the workbooks cell by cell.
func TestDemosWorkbooksAreEqualOnALake(t *testing.T) {
	t.Parallel()
	catalog := servertest.StartPostgres(t).Database(t, "lake")
	home, lake := t.TempDir(), t.TempDir()
	if out, err := exec.Command("callsheet", "demo", "--dir", home, "--days", "3", "--calls", "400").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file := filepath.Join(home, "callsheet.yaml")
	text, err := os.ReadFile(file)
	for _, folder := range []string{"spool", "vendor"} {
		err = errors.Join(err, os.CopyFS(filepath.Join(lake, "data", folder), os.DirFS(filepath.Join(home, "data", folder))))
	}
	config := filepath.Join(lake, "callsheet.yaml")
	err = errors.Join(err, os.WriteFile(filepath.Join(lake, "password"), []byte(servertest.Password), 0o600),
		os.WriteFile(config, []byte(strings.Replace(string(text), "\ncollector:\n", fmt.Sprintf(`
store: {lake: {catalog: %q, password_file: password, data: ./lake, extension_directory: %q}}
collector:
  id: first
`, catalog, servertest.Extensions(t)), 1)), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	runOn(t, config, "init", "--lake")
	for _, config := range []string{file, config} {
		if out, err := exec.Command("callsheet", "--config", config, "load").CombinedOutput(); err != nil && !strings.Contains(string(out), "rejected") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	days := strings.Fields(runOn(t, file, "sql", "select min(local_day)::varchar || ' ' || max(local_day)::varchar as days from calls", "--format", "csv"))
	from, to := days[1], days[2]
	for _, report := range []string{"daily", "monthly", "coins"} {
		var workbooks []*excelize.File
		for _, config := range []string{file, config} {
			path := filepath.Join(t.TempDir(), "workbook.xlsx")
			runOn(t, config, "report", report, "--from", from, "--to", to, "--out", path)
			workbook, err := excelize.OpenFile(path)
			if err != nil {
				t.Fatal(err)
			}
			defer workbook.Close()
			workbooks = append(workbooks, workbook)
		}
		sheets := workbooks[0].GetSheetList()
		if !slices.Equal(sheets, workbooks[1].GetSheetList()) || len(sheets) < 3 {
			t.Errorf("%s: sheets %q and %q", report, sheets, workbooks[1].GetSheetList())
		}
		for _, sheet := range sheets {
			want, err := workbooks[0].GetRows(sheet)
			got, lakeErr := workbooks[1].GetRows(sheet)
			if err := errors.Join(err, lakeErr); err != nil || !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("%s, %s: %v: the lake has\n%q\nthe file has\n%q", report, sheet, err, got, want)
			}
		}
	}
}
