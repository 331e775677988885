package main

import (
	"bytes"
	"callsheet/internal/servertest"
	"compress/gzip"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A reloading is a running collect or serve whose configuration a test changes.
type reloading struct{ *served }

// startReloading starts a command with a configuration, in which ADDRESS is its address.
func startReloading(t *testing.T, command, config string) *reloading {
	t.Helper()
	return startReloadingIn(t, t.TempDir(), command, config)
}

// startReloadingIn is startReloading with a folder, which may have data.
func startReloadingIn(t *testing.T, dir, command, config string) *reloading {
	t.Helper()
	s := &reloading{served: &served{t: t, dir: dir, address: servertest.FreeAddress(), log: &syncedBuffer{}}}
	s.write(config)
	s.process = exec.Command("callsheet", "--config", s.path(), command)
	s.process.Stderr = s.log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.process.Process.Kill()
		s.process.Wait()
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	s.until("ready", func() bool { return waitReady(s.address) == nil })
	return s
}

func (s *reloading) path() string { return filepath.Join(s.dir, "callsheet.yaml") }

func (s *reloading) write(config string) {
	s.t.Helper()
	text := "data_dir: ./data\n" + strings.ReplaceAll(config, "ADDRESS", s.address)
	if err := os.WriteFile(s.path(), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// reload changes the configuration and waits until it is read.
func (s *reloading) reload(config, wantLog string) {
	s.t.Helper()
	s.write(config)
	before := strings.Count(s.log.String(), wantLog)
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
	s.until(wantLog, func() bool { return strings.Count(s.log.String(), wantLog) > before })
}

const (
	reloaded = "the configuration was reloaded"
	refused  = "the configuration is refused; the earlier one stays in force"
)

// answers returns the status of a delivery to a path, with a body.
func (s *reloading) answers(path, body string) int {
	s.t.Helper()
	response, err := http.Post("http://"+s.address+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// status runs callsheet status.
func (s *reloading) status() (text string) {
	s.t.Helper()
	out, _ := exec.Command("callsheet", "--config", s.path(), "status").CombinedOutput()
	return string(out)
}

// oneSource is a configuration with a source and its tokens.
func oneSource(tokens, rest string) string {
	return "collector: {listen: ADDRESS, sources: [{name: main, tokens: [" + tokens + "]}]" + rest + "}\n"
}

// TestReloadRefusesNoDelivery sends without pause, on kept and on new connections, while the configuration is reloaded: good, bad, good.
func TestReloadRefusesNoDelivery(t *testing.T) {
	for _, command := range []string{"collect", "serve"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			good := []string{
				oneSource("a-token-for-tests", "") + "store: {load_every: 500ms}\n",
				oneSource("a-token-for-tests, another-token", ", limits: {in_flight: 3, connections: 100}") + "timezone: UTC\n",
				oneSource("another-token, a-token-for-tests", ", limits: {max_body: 1MiB}") + "reports: [{name: daily, schedule: '0 8 * * *'}]\n",
			}
			s := startReloading(t, command, good[0])
			senders := startSenders(t, s.address, 2)
			for round := range 9 {
				if round%3 == 1 {
					s.reload([]string{"oops: 1\n", "collector: {listen: ADDRESS, sources: []}\n", oneSource("short", "")}[round/3], refused)
				} else {
					s.reload(good[round%len(good)], reloaded)
				}
			}
			senders.end(s.dir)
		})
	}
}

func TestReloadedSettingsAreInForce(t *testing.T) {
	t.Parallel()
	s := startReloading(t, "collect", oneSource("a-token-for-tests", ""))
	s.reload("collector: {listen: ADDRESS, limits: {max_body: 1KiB, max_deliveries: 2}, sources: [{name: main, tokens: [another-token]}, {name: next, tokens: [the-next-token]}, {name: far, tokens: [a-far-token], allow: [192.0.2.1]}]}\nlog: {level: error}\n", reloaded)
	s.until("log.level", func() bool { // it is set after the reload is logged
		time.Sleep(50 * time.Millisecond)
		before := strings.Count(s.log.String(), "sender refused")
		s.answers("/hooks/main/a-token-for-tests", "{}")
		return strings.Count(s.log.String(), "sender refused") == before
	})
	long := fmt.Sprintf(`{"CallSid":"1","Note":%q}`, strings.Repeat("x", 2000))
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/hooks/main/a-token-for-tests", "{}", http.StatusUnauthorized},
		{"/hooks/main/another-token", "{}", http.StatusOK},
		{"/hooks/next/the-next-token", "{}", http.StatusOK},
		{"/hooks/next/the-next-token", long, http.StatusRequestEntityTooLarge},
		{"/hooks/next/the-next-token", "[{},{},{}]", http.StatusRequestEntityTooLarge},
		{"/hooks/far/a-far-token", "{}", http.StatusForbidden},
	} {
		if got := s.answers(c.path, c.body); got != c.want {
			t.Errorf("%s %.20s: answered %d, want %d", c.path, c.body, got, c.want)
		}
	}
	s.reload(oneSource("a-token-for-tests", "")+"log: {level: info}\n", reloaded)
	s.until("the first token", func() bool { return s.answers("/hooks/main/a-token-for-tests", long) == http.StatusOK })
	if got := s.answers("/hooks/next/the-next-token", "{}"); got != http.StatusNotFound {
		t.Errorf("a removed source: answered %d", got)
	}
	if got := s.metric(`callsheet_last_delivery_timestamp_seconds{source="next"}`); got != "" {
		t.Errorf("the metric of a removed source: %s", got)
	}
}

// TestTokensFileIsReadAgain changes a file that the configuration names, and not the configuration.
func TestTokensFileIsReadAgain(t *testing.T) {
	t.Parallel()
	config := "collector: {listen: ADDRESS, sources: [{name: main, tokens: [a-token-for-tests], tokens_file: tokens}]}\n"
	tokens := func(dir, text string) {
		if err := os.WriteFile(filepath.Join(dir, "tokens"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := startReloading(t, "collect", oneSource("a-token-for-tests", ""))
	tokens(s.dir, "the-first-token\n")
	s.reload(config, reloaded)
	if got := s.answers("/hooks/main/the-first-token", "{}"); got != http.StatusOK {
		t.Errorf("the first token: answered %d", got)
	}
	if got := s.status(); strings.Contains(got, "has changed since") {
		t.Errorf("status warns of nothing:\n%s", got)
	}
	tokens(s.dir, "the-second-token\n")
	if got := s.status(); !strings.Contains(got, "has changed since") {
		t.Errorf("status:\n%s", got)
	}
	s.reload(config, reloaded)
	if first, second := s.answers("/hooks/main/the-first-token", "{}"), s.answers("/hooks/main/the-second-token", "{}"); first != http.StatusUnauthorized || second != http.StatusOK {
		t.Errorf("answered %d and %d", first, second)
	}
}

// TestReloadNamesWhatNeedsARestart changes what cannot change, together with a token, which is applied.
func TestReloadNamesWhatNeedsARestart(t *testing.T) {
	t.Parallel()
	s := startReloading(t, "collect", oneSource("a-token-for-tests", ""))
	other := servertest.FreeAddress()
	text := "data_dir: ./elsewhere\ncollector: {listen: '" + other + "', admin_listen: '" + servertest.FreeAddress() + "', id: two, sources: [{name: main, tokens: [another-token]}]}\nlog: {format: json}\n" +
		"store: {lake: {catalog: 'postgres://callsheet@127.0.0.1/none', data: ./lake}}\n"
	if err := os.WriteFile(s.path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	const named = `not_applied="[collector.admin_listen collector.id collector.listen data_dir log.format store.lake]"`
	s.until(named, func() bool { return strings.Contains(s.log.String(), named) })
	if old, added := s.answers("/hooks/main/a-token-for-tests", "{}"), s.answers("/hooks/main/another-token", "{}"); old != http.StatusUnauthorized || added != http.StatusOK {
		t.Errorf("the tokens are answered %d and %d", old, added)
	}
	if _, err := http.Get("http://" + other + "/healthz"); err == nil {
		t.Error("it listens on the new address")
	}
	if _, err := os.Stat(filepath.Join(s.dir, "elsewhere")); err == nil {
		t.Error("it uses the new folder")
	}
	// status looks into the data folder of its configuration.
	s.write("collector: {listen: '" + other + "', sources: [{name: main, tokens: [another-token]}]}\n")
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	const one = "not_applied=[collector.listen]"
	s.until(one, func() bool { return strings.Contains(s.log.String(), one) })
	if got := s.status(); !strings.Contains(got, "keeps its earlier collector.listen until it is restarted") {
		t.Errorf("status:\n%s", got)
	}
	s.reload(oneSource("another-token", ""), reloaded)
	if got := s.status(); strings.Contains(got, "keeps its earlier") || strings.Contains(got, "has changed") {
		t.Errorf("status after the configuration is changed back:\n%s", got)
	}
}

// TestALakeInTheFileNeedsARestart adds a lake by a reload of serve: loads go into the database as before.
func TestALakeInTheFileNeedsARestart(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	config := oneSource("a-token-for-tests", "") + "store: {load_every: 200ms}\n"
	s := startReloading(t, "serve", config)
	database := filepath.Join(s.dir, "data", "published", "calls.duckdb")
	s.until("a database", func() bool { _, err := os.Stat(database); return err == nil })
	s.reload(strings.Replace(oneSource("a-token-for-tests", ", id: two"), "}\n", "}\nstore: {load_every: 200ms, lake: {catalog: 'postgres://callsheet@127.0.0.1/none', data: ./lake}}\n", 1),
		`not_applied="[collector.id store.lake]"`)
	if got := s.answers("/hooks/main/a-token-for-tests", callOf(1, "Sales")); got != http.StatusOK {
		t.Fatalf("answered %d", got)
	}
	s.until("the call", func() bool {
		out, err := exec.Command("callsheet", "query", "--db", database, "freshness", "--format", "json").Output()
		var rows []struct{ Calls int }
		return err == nil && json.Unmarshal(out, &rows) == nil && len(rows) == 1 && rows[0].Calls == 1
	})
	if _, err := os.Stat(filepath.Join(s.dir, "data", "lake.duckdb")); err == nil {
		t.Error("a child process used the lake")
	}
}

func TestStatusKnowsTheConfigurationInForce(t *testing.T) {
	t.Parallel()
	good := oneSource("a-token-for-tests", "")
	s := startReloading(t, "collect", good)
	expect := func(when, want string, is bool) {
		t.Helper()
		if got := s.status(); strings.Contains(got, want) != is {
			t.Errorf("%s: status\n%s", when, got)
		}
	}
	collects := fmt.Sprintf("callsheet collect, process %d", s.process.Process.Pid)
	s.until(collects, func() bool { return strings.Contains(s.status(), collects) }) // it is ready before it says so
	expect("at the start", "the file has changed since", false)
	s.write(good + "# another\n")
	expect("after a change", "the file has changed since\nhint: callsheet check, then systemctl reload callsheet or kill -HUP", true)
	s.reload(good+"# another\n", reloaded)
	expect("after a reload", "the file has changed since", false)
	if got := s.metric("callsheet_config_last_reload_successful"); !strings.HasSuffix(got, " 1") {
		t.Error(got)
	}
	s.reload(oneSource("'${CALLSHEET_NOT_SET}'", ""), refused)
	expect("after a refused one", "refused the configuration and uses the one of", true)
	expect("after a refused one", "CALLSHEET_NOT_SET is not set", true)
	if got := s.metric("callsheet_config_last_reload_successful"); !strings.HasSuffix(got, " 0") {
		t.Error(got)
	}
	s.write(good + "# yet another\n")
	expect("after another change", "the file has changed since", true)
	s.write(good + "# another\n")
	expect("changed back", "refused", false)
	s.process.Process.Kill()
	s.process.Wait()
	expect("after it was killed", collects, false)
}

// makeCertificate writes a certificate for a name, and its key.
func makeCertificate(t *testing.T, dir, name string) {
	t.Helper()
	out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
		"-subj", "/CN="+name, "-keyout", filepath.Join(dir, name+".key"), "-out", filepath.Join(dir, name+".pem")).CombinedOutput()
	if err != nil {
		t.Skipf("certificates are made with openssl: %v\n%s", err, out)
	}
}

// TestReloadedCertificateIsServed changes the files of the certificate, which are then read, and turns TLS off, which needs a restart.
func TestReloadedCertificateIsServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		makeCertificate(t, dir, name)
	}
	config := func(name string) string {
		return oneSource("a-token-for-tests", fmt.Sprintf(", admin_listen: ADMIN, tls: {cert_file: %s.pem, key_file: %[1]s.key}", filepath.Join(dir, name)))
	}
	admin, address := servertest.FreeAddress(), servertest.FreeAddress()
	s := &reloading{served: &served{t: t, dir: t.TempDir(), address: address, log: &syncedBuffer{}}}
	write := func(text string) { s.write(strings.ReplaceAll(text, "ADMIN", admin)) }
	write(config("one"))
	s.process = exec.Command("callsheet", "--config", s.path(), "collect")
	s.process.Stderr = s.log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.process.Wait()
	defer s.process.Process.Kill()
	s.until("ready", func() bool { return waitReady(admin) == nil })
	subject := func() string {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
	}
	hup := func(text, want string) {
		t.Helper()
		write(text)
		before := strings.Count(s.log.String(), want)
		s.process.Process.Signal(syscall.SIGHUP)
		s.until(want, func() bool { return strings.Count(s.log.String(), want) > before })
	}
	if got := subject(); got != "one" {
		t.Errorf("the certificate of %s", got)
	}
	hup(config("two"), reloaded)
	if got := subject(); got != "two" {
		t.Errorf("after a reload the certificate of %s", got)
	}
	hup(strings.ReplaceAll(config("three"), "a-token-for-tests", "another-token"), refused)
	if got := subject(); got != "two" {
		t.Errorf("after a refused one the certificate of %s", got)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	response, err := client.Post("https://"+address+"/hooks/main/a-token-for-tests", "application/json", strings.NewReader("{}"))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("after a refused one: %v, %v", response, err)
	}
	hup(oneSource("a-token-for-tests", ", admin_listen: ADMIN"), "not_applied=[collector.tls]")
	if got := subject(); got != "two" {
		t.Errorf("without TLS in the file the certificate of %s", got)
	}
}

// TestReloadedReportsRun adds a report while another is being sent: that one ends with the configuration with which it began.
func TestReloadedReportsRun(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	var old, changed atomic.Int32
	answer := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/old" {
			changed.Add(1)
			return
		}
		old.Add(1)
		<-answer
	}))
	defer server.Close()
	one := "reports:\n  - {name: one, template: daily, schedule: '%s', period: '2026-10-05', deliver: [{webhook: {url: '" + server.URL + "%s', shape: json}}]}\n"
	source := oneSource("a-token-for-tests", "") + "store: {load_every: 1s}\n"
	s := startReloading(t, "serve", source+fmt.Sprintf(one, "@every 1s", "/old"))
	s.until("the report is being sent", func() bool { return old.Load() == 1 })
	pid := s.run()
	s.reload(source+fmt.Sprintf(one, "0 8 * * *", "/changed")+
		"  - {name: two, template: daily, schedule: '@every 1s', period: '2026-10-05', deliver: [{folder: ./two}]}\n", reloaded)
	s.write("oops: 1\n")                                      // from now on the file does not matter
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil { // as pkill -HUP callsheet does
		t.Fatal(err)
	}
	two := filepath.Join(s.dir, "two", "two-2026-10-05.xlsx")
	s.until("the new report", func() bool { _, err := os.Stat(two); return err == nil })
	close(answer)
	s.until("the report that was being sent", func() bool { return strings.Contains(s.log.String(), `msg="report done" report=one`) })
	if old.Load() != 1 || changed.Load() != 0 || strings.Contains(s.log.String(), "process of a report failed") {
		t.Errorf("it was sent %d times as before, %d times as changed", old.Load(), changed.Load())
	}
}

