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

// keptTables are what a load keeps beside calls, and reads only in part when calls are added or change.
var keptTables = []string{"customer_episodes", "repeated_calls", "last_conversations", "delivery_days", "hour_peaks"}

func init() { maxFollowedCalls = 60 } // several portions in most loads of this package

// TestWhatIsKeptOfCustomersIsThatOfAllCalls loads deliveries in random order, a few at a time, so that calls come before, between and
// after those of a customer, and are corrected. What is kept is then the same as if all had come at once.
func TestWhatIsKeptOfCustomersIsThatOfAllCalls(t *testing.T) {
	skipIfShort(t)
	for seed := range 1 + *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w, spool := randomWorld(seed+70, "Asia/Kolkata", 300)
			w.settings.RecoveryWindow = []time.Duration{2 * time.Hour, 50 * time.Hour}[seed%2] // shorter and longer than a day
			rng := rand.New(rand.NewPCG(seed, 23))
			deliveries := slices.Collect(strings.Lines(spool))
			if seed%2 == 0 { // mostly in turn
				slices.SortStableFunc(deliveries[len(deliveries)/2:], func(a, b string) int { return rng.IntN(3) - 1 })
			} else {
				rng.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
			}
			dir := t.TempDir()
			writeSpool(t, dir, map[string]string{"a.ndjson": ""})
			for part := range slices.Chunk(deliveries, 1+len(deliveries)/6) {
				appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), strings.Join(part, ""))
				load(t, dir, w.settings)
			}
			reader := published(t, dir, w.settings)
			atOnce := loaded(t, w.settings, map[string]string{"a.ndjson": strings.Join(deliveries, "")})
			for _, table := range keptTables {
				got, want := query(t, reader, "from "+table+" order by all"), query(t, atOnce, "from "+table+" order by all")
				if len(want) < 4 {
					t.Errorf("%s has only %d rows", table, len(want)-1)
				}
				if !slices.EqualFunc(got, want, slices.Equal) {
					t.Errorf("%s: got, want\n%s", table, differingLines(lines(got), lines(want)))
				}
			}
		})
	}
}

// TestConversationThatWasNoneIsForgotten corrects an answered call to a missed one: the customer was last spoken to in an earlier call, which
// the load of the correction finds, or in none.
func TestConversationThatWasNoneIsForgotten(t *testing.T) {
	skipIfShort(t)
	const report = `{"id":"%ID","received_at":"2026-10-05T%AT+05:30","source":"main","kind":"call_report","encoding":"json","payload":{"CallSid":"%SID","SourceNumber":"%FROM",` +
		`"DestinationNumber":"01204000001","Direction":"IVR","Status":"%STATUS","StartTime":"%START","EndTime":"%START","CallDuration":"60","TalkDuration":"%TALK"}}` + "\n"
	line := func(id, at, sid, from, status, start, talk string) string {
		return strings.NewReplacer("%ID", id, "%AT", at, "%SID", sid, "%FROM", from, "%STATUS", status, "%START", start, "%TALK", talk).Replace(report)
	}
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": line("1", "10:00:00", "1.1", "9000000001", "ANSWER", "2026-09-01 10:00:00", "60") +
		line("2", "10:00:01", "1.2", "9000000001", "ANSWER", "2026-10-05 09:00:00", "60") +
		line("3", "10:00:02", "1.3", "9000000002", "ANSWER", "2026-10-05 09:00:00", "60")})
	load(t, dir, testSettings())
	appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), line("4", "11:00:00", "1.2", "9000000001", "NOANSWER", "2026-10-05 09:00:00", "0")+
		line("5", "11:00:01", "1.3", "9000000002", "NOANSWER", "2026-10-05 09:00:00", "0"))
	load(t, dir, testSettings())
	got := lines(query(t, published(t, dir, testSettings()), "select customer, strftime(last_spoken_at, '%d.%m.') as last from last_conversations")[1:])
	if want := "9000000001,01.09.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
