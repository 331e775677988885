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

	"callsheet/internal/phone"
	"callsheet/internal/spool"
)

// form writes a value in one of the ways in which people and programs write it. lossy forms do not say the whole value, or not for certain:
// they must be flagged or rejected.
type form[T any] struct {
	name  string
	write func(T) string
	lossy bool
}

func layouts(names ...string) (forms []form[time.Time]) {
	for _, layout := range names {
		forms = append(forms, form[time.Time]{layout, func(t time.Time) string { return t.Format(layout) }, false})
	}
	return forms
}

var timeForms = append(layouts(
	time.DateTime, "2006-01-02  15:04:05", "2006-01-02T15:04:05", "2006-01-02n15:04:05", "2006/01/02 15:04:05", "02-01-2006 15:04:05", "2/1/2006 15:04:05",
	"02.01.2006, 15:04:05", "02-Jan-2006 15:04:05", "2 January 2006 03:04:05 PM", "Jan 2, 2006 3:04:05 pm", "02-01-2006 03:04:05 PM", time.RFC3339, time.RFC1123Z,
	"2006-01-02T15:04:05.000-0700", "2006-01-02 15:04:05 IST", "2006-01-02 15:04:05.000000"),
	form[time.Time]{"UTC", func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }, false},
	form[time.Time]{"New York", func(t time.Time) string {
		return t.In(time.FixedZone("", -4*3600)).Format("02/01/2006 15:04:05-07:00")
	}, false},
	form[time.Time]{"Unix seconds", func(t time.Time) string { return fmt.Sprint(t.Unix()) }, false},
	form[time.Time]{"milliseconds", func(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }, false},
	form[time.Time]{"serial number", func(t time.Time) string { return fmt.Sprintf("%.9f", serial(t)) }, false},
	form[time.Time]{"short serial number", func(t time.Time) string { return fmt.Sprintf("%.4f", serial(t)) }, true},
	form[time.Time]{"two-digit year", func(t time.Time) string { return t.Format("02-01-06 15:04:05") }, true},
	form[time.Time]{"no clock", func(t time.Time) string { return t.Format(time.DateOnly) }, true},
	form[time.Time]{"no day", func(t time.Time) string { return t.Format(time.TimeOnly) }, true},
	form[time.Time]{"no such day", func(t time.Time) string { return t.Format("31-02-2006 15:04:05") }, true},
	form[time.Time]{"another zone's word", func(t time.Time) string { return t.Format("2006-01-02 15:04:05 PST") }, true},
	form[time.Time]{"12 hours, no half", func(t time.Time) string { return t.Format("2006-01-02 15:04:05") + " M" }, true},
)

// serial is the time as a spreadsheet has it: days since 1899-12-30, in local time.
func serial(t time.Time) float64 {
	_, offset := t.Zone()
	return float64(t.Unix()+int64(offset))/86400 + 25569
}

var secondsForms = []form[int64]{
	{"number", func(n int64) string { return fmt.Sprint(n) }, false},
	{"decimal", func(n int64) string { return fmt.Sprintf("%d.0", n) }, false},
	{"signed", func(n int64) string { return fmt.Sprintf(" +%d ", n) }, false},
	{"hh:mm:ss", func(n int64) string { return fmt.Sprintf("%02d:%02d:%02d", n/3600, n/60%60, n%60) }, false},
	{"mm:ss", func(n int64) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }, false},
	{"h:mm:ss.000", func(n int64) string { return fmt.Sprintf("%d:%02d:%02d.000", n/3600, n/60%60, n%60) }, false},
	{"units", func(n int64) string { return fmt.Sprintf("%dm %ds", n/60, n%60) }, false},
	{"long units", func(n int64) string { return fmt.Sprintf("%d hours %d minutes %d seconds", n/3600, n/60%60, n%60) }, false},
	{"ISO", func(n int64) string { return fmt.Sprintf("PT%dM%dS", n/60, n%60) }, false},
	{"sec", func(n int64) string { return fmt.Sprintf("%d sec", n) }, false},
	{"separators", func(n int64) string {
		if n < 1000 {
			return fmt.Sprint(n)
		}
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}, false},
	{"scientific", func(n int64) string { return fmt.Sprintf("%.3E", float64(n)) }, false},
	{"fraction of a day", func(n int64) string { return fmt.Sprintf("%.5f", (float64(n)+0.2)/86400) }, true},
	{"minutes", func(n int64) string { return fmt.Sprintf("%.3f", (float64(n)+0.1)/60) }, true},
	{"fraction", func(n int64) string { return fmt.Sprintf("%d.6", n) }, true},
	{"milliseconds", func(n int64) string { return fmt.Sprintf("%d ms", n*1000) }, true},
	{"negative", func(n int64) string { return fmt.Sprintf("-%d", n+1) }, true},
	{"word", func(int64) string { return "long" }, true},
}

