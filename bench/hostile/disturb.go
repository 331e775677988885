package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// disturb kills a process every few seconds until ctx ends, and counts the kills.
func disturb(ctx context.Context, s *site, rng *rand.Rand) map[string]int {
	killed := map[string]int{}
	for {
		sleep(ctx, time.Duration(1000+rng.IntN(3000))*time.Millisecond)
		if ctx.Err() != nil {
			return killed
		}
		s.measure()
		var what string
		var err error
		switch rng.IntN(6) {
		case 0:
			what, err = "serve", s.kill()
		case 1:
			what, err = "load", killCommand(ctx, s, rng, "load")
		case 2:
			what, err = "rebuild", killCommand(ctx, s, rng, "load", "--rebuild")
		default:
			signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGABRT}[rng.IntN(3)]
			what, err = killChild(ctx, s, rng, signal)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "hostile:", what, err)
		}
		if what != "" {
			killed[what]++
		}
	}
}

// killChild waits for a child process of serve and sends it a signal.
func killChild(ctx context.Context, s *site, rng *rand.Rand, signal syscall.Signal) (what string, err error) {
	for deadline := time.Now().Add(20 * time.Second); ctx.Err() == nil && time.Now().Before(deadline); sleep(ctx, 5*time.Millisecond) {
		children, err := s.children()
		if err != nil {
			return "", err
		}
		if len(children) > 0 {
			sleep(ctx, time.Duration(rng.IntN(20_000))*time.Millisecond) // so that some runs complete
			running, err := s.children()
			if err != nil || !slices.Contains(running, children[0]) {
				return "", err // it ended; its process id may be reused
			}
			return "child by " + signal.String(), syscall.Kill(children[0], signal)
		}
	}
	return "", nil
}

// killCommand starts a command and kills it after a random time. The command may have ended before.
func killCommand(ctx context.Context, s *site, rng *rand.Rand, args ...string) error {
	command := s.command(ctx, args...)
	if err := command.Start(); err != nil {
		return err
	}
	sleep(ctx, time.Duration(rng.IntN(1500))*time.Millisecond)
	_ = command.Process.Kill()
	_ = command.Wait()
	return nil
}

// readings are the results of readers.
type readings struct {
	mu    sync.Mutex
	count int
	wrong []string
}

// spilling counts the calls. With some thousand calls, it needs more memory than a reader has. The last two values must be equal.
const spilling = `
select (select count(*) from calls) as calls, count(*) as n, count(distinct h) as d
from (select md5(call_sid || '-' || i) as h from (from calls limit 40000), range(60) as t(i))`

// repeat runs the spilling query until ctx ends; reader 0 builds a report instead. Each run must succeed, and the number of calls must
// not decrease.
func (r *readings) repeat(ctx context.Context, s *site, reader int) {
	previous := ""
	for ctx.Err() == nil {
		if _, err := os.Stat(s.published()); err != nil {
			sleep(ctx, 100*time.Millisecond)
			continue
		}
		var output string
		var err error
		if reader == 0 {
			_, err = s.output(ctx, "report", "daily", "--period", "today", "--out", fmt.Sprintf("%s/read-%d.xlsx", s.dir, reader))
		} else {
			output, err = s.output(ctx, "sql", spilling, "--memory", "60MB", "--format", "csv")
		}
		if ctx.Err() != nil {
			return
		}
		r.record(reader, &previous, output, err)
		sleep(ctx, 200*time.Millisecond)
	}
}

// record checks and records an output.
func (r *readings) record(reader int, previous *string, output string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	if err != nil {
		r.wrong = append(r.wrong, err.Error())
		return
	}
	if reader == 0 {
		return
	}
	rows, err := csv.NewReader(strings.NewReader(output)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][1] != rows[1][2] || isLess(rows[1][0], *previous) {
		r.wrong = append(r.wrong, fmt.Sprintf("reader %d: %q after %q: %v", reader, output, *previous, err))
		return
	}
	*previous = rows[1][0]
}

// isLess compares two decimal integers without sign.
func isLess(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }
