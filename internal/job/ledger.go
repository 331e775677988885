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
	"slices"
	"time"

	"callsheet/internal/atomicfile"
)

// State is how far a run has come.
type State string

// The states of a run and of each of its recipients. Building and Sending are those of work under way, or of work that a crash cut
// short. Unknown is what may have arrived: nobody but a person sends it again.
const (
	Due      State = "due"      // waits for its data
	Retrying State = "retrying" // failed, and is retried until RetryUntil
	Building State = "building"
	Built    State = "built"
	Sending  State = "sending"
	Sent     State = "sent"
	Partial  State = "partly" // sent to some
	Failed   State = "failed"
	Skipped  State = "skipped"
	Unknown  State = "unknown"
	// Incomplete is a report that was made while something of the spool could not be loaded. Everybody has it; or there was nothing to
	// report, which may not be so.
	Incomplete State = "incomplete"
)

// Run is how it went with a report for a period: as a whole, with a part of a burst, or with one recipient. A line of the ledger,
// and a row of report_runs.
type Run struct {
	Report     string          `json:"report"`
	Period     string          `json:"period"`
	Part       string          `json:"part,omitempty"`      // empty: all parts
	Recipient  string          `json:"recipient,omitempty"` // empty: all recipients
	DueAt      time.Time       `json:"due_at"`
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt time.Time       `json:"finished_at,omitzero"`
	PeriodOpen bool            `json:"open,omitempty"` // the period was not over yet: each due time is a report of its own
	State      State           `json:"state"`
	File       string          `json:"file,omitempty"`
	SHA256     string          `json:"sha256,omitempty"`
	Rows       int64           `json:"rows"`
	Location   string          `json:"place,omitempty"`    // where a recipient has it
	Attempts   int             `json:"attempts,omitempty"` // of sending
	RetryUntil time.Time       `json:"retry_until,omitzero"`
	Incomplete string          `json:"incomplete,omitempty"` // of a workbook: what could not be loaded when it was made
	Error      string          `json:"error,omitempty"`
	Message    json.RawMessage `json:"about,omitempty"` // what mails say of the file, so that it need not be built again
}

// key tells what a run is of. The last line of a key is how it stands.
type key struct {
	report, period, part, recipient string
	due                             int64 // of an open period
}

func (r Run) key() key {
	k := key{report: r.Report, period: r.Period, part: r.Part, recipient: r.Recipient}
	if r.PeriodOpen {
		k.due = r.DueAt.UnixNano()
	}
	return k
}

// IsSummary tells whether the run is of the report as a whole.
func (r Run) IsSummary() bool { return r.Part == "" && r.Recipient == "" }

// Succeeded tells whether it reached everybody it was for, or had nothing to report.
func (r Run) Succeeded() bool { return r.State == Sent || r.State == Skipped }

// ended tells whether nothing more is to be done about it by itself.
func (r Run) isTerminal() bool {
	return slices.Contains([]State{Sent, Partial, Failed, Skipped, Unknown, Incomplete}, r.State)
}

// Ledger is a file of runs, a JSON object a line, oldest first: what is appended replaces what was said of the same report, period,
// part and recipient. It stands beside the database and not in it, since the database can be deleted and built again and the ledger
// cannot.
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

// Append adds how a run stands; it is on disk when Append returns.
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
	// The file may be new, or replaced by one whose name is not durable yet.
	if err = l.fs().SyncDir(filepath.Dir(l.Path)); err == nil {
		// A line that a crash cut short ends here; readers skip it.
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

// Runs reads how every run stands, in the order of when they were first written of; a line that is no run is skipped.
func (l Ledger) Runs() ([]Run, error) {
	runs, _, err := l.read()
	return runs, err
}

// DamagedLines are the numbers of lines that cannot be read. Most are of a crash, which cut short what was not recorded yet; but one may hide
// that something was sent.
func (l Ledger) DamagedLines() (lines []int, err error) {
	_, damaged, err := l.read()
	for _, line := range damaged {
		lines = append(lines, line.number)
	}
	return lines, err
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
	at := map[key]int{}
	lines := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		var run Run
		switch text := bytes.TrimSpace(line); {
		case json.Unmarshal(text, &run) == nil && run.Report != "":
			if i, ok := at[run.key()]; ok {
				runs[i] = run
			} else {
				at[run.key()] = len(runs)
				runs = append(runs, run)
			}
		case len(text) > 0 && err == nil: // without its newline it may be on its way
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

// lock keeps others from changing the ledger for a moment.
func (l Ledger) lock() (unlock func() error, err error) {
	if l.files != nil { // in memory, of one test
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

// compactMinSize is the size from which superseded lines are worth removing.
const compactMinSize = 1 << 20

// compact removes the lines of a large ledger that later ones replace.
func (l Ledger) compact() error {
	info, err := l.fs().Stat(l.Path)
	if err != nil || info.Size() < compactMinSize {
		return nil
	}
	_, err = l.rewrite(time.Time{}, true)
	return err
}

// Prune forgets the runs that were due before a moment, what was said of the others before their present state, and lines that cannot
// be read. It says how many runs are forgotten.
func (l Ledger) Prune(before time.Time) (forgotten int, err error) { return l.rewrite(before, false) }

func (l Ledger) rewrite(before time.Time, keepDamaged bool) (forgotten int, err error) {
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
			forgotten++
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
	return forgotten, nil
}
