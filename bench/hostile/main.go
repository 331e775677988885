// Command hostile runs callsheet for some minutes while processes are killed at random, and compares the result with what
// was acknowledged, to the call and the coin.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/hostile -callsheet /tmp/callsheet -for 10m
//
// One `callsheet serve` takes deliveries from several senders and runs a report every minute. Beside it loads and rebuilds run as
// from cron, and ten readers ask questions that need more memory than they have. Every few seconds one of these is killed:
// serve itself, one of its child processes (SIGKILL, SIGSEGV, SIGABRT), a load or a rebuild.
//
// A sender repeats a delivery until it is answered 200, as a careful vendor would, sends some reports twice and corrects the
// coins of others. At the end every acknowledged call must be there once, with the coins of the last acknowledged report; every
// reader must have been answered rightly; the spool must verify; and nothing may be left in data_dir/tmp.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"
)

type options struct {
	callsheet, dir string
	length         time.Duration
	seed           uint64
	senders        int
	readers        int
	keep           bool
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.dir, "dir", "", "folder for the files; a temporary one when empty")
	flag.DurationVar(&o.length, "for", 10*time.Minute, "how long")
	flag.Uint64Var(&o.seed, "seed", 1, "of the choice of kills")
	flag.IntVar(&o.senders, "senders", 8, "senders at once")
	flag.IntVar(&o.readers, "readers", 10, "readers at once")
	flag.BoolVar(&o.keep, "keep", false, "keep the files")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.callsheet == "" {
		return fmt.Errorf("-callsheet is not given")
	}
	dir, err := os.MkdirTemp(o.dir, "hostile-")
	if err != nil {
		return err
	}
	s, err := newSite(o.callsheet, dir)
	if err != nil {
		return err
	}
	defer func() {
		s.stop()
		if err != nil || o.keep {
			fmt.Fprintln(os.Stderr, "files:", dir)
			return
		}
		err = os.RemoveAll(dir)
	}()
	if err := s.start(); err != nil {
		return err
	}
	running, cancel := context.WithTimeout(ctx, o.length)
	defer cancel()
	var parts sync.WaitGroup
	sent := newRecord()
	for i := range o.senders {
		parts.Go(func() { send(running, s, sent, i, rand.New(rand.NewPCG(o.seed, uint64(i)))) })
	}
	reads := &readings{}
	for i := range o.readers {
		parts.Go(func() { reads.repeat(running, s, i) })
	}
	kills := map[string]int{}
	parts.Go(func() { kills = disturb(running, s, rand.New(rand.NewPCG(o.seed, 1000))) })
	parts.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.stop()
	fmt.Printf("%v, %d senders, %d readers; killed: %s\n", o.length, o.senders, o.readers, counts(kills))
	fmt.Printf("serve used at most %d MB of memory\n", s.peak>>20)
	return compare(s, sent, reads)
}

// counts lists how often each thing happened, by name.
func counts(of map[string]int) string {
	var parts []string
	for _, name := range sortedKeys(of) {
		parts = append(parts, fmt.Sprintf("%s %d", name, of[name]))
	}
	return strings.Join(parts, ", ")
}
