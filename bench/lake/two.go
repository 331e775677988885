package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// two loads from the spools of two collectors at once, each of which has all deliveries of half of the calls.
func (b *bench) two(context.Context) error {
	return b.together("two", "half of the calls", func(line []byte, _ int) int {
		_, sid, _ := bytes.Cut(line, []byte(`"CallSid":"`))
		sid, _, _ = bytes.Cut(sid, []byte(`"`))
		hash := fnv.New32a()
		hash.Write(sid)
		return int(hash.Sum32() % collectors)
	})
}

// mixed does the same when any delivery of a call can have gone to either collector, so that most calls are computed by both loaders.
func (b *bench) mixed(context.Context) error {
	return b.together("mixed", "half of each call's deliveries", func(_ []byte, number int) int { return number % collectors })
}

const collectors = 2

// together divides the lines of the spool between two collectors, by line and line number, and loads both spools at once into an empty lake.
func (b *bench) together(name, share string, collector func(line []byte, number int) int) error {
	s, err := b.loadStores()
	if err != nil {
		return err
	}
	// Only the spool is needed from now on, and the disk may be small.
	if err := errors.Join(s.file.Empty(""), os.RemoveAll(s.lake.Spool), s.writeSpool(b.calls)); err != nil {
		return err
	}
	machines := make([]*reports.Home, collectors)
	for i := range machines {
		if machines[i], err = reports.NewHome(b.dir, fmt.Sprint(name, "-", i+1), false); err != nil {
			return err
		}
		defer os.RemoveAll(machines[i].Data) // the spool is large
	}
	if err := divide(s, machines, collector); err != nil {
		return err
	}
	if err := b.createLake(machines[0], name); err != nil {
		return err
	}
	for _, machine := range machines[1:] {
		if err := join(machine, machines[0].Lake); err != nil {
			return err
		}
	}
	syscall.Sync() // as before the load by one
	var running sync.WaitGroup
	costs, errs := make([]process.Result, collectors), make([]error, collectors)
	start := time.Now()
	for i, machine := range machines {
		running.Go(func() { costs[i], errs[i] = b.measure(machine, "load") })
	}
	running.Wait()
	all := process.Result{Took: time.Since(start)}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Printf("%s: %d calls into an empty lake, by two loaders that begin at once, each with %s\n\n", name, b.calls, share)
	fmt.Println("| | time | of one loader's | CPU time | memory |\n|---|---|---|---|---|")
	row := func(loader string, r process.Result) {
		fmt.Printf("| %s | %v | %.2f | %v | %d MB |\n", loader, round(r.Took), r.Took.Seconds()/s.loadLake.Took.Seconds(), round(r.CPU), r.Memory>>20)
	}
	row("one loader with everything", s.loadLake)
	for i, cost := range costs {
		row(fmt.Sprintf("loader %d of two", i+1), cost)
		all.CPU += cost.CPU
		all.Memory += cost.Memory
	}
	row("two loaders, until both end", all)
	fmt.Println()
	return b.checkContent(machines[0])
}

// divide moves the lines of the spool into those of the machines, a file at a time: there need not be room for a second spool.
func divide(s *stores, machines []*reports.Home, machine func(line []byte, number int) int) error {
	files, err := filepath.Glob(filepath.Join(s.file.Spool, "*.ndjson"))
	if err != nil {
		return err
	}
	s.spooled = false
	number := 0
	for _, path := range files {
		whole, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parts := make([]bytes.Buffer, len(machines))
		for line := range bytes.Lines(whole) {
			parts[machine(line, number)].Write(line)
			number++
		}
		for i, machine := range machines {
			if err := os.WriteFile(filepath.Join(machine.Spool, filepath.Base(path)), parts[i].Bytes(), 0o600); err != nil {
				return err
			}
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
