package job

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile/crashfs"
)

// allowedStates has the states in which a ledger may show each key: that of the last row that was recorded, or of a later one whose
// recording failed. The empty state means that the key has no row.
type allowedStates map[key][]State

// attempt allows a row that may be recorded.
func (s allowedStates) attempt(row Run) {
	if s[row.key()] == nil {
		s[row.key()] = []State{""}
	}
	s[row.key()] = append(s[row.key()], row.State)
}

// run appends rows as a scheduler does and prunes twice, the second time with the rows of the first day. It stops when the machine
// crashes.
func (s allowedStates) run(l Ledger) {
	due := time.Date(2000, 1, 1, 8, 0, 0, 0, time.UTC)
	for day := range 4 {
		for _, state := range []State{Building, Sending, Sent} {
			for _, recipient := range []string{"", "a@x", "b@x"} {
				row := Run{Report: "daily", Period: fmt.Sprint("day", day), Recipient: recipient, DueAt: due.AddDate(0, 0, day), State: state,
					Error: strings.Repeat("long ", day*300)}
				s.attempt(row)
				err := l.Append(row)
				if errors.Is(err, crashfs.ErrCrashed) {
					return
				}
				if err == nil {
					s[row.key()] = []State{state}
				}
			}
		}
		switch day {
		case 1:
			if _, err := l.Prune(time.Time{}); errors.Is(err, crashfs.ErrCrashed) {
				return
			}
		case 2:
			_, err := l.Prune(due.AddDate(0, 0, 1))
			for k := range s {
				if k.period == "day0" && err == nil {
					s[k] = []State{""}
				} else if k.period == "day0" {
					s[k] = append(s[k], "")
				}
			}
			if errors.Is(err, crashfs.ErrCrashed) {
				return
			}
		}
	}
}

// check returns an error unless the ledger shows every key in an allowed state.
func (s allowedStates) check(l Ledger) error {
	runs, err := l.Runs()
	if err != nil {
		return err
	}
	found := map[key]State{}
	for _, run := range runs {
		found[run.key()] = run.State
	}
	for k, allowed := range s {
		if state := found[k]; !slices.Contains(allowed, state) {
			return fmt.Errorf("%v is %q, want one of %q", k, state, allowed)
		}
	}
	return nil
}

const ledgerPath = "/data/runs.ndjson"

// TestLedgerKeepsRecordedRunsAcrossCrash crashes in each operation of appending and pruning, and keeps none, some or all of what was
// not synced.
func TestLedgerKeepsRecordedRunsAcrossCrash(t *testing.T) {
	complete := newDisk(1)
	allowedStates{}.run(FileLedger{Path: ledgerPath, files: complete})
	if complete.Operations < 100 {
		t.Fatalf("only %d operations", complete.Operations)
	}
	for op := 1; op <= complete.Operations+1; op++ {
		for seed, share := range []float64{0, 0.3, 0.7, 1} {
			files, states := newDisk(uint64(op*10+seed)), allowedStates{}
			files.CrashAt = op
			states.run(FileLedger{Path: ledgerPath, files: files})
			after := FileLedger{Path: ledgerPath, files: files.Crash(share)}
			if err := states.check(after); err != nil {
				t.Fatalf("crash in operation %d, %v of it kept: %v", op, share, err)
			}
			next := Run{Report: "next", State: Sent}
			if err := after.Append(next); err != nil {
				t.Fatal(err)
			}
			if _, err := after.Prune(time.Time{}); err != nil {
				t.Fatal(err)
			}
			states[next.key()] = []State{Sent}
			if err := states.check(after); err != nil {
				t.Fatalf("after a crash in operation %d: %v", op, err)
			}
		}
	}
}

// TestLedgerSurvivesFailedOperation makes each operation fail once, or be a short write.
func TestLedgerSurvivesFailedOperation(t *testing.T) {
	complete := newDisk(1)
	allowedStates{}.run(FileLedger{Path: ledgerPath, files: complete})
	for op := 1; op <= complete.Operations; op++ {
		for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
			files, states := newDisk(uint64(op)), allowedStates{}
			files.Failing = func(operation int) error {
				if operation == op {
					return failure
				}
				return nil
			}
			l := FileLedger{Path: ledgerPath, files: files}
			states.run(l)
			if err := states.check(l); err != nil {
				t.Fatalf("%v in operation %d: %v", failure, op, err)
			}
			if err := states.check(FileLedger{Path: ledgerPath, files: files.Crash(0)}); err != nil {
				t.Fatalf("%v in operation %d, and a crash: %v", failure, op, err)
			}
		}
	}
}

// TestLedgerCrashTestsDetectMissingSync checks that the tests above would fail without a sync.
func TestLedgerCrashTestsDetectMissingSync(t *testing.T) {
	for name, omit := range map[string]func(*crashfs.FS){
		"file":   func(f *crashfs.FS) { f.NoFileSync = true },
		"folder": func(f *crashfs.FS) { f.NoDirSync = true },
	} {
		files, states := newDisk(1), allowedStates{}
		omit(files)
		states.run(FileLedger{Path: ledgerPath, files: files})
		if states.check(FileLedger{Path: ledgerPath, files: files.Crash(0)}) == nil {
			t.Errorf("without the sync of the %s nothing is lost", name)
		}
	}
}

// newDisk returns a file system with the ledger's folder.
func newDisk(seed uint64) *crashfs.FS {
	files := crashfs.New(seed)
	if err := files.Mkdir("/data"); err != nil {
		panic(err)
	}
	return files
}
