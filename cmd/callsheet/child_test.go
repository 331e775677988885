package main

import (
	"bytes"
	"callsheet/internal/atomicfile"
	"callsheet/internal/servertest"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A served is a running serve with one report, which was interrupted before and so is resumed at once.
type served struct {
	t       *testing.T
	dir     string
	address string
	process *exec.Cmd
	log     *syncedBuffer
}

// startServe serves a report with a definition; settings is further YAML.
func startServe(t *testing.T, definition, settings string) *served {
	t.Helper()
	s := &served{t: t, dir: t.TempDir(), address: servertest.FreeAddress(), log: &syncedBuffer{}}
	for name, text := range map[string]string{
		"callsheet.yaml": fmt.Sprintf("data_dir: ./data\ncollector: {listen: %q, sources: [{name: main, tokens: [a-token-for-tests]}]}\n%s"+
			"reports:\n  - {name: one, schedule: '0 8 * * *', catch_up: 0, deliver: [{folder: ./out}]}\n", s.address, settings),
		"templates/one.yaml":      definition,
		"data/spool/a.ndjson":     callOf(1, "Sales"),
		"data/runs.ndjson":        `{"report":"one","period":"2026-10-05","due_at":"2026-10-06T08:00:00+05:30","started_at":"2026-10-06T08:00:00+05:30","state":"building","rows":0}` + "\n",
		"queries/levenshtein.sql": "select levenshtein(repeat('a', 500000), repeat('b', 500000))::varchar as call_group, 1 as calls",
	} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	t.Cleanup(func() {
		s.process.Process.Kill()
		s.process.Wait()
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	return s
}

// start starts serve, also after it has ended.
func (s *served) start() {
	s.t.Helper()
	s.process = exec.Command("callsheet", "--config", filepath.Join(s.dir, "callsheet.yaml"), "serve")
	s.process.Stderr = s.log
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	if err := waitReady(s.address); err != nil {
		s.t.Fatal(err)
	}
}

// until waits for a condition, for long enough on a busy machine.
func (s *served) until(what string, happened func() bool) {
	s.t.Helper()
	for end := time.Now().Add(3 * time.Minute); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("timed out waiting for %s", what)
		}
	}
}

// run returns the process id of the report's process, or 0 if there is none.
func (s *served) run() int { return s.child("run") }

// child returns the process id of the child process that runs a command, or 0 if there is none.
func (s *served) child(command string) (pid int) { return childOf(s.process.Process.Pid, command) }

// childOf returns the process id of the child of a process that runs a command, or 0 if there is none.
func childOf(parent int, command string) (pid int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, path := range tasks {
		children, _ := os.ReadFile(path)
		for _, child := range strings.Fields(string(children)) {
			arguments, _ := os.ReadFile("/proc/" + child + "/cmdline")
			if bytes.Contains(arguments, []byte("\x00"+command+"\x00")) {
				fmt.Sscan(child, &pid)
			}
		}
	}
	return pid
}

// metric returns the line of a metric.
func (s *served) metric(name string) string {
	s.t.Helper()
	response, err := http.Get("http://" + s.address + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, name) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func (s *served) delivered() bool {
	_, err := os.Stat(filepath.Join(s.dir, "out", "one-2026-10-05.xlsx"))
	return err == nil
}

// neverOpens fails the test if the process of serve has its database open. It can have inherited that of a test that runs at the same time.
func (s *served) neverOpens() {
	s.t.Helper()
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.process.Process.Pid))
	for _, file := range files {
		if target, _ := os.Readlink(file); strings.HasPrefix(target, s.dir) && strings.Contains(target, ".duckdb") {
			s.t.Errorf("the process of serve has %s open", target)
		}
	}
}