// TestReloadRefusesAPageThatWouldNotStart changes its address to one in use, and its certificate to one that is missing.
func TestReloadRefusesAPageThatWouldNotStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := servertest.FreeAddress()
	page := func(keys string) string {
		return oneSource("a-token-for-tests", "") + "store: {load_every: 0s}\npage: {" + keys + "}\n"
	}
	s := startReloading(t, "serve", page("listen: '"+address+"'"))
	answers := func() bool {
		response, err := http.Get("http://" + address)
		return err == nil && response.Body.Close() == nil
	}
	s.until("the page", answers)
	s.reload(page("listen: '"+taken.Addr().String()+"'"), refused)
	s.reload(page("listen: '"+address+"', tls: {cert_file: none.pem, key_file: none.key}"), refused)
	if !answers() {
		t.Error("the page is down")
	}
	s.reload(page("listen: '"+address+"', mask_callers: false"), reloaded)
	s.until("the page", answers)
}

// TestReportsRunOnceTheLedgerCanBeRead starts serve with a ledger that cannot be read.
func TestReportsRunOnceTheLedgerCanBeRead(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := t.TempDir()
	ledger := filepath.Join(dir, "data", "runs.ndjson")
	if err := os.MkdirAll(ledger, 0o700); err != nil {
		t.Fatal(err)
	}
	s := startReloadingIn(t, dir, "serve", oneSource("a-token-for-tests", "")+
		"reports: [{name: one, template: daily, schedule: '@every 1s', period: '2026-10-05', deliver: [{folder: ./one}]}]\n")
	s.until("the error", func() bool {
		return strings.Contains(s.log.String(), `msg="the schedule stops; trying again" error="run ledger: `)
	})
	if err := os.Remove(ledger); err != nil {
		t.Fatal(err)
	}
	s.until("the report", func() bool { return strings.Contains(s.log.String(), `msg="report done" report=one`) })
}

