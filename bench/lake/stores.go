package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// months is the length of the history.
const months = 24

// stores are a database file and a lake with the same calls.
type stores struct {
	file, lake   *reports.Home
	lines, bytes int64 // of the spool
	spooled      bool  // the spool of the file is there; see divide
	// what it took to load all of it, without publishing the file
	loadFile, loadLake process.Result
	content            []byte // of the calls
}

// loadStores loads both, once in a run.
func (b *bench) loadStores() (s *stores, err error) {
	if b.stores != nil {
		return b.stores, nil
	}
	s = &stores{}
	if s.file, err = reports.NewHome(b.dir, "file", false); err != nil {
		return nil, err
	}
	s.file.OutgoingEvery = 4
	if err := s.writeSpool(b.calls); err != nil {
		return nil, err
	}
	if s.lake, err = reports.NewHome(b.dir, "lake", false); err != nil {
		return nil, err
	}
	from, days := reports.Months(months)
	for day := range days {
		day := from.AddDate(0, 0, day)
		if err := os.Link(s.file.DayFile(day), s.lake.DayFile(day)); err != nil {
			return nil, err
		}
	}
	if err := b.createLake(s.lake, "bulk"); err != nil {
		return nil, err
	}
	syscall.Sync() // so that the first load does not wait for the spool to be written
	if s.loadFile, err = b.measure(s.file, "load"); err != nil {
		return nil, err
	}
	if s.loadLake, err = b.measure(s.lake, "load"); err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "loaded into a file in %v, into a lake in %v\n", round(s.loadFile.Took), round(s.loadLake.Took))
	if s.content, err = b.content(s.file); err != nil {
		return nil, err
	}
	b.stores = s
	return s, b.checkContent(s.lake)
}

// writeSpool writes the deliveries of all calls into the spool of the file, unless they are there. They are the same each time.
func (s *stores) writeSpool(calls int) (err error) {
	if s.spooled {
		return nil
	}
	from, days := reports.Months(months)
	s.lines, s.bytes, err = s.file.Write(from, days, calls, 0)
	s.spooled = err == nil
	return err
}

// createLake creates an empty lake for a machine.
func (b *bench) createLake(machine *reports.Home, name string) error {
	lake, err := b.lakes.create(name)
	if err != nil {
		return err
	}
	if err := join(machine, lake); err != nil {
		return err
	}
	_, err = b.measure(machine, "init", "--lake")
	return err
}

// join makes a machine use a lake.
func join(machine *reports.Home, lake *reports.Lake) error {
	machine.Lake = lake
	return machine.Configure(false)
}

func (b *bench) measure(home *reports.Home, args ...string) (process.Result, error) {
	return process.Measure(append([]string{b.callsheet, "--config", home.Config}, args...)...)
}

// content returns the hashes of the calls of all days.
func (b *bench) content(home *reports.Home) ([]byte, error) {
	from, days := reports.Months(months)
	command := exec.Command(b.callsheet, "--config", home.Config, "query", "content", "--from", from.Format(time.DateOnly),
		"--to", from.AddDate(0, 0, days-1).Format(time.DateOnly), "--format", "csv", "--limit", "1h")
	command.Stderr = os.Stderr
	return command.Output()
}

// checkContent returns an error if a lake has other calls than the file.
func (b *bench) checkContent(home *reports.Home) error {
	content, err := b.content(home)
	if err == nil && !bytes.Equal(content, b.stores.content) {
		err = fmt.Errorf("the lake of %s has other calls than the file", filepath.Base(home.Data))
	}
	return err
}
