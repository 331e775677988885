package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// exported returns the line of an export that was made reported seconds after ten and imported later.
func exported(id string, received, reported int, payload string) string {
	return fmt.Sprintf(`{"id":"%s","received_at":"2026-10-06T10:00:%02dZ","reported_at":"2026-10-05T10:00:%02dZ","source":"main","kind":"call_report","encoding":"json","payload":%s}`+"\n",
		id, received, reported, payload)
}

// versionsOf returns deliveries of calls with equal times of receipt: corrections, corrections back, duplicates, lines with and without
// an id, and rows of exports.
func versionsOf(calls int) []string {
	var lines []string
	for call := range calls {
		for i, coins := range []int{1, 2, 1, 3, 2, 2} {
			id := fmt.Sprintf("01K6TESTS000%05d0000000%d", call, i)
			lines = append(lines, envelope(id, (call+i)%4, "call_report", fmt.Sprintf(`{"CallSid":"c%d","coins":"%d","EndTime":"2026-10-05 10:00:00"}`, call, coins)))
		}
		lines = append(lines, fmt.Sprintf(`{"CallSid":"c%d","coins":"%d","EndTime":"2026-10-05 15:30:03"}`+"\n", call, 7+call%3))
		for i, coins := range []int{1, 3, 1, 4, 2} {
			id := fmt.Sprintf("01K7TESTS000%05d0000000%d", call, i)
			lines = append(lines, exported(id, i/2, (call+2*i)%5, fmt.Sprintf(`{"CallSid":"c%d","coins":"%d","EndTime":"2026-10-05 10:00:00"}`, call, coins)))
		}
		lines = append(lines, envelope(fmt.Sprintf("01K6LIVE%018d", call), call%4, "live_call", fmt.Sprintf(`{"CallSid":"c%d","call_group":"G%d"}`, call, call)))
	}
	return lines
}

// TestNewestVersionIsExact loads deliveries with equal times of receipt repeatedly, in any order and batches: the calls are always
// the same, also as of any time.
func TestNewestVersionIsExact(t *testing.T) {
	skipIfShort(t)
	deliveries := versionsOf(8)
	const everything = "select * from calls order by all"
	var want [][]string
	for seed := range *seeds + 1 { // the first is in order
		rng := rand.New(rand.NewPCG(seed, 9))
		shuffled := slices.Clone(deliveries)
		if seed > 0 {
			rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		}
		files := map[string]string{}
		for i, line := range shuffled {
			name := fmt.Sprintf("%d.ndjson", i*(1+int(seed)%3)/len(shuffled))
			files[name] += line
		}
		dir := spoolOf(t, files)
		loadInBatches(t, dir, testSettings(), int64(4_000+rng.IntN(20_000)))
		reader := published(t, dir, testSettings())
		got := query(t, reader, everything)
		if seed == 0 {
			want = got
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, lines(got), lines(want))
		}
	}
	if len(want) != 9 {
		t.Errorf("%d calls", len(want)-1)
	}
}

// TestReportReceivedAgainCorrectsNothing: A, B and A again is B, now and as of the time between.
func TestReportReceivedAgainCorrectsNothing(t *testing.T) {
	skipIfShort(t)
	report := func(second, coins int) string {
		return envelope(fmt.Sprintf("01K6%022d", second), second, "call_report", fmt.Sprintf(`{"CallSid":"1","coins":"%d","EndTime":"2026-10-05 10:00:00"}`, coins))
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": report(1, 10)})
	for second, coins := range map[int]int{2: 20, 3: 10} {
		appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), report(second, coins))
		load(t, dir, testSettings())
	}
	reader := published(t, dir, testSettings())
	const newest = "select coins, deliveries, versions, strftime(last_received_at, '%S') from calls"
	if got := query(t, reader, newest)[1]; strings.Join(got, " ") != "20 3 2 03" {
		t.Errorf("got %v", got)
	}
	if err := reader.AsOf(t.Context(), testNow().AddDate(0, 0, -27).Add(10*3600e9+2e9)); err != nil {
		t.Fatal(err)
	}
	if got := query(t, reader, newest)[1]; strings.Join(got, " ") != "20 2 2 02" {
		t.Errorf("as of the time between: %v", got)
	}
}

// TestElementsOfOneBodyFollowTheirIDs: deliveries received in one microsecond count in the order of their ids.
func TestElementsOfOneBodyFollowTheirIDs(t *testing.T) {
	var text string
	for i := range 20 {
		text += envelope(fmt.Sprintf("01K6%022d", 20-i), 1, "call_report", fmt.Sprintf(`{"CallSid":"1","coins":"%d","EndTime":"2026-10-05 10:00:00"}`, 20-i))
	}
	if got := query(t, loaded(t, testSettings(), map[string]string{"a.ndjson": text}), "select coins from calls")[1][0]; got != "20" {
		t.Errorf("got %s", got)
	}
}

