package store

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

func init() { portionCalls = 100 } // several portions in most tests that compute all calls

// TestPortionsOfCallsAreAll changes the settings of a database whose ids are in no order, so that each portion has calls of all days, customers
// and phones. What is computed is that of a database that had the settings from the start.
func TestPortionsOfCallsAreAll(t *testing.T) {
	spool := strings.Join(tiedDeliveries(rand.New(rand.NewPCG(1, 29)), 250), "")
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": spool})
	load(t, dir, testSettings())
	changed := testSettings()
	changed.Timezone = "Europe/London"
	load(t, dir, changed)
	got, want := published(t, dir, changed), loaded(t, changed, map[string]string{"a.ndjson": spool})
	for _, table := range append([]string{"calls", "call_legs", "agent_names", "agent_spellings", "agent_name_days", "agent_name_changes", "virtual_number_days",
		"virtual_number_spellings"}, keptTables...) {
		all := "from " + table + " order by all"
		if got, want := lines(query(t, got, all)), lines(query(t, want, all)); got != want {
			t.Errorf("%s: got, want\n%s", table, differingLines(got, want))
		}
	}
}

// TestAPartOfTheCallsIsNotShown reads a database as a load leaves it that was killed after the first portion of a recomputation. The next
// load computes all calls.
func TestAPartOfTheCallsIsNotShown(t *testing.T) {
	spool := strings.Join(tiedDeliveries(rand.New(rand.NewPCG(2, 29)), 30), "")
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": spool})
	load(t, dir, testSettings())
	path := filepath.Join(dir, "calls.duckdb")
	options := Options{Path: path, Settings: testSettings(), Now: testNow}
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.conn.ExecContext(t.Context(), "update settings set fingerprint = '"+incomplete+"'; delete from calls where call_sid > 't2'; delete from customer_episodes")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = OpenReader(t.Context(), options)
	if err == nil || !strings.Contains(err.Error(), "only a part of the calls") || !strings.Contains(err.Error(), "hint: run callsheet load") {
		t.Errorf("reading a part of the calls: %v", err)
	}
	load(t, dir, testSettings())
	got, want := published(t, dir, testSettings()), loaded(t, testSettings(), map[string]string{"a.ndjson": spool})
	for _, table := range []string{"calls", "customer_episodes"} {
		all := "from " + table + " order by all"
		if got, want := lines(query(t, got, all)), lines(query(t, want, all)); got != want {
			t.Errorf("%s: got, want\n%s", table, differingLines(got, want))
		}
	}
	if rows := query(t, got, "select count(*) from recomputations"); rows[1][0] != "0" {
		t.Errorf("recomputations: %v", rows)
	}
}
