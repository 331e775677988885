package job

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/period"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// recorder is work that writes down what it was asked.
type recorder struct {
	done               []string
	refresh, build, to error
}

func (r *recorder) work() Work {
	return Work{
		Refresh: func(context.Context) error { r.done = append(r.done, "refresh"); return r.refresh },
		Build: func(_ context.Context, report string, p period.Period) (Built, error) {
			r.done = append(r.done, "build "+report+" "+p.String())
			return Built{File: "/built.xlsx", SHA256: "abc", Rows: 7}, r.build
		},
		Deliver: func(file, folder string) (string, error) {
			r.done = append(r.done, "deliver "+folder)
			return folder + file, r.to
		},
	}
}

func testRunner(t *testing.T, r *recorder, entries ...Entry) *Runner {
	return &Runner{Entries: entries, Work: r.work(), Ledger: Ledger{filepath.Join(t.TempDir(), "runs.ndjson")},
		Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func TestServeRunsEachDueTimeForItsPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock begins at midnight UTC of 2000-01-01, 05:30 in India
		r := &recorder{}
		runner := testRunner(t, r,
			Entry{Report: "daily", Schedule: "0 8 * * *", Zone: zone(t, "Asia/Kolkata"), Period: "yesterday", Folders: []string{"/out"}},
			Entry{Report: "by-hand", Zone: time.UTC, Period: "today"})
		ctx, stop := context.WithTimeout(context.Background(), 48*time.Hour)
		defer stop()
		if err := runner.Serve(ctx); err != nil {
			t.Fatal(err)
		}
		want := []string{"refresh", "build daily 1999-12-31", "deliver /out", "refresh", "build daily 2000-01-01", "deliver /out"}
		if !slices.Equal(r.done, want) {
			t.Errorf("done %q, want %q", r.done, want)
		}
		runs, err := runner.Ledger.Runs()
		if err != nil || len(runs) != 2 {
			t.Fatalf("%d runs in the ledger, %v", len(runs), err)
		}
		if due := time.Date(2000, 1, 1, 2, 30, 0, 0, time.UTC); !runs[0].DueAt.Equal(due) || runs[0].State != "sent" || runs[0].Rows != 7 {
			t.Errorf("the first run: %+v", runs[0])
		}
	})
}

func TestServeGoesOnAfterAFailedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{refresh: errors.New("the database is in use")}
		runner := testRunner(t, r, Entry{Report: "hourly", Schedule: "@hourly", Zone: time.UTC, Period: "today"})
		ctx, stop := context.WithTimeout(context.Background(), 150*time.Minute)
		defer stop()
		if err := runner.Serve(ctx); err != nil {
			t.Fatal(err)
		}
		runs, err := runner.Ledger.Runs()
		if err != nil || len(runs) != 2 || runs[1].State != "failed" || !strings.Contains(runs[1].Error, "in use") {
			t.Errorf("runs %+v, %v", runs, err)
		}
	})
}

func TestRunTellsHowFarItCame(t *testing.T) {
	broken := errors.New("broken")
	cases := []struct {
		name  string
		r     recorder
		other []string
		state string
		done  int
	}{
		{name: "all well", state: "sent", done: 4},
		{name: "load fails", r: recorder{refresh: broken}, state: "failed", done: 1},
		{name: "build fails", r: recorder{build: broken}, state: "failed", done: 2},
		{name: "delivery fails", r: recorder{to: broken}, state: "partly", done: 4},
		{name: "a way that is not there", other: []string{"mail"}, state: "partly", done: 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday", Folders: []string{"/one", "/two"}, Other: c.other}
			runner := testRunner(t, &c.r, entry)
			run, err := runner.Run(context.Background(), entry, time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC))
			if run.State != c.state || (err != nil) != (c.state != "sent") || errors.Is(err, ErrDelivery) != (c.state == "partly") {
				t.Errorf("state %s, error %v", run.State, err)
			}
			if len(c.r.done) != c.done || run.Period != "2026-10-04" {
				t.Errorf("done %q for %s", c.r.done, run.Period)
			}
			if runs, err := runner.Ledger.Runs(); err != nil || len(runs) != 1 || runs[0].State != c.state {
				t.Errorf("ledger %+v, %v", runs, err)
			}
		})
	}
}

func TestDueIsTheLastScheduledTime(t *testing.T) {
	london := zone(t, "Europe/London")
	cases := []struct{ schedule, now, want string }{
		{"0 8 * * *", "2026-10-05T09:00:00+01:00", "2026-10-05T08:00:00+01:00"},
		{"0 8 * * *", "2026-10-05T08:00:00+01:00", "2026-10-05T08:00:00+01:00"},
		{"0 8 * * *", "2026-10-05T07:59:59+01:00", "2026-10-04T08:00:00+01:00"},
		{"0 8 * * MON", "2026-10-11T12:00:00+01:00", "2026-10-05T08:00:00+01:00"},
		{"0 8 1 * *", "2026-10-31T12:00:00Z", "2026-10-01T08:00:00+01:00"},
		{"0 8 29 2 *", "2026-10-05T12:00:00+01:00", "2024-02-29T08:00:00Z"},
		{"30 7 * * *", "2026-10-25T08:00:00Z", "2026-10-25T07:30:00Z"}, // the day summer time ends
	}
	for _, c := range cases {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		got := Entry{Schedule: c.schedule, Zone: london}.Due(now)
		if got.Format(time.RFC3339) != c.want {
			t.Errorf("%s at %s: got %s, want %s", c.schedule, c.now, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestLedgerSkipsATornLine(t *testing.T) {
	l := Ledger{filepath.Join(t.TempDir(), "data", "runs.ndjson")}
	if runs, err := l.Runs(); err != nil || runs != nil {
		t.Fatalf("no ledger yet: %v, %v", runs, err)
	}
	if err := l.Append(Run{Report: "one"}); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(l.Path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(`{"report":"to`)
	file.Close()
	if err := l.Append(Run{Report: "two"}); err != nil {
		t.Fatal(err)
	}
	runs, err := l.Runs()
	if err != nil || len(runs) != 2 || runs[0].Report != "one" || runs[1].Report != "two" {
		t.Errorf("runs %+v, %v", runs, err)
	}
}
