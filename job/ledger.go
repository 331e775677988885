package job

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Run is one run of a report: a line of the ledger, and a row of report_runs.
type Run struct {
	Report     string    `json:"report"`
	Period     string    `json:"period"`
	DueAt      time.Time `json:"due_at"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	State      string    `json:"state"` // sent, partly or failed
	File       string    `json:"file,omitempty"`
	SHA256     string    `json:"sha256,omitempty"`
	Rows       int64     `json:"rows"`
	Delivered  []string  `json:"delivered,omitempty"`
	Error      string    `json:"error,omitempty"`
}

// Ledger is a file of runs, a JSON object a line, oldest first. It stands beside the database and not in it, since
// the database can be deleted and built again and the ledger cannot.
type Ledger struct {
	Path string
}

// Append adds a run; it is on disk when Append returns.
func (l Ledger) Append(run Run) error {
	line, err := json.Marshal(run)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.Path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(l.Path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("run ledger: %w", err)
	}
	// A line that a crash cut short ends here; readers skip it.
	_, err = file.Write(append(append([]byte("\n"), line...), '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("run ledger: %w", err)
	}
	return nil
}

// Runs reads the ledger; a line that is no run is skipped.
func (l Ledger) Runs() ([]Run, error) {
	file, err := os.Open(l.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("run ledger: %w", err)
	}
	defer file.Close()
	var runs []Run
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var run Run
		if json.Unmarshal(lines.Bytes(), &run) == nil && run.Report != "" {
			runs = append(runs, run)
		}
	}
	return runs, lines.Err()
}
