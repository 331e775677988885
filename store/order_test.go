package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCallsDoNotDependOnOrderOrFiles loads the same deliveries in many orders, split into files and loads at random,
// and expects identical calls.
func TestCallsDoNotDependOnOrderOrFiles(t *testing.T) {
	skipIfShort(t)
	deliveries := testDeliveries(t)
	everything := func(reader *Reader) [][]string {
		return slices.Concat(query(t, reader, "select * from calls order by source, direction, call_sid"),
			query(t, reader, "select * from call_legs order by source, direction, call_sid, agent_key"))
	}
	want := everything(loaded(t, testSettings(), map[string]string{"all.ndjson": strings.Join(deliveries, "")}))
	if len(want) < 9 {
		t.Fatalf("only %d calls", len(want)-1)
	}
	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 1))
			shuffled := slices.Clone(deliveries)
			rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			dir := t.TempDir()
			writeSpool(t, dir, map[string]string{"a.ndjson": "", "b.ndjson": ""})
			for len(shuffled) > 0 {
				n := 1 + rng.IntN(len(shuffled))
				for _, delivery := range shuffled[:n] {
					appendTo(t, filepath.Join(dir, "spool", []string{"a.ndjson", "b.ndjson"}[rng.IntN(2)]), delivery)
				}
				shuffled = shuffled[n:]
				loadInBatches(t, dir, testSettings(), 0)
			}
			reader := published(t, dir, testSettings())
			for _, asOf := range []bool{false, true} { // as of the last delivery, calls and names are recomputed
				if asOf {
					if err := reader.AsOf(t.Context(), testNow()); err != nil {
						t.Fatal(err)
					}
				}
				if got := everything(reader); !slices.EqualFunc(got, want, slices.Equal) {
					t.Errorf("as of: %v, got\n%s\nwant\n%s", asOf, lines(got), lines(want))
				}
			}
		})
	}
}

// testDeliveries are the deliveries of several golden cases.
func testDeliveries(t *testing.T) (deliveries []string) {
	t.Helper()
	for _, dir := range []string{"samples", "versions", "key_names", "repeated_values", "wrappers", "direction_words", "ring_group",
		"transfer", "shared_calls", "agent_names"} {
		text, err := os.ReadFile(filepath.Join("../queries/testdata", dir, "events.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		deliveries = append(deliveries, slices.Collect(strings.Lines(string(text)))...)
	}
	return deliveries
}

// TestChangedSettingsRebuildCalls changes settings and expects the calls of a store that had the new settings from the start.
func TestChangedSettingsRebuildCalls(t *testing.T) {
	skipIfShort(t)
	text, err := os.ReadFile("../queries/testdata/parties_and_groups/events.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	changed := testSettings()
	changed.Timezone = "America/New_York"
	changed.NumberGroups = map[string]string{"01209999999": "Elsewhere"}
	changed.BusinessHours = []Hours{{Weekday: 1, Opens: "00:00", Closes: "00:45"}}
	files := map[string]string{"a.ndjson": string(text)}
	const everything = "select * from calls order by call_sid"
	want := query(t, loaded(t, changed, files), everything)

	dir := t.TempDir()
	writeSpool(t, dir, files)
	load(t, dir, testSettings())
	reader := published(t, dir, testSettings())
	before := query(t, reader, everything)
	reader.Close() // within a process, DuckDB returns the same instance for an open path
	load(t, dir, changed)
	got := query(t, published(t, dir, changed), everything)
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got\n%s\nwant\n%s", lines(got), lines(want))
	}
	if slices.EqualFunc(got, before, slices.Equal) {
		t.Error("the settings change nothing, so this test is meaningless")
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