// TestServeLoadsWhatCame sends deliveries and reads the published data; nothing is loaded while nothing comes.
func TestServeLoadsWhatCame(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	s := startReloading(t, "serve", oneSource("a-token-for-tests", "")+"store: {load_every: 200ms}\n")
	calls := func() (n int) {
		out, err := exec.Command("callsheet", "--config", s.path(), "query", "freshness", "--format", "json").Output()
		var rows []struct{ Calls int }
		if err != nil || json.Unmarshal(out, &rows) != nil || len(rows) != 1 {
			return -1
		}
		return rows[0].Calls
	}
	s.until("an empty database", func() bool { return calls() == 0 })
	for i := 1; i <= 2; i++ {
		if got := s.answers("/hooks/main/a-token-for-tests", callOf(i, "Sales")); got != http.StatusOK {
			t.Fatalf("answered %d", got)
		}
		s.until("the call", func() bool { return calls() == i })
	}
	s.until("its age", func() bool { return s.metric("callsheet_published_age_seconds") == "callsheet_published_age_seconds 0" })
	if got := s.status(); !strings.Contains(got, "everything received is in it") {
		t.Errorf("status:\n%s", got)
	}
	database := filepath.Join(s.dir, "data", ".load.lock") // written by each load
	before, err := os.Stat(database)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	if after, err := os.Stat(database); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("loaded though nothing came: %v", err)
	}
	s.reload(oneSource("a-token-for-tests", "")+"store: {load_every: 0s}\n", reloaded)
	s.answers("/hooks/main/a-token-for-tests", callOf(3, "Sales"))
	time.Sleep(time.Second)
	if got := calls(); got != 2 {
		t.Errorf("load_every is off, and there are %d calls", got)
	}
	s.reload(oneSource("a-token-for-tests", "")+"store: {load_every: 1h}\n", reloaded)
	s.until("the call", func() bool { return calls() == 3 })
}