// A number is its last ten digits.
var phoneForms = []form[int64]{
	{"ten digits", func(n int64) string { return fmt.Sprint(n) }, false},
	{"0", func(n int64) string { return fmt.Sprintf("0%d", n) }, false},
	{"+91", func(n int64) string { return fmt.Sprintf("+91 %d %05d", n/100000, n%100000) }, false},
	{"0091", func(n int64) string { return fmt.Sprintf("0091-%d", n) }, false},
	{"decimal", func(n int64) string { return fmt.Sprintf("91%d.0", n) }, false},
	{"formula", func(n int64) string { return fmt.Sprintf(`="0%d"`, n) }, false},
	{"quote", func(n int64) string { return fmt.Sprintf("'0%d", n) }, false},
	{"tel", func(n int64) string { return fmt.Sprintf("tel:+91%d", n) }, false},
	{"sip", func(n int64) string { return fmt.Sprintf("sip:%d@10.0.0.1", n) }, false},
	{"name", func(n int64) string { return fmt.Sprintf("Ravi <0%d>", n) }, false},
	{"scientific", func(n int64) string { return fmt.Sprintf("%.9E", float64(n)) }, false},
	{"short scientific", func(n int64) string { return fmt.Sprintf("%.5E", float64(n)) }, true},
	{"two numbers", func(n int64) string { return fmt.Sprintf("%d,%d", n, n+1) }, true},
	{"two numbers, a space", func(n int64) string { return fmt.Sprintf("%d %d", n, n+1) }, true},
	{"a fraction", func(n int64) string { return fmt.Sprintf("%d.5", n) }, true},
	{"an extension", func(n int64) string { return fmt.Sprintf("%d ext 5", n) }, true},
}

var coinForms = []form[int64]{ // hundredths
	{"decimal", func(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }, false},
	{"four decimals", func(n int64) string { return fmt.Sprintf("%d.%02d00", n/100, n%100) }, false},
	{"signed", func(n int64) string { return fmt.Sprintf("+%d.%02d", n/100, n%100) }, false},
	{"decimal comma", func(n int64) string { return fmt.Sprintf("%d,%02d", n/100, n%100) }, true},
	{"currency", func(n int64) string { return fmt.Sprintf("₹ %d.%02d", n/100, n%100) }, true},
	{"unit", func(n int64) string { return fmt.Sprintf("%d.%02d coins", n/100, n%100) }, true},
}

func wordForms(words, unknown []string) (forms []form[int64]) {
	for i, word := range append(slices.Clone(words), unknown...) {
		forms = append(forms, form[int64]{word, func(int64) string { return word }, i >= len(words)})
	}
	return forms
}

// Incoming calls that were not answered.
var (
	directionForms = wordForms([]string{"IVR", "ivr", " Incoming", "INBOUND", "in", "Inbound-IVR"}, []string{"Fax", "Manual", "42"})
	statusForms    = wordForms([]string{"NO ANSWER", "no answer ", "NOANSWER", "Missed", "Not Answered", "UNANSWERED"}, []string{"Hangup", "Failed", "42"})
)

// writtenCall is a call with a random form of each field.
type writtenCall struct {
	started               time.Time
	seconds, phone, coins int64
	payload               map[string]string
	names                 []string        // of the forms
	odd                   map[string]bool // by flag: a form says less than the value
}

