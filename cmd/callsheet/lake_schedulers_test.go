package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/servertest"
)

// TestAnotherMachineTakesOverTheSchedule stops the machine that runs the schedule of a lake while it sends a report. The other machine
// sends it to the remaining recipients, and no one gets it twice.
func TestAnotherMachineTakesOverTheSchedule(t *testing.T) {
	t.Parallel()
	server := servertest.StartPostgres(t)
	for name, stop := range map[string]func(t *testing.T, serve *served){
		"it is gone": func(t *testing.T, serve *served) {
			child := serve.run()
			if err := serve.process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
		"its connections end": func(t *testing.T, serve *served) {
			server.Exec(t, "postgres", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'callsheet first'")
		},
	} {
		t.Run(name, func(t *testing.T) { takeOver(t, server, strings.ReplaceAll(name, " ", "_"), stop) })
	}
}

func takeOver(t *testing.T, server *servertest.Postgres, database string, stop func(t *testing.T, serve *served)) {
	mails := startFakeSMTP(t)
	sending, goOn := make(chan struct{}), make(chan struct{})
	var once, open sync.Once
	mails.setOnData(func() { once.Do(func() { close(sending) }); <-goOn })
	t.Cleanup(func() { open.Do(func() { close(goOn) }) })

	catalog, data := server.Database(t, database), filepath.Join(t.TempDir(), "lake")
	var machines []*served
	for i, id := range []string{"first", "second"} {
		s := &served{t: t, address: servertest.FreeAddress()}
		config := machine(t, id, s.address, catalog, data)
		s.dir = filepath.Dir(config)
		machines = append(machines, s)
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		settings := fmt.Sprintf("mail: {host: 127.0.0.1, port: %d, tls: none, from: reports@example.com}\n"+
			"reports:\n  - {name: one, schedule: '0 8 * * *', catch_up: 0, deliver: [{mail: {to: [a@example.com, b@example.com]}}]}\n", mails.port)
		for name, text := range map[string]string{"callsheet.yaml": string(text) + settings, "templates/one.yaml": oneSheet} {
			path := filepath.Join(s.dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if i > 0 {
			continue
		}
		// The first machine had a database file before, and did not finish a report.
		const begun = `{"report":"one","period":"2026-10-05","due_at":"2026-10-06T08:00:00+05:30","started_at":"2026-10-06T08:00:00+05:30","state":"building","rows":0}`
		for name, text := range map[string]string{"spool/a.ndjson": callOf(1, "Sales"), "runs.ndjson": begun + "\n"} {
			if err := os.WriteFile(filepath.Join(s.dir, "data", name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		runOn(t, config, "init", "--lake")
	}
	first, second := machines[0], machines[1]
	config := func(s *served) string { return filepath.Join(s.dir, "callsheet.yaml") }
	first.process, first.log = serveMachine(t, config(first), first.address)
	select {
	case <-sending:
	case <-time.After(2 * time.Minute):
		t.Fatalf("the first machine sends nothing\n%s", first.log.String())
	}
	second.process, second.log = serveMachine(t, config(second), second.address)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("first:\n%s\nsecond:\n%s", first.log.String(), second.log.String())
		}
	})
	second.until("the second machine to stand by", func() bool {
		return strings.Contains(second.log.String(), "the schedule is running on the machine first")
	})
	if _, err := os.Stat(filepath.Join(first.dir, "data", "runs.ndjson")); !os.IsNotExist(err) {
		t.Errorf("the ledger file of the first machine: %v", err)
	}

	out, err := exec.Command("callsheet", "--config", config(second), "run", "one", "--for", "2026-10-06T08:00").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is running on the machine first") {
		t.Errorf("callsheet run on the second machine, while the first sends the report: %v\n%s", err, out)
	}

	stop(t, first)
	second.until("the second machine to run the schedule", func() bool {
		return strings.Contains(second.log.String(), "this machine runs the schedule now")
	})
	open.Do(func() { close(goOn) })
	second.until("the report's end", func() bool { return strings.Contains(second.log.String(), "report was not delivered completely") })
	if got := fmt.Sprint(mails.counts()); got != "map[a@example.com:1 b@example.com:1]" {
		t.Errorf("mails: %s", got)
	}
	const states = "select recipient, state, loader from report_runs order by all"
	if got, want := runOn(t, config(second), "sql", states, "--format", "csv"),
		"recipient,state,loader\n,unknown,second\na@example.com,unknown,first\nb@example.com,sent,second\n"; got != want {
		t.Errorf("report_runs has\n%s", got)
	}
}

// startTwoMachines serves a lake on two machines, which have the same vendor_api and further settings. It returns when the first one has reconciled, and
// the second one stands by. plain is the configuration of the first without all that.
func startTwoMachines(t *testing.T, settings string) (first, second *served, plain string) {
	t.Helper()
	api := listOfThreeDays(t)
	catalog, data := servertest.StartPostgres(t).Database(t, "lake"), filepath.Join(t.TempDir(), "lake")
	start := func(id string) (s *served, text string) {
		s = &served{t: t, address: servertest.FreeAddress()}
		config := machine(t, id, s.address, catalog, data)
		s.dir = filepath.Dir(config)
		content, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		text = string(content)
		if id == "first" {
			runOn(t, config, "init", "--lake")
		}
		full := strings.Replace(text, "tokens: [a-token-for-tests]", "tokens: [a-token-for-tests], "+vendorAPISettings(api), 1) + settings
		if err := os.WriteFile(config, []byte(full), 0o600); err != nil {
			t.Fatal(err)
		}
		s.process, s.log = serveMachine(t, config, s.address)
		return s, text
	}
	first, plain = start("first")
	first.until("reconciled", func() bool { return strings.Contains(first.log.String(), "msg=reconciled ") })
	second, _ = start("second")
	second.until("the second machine to stand by", func() bool {
		return strings.Contains(second.log.String(), "the reconciliation with vendors is running on the machine first")
	})
	return first, second, plain
}

// TestOneMachineFetchesFromVendors has two machines with the same vendor_api. The one that started first fetches the lists, and the other one when it is
// gone. Both show that the days are complete.
func TestOneMachineFetchesFromVendors(t *testing.T) {
	t.Parallel()
	first, second, _ := startTwoMachines(t, "")
	for _, s := range []*served{first, second} {
		config := filepath.Join(s.dir, "callsheet.yaml")
		s.until("the days to be complete", func() bool {
			out, _ := exec.Command("callsheet", "--config", config, "status").Output()
			return strings.Contains(string(out), "of the last two weeks, 3 days complete, 0 not")
		})
	}
	if strings.Contains(second.log.String(), "msg=reconciled ") {
		t.Errorf("the second machine reconciled, too\n%s", second.log.String())
	}
	if err := first.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	second.until("the second machine to reconcile", func() bool {
		log := second.log.String()
		return strings.Contains(log, "this machine runs the reconciliation with vendors now") && strings.Contains(log, "msg=reconciled ")
	})
}

// TestAMachineThatNeedsNoLockReleasesIt takes the reports and the vendor_api out of the configuration of the machine that holds both locks, which it
// reads again. The other machine takes over.
func TestAMachineThatNeedsNoLockReleasesIt(t *testing.T) {
	t.Parallel()
	first, second, plain := startTwoMachines(t, "reports: [{name: daily, schedule: '0 8 * * *', catch_up: 0}]\n")
	second.until("the second machine to stand by", func() bool {
		return strings.Contains(second.log.String(), "the schedule is running on the machine first")
	})
	if err := os.WriteFile(filepath.Join(first.dir, "callsheet.yaml"), []byte(plain), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := first.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for _, lock := range []string{"the schedule", "the reconciliation with vendors"} {
		second.until("the second machine to take over "+lock, func() bool {
			return strings.Contains(second.log.String(), "this machine runs "+lock+" now")
		})
	}
}
