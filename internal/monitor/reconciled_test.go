package monitor

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/pipeline"
)

// TestMissedReconciliationIsSaidUntilOneEnds also when the source is due again.
func TestMissedReconciliationIsSaidUntilOneEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "callsheet.yaml")
	text := `collector: {sources: [{name: main, timezone: UTC, tokens: ["0123456789abcdef0123456789"],
  vendor_api: {kind: callerdesk, url: "http://127.0.0.1:9/api", authcode: code, schedule: "30 2 * * *"}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 10, day, hour, minute, 0, 0, time.UTC) }
	if err := os.Chtimes(path, at(1, 0, 0), at(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		now, ended time.Time
		want       bool
	}{
		{at(6, 3, 0), at(5, 2, 40), false},
		{at(6, 5, 0), at(5, 2, 40), true},
		{at(7, 2, 31), at(5, 2, 40), true}, // due again
		{at(7, 2, 31), at(6, 2, 40), false},
	} {
		s := Status{Alarms: map[string]string{}}
		p := &pipeline.Pipeline{Config: c, ConfigPath: path, Now: func() time.Time { return one.now }}
		s.warnOfSchedule(p, c.Collector.Sources[0], &ReconciledStatus{}, pipeline.Reconciled{EndedAt: one.ended})
		if got := len(s.Alarms) > 0; got != one.want {
			t.Errorf("at %v, last one %v: %v", one.now, one.ended, s.Alarms)
		}
	}
}
