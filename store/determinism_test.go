package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/queries"
)

// tiedDeliveries returns the lines of calls of three days with as many ties as there can be: few customers, phones and seconds, with several
// spellings, names and legs in each; times of receipt in common, and live events. Their talk has fractions of a second.
func tiedDeliveries(rng *rand.Rand, calls int) (lines []string) {
	for i := range calls {
		start := time.Date(2026, 10, 5+rng.IntN(3), 10, 0, 20*rng.IntN(2), 0, time.UTC)
		clock := func(seconds float64) string {
			return start.Add(time.Duration(seconds * 1e9)).Format("2006-01-02 15:04:05.999")
		}
		received := start.Add(-5*time.Hour + time.Duration(rng.IntN(2))*time.Minute)
		call := map[string]any{
			"CallSid": fmt.Sprint("t", i), "Direction": pick(rng, []string{"IVR", "IVR", "ivr", "WEBOBD", "C2C"}), "campid": fmt.Sprint(i % 9),
			"SourceNumber":      pick(rng, []string{"0", "+91", ""}) + fmt.Sprint(9876543210+rng.IntN(3)),
			"DestinationNumber": pick(rng, []string{"01204000001", "+911204000001", "1204000002"}),
		}
		for version := range 1 + rng.IntN(3) {
			report := map[string]any{
				"DialWhomNumber": pick(rng, []string{"9280000001", "09280000001", "9280000002", ""}),
				"receiver_name":  pick(rng, []string{"Asha", "ASHA", "Ravi", "", "0"}), "call_group": pick(rng, []string{"Sales", "Support", "sales", "SALES", ""}),
				"Status": pick(rng, []string{"ANSWER", "NOANSWER", "NOANSWER", "Eaten", "EATEN", "Abandoned"}), "coins": rng.IntN(3),
				"StartTime": clock(0), "EndTime": clock(60.7), "CallDuration": 60, "TalkDuration": 10 + rng.IntN(3),
				"LegB_Start_time": clock(3.1), "LegB_Picked_time": clock(pick(rng, []float64{5.3, 5.1, 7.7})), "key_press": pick(rng, []string{"1", "", "2"}),
			}
			for key, value := range call {
				report[key] = value
			}
			lines = append(lines, tiedLine(rng, fmt.Sprintf("%03d%d", i, version), received, "call_report", report))
		}
		for event := range rng.IntN(4) {
			live := map[string]any{"Status": pick(rng, []string{"Ringing", "Picked", "Transfer to agent"}),
				"DialWhomNumber": pick(rng, []string{"9280000001", "9280000002", "+919280000003", "09280000003"}), "StartTime": clock(0)}
			for key, value := range call {
				live[key] = value
			}
			lines = append(lines, tiedLine(rng, fmt.Sprintf("%03d%d", i, 5+event), received, "live_call", live))
		}
	}
	return append(lines, `{"CallSid":"0","Status":"no call"}`+"\n", `{"type":"add_member","a":1}`+"\n", `{"type":"add_member","a":2}`+"\n")
}

// tiedLine is an envelope, or one that has no id.
func tiedLine(rng *rand.Rand, id string, received time.Time, kind string, payload map[string]any) string {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	if rng.IntN(3) > 0 {
		id = fmt.Sprintf(`"id":"01K6TESTS0000000000000%s",`, id)
	} else {
		id = ""
	}
	return fmt.Sprintf(`{%s"received_at":"%s","source":"main","kind":"%s","encoding":"json","payload":%s}`+"\n", id, received.Format(time.RFC3339), kind, text)
}

// namedRows returns the result of a named query; the first row is the header.
func namedRows(t *testing.T, reader *Reader, name string, arguments map[string]any) (rows [][]string) {
	t.Helper()
	header, add := collect(&rows)
	if err := reader.Query(t.Context(), name, arguments, header, add); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rows
}

func namedResult(t *testing.T, reader *Reader, name string, arguments map[string]any) string {
	t.Helper()
	return lines(namedRows(t, reader, name, arguments))
}

