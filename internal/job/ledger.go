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

// Ledger is the file of all runs: one Run as a JSON object per line, oldest first. A line replaces the earlier ones of the same
// report, period, part and recipient (and due time, if the period was open); lines that cannot be read are skipped. The ledger is not
// in the database, which can be deleted and rebuilt from the spool; the ledger cannot.
type Ledger struct {
	Path  string
	files atomicfile.FS // the operating system's when nil
}

func (l Ledger) fs() atomicfile.FS {
	if l.files == nil {
		return atomicfile.OS{}
	}
	return l.files
}

// Append adds a row. It is durable when Append returns.
func (l Ledger) Append(run Run) (err error) {
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

func (l Ledger) append(line []byte) error {
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

// Runs returns the current row of every key, in the order of their first rows.
func (l Ledger) Runs() ([]Run, error) {
	runs, _, err := l.read()
	return runs, err
}

// DamagedLines returns the numbers of the lines that cannot be read. Most were cut short by a crash before they were acknowledged, but
// one may hide that something was sent.
func (l Ledger) DamagedLines() (numbers []int, err error) {
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

func (l Ledger) read() (runs []Run, damaged []damagedLine, err error) {
	file, err := l.fs().Open(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("run ledger: %w", err)
	}
	defer file.Close()
	index := map[key]int{}
	reader := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		var run Run
		switch text := bytes.TrimSpace(line); {
		case json.Unmarshal(text, &run) == nil && run.Report != "":
			if i, ok := index[run.key()]; ok {
				runs[i] = run
			} else {
				index[run.key()] = len(runs)
				runs = append(runs, run)
			}
		case len(text) > 0 && err == nil: // a last line without its newline may still be being written
			damaged = append(damaged, damagedLine{number, text})
		}
		if err == io.EOF {
			return runs, damaged, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("run ledger: %w", err)
		}
	}
}

// lock keeps other processes from writing to the ledger.
func (l Ledger) lock() (unlock func() error, err error) {
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

// compactMinSize is the size from which Serve compacts the ledger.
const compactMinSize = 1 << 20

// compact removes superseded lines from a large ledger.
func (l Ledger) compact() error {
	info, err := l.fs().Stat(l.Path)
	if err != nil || info.Size() < compactMinSize {
		return nil
	}
	_, err = l.rewrite(time.Time{}, true)
	return err
}

// Prune removes the runs that were due before a time, superseded lines, and lines that cannot be read. It returns the number of runs
// removed.
func (l Ledger) Prune(before time.Time) (removed int, err error) { return l.rewrite(before, false) }

func (l Ledger) rewrite(before time.Time, keepDamaged bool) (removed int, err error) {
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
