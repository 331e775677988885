package spool

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile/crashfs"
)

var crashRounds = flag.Int("crashrounds", 6, "how often each operation of the workload is crashed in, per share of blocks that survive")

// TestMain lets garbage grow to a quarter of a gigabyte: every crash point allocates megabytes of buffers, and collecting them would
// take most of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	m.Run()
}

// shares are the shares of unsynced blocks that survive a crash.
var shares = []float64{0, 0.3, 0.7, 1}

// noLock is for the in-memory file system, which has no lock files.
func noLock(string, string) (func() error, error) { return func() error { return nil }, nil }

// record has the deliveries that a workload sent, and those that were acknowledged.
type record struct {
	sent  map[string]bool
	acked map[string]bool
}

func newRecord() *record { return &record{map[string]bool{}, map[string]bool{}} }

// send appends payloads with a prefix, some in arrays, some larger than a block, before and after midnight.
func (r *record) send(w *Writer, c *clock, prefix string) {
	for i := range 8 {
		if i == 4 {
			c.set(c.now().Add(14 * time.Hour)) // into the next day
		}
		var batch []Envelope
		for j := range 1 + i%3 {
			payload := fmt.Sprintf(`{"n":"%s-%d-%d","x":"%s"}`, prefix, i, j, strings.Repeat("x", (i%4)*2500))
			r.sent[payload] = true
			batch = append(batch, delivery(payload))
		}
		timedOut := ignoreTimeout
		if i%2 == 1 {
			timedOut = nil // committed by the writer's goroutine
		}
		if w.Append(context.Background(), batch, timedOut) == nil {
			for _, e := range batch {
				r.acked[string(e.Payload)] = true
			}
		}
	}
}

// check requires every acknowledged delivery once, nothing that was not sent, and a newline after every line. A crash may leave a
// damaged line, which affects no other.
func (r *record) check(files map[string]string) error {
	found := map[string]int{}
	for name, content := range files {
		for line := range strings.Lines(content) {
			var e struct{ Payload json.RawMessage }
			if !strings.HasSuffix(line, "\n") {
				return fmt.Errorf("%s ends within a line of %d bytes", name, len(line))
			}
			if json.Unmarshal([]byte(line), &e) != nil || CheckLine([]byte(line[:len(line)-1])) != nil {
				continue
			}
			if !r.sent[string(e.Payload)] {
				return fmt.Errorf("%s has what nobody sent: %.80s", name, e.Payload)
			}
			found[string(e.Payload)]++
		}
	}
	for payload := range r.acked {
		if found[payload] != 1 {
			return fmt.Errorf("an acknowledged delivery is there %d times: %.80s", found[payload], payload)
		}
	}
	return nil
}

// crashing runs the workload until the file system crashes, restarts, continues the workload and checks the result.
func crashing(disk *crashfs.FS, share float64) error {
	o, c := testOptions("/spool")
	o.Files, o.lock, o.reserve = disk, noLock, 2*crashfs.BlockSize
	r := newRecord()
	if w, err := Open(o); err == nil {
		r.send(w, c, "before")
		w.Close()
		if w, err = Open(o); err == nil { // a restart before the crash
			c.set(c.now().Add(-15 * time.Hour)) // with the clock set back
			r.send(w, c, "restarted")
			w.Close()
		}
	}
	after := disk.Crash(share)
	o.Files = after
	w, err := Open(o)
	if err != nil {
		return fmt.Errorf("opening after the crash: %w", err)
	}
	r.send(w, c, "after")
	if err := w.Close(); err != nil {
		return err
	}
	return r.check(after.Files(".ndjson"))
}

// operations returns the number of operations of the workload without a crash.
func operations(t *testing.T) int {
	t.Helper()
	disk := crashfs.New(1)
	if err := crashing(disk, 1); err != nil {
		t.Fatalf("without a crash: %v", err)
	}
	return disk.Operations
}

func TestCrashLosesNothingAcknowledged(t *testing.T) {
	if testing.Short() {
		*crashRounds = 1
	}
	last, points := operations(t), 0
	for at := 1; at <= last; at++ {
		for _, share := range shares {
			for round := range *crashRounds {
				disk := crashfs.New(uint64(round)*1000 + uint64(at))
				disk.CrashAt = at
				if err := crashing(disk, share); err != nil {
					t.Fatalf("crash in operation %d of %d, %.0f %% of blocks survive, round %d: %v", at, last, share*100, round, err)
				}
				points++
			}
		}
	}
	t.Logf("%d crash points over %d operations", points, last)
}

func TestFailingOperationIsNeverAcknowledged(t *testing.T) {
	last := operations(t)
	for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
		for at := 1; at <= last; at++ {
			for _, always := range []bool{false, true} {
				disk := crashfs.New(uint64(at))
				disk.Failing = func(operation int) error {
					if operation == at || always && operation > at {
						return failure
					}
					return nil
				}
				if err := crashing(disk, 0); err != nil {
					t.Fatalf("operation %d of %d fails with %v, always %v: %v", at, last, failure, always, err)
				}
			}
		}
	}
}

// TestCrashTestsDetectAMissingSync disables each operation that makes the writer durable. The checks must fail.
func TestCrashTestsDetectAMissingSync(t *testing.T) {
	last := operations(t)
	for name, breakIt := range map[string]func(*crashfs.FS, int){
		"no file sync":   func(c *crashfs.FS, _ int) { c.NoFileSync = true },
		"no folder sync": func(c *crashfs.FS, _ int) { c.NoDirSync = true },
		"no truncation": func(c *crashfs.FS, at int) {
			c.NoTruncate = true
			c.Failing = func(operation int) error {
				if operation%(3+at%5) == 0 {
					return errors.New("a write now and then fails")
				}
				return nil
			}
		},
		"no error latch": func(c *crashfs.FS, at int) {
			c.NoSyncError = true
			c.Failing = func(operation int) error {
				if operation == at-1 {
					return syscall.EIO
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			for at := 1; at <= last+1; at++ {
				for _, share := range shares {
					disk := crashfs.New(uint64(at))
					breakIt(disk, at)
					disk.CrashAt = at
					if crashing(disk, share) != nil {
						return
					}
				}
			}
			t.Error("not detected")
		})
	}
}