// namedResults runs the named queries, and returns their results by name.
func namedResults(t *testing.T, reader *Reader, without ...string) map[string]string {
	t.Helper()
	results := map[string]string{}
	for _, file := range queries.Files("named") {
		if !slices.Contains(without, file.Name) {
			results[file.Name] = namedResult(t, reader, file.Name, map[string]any{"from": "2026-10-05", "to": "2026-10-07", "source": "main",
				"since": "2026-10-05 05:00:00Z", "now": "2026-10-12 05:00:00Z"})
		}
	}
	return results
}

// unrepeatable are the queries whose results say how lines were loaded.
var unrepeatable = []string{"rejected", "damaged_lines"}

// countDeliveries are those that count deliveries; findings counts rejected lines.
var countDeliveries = []string{"calls", "census", "events", "evidence", "findings", "freshness", "silence"}

// TestNamedQueriesAreDeterministic asks every named query with 1, 2 and 4 threads, of databases that were loaded in other orders, as of the
// last delivery, and with all deliveries received twice.
func TestNamedQueriesAreDeterministic(t *testing.T) {
	skipIfShort(t)
	var want map[string]string
	compare := func(when string, got map[string]string) {
		t.Helper()
		for name, result := range got {
			if result != want[name] {
				t.Errorf("%s: %s: got, want\n%s", when, name, differingLines(result, want[name]))
			}
		}
	}
	deliveries := tiedDeliveries(rand.New(rand.NewPCG(1, 18)), 100)
	settings := testSettings()
	settings.Sources = []Source{{Name: "main", Timezone: "Asia/Kolkata", OutgoingCaller: "agent", DirectionWords: map[string]string{"C2C": "outgoing"}}}
	settings.BusinessHours = []Hours{{1, "09:00", "12:00"}, {1, "10:00", "18:00"}}
	for seed := range *seeds + 1 {
		rng := rand.New(rand.NewPCG(seed, 19))
		rest := slices.Clone(deliveries)
		dir := t.TempDir()
		writeSpool(t, dir, map[string]string{"2026-10-05.a.ndjson": "", "2026-10-05.b.ndjson": ""})
		if seed > 0 {
			rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		}
		for len(rest) > 0 {
			n := len(rest)
			if seed > 0 {
				n = 1 + rng.IntN(n)
			}
			for _, line := range rest[:n] {
				appendTo(t, filepath.Join(dir, "spool", pick(rng, []string{"2026-10-05.a.ndjson", "2026-10-05.b.ndjson"})), line)
			}
			rest = rest[n:]
			loadInBatches(t, dir, settings, 0)
		}
		reader := published(t, dir, settings)
		reader.Close() // within a process, DuckDB returns the same instance for an open path
		for _, threads := range [][]int{{4, 1}, {2}}[min(seed, 1)] {
			var err error
			if reader, err = OpenReader(t.Context(), Options{Path: filepath.Join(dir, "published", "calls.duckdb"), Settings: settings, Immutable: true, Threads: threads}); err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			got := namedResults(t, reader, unrepeatable...)
			if want == nil {
				want = got
			}
			compare(fmt.Sprintf("seed %d, %d threads", seed, threads), got)
		}
		if seed == 0 {
			continue
		}
		if err := reader.AsOf(t.Context(), testNow()); err != nil {
			t.Fatal(err)
		}
		compare(fmt.Sprintf("seed %d, as of the last delivery", seed), namedResults(t, reader, unrepeatable...))
		for _, i := range rng.Perm(len(deliveries)) { // again, with other ids
			appendTo(t, filepath.Join(dir, "spool", "2026-10-05.b.ndjson"), strings.Replace(deliveries[i], "01K6TESTS", "01K7TESTS", 1))
		}
		reader.Close()
		load(t, dir, settings)
		compare(fmt.Sprintf("seed %d, received twice", seed), namedResults(t, published(t, dir, settings), append(unrepeatable, countDeliveries...)...))
	}
}