// TestStatusKnowsThatTheCollectorWasKilled says so until one runs again, and nothing after one that was stopped.
func TestStatusKnowsThatTheCollectorWasKilled(t *testing.T) {
	t.Parallel()
	s := startReloading(t, "collect", oneSource("a-token-for-tests", ""))
	collects := func() string { return fmt.Sprintf("callsheet collect, process %d", s.process.Process.Pid) }
	s.until("status", func() bool { return strings.Contains(s.status(), collects()) })
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.process.Wait()
	const ended = "ended without being stopped"
	code, _, stderr := runCallsheet(t, "--config", s.path(), "status")
	if want := fmt.Sprintf("callsheet collect (process %d), started ", s.process.Process.Pid); code != 3 || !strings.Contains(stderr, want) || !strings.Contains(stderr, ended) {
		t.Errorf("after it was killed: exit code %d\n%s", code, stderr)
	}
	s.process = exec.Command("callsheet", "--config", s.path(), "collect")
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	s.until("status", func() bool { return strings.Contains(s.status(), collects()) })
	if got := s.status(); strings.Contains(got, ended) {
		t.Errorf("while another one runs:\n%s", got)
	}
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.process.Wait()
	if got := s.status(); strings.Contains(got, ended) || strings.Contains(got, "callsheet collect") {
		t.Errorf("after it was stopped:\n%s", got)
	}
}

