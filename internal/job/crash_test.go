package job

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile/crashfs"
)

// A allowedStates is how each key may stand in a ledger: as the last row that was recorded, or any later one whose recording failed. Empty is
// without a row.
type allowedStates map[key][]State

func (b allowedStates) begin(row Run) {
	if b[row.key()] == nil {
		b[row.key()] = []State{""}
	}
	b[row.key()] = append(b[row.key()], row.State)
}

// write appends runs as a scheduler does, and prunes twice, the first day in the end.
func (b allowedStates) write(l Ledger) {
	due := time.Date(2000, 1, 1, 8, 0, 0, 0, time.UTC)
	for day := range 4 {
		for _, state := range []State{Building, Sending, Sent} {
			for _, recipient := range []string{"", "a@x", "b@x"} {
				row := Run{Report: "daily", Period: fmt.Sprint("day", day), Recipient: recipient, DueAt: due.AddDate(0, 0, day), State: state,
					Error: strings.Repeat("long ", day*300)}
				b.begin(row)
				if l.Append(row) == nil {
					b[row.key()] = []State{state}
				}
			}
		}
		switch day {
		case 1:
			_, _ = l.Prune(time.Time{})
		case 2:
			for k := range b {
				if k.period == "day0" {
					b[k] = append(b[k], "")
				}
			}
			_, _ = l.Prune(due.AddDate(0, 0, 1))
		}
	}
}

// check wants every key as it may stand.
func (b allowedStates) check(l Ledger) error {
	runs, err := l.Runs()
	if err != nil {
		return err
	}
	found := map[key]State{}
	for _, run := range runs {
		found[run.key()] = run.State
	}
	for k, may := range b {
		if state := found[k]; !slices.Contains(may, state) {
			return fmt.Errorf("%v is %q, may be %q", k, state, may)
		}
	}
	return nil
}

// TestLedgerKeepsRecordedRunsAcrossCrash goes down in each operation of appending and pruning, with none, some or all of what was not synced.
func TestLedgerKeepsRecordedRunsAcrossCrash(t *testing.T) {
	whole := crashfs.New(1)
	allowedStates{}.write(Ledger{Path: "/data/runs.ndjson", files: disk(whole)})
	if whole.Operations < 100 {
		t.Fatalf("only %d operations", whole.Operations)
	}
	for at := 1; at <= whole.Operations+1; at++ {
		for seed, share := range []float64{0, 0.3, 0.7, 1} {
			files, b := disk(crashfs.New(uint64(at*10+seed))), allowedStates{}
			files.CrashAt = at
			b.write(Ledger{Path: "/data/runs.ndjson", files: files})
			after := Ledger{Path: "/data/runs.ndjson", files: files.Crash(share)}
			if err := b.check(after); err != nil {
				t.Fatalf("crash in operation %d, %v of it kept: %v", at, share, err)
			}
			next := Run{Report: "next", State: Sent}
			if err := after.Append(next); err != nil {
				t.Fatal(err)
			}
			if _, err := after.Prune(time.Time{}); err != nil {
				t.Fatal(err)
			}
			b[next.key()] = []State{Sent}
			if err := b.check(after); err != nil {
				t.Fatalf("after a crash in operation %d: %v", at, err)
			}
		}
	}
}

// TestLedgerSurvivesFailedOperation: each operation fails once, or is a short write.
func TestLedgerSurvivesFailedOperation(t *testing.T) {
	whole := crashfs.New(1)
	allowedStates{}.write(Ledger{Path: "/data/runs.ndjson", files: disk(whole)})
	for at := 1; at <= whole.Operations; at++ {
		for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
			files, b := disk(crashfs.New(uint64(at))), allowedStates{}
			files.Failing = func(operation int) error {
				if operation == at {
					return failure
				}
				return nil
			}
			l := Ledger{Path: "/data/runs.ndjson", files: files}
			b.write(l)
			if err := b.check(l); err != nil {
				t.Fatalf("%v in operation %d: %v", failure, at, err)
			}
			if err := b.check(Ledger{Path: l.Path, files: files.Crash(0)}); err != nil {
				t.Fatalf("%v in operation %d, and a crash: %v", failure, at, err)
			}
		}
	}
}

// TestLedgerCrashTestsDetectMissingSync notices when a sync is missing.
func TestLedgerCrashTestsDetectMissingSync(t *testing.T) {
	for what, broken := range map[string]func(*crashfs.FS){
		"the file's sync":   func(f *crashfs.FS) { f.NoFileSync = true },
		"the folder's sync": func(f *crashfs.FS) { f.NoDirSync = true },
	} {
		files, b := disk(crashfs.New(1)), allowedStates{}
		broken(files)
		b.write(Ledger{Path: "/data/runs.ndjson", files: files})
		if b.check(Ledger{Path: "/data/runs.ndjson", files: files.Crash(0)}) == nil {
			t.Errorf("without %s nothing is missed", what)
		}
	}
}

// disk has the folder of the ledger.
func disk(files *crashfs.FS) *crashfs.FS {
	if err := files.Mkdir("/data"); err != nil {
		panic(err)
	}
	return files
}