func writeField[T any](rng *rand.Rand, c *writtenCall, key, flag string, forms []form[T], value T) {
	f := forms[rng.IntN(len(forms))]
	c.payload[key] = f.write(value)
	c.names = append(c.names, fmt.Sprintf("%s %s %q", key, f.name, c.payload[key]))
	c.odd[flag] = c.odd[flag] || f.lossy
}

// TestReadingNeverInventsAValue loads calls with random values of every field in random forms. A value is the one that was written, or the
// call is flagged; and what says the whole value is not flagged.
func TestReadingNeverInventsAValue(t *testing.T) {
	for seed := range *seeds {
		rng := rand.New(rand.NewPCG(seed, 17))
		zone, err := time.LoadLocation("Asia/Kolkata")
		if err != nil {
			t.Fatal(err)
		}
		calls := map[string]*writtenCall{}
		var lines strings.Builder
		for i := range 1500 {
			c := &writtenCall{
				started: time.Date(2026, 10, 1+rng.IntN(28), rng.IntN(24), rng.IntN(60), rng.IntN(60), 0, zone),
				seconds: 1 + rng.Int64N(5000), phone: 9_000_000_001 + rng.Int64N(900_000_000), coins: 1 + rng.Int64N(99_999),
				payload: map[string]string{"CallSid": fmt.Sprintf("c%04d", i), "DialWhomNumber": "9280000001"}, odd: map[string]bool{},
			}
			writeField(rng, c, "StartTime", "unreadable_time", timeForms, c.started)
			writeField(rng, c, "CallDuration", "unreadable_value", secondsForms, c.seconds)
			writeField(rng, c, "SourceNumber", "unreadable_number", phoneForms, c.phone)
			writeField(rng, c, "coins", "unreadable_value", coinForms, c.coins)
			writeField(rng, c, "Direction", "unknown_direction", directionForms, 0)
			writeField(rng, c, "Status", "unknown_status", statusForms, 0)
			calls[c.payload["CallSid"]] = c
			line, err := json.Marshal(map[string]any{"id": fmt.Sprintf("01%024d", i), "received_at": c.started.Add(time.Hour + time.Minute).Format(time.RFC3339),
				"source": "main", "kind": "call_report", "encoding": "json", "payload": c.payload})
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(append(line, '\n'))
		}
		reader := loaded(t, testSettings(), map[string]string{"2026-10-05.ndjson": lines.String()})
		rows := query(t, reader, `
			select call_sid, epoch(started_at)::bigint, call_seconds, customer_key, (coins * 100)::bigint, direction, outcome, array_to_string(flags, ' ')
			from calls`)[1:]
		if len(rows) != len(calls) {
			t.Errorf("%d calls of %d", len(rows), len(calls))
		}
		for _, row := range rows {
			c := calls[row[0]]
			flags := strings.Fields(row[7])
			for _, field := range []struct{ name, got, want, flag string }{
				{"started_at", row[1], fmt.Sprint(c.started.Unix()), "unreadable_time"},
				{"call_seconds", row[2], fmt.Sprint(c.seconds), "unreadable_value"},
				{"customer_key", row[3], fmt.Sprint(c.phone), "unreadable_number"},
				{"coins", row[4], fmt.Sprint(c.coins), "unreadable_value"},
				{"direction", row[5], "incoming", "unknown_direction"},
				{"outcome", row[6], "no_answer", "unknown_status"},
			} {
				flagged := slices.Contains(flags, field.flag)
				if flagged != c.odd[field.flag] || !flagged && field.got != field.want {
					t.Errorf("%s is %s, want %s; flags %v, of %v", field.name, field.got, field.want, flags, c.names)
				}
			}
		}
	}
}

