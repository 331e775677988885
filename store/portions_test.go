package store

import (
	"database/sql"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

func init() { portionDeliveries = 300 } // several portions in most tests that compute all calls

// TestPortionsOfCallsAreAll changes the settings of a database whose ids are in no order, so that each portion has calls of all days, customers
// and phones. What is computed is that of a database that had the settings from the start.
func TestPortionsOfCallsAreAll(t *testing.T) {
	skipIfShort(t)
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

// TestAPartOfTheCallsIsNotShown stops a recomputation after its first portion. No reader opens the database, and the next load goes on with the
// second portion.
func TestAPartOfTheCallsIsNotShown(t *testing.T) {
	skipIfShort(t)
	spool := strings.Join(tiedDeliveries(rand.New(rand.NewPCG(2, 29)), 250), "")
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": spool})
	load(t, dir, testSettings())
	changed := testSettings()
	changed.Timezone = "Europe/London"
	want, err := changed.fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow}
	db, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	err = db.inTransaction(t.Context(), func(tx *sql.Tx) error {
		_, directory, err := db.readDirectories(t.Context())
		return errors.Join(err, writeSettings(t.Context(), tx, changed, fingerprints{settings: incompleteAfter("", want), definitions: definitionsFingerprint(), directory: directory}),
			runStep(t.Context(), tx, "load/rebuild_calls"))
	})
	if err != nil {
		t.Fatal(err)
	}
	stopped, done := errors.New("stopped"), ""
	err = recomputeCalls(t.Context(), db.conn, "load/stored_portion", "", func(through string, compute func(session) error) error {
		if done != "" {
			return stopped
		}
		done = through
		return errors.Join(compute(db.conn), storeFingerprint(t.Context(), db.conn, incompleteAfter(through, want)))
	})
	if !errors.Is(err, stopped) {
		t.Fatal(err)
	}
	_, err = db.conn.ExecContext(t.Context(), "update calls set circle = 'of the first portion'")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = OpenReader(t.Context(), options)
	if err == nil || !strings.Contains(err.Error(), "only a part of the calls") || !strings.Contains(err.Error(), "hint: run callsheet load") {
		t.Errorf("reading a part of the calls: %v", err)
	}
	load(t, dir, changed)
	got, atOnce := published(t, dir, changed), loaded(t, changed, map[string]string{"a.ndjson": spool})
	for _, table := range append([]string{"calls", "agent_names"}, keptTables...) {
		all := "select * exclude (circle) from " + table + " order by all"
		if table != "calls" {
			all = "from " + table + " order by all"
		}
		if got, want := lines(query(t, got, all)), lines(query(t, atOnce, all)); got != want {
			t.Errorf("%s: got, want\n%s", table, differingLines(got, want))
		}
	}
	kept := query(t, got, "select count(*), max(call_sid) from calls where circle = 'of the first portion'")
	if kept[1][0] == "0" || kept[1][1] != done {
		t.Errorf("kept of the first portion: %v, want calls through %s", kept, done)
	}
	if rows := query(t, got, "select count(*) from recomputations"); rows[1][0] != "0" {
		t.Errorf("recomputations: %v", rows)
	}
}
