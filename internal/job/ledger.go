package job

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/atomicfile"
)

// Ledger has the state of all runs: one Run as a JSON object per row, oldest first. A row replaces the earlier ones of the same report, period,
// part and recipient (and due time, if the period was open).
type Ledger interface {
	// Append adds a row. It is durable when Append returns.
	Append(run Run) error
	// Runs returns the current row of every key, in the order of their first rows.
	Runs() ([]Run, error)
	// DamagedLines returns the numbers of the lines that cannot be read. Most were cut short by a crash before they were acknowledged, but
	// one may hide that something was sent.
	DamagedLines() (numbers []int, err error)
	// Compact removes superseded rows if there are many.
	Compact() error
	// Prune removes the runs that were due before a time, superseded rows, and lines that cannot be read. It returns the number of runs
	// removed.
	Prune(before time.Time) (removed int, err error)
}

// CopyRuns adds the rows of a ledger to another one that lacks them, or has an earlier state of them.
func CopyRuns(from, to Ledger) error {
	runs, err := from.Runs()
	if err != nil {
		return err
	}
	present, err := to.Runs()
	if err != nil {
		return err
	}
	known := map[key]Run{}
	for _, run := range present {
		known[run.key()] = run
	}
	for _, run := range runs {
		if old, exists := known[run.key()]; exists && !run.lastTime().After(old.lastTime()) {
			continue
		}
		if err := to.Append(run); err != nil {
			return err
		}
	}
	return nil
}

// currentRuns collects the current rows of a ledger.
type currentRuns struct {
	runs  []Run
	index map[key]int
}

// add adds a row, and returns the index of the one that it replaces, if it does.
func (c *currentRuns) add(run Run) (index int, replaces bool) {
	if c.index == nil {
		c.index = map[key]int{}
	}
	if index, replaces = c.index[run.key()]; replaces {
		c.runs[index] = run
		return index, true
	}
	c.index[run.key()] = len(c.runs)
	c.runs = append(c.runs, run)
	return len(c.runs) - 1, false
}

// FileLedger is a ledger in a file, a line for each row; lines that cannot be read are skipped. It is not in the database, which can be
// deleted and rebuilt from the spool; the ledger cannot.
type FileLedger struct {
	Path  string
	files atomicfile.FS // the operating system's when nil
}

func (l FileLedger) fs() atomicfile.FS {
	if l.files == nil {
		return atomicfile.OS{}
	}
	return l.files
}

// Append implements Ledger.
func (l FileLedger) Append(run Run) (err error) {
	line, err := json.Marshal(run)
	if err != nil {
		return err
	}
	unlock, err := l.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := l.append(line); err != nil {
		return fmt.Errorf("run ledger: %w", err)
	}
	return nil
}

func (l FileLedger) append(line []byte) error {
	file, err := l.fs().OpenAppend(l.Path)
	if err != nil {
		return err
	}
	// The file may be new, or a replacement whose rename is not durable yet.
	if err = l.fs().SyncDir(filepath.Dir(l.Path)); err == nil {
		// The leading newline ends a line that a crash has cut short.
		text := append(append([]byte("\n"), line...), '\n')
		var n int
		if n, err = file.Write(text); err == nil && n < len(text) {
			err = io.ErrShortWrite
		}
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Runs implements Ledger.
func (l FileLedger) Runs() ([]Run, error) {
	runs, _, err := l.read()
	return runs, err
}

// DamagedLines implements Ledger.
func (l FileLedger) DamagedLines() (numbers []int, err error) {
	_, damaged, err := l.read()
	for _, line := range damaged {
		numbers = append(numbers, line.number)
	}
	return numbers, err
}

type damagedLine struct {
	number int
	text   []byte
}

func (l FileLedger) read() (runs []Run, damaged []damagedLine, err error) {
	file, err := l.fs().Open(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("run ledger: %w", err)
	}
	defer file.Close()
	var current currentRuns
	reader := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		var run Run
		switch text := bytes.TrimSpace(line); {
		case json.Unmarshal(text, &run) == nil && run.Report != "":
			current.add(run)
		case len(text) > 0 && err == nil: // a last line without its newline may still be being written
			damaged = append(damaged, damagedLine{number, text})
		}
		if err == io.EOF {
			return current.runs, damaged, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("run ledger: %w", err)
		}
	}
}

// lock keeps other processes from writing to the ledger.
func (l FileLedger) lock() (unlock func() error, err error) {
	if l.files != nil { // a test's, in memory
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(filepath.Dir(l.Path), 0o700); err != nil {
		return nil, err
	}
	lock, err := atomicfile.WaitLock(l.Path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("run ledger: %w", err)
	}
	return lock.Release, nil
}

// compactMinSize is the size from which Compact removes lines.
const compactMinSize = 1 << 20

// Compact implements Ledger.
func (l FileLedger) Compact() error {
	info, err := l.fs().Stat(l.Path)
	if err != nil || info.Size() < compactMinSize {
		return nil
	}
	_, err = l.rewrite(time.Time{}, true)
	return err
}

// Prune implements Ledger.
func (l FileLedger) Prune(before time.Time) (removed int, err error) { return l.rewrite(before, false) }

func (l FileLedger) rewrite(before time.Time, keepDamaged bool) (removed int, err error) {
	unlock, err := l.lock()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	runs, damaged, err := l.read()
	if err != nil || len(runs)+len(damaged) == 0 {
		return 0, err
	}
	var text []byte
	if keepDamaged {
		for _, line := range damaged {
			text = append(append(text, line.text...), '\n')
		}
	}
	for _, run := range runs {
		if run.DueAt.Before(before) {
			removed++
			continue
		}
		line, err := json.Marshal(run)
		if err != nil {
			return 0, err
		}
		text = append(append(text, line...), '\n')
	}
	if err := atomicfile.WriteFile(l.fs(), l.Path, text); err != nil {
		return 0, fmt.Errorf("run ledger: %w", err)
	}
	return removed, nil
}