// TestNothingIsTheSameInGoAndSQL: which value of a field counts is decided in Go, how it is read in SQL.
func TestNothingIsTheSameInGoAndSQL(t *testing.T) {
	db := openStore(t, Options{Path: filepath.Join(t.TempDir(), "calls.duckdb"), Settings: Settings{Timezone: "Asia/Kolkata"}, Now: time.Now})
	defer db.Close()
	var nothing []string
	rows, err := db.conn.QueryContext(t.Context(), `
		with texts as (
			select unnest(['', '0', '-', '--', '---', '–', '—', 'n/a', '#N/A', 'NA', 'nan', 'null', '(null)', '\N', 'None', 'undefined', 'Not Assigned',
				'00', 'no', 'Nina', '1', '----', 'assigned']) as word
		)
		select before || word || after as text, is_nothing(text)
		from texts, unnest(['', ' ', chr(160), chr(9), chr(8203)]) as outer_left(before), unnest(['', ' ', chr(13)]) as outer_right(after)`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var want bool
		if err := rows.Scan(&text, &want); err != nil {
			t.Fatal(err)
		}
		if got := spool.IsNothing(text); got != want {
			t.Errorf("%q means no value: %v in Go, %v in SQL", text, got, want)
		}
		if want {
			nothing = append(nothing, text)
		}
	}
	if err := rows.Err(); err != nil || len(nothing) != 17*15 {
		t.Errorf("%d texts mean no value: %v", len(nothing), err)
	}
}

// TestPhonesAreTheSameInGoAndSQL: the page and check tell phones apart as reports do.
func TestPhonesAreTheSameInGoAndSQL(t *testing.T) {
	db := openStore(t, Options{Path: filepath.Join(t.TempDir(), "calls.duckdb"), Settings: Settings{Timezone: "Asia/Kolkata"}, Now: time.Now})
	defer db.Close()
	numbers := []string{
		"9280000001", "09280000001", "+919280000001", "00919280000001", "+91 92800 00001", "+91-9280-000001", "(0)9280 000001", "9280000001.0", "9280000001.00",
		`="09280000001"`, "'09280000001", "tel:+91-92800-00001", "sip:9280000001@10.0.0.1", "sips:+919280000001@pbx:5061", "Ravi <09280000001>",
		`=HYPERLINK("tel:9280000001")`, "9280000001;ext=5", " 9280000001\u00a0", "callto:9280000001", "+9192800000012", "00441632960000", "1234567890123456",
		"9280000001 (2)", "9280000001 2", "9280000001-1", "9280000001.00.1", "92800-00001 (12)", "92800 00001 2", "+91 92800 00001 (1)", "92800 0000 1", "92800-00001-12", "0120-4000001-201", "92800 00001 98", "+91-92800-00001-22",
		"+91 (0) 92800 00001", "+91-0120-4000001", "0091 (0) 92800 00001", "91-0522-4000001", "+49 89 1234567-0", "44 20 7946 0958", "00 44 20 7946 0958", "91 92800 00001 2", "+33 6 12 34 56 78", "1 (202) 555-0143",
		"1001", "sip:1001@10.0.0.1:5060", "sip:2001@10.0.0.1:5060", "sip:1001@192.168.100.200", "SIP/1001@192.168.100.200", "101-desk", "Local/9280000001@from-queue",
		"SIP/1001-0000abcd", "192.168.100.200", "0000000000", "9999999999", "98xxxxxx01", "9280000001.5", "12345678.9", "9280000001,9280000002", "",
		"98xxxx0003", "0120••••01", "+91 98*** 0001", "xxxx", "9.28E+09", "9.280000001E+09", "9.28000001E9", "9.2800000E+09", "1.0E+15", "anonymous", "Unknown caller", "1", "12345.5",
		"(0) 1001", "10 01", "9280000001 / 9280000002", "9280000001 Ext 5", "928000000100000000", "+91928000001", "+98xxxx", "98765.0", "sip:98xxxx01@pbx", "101-102",
	}
	for _, number := range numbers {
		var key string
		var identifies bool
		if err := db.conn.QueryRowContext(t.Context(), "select coalesce(phone_key($1), $1), phone_key($1) is not null", number).Scan(&key, &identifies); err != nil {
			t.Fatal(err)
		}
		if got := phone.Key(number); got != key {
			t.Errorf("%q is %q in Go, %q in SQL", number, got, key)
		}
		if got := phone.Identifies(number); got != identifies {
			t.Errorf("%q identifies a phone: %t in Go, %t in SQL", number, got, identifies)
		}
	}
}