// TestServeTriesUnreadFilesAgain has an archive that is damaged and then repaired, and a file that ends within a line and soon has been left like
// that for a minute. Neither repair nor time changes the name, size or time of a file.
func TestServeTriesUnreadFilesAgain(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	s := startReloading(t, "serve", oneSource("a-token-for-tests", "")+"store: {load_every: 0s}\n")
	file := func(name string, content []byte, written time.Time) {
		t.Helper()
		path := filepath.Join(s.dir, "data", "spool", name)
		if err := errors.Join(os.WriteFile(path, content, 0o600), os.Chtimes(path, written, written)); err != nil {
			t.Fatal(err)
		}
	}
	loads := 0
	var last time.Time
	load := func() bool { // written by each load
		info, err := os.Stat(filepath.Join(s.dir, "data", ".load.lock"))
		if err == nil && !info.ModTime().Equal(last) {
			last = info.ModTime()
			loads++
		}
		return loads >= 5
	}
	calls := func() string {
		out, _ := exec.Command("callsheet", "--config", s.path(), "sql", "--format", "csv", "select count(*) as n from calls").Output()
		return string(out)
	}
	var whole bytes.Buffer
	archive := gzip.NewWriter(&whole)
	fmt.Fprint(archive, callOf(1, "Sales"))
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole.Bytes())
	damaged[len(damaged)-8]++ // the checksum
	written := time.Now().Add(-time.Hour)
	file("a.ndjson.gz", damaged, written)
	file("b.ndjson", []byte(callOf(2, "Sales")+`{"CallSid":`), time.Now().Add(-55*time.Second))
	s.reload(oneSource("a-token-for-tests", "")+"store: {load_every: 200ms}\n", reloaded)

	s.until("the file that ends within a line", func() bool { return strings.Contains(s.status(), "b.ndjson ends within a line") })
	s.until("more loads", load)
	for _, problem := range []string{"a.ndjson.gz", "ends within a line"} {
		if n := strings.Count(s.log.String(), problem); n == 0 || n > 2 {
			t.Errorf("%s is logged %d times", problem, n)
		}
	}
	if got := s.status(); strings.Contains(got, "everything received is in it") || !strings.Contains(got, "2 of them have lines that are not loaded yet") {
		t.Errorf("status:\n%s", got)
	}
	file("a.ndjson.gz", whole.Bytes(), written)
	s.until("the repaired archive", func() bool { return calls() == "n\n2\n" })
}
