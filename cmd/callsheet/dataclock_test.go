package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/job"
)

// TestServeWithdrawsFutureRuns starts serve with a ledger that was written while the clock was ahead.
func TestServeWithdrawsFutureRuns(t *testing.T) {
	s := startServe(t, oneSheet, "")
	s.until("the first run to end", func() bool { return strings.Contains(s.ledger(), `"state":"sent"`) })
	s.process.Process.Kill()
	s.process.Wait()
	due := time.Now().AddDate(0, 0, 2).Truncate(time.Second)
	row := job.Run{Report: "one", Period: due.AddDate(0, 0, -1).Format(time.DateOnly), DueAt: due, StartedAt: due.Add(time.Second), State: job.Sent}
	if err := (job.FileLedger{Path: filepath.Join(s.dir, "data/runs.ndjson")}).Append(row); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.until("the report of the day after tomorrow to be withdrawn", func() bool {
		lines := slices.Collect(strings.Lines(s.ledger()))
		var last job.Run
		return json.Unmarshal([]byte(lines[len(lines)-1]), &last) == nil && last.State == job.Due && last.DueAt.Equal(due)
	})
	s.until("the log to report it", func() bool { return strings.Contains(s.log.String(), "built while the clock was ahead") })
}

// ledger returns the text of the run ledger.
func (s *served) ledger() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "data/runs.ndjson"))
	if err != nil {
		s.t.Fatal(fmt.Errorf("ledger: %w", err))
	}
	return string(text)
}