// TestLineReadTwiceIsOneDelivery copies lines with ids into a second file, in another order and with others between, in one load
// and in two: no delivery, reject or event is loaded twice.
func TestLineReadTwiceIsOneDelivery(t *testing.T) {
	skipIfShort(t)
	lines := []string{
		envelope("a", 1, "call_report", `{"CallSid":"1","coins":"1","EndTime":"2026-10-05 10:00:00"}`),
		envelope("b", 1, "call_report", `{"CallSid":"1","coins":"1","EndTime":"2026-10-05 10:00:00"}`), // the same in one body
		envelope("c", 2, "call_report", `{"CallSid":"2","coins":"1","EndTime":"2026-10-05 10:00:00"}`),
		envelope("d", 3, "live_call", `{"CallSid":"1","Status":"Ringing"}`),
		envelope("e", 4, "other", `{"type":"add_member"}`),
		envelope("f", 5, "call_report", `{"Status":"no call"}`),
		`{"id":"g","received_at":"2026-10-05T10:00:06Z","source":"main","kind":"unreadable","encoding":"json","body_base64":"AA=="}` + "\n",
	}
	reversed := slices.Clone(lines)
	slices.Reverse(reversed)
	const counts = `select (select sum(deliveries) from calls), (select sum(deliveries) from call_versions), (select sum(deliveries) from live_events),
		(select count(*) from other_events), (select count(*) from rejects), (select sum(lines) from loads)`
	want := "3 3 1 1 2 7"
	dir := spoolOf(t, map[string]string{"a.ndjson": strings.Join(lines, ""), "b.ndjson": report("x") + strings.Join(reversed, "")})
	got := load(t, dir, testSettings())
	if row := query(t, published(t, dir, testSettings()), counts)[1]; strings.Join(row, " ") != "4 4 1 1 2 8" || got.Copies != 7 || got.Lines != 8 {
		t.Errorf("in one load: %v, %+v", row, got)
	}
	dir = spoolOf(t, map[string]string{"a.ndjson": strings.Join(lines, "")})
	load(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"b.ndjson": strings.Join(reversed, "")})
	got = load(t, dir, testSettings())
	if row := query(t, published(t, dir, testSettings()), counts)[1]; strings.Join(row, " ") != want || got.Copies != 7 || got.Lines != 0 {
		t.Errorf("in two loads: %v, %+v", row, got)
	}
}

// TestExportCountsFromWhenItWasMade: the report that the vendor made last counts, as of any time of those that were received by then.
func TestExportCountsFromWhenItWasMade(t *testing.T) {
	skipIfShort(t)
	coins := func(coins int) string {
		return fmt.Sprintf(`{"CallSid":"1","coins":"%d","EndTime":"2026-10-05 10:00:00"}`, coins)
	}
	export := func(received, reported, n int) string {
		return exported(fmt.Sprintf("01K7%022d", received), received, reported, coins(n))
	}
	web := func(second, n int) string {
		return envelope(fmt.Sprintf("01K6%022d", second), second, "call_report", coins(n))
	}
	cases := map[string]string{} // by call
	var now, earlier []string
	var steps [3]string // the lines of all calls that a load reads
	for name, c := range map[string]struct {
		lines        []string
		now, earlier string // coins, versions, deliveries and imported; now, and before the second of the next day
	}{
		"an export after a webhook":       {[]string{web(1, 10), export(1, 5, 20)}, "20 2 2 false", "10 1 1 false"},
		"a webhook after an export":       {[]string{web(9, 10), export(1, 5, 20)}, "10 2 2 false", "10 1 1 false"},
		"two exports":                     {[]string{export(0, 1, 10), export(1, 2, 20)}, "20 2 2 true", "10 1 1 true"},
		"an older export, imported later": {[]string{export(0, 2, 20), export(1, 1, 10)}, "20 2 2 true", "20 1 1 true"},
		"a correction back":               {[]string{web(1, 10), web(2, 20), export(1, 5, 10)}, "10 2 3 false", "20 2 2 false"},
		"a webhook received again":        {[]string{web(1, 10), export(0, 5, 20), web(9, 10)}, "20 2 3 false", "20 2 3 false"},
		"exports of the same time":        {[]string{export(0, 5, 10), export(1, 5, 20)}, "20 2 2 true", "10 1 1 true"},
		"the same report by both":         {[]string{web(9, 10), export(1, 5, 10)}, "10 1 2 false", "10 1 1 false"},
	} {
		for _, turned := range []bool{false, true} {
			sid := fmt.Sprintf("c%02d", len(cases))
			cases[sid] = fmt.Sprintf("%s, turned %v", name, turned)
			now, earlier = append(now, sid+" "+c.now), append(earlier, sid+" "+c.earlier)
			lines := slices.Clone(c.lines)
			if turned {
				slices.Reverse(lines)
			}
			for i, line := range lines { // with ids and a call of its own
				steps[i] += strings.NewReplacer(`"CallSid":"1"`, `"CallSid":"`+sid+`"`, `"id":"01K6000`, `"id":"01K60`+sid[1:], `"id":"01K7000`, `"id":"01K70`+sid[1:]).Replace(line)
			}
		}
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": ""})
	for _, lines := range steps {
		appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), lines)
		load(t, dir, testSettings())
	}
	reader := published(t, dir, testSettings())
	check := func(when string, want []string) {
		t.Helper()
		got := query(t, reader, "select call_sid, coins, versions, deliveries, imported from calls order by call_sid")[1:]
		if len(got) != len(want) {
			t.Fatalf("%s: %d calls, want %d", when, len(got), len(want))
		}
		for i, row := range got {
			if strings.Join(row, " ") != want[i] {
				t.Errorf("%s: %s: got %v, want %s", cases[row[0]], when, row, want[i])
			}
		}
	}
	check("now", now)
	if err := reader.AsOf(t.Context(), time.Date(2026, 10, 6, 10, 0, 0, 5e8, time.UTC)); err != nil {
		t.Fatal(err)
	}
	check("as of before", earlier)
}
