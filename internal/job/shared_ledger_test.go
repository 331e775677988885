package job

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"callsheet/internal/catalog"
	"callsheet/internal/servertest"
)

// TestSharedLedgerIsLikeAFile appends the same rows to a file and to the catalog of a lake, most of which replace others.
func TestSharedLedgerIsLikeAFile(t *testing.T) {
	address := servertest.StartPostgres(t).Database(t, "lake")
	shared := SharedLedger{&catalog.Database{Machine: "first", Resolve: func() (*url.URL, string, error) { return address, servertest.Password, nil }}}
	file := FileLedger{Path: filepath.Join(t.TempDir(), "runs.ndjson")}
	release, err := shared.Catalog.Lock(t.Context(), "report daily", 0) // one session is faster
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	same := func(when string) (runs []Run) {
		t.Helper()
		want, err := file.Runs()
		if err != nil {
			t.Fatal(err)
		}
		if runs, err = shared.Runs(); err != nil || !reflect.DeepEqual(runs, want) {
			t.Errorf("%s, the catalog has %d runs, the file %d; %v", when, len(runs), len(want), err)
		}
		return runs
	}
	same("without rows")
	day := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 1))
	for n := range compactMinRows + 100 {
		run := Run{Report: "daily", StartedAt: day, DueAt: day.AddDate(0, 0, random.IntN(20)), Recipient: fmt.Sprint(random.IntN(3)), PeriodOpen: random.IntN(2) == 0,
			State: Sending, Attempts: n, Error: `a "quoted" text of two
lines, ü`, Message: []byte(`{"subject":"x"}`)}
		run.Period = run.DueAt.Format(time.DateOnly)
		for _, ledger := range []Ledger{file, shared} {
			if err := ledger.Append(run); err != nil {
				t.Fatal(err)
			}
		}
	}
	if runs := same("after the rows"); len(runs) < 50 {
		t.Errorf("only %d keys", len(runs))
	}
	var removed [2]int
	for i, ledger := range []Ledger{file, shared} {
		if err := ledger.Compact(); err != nil {
			t.Fatal(err)
		}
		if removed[i], err = ledger.Prune(day.AddDate(0, 0, 10)); err != nil {
			t.Fatal(err)
		}
	}
	if removed[0] != removed[1] || removed[0] == 0 {
		t.Errorf("%v runs were removed", removed)
	}
	runs := same("after pruning")
	if rows, err := shared.Catalog.Runs(t.Context()); err != nil || len(rows) != len(runs) {
		t.Errorf("%d rows for %d runs, %v", len(rows), len(runs), err)
	}

	other := FileLedger{Path: filepath.Join(t.TempDir(), "runs.ndjson")}
	newer, older := runs[0], runs[1]
	newer.State, newer.FinishedAt = Sent, newer.StartedAt.Add(time.Minute)
	older.State, older.StartedAt = Building, older.StartedAt.Add(-time.Minute)
	for _, run := range []Run{newer, older} {
		if err := other.Append(run); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing to copy
		if err := CopyRuns(shared, other); err != nil {
			t.Fatal(err)
		}
	}
	copied, err := other.Runs()
	if err != nil || len(copied) != len(runs) || copied[0].State != Sent || !reflect.DeepEqual(copied[1:], runs[1:]) {
		t.Errorf("%d of %d runs were copied, %v: %+v and %+v for %+v", len(copied), len(runs), err, copied[0], copied[1], runs[1])
	}
}