func TestKilledRunProcessIsRestartedWhileDeliveriesArrive(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("children are found in /proc")
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGABRT} {
		s := startServe(t, oneSheet, "")
		var pid int
		s.until("the run's process", func() bool { pid = s.run(); return pid != 0 })
		s.neverOpens()
		if err := syscall.Kill(pid, signal); err != nil {
			t.Fatal(err)
		}
		for i := 0; !s.delivered(); i++ {
			status, _, err := post(s.address, fmt.Sprint(i))
			if err != nil || status != http.StatusOK {
				t.Fatalf("answered %d, %v", status, err)
			}
			s.neverOpens()
			if i > 100_000 {
				t.Fatal("the report did not arrive")
			}
		}
		if !strings.Contains(s.log.String(), "its process crashed (") {
			t.Errorf("%v: the log does not report the crash", signal)
		}
		if got := s.metric(`callsheet_child_failures_total{what="run"}`); !strings.HasSuffix(got, " 1") {
			t.Errorf("%v: %q", signal, got)
		}
	}
}

// slowSheet is the definition of a report whose query DuckDB cannot interrupt.
const slowSheet = "title: Groups\nsheets:\n  - {kind: table, name: Groups, query: levenshtein, columns: [call_group, calls]}\n"

func TestRunThatTakesTooLongIsStoppedWhileCollectorContinues(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	s := startServe(t, slowSheet, "store: {time_limit: 30s}\n")
	const want = "building took longer than 30s and was stopped"
	s.until(want, func() bool { return strings.Contains(s.log.String(), want) })
	if status, _, err := post(s.address, "after"); err != nil || status != http.StatusOK {
		t.Errorf("answered %d, %v", status, err)
	}
}

func TestServeStopsItsChildrenInTime(t *testing.T) {
	s := startServe(t, slowSheet, "")
	var pid int
	s.until("the run's process", func() bool { pid = s.run(); return pid != 0 })
	s.until("the build", func() bool {
		_, err := os.Stat(filepath.Join(s.dir, "data", "published", "calls.duckdb"))
		return err == nil
	})
	asked := time.Now()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.process.Wait(); err != nil {
		t.Error(err)
	}
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Error("the run's process is still running")
	}
}

// TestOutcomeIsToldWhileTheRunIsPublished has a load that holds up the process of a run from its delivery on.
func TestOutcomeIsToldWhileTheRunIsPublished(t *testing.T) {
	skipIfShort(t)
	s := &served{t: t, dir: t.TempDir(), address: servertest.FreeAddress(), log: &syncedBuffer{}}
	delivered, told := make(chan *atomicfile.Lock, 1), make(chan bool, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/alert" {
			told <- true
			return
		}
		lock, err := atomicfile.TakeLock(t.Context(), filepath.Join(s.dir, "data", ".load.lock"), "the test", time.Minute)
		if err != nil {
			t.Error(err)
		}
		delivered <- lock
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer server.Close()
	for name, text := range map[string]string{
		"callsheet.yaml": fmt.Sprintf("data_dir: ./data\ncollector: {listen: %q, sources: [{name: main, tokens: [a-token-for-tests]}]}\nalert_to: [{webhook: {url: %q}}]\n"+
			"reports:\n  - {name: daily, schedule: '0 8 * * *', catch_up: 0, retry_for: 0s, deliver: [{webhook: {url: %q}}]}\n", s.address, server.URL+"/alert", server.URL+"/report"),
		"data/spool/a.ndjson": callOf(1, "Sales"),
		"data/runs.ndjson":    `{"report":"daily","period":"2026-10-05","due_at":"2026-10-06T08:00:00+05:30","started_at":"2026-10-06T08:00:00+05:30","state":"building","rows":0}` + "\n",
	} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	t.Cleanup(func() {
		s.process.Process.Kill()
		s.process.Wait()
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	lock := <-delivered
	defer lock.Release()
	select {
	case <-told:
	case <-time.After(30 * time.Second):
		t.Error("the alert waits for the load")
	}
	if s.run() == 0 {
		t.Error("the process of the run has ended")
	}
}
