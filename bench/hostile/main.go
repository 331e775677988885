// Command hostile runs callsheet for some minutes while it kills processes at random, and then compares every call and coin with the
// acknowledged deliveries.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/hostile -callsheet /tmp/callsheet -for 10m
//
// One `callsheet serve` receives deliveries from several senders and runs a report every minute. At the same time, loads and rebuilds
// run as from cron, and ten readers run queries that need more memory than they have. Every few seconds one of these is killed: serve
// itself, one of its child processes (SIGKILL, SIGSEGV, SIGABRT), a load or a rebuild.
//
// A sender retries a delivery until it is acknowledged, sends some reports twice and corrects the coins of others. At the end every
// acknowledged call must exist once, with the coins of the last acknowledged report; all reads must have been correct; the spool must
// verify; and data_dir/tmp must be empty.
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
	flag.StringVar(&o.dir, "dir", "", "folder for the files; a temporary one if empty")
	flag.DurationVar(&o.length, "for", 10*time.Minute, "duration")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the random choices")
	flag.IntVar(&o.senders, "senders", 8, "concurrent senders")
	flag.IntVar(&o.readers, "readers", 10, "concurrent readers")
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
		return fmt.Errorf("-callsheet is missing")
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
	var workers sync.WaitGroup
	sent := newRecord()
	for i := range o.senders {
		workers.Go(func() { send(running, s, sent, i, rand.New(rand.NewPCG(o.seed, uint64(i)))) })
	}
	reads := &readings{}
	for i := range o.readers {
		workers.Go(func() { reads.repeat(running, s, i) })
	}
	kills := map[string]int{}
	workers.Go(func() { kills = disturb(running, s, rand.New(rand.NewPCG(o.seed, 1000))) })
	workers.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.stop()
	fmt.Printf("%v, %d senders, %d readers; killed: %s\n", o.length, o.senders, o.readers, format(kills))
	fmt.Printf("peak memory of serve: %d MB\n", s.peak>>20)
	return compare(s, sent, reads)
}

// format lists the counts by name.
func format(counts map[string]int) string {
	var parts []string
	for _, name := range sortedKeys(counts) {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}
