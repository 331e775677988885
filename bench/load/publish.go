package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// grace is how long a copy has to be replaced before the next publication may rewrite it.
const grace = 11 * time.Second

// publish loads more calls into a published store of all calls and measures both at once and each alone, beside a plain copy.
func publish(o options) error {
	const more = 10_000
	home, err := reports.NewHome(o.dir, "publish", true)
	if err != nil {
		return err
	}
	defer os.RemoveAll(home.Data)
	if _, _, err := home.Write(reports.First, 30, o.calls, 0); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	database := filepath.Join(home.Data, "calls.duckdb")
	load := []string{o.callsheet, "--config", home.Config, "load"}
	day := 30
	next := func() error { // writes the calls of the next day and publishes the next load
		_, _, err := home.Write(reports.First.AddDate(0, 0, day), 1, more, o.calls+day*more)
		day++
		return errors.Join(err, home.Configure(true))
	}
	steps := []struct {
		name    string
		prepare func() error
		command []string
	}{
		{"a load, published", func() error { time.Sleep(grace); return next() }, load},
		{"a load alone", func() error { return errors.Join(next(), home.Configure(false)) }, load},
		{"publishing alone", func() error { time.Sleep(grace); return home.Configure(true) }, load},
		{"a copy of the database, synced", func() error { return nil }, []string{self, "-copy", database, "-dir", home.Data}},
	}
	for range 3 { // the load of all calls, and until there is a copy to rewrite
		if _, err := process.Measure(load...); err != nil {
			return err
		}
		if err := next(); err != nil {
			return err
		}
	}
	results := make([]process.Results, len(steps))
	for range o.rounds {
		for i, step := range steps {
			if err := step.prepare(); err != nil {
				return err
			}
			r, err := process.Measure(step.command...)
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
		}
	}
	info, err := os.Stat(database)
	if err != nil {
		return err
	}
	fmt.Printf("publish: %d more calls in a store of %d, %d MB, medians of %d rounds; %s\n\n", more, o.calls, info.Size()/1e6, o.rounds, home.Used())
	fmt.Println("| | time | of the copy | CPU time | written |\n|---|---|---|---|---|")
	for i, step := range steps {
		r, copied := results[i].Median(), results[len(steps)-1].Median()
		fmt.Printf("| %s | %v | %.2f | %v | %d MB |\n", step.name, r.Took.Round(time.Millisecond), r.Took.Seconds()/copied.Took.Seconds(),
			r.CPU.Round(time.Millisecond), r.Written/1e6)
	}
	fmt.Println()
	return nil
}

// copyFile copies a file as a plain program does, and syncs the copy.
func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Sync(), target.Close())
}
