package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/queries"
)

// sayHowLoaded are the queries whose results say when and how lines were loaded, which --as-of does not change.
var sayHowLoaded = append([]string{"freshness", "recomputations"}, unrepeatable...)

// TestAsOfIsALoadUntilThen asks named queries as of several times, and of a database that was loaded with only the deliveries received by then: all with
// -seeds, else a third of them. What is restated since then is the difference to the calls of today.
func TestAsOfIsALoadUntilThen(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for seed := range *seeds {
		rng := rand.New(rand.NewPCG(seed, 21))
		w, spool := randomWorld(seed+30, "Asia/Kolkata", 250)
		all := slices.Collect(strings.Lines(spool))
		dir := t.TempDir()
		writeSpool(t, dir, map[string]string{"2026-10-20.ndjson": spool})
		load(t, dir, w.settings)
		today := published(t, dir, w.settings)
		for turn, at := range []time.Time{
			time.Date(2026, 10, 8+rng.IntN(22), rng.IntN(24), rng.IntN(60), 0, 0, time.UTC),
			w.through.Add(-time.Duration(rng.IntN(60)) * time.Hour),
		} {
			what := fmt.Sprintf("seed %d, as of %s", seed, at)
			then := loaded(t, w.settings, map[string]string{"2026-10-20.ndjson": strings.Join(receivedBy(all, at), "")})
			asOf, err := OpenReader(t.Context(), Options{Path: filepath.Join(dir, "published", "calls.duckdb"), Settings: w.settings, Immutable: true})
			if err != nil {
				t.Fatal(err)
			}
			defer asOf.Close()
			if err := asOf.AsOf(t.Context(), at); err != nil {
				t.Fatal(err)
			}
			filters, day := w.filters(), at.In(w.zone)
			for i, file := range queries.Files("named") {
				if i%6 != turn && *seeds == 1 || slices.Contains(sayHowLoaded, file.Name) {
					continue
				}
				arguments := map[string]any{"from": day.AddDate(0, 0, -rng.IntN(8)).Format(time.DateOnly), "to": day.AddDate(0, 0, rng.IntN(3)).Format(time.DateOnly),
					"source": "main", "since": at.AddDate(0, 0, -3), "now": at}
				maps.Copy(arguments, filters[(seed+uint64(i))%uint64(len(filters))].arguments)
				got, want := namedResult(t, asOf, file.Name, arguments), namedResult(t, then, file.Name, arguments)
				if got != want {
					t.Errorf("%s: %s %v: got, want\n%s", what, file.Name, arguments, differingLines(got, want))
				}
			}
			if got, want := restatedSince(t, today, at), changedFields(t, then, today); got != want {
				t.Errorf("%s: restated: got, want\n%s", what, differingLines(got, want))
			}
		}
	}
}

// receivedBy returns the lines received by a time.
func receivedBy(lines []string, at time.Time) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		_, after, _ := strings.Cut(line, `"received_at":"`)
		text, _, _ := strings.Cut(after, `"`)
		received, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			panic(err)
		}
		return received.After(at)
	})
}

// comparedFields are columns of calls that only deliveries of the same call change.
const comparedFields = `call_group, customer_number, status, outcome, failed_leg, talk_seconds::varchar as talk_seconds,
	call_seconds::varchar as call_seconds, wait_seconds::varchar as wait_seconds, ring_seconds::varchar as ring_seconds,
	agent_ring_seconds::varchar as agent_ring_seconds, coins::double::varchar as coins, campaign_id, array_to_string(flags, ', ') as flags`

// changedFields compares the calls of two databases.
func changedFields(t *testing.T, then, now *Reader) string {
	t.Helper()
	const statement = "select source, call_sid, " + comparedFields + " from calls where local_day between '" + worldFrom + "' and '" + worldTo + "'"
	before := map[string][]string{}
	for _, row := range query(t, then, statement)[1:] {
		before[row[0]+" "+row[1]] = row
	}
	rows := query(t, now, statement)
	var changes []string
	for _, row := range rows[1:] {
		key := row[0] + " " + row[1]
		old := before[key]
		if old == nil {
			changes = append(changes, key+" call")
			continue
		}
		for i, column := range rows[0] {
			if old[i] != row[i] {
				changes = append(changes, fmt.Sprintf("%s %s %s → %s", key, column, old[i], row[i]))
			}
		}
	}
	slices.Sort(changes)
	return strings.Join(changes, "\n")
}

// restatedSince returns the same fields of the query restated. If there are rows, is_restated says so.
func restatedSince(t *testing.T, reader *Reader, since time.Time) string {
	t.Helper()
	var changes []string
	args := map[string]any{"from": worldFrom, "to": worldTo, "since": since}
	rows := namedRows(t, reader, "restated", args)
	if is := namedRows(t, reader, "is_restated", args); len(rows) > 1 && is[1][0] != "true" {
		t.Errorf("since %s: is_restated %v, and restated has %d rows", since, is, len(rows)-1)
	}
	for _, row := range rows[1:] {
		value := map[string]string{}
		for i, column := range rows[0] {
			value[column] = row[i]
		}
		switch change := value["source"] + " " + value["call_sid"] + " " + value["field"]; {
		case value["field"] == "call":
			changes = append(changes, change)
		case strings.Contains(comparedFields, value["field"]):
			changes = append(changes, fmt.Sprintf("%s %s → %s", change, value["old"], value["new"]))
		}
	}
	slices.Sort(changes)
	return strings.Join(changes, "\n")
}

// differingLines are the lines of each text that the other does not have.
func differingLines(got, want string) string {
	without := func(text, other string) string {
		known := strings.Split(other, "\n")
		return strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return slices.Contains(known, line) }), "\n")
	}
	return without(got, want) + "\n--\n" + without(want, got)
}
