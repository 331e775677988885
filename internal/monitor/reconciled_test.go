package monitor

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/pipeline"
)

// reconciling returns the configuration of a source that is compared each night, and its path.
func reconciling(t *testing.T) (*config.Config, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "callsheet.yaml")
	text := `collector: {sources: [{name: main, timezone: UTC, tokens: ["0123456789abcdef0123456789"],
  vendor_api: {kind: callerdesk, url: "http://127.0.0.1:9/api", authcode: code, schedule: "30 2 * * *"}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at(1, 0, 0), at(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c, path
}

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 10, day, hour, minute, 0, 0, time.UTC)
}

// TestMissedReconciliationIsSaidUntilOneEnds also when the source is due again.
func TestMissedReconciliationIsSaidUntilOneEnds(t *testing.T) {
	c, path := reconciling(t)
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
		s.warnOfSchedule(p, c.Collector.Sources[0], &ReconciledStatus{}, pipeline.Reconciled{EndedAt: one.ended}, nil)
		if got := len(s.Alarms) > 0; got != one.want {
			t.Errorf("at %v, last one %v: %v", one.now, one.ended, s.Alarms)
		}
	}
}

// TestDaysThatFailAreSaidBesideOthers also while lists of other days are fetched, until someone has fetched those that failed.
func TestDaysThatFailAreSaidBesideOthers(t *testing.T) {
	c, path := reconciling(t)
	record := pipeline.Reconciled{Days: map[string]time.Time{"2026-10-05": at(6, 4, 0)}, Failures: alarmingFailures, FailedAt: at(6, 2, 31),
		FailedDays: []string{"2026-10-03", "2026-10-04"}, Error: "refused"}
	for _, one := range []struct {
		lists map[string]time.Time
		want  bool
	}{
		{map[string]time.Time{"2026-10-03": at(4, 2, 30), "2026-10-04": at(5, 2, 30), "2026-10-05": at(6, 4, 0)}, true},
		{map[string]time.Time{"2026-10-04": at(6, 4, 30), "2026-10-05": at(6, 4, 0)}, true},
		{map[string]time.Time{"2026-10-03": at(6, 4, 30), "2026-10-04": at(6, 4, 30)}, false},
	} {
		s, last := Status{Alarms: map[string]string{}}, at(6, 4, 30)
		p := &pipeline.Pipeline{Config: c, ConfigPath: path, Now: func() time.Time { return at(6, 5, 0) }}
		s.warnOfSchedule(p, c.Collector.Sources[0], &ReconciledStatus{LastFetched: &last}, record, one.lists)
		if got := len(s.Alarms) > 0; got != one.want {
			t.Errorf("with lists of %v: %v", one.lists, s.Alarms)
		}
	}
}
