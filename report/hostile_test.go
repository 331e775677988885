package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"callsheet/report/xlsx"
	"time"

	"callsheet/queries"
)

// hostileValues are values, by the fields that they go into, of kinds that have broken programs.
var hostileValues = map[string][]any{
	"CallDuration TalkDuration": {
		"9223372036854775807", "-1", "1e308", "1e999", "NaN", "Infinity", "0x10", "99999999999999999999", "604801", "3.6", json.Number("1e18"),
	},
	"coins": {"1e30", "-5", "1e-30", "NaN", "Infinity", "99999999999999.9999", "1,5", json.Number("1e308")},
	"StartTime EndTime LegA_Picked_time LegB_Start_time LegB_Picked_time": {
		"9999-12-31 23:59:59", "0001-01-01 00:00:00", "10000-01-01 00:00:00", "2038-01-20 03:14:08", "2026-02-29 10:00:00",
		"2026-10-04 24:00:00", "2026-10-04 23:59:60", "2001-01-01 00:00:00", "2026-10-04 (BC) 10:00:00", "infinity", "epoch", "294247-01-10 04:00:54",
	},
	"CallSid": {"9999999999.1", "0000000001.1", "-1", "1e400", strings.Repeat("9", 70_000), "a\x00b", "\u200b."},
	"call_group receiver_name campid DestinationNumber SourceNumber DialWhomNumber Status error_code CallRecordingUrl Direction extra": {
		"Odd\t1", "Odd 1", "Odd\x001", "Odd1", "Odd\u0085 1", "Odd\u200b1", "\ufeffOdd1", "\u202eOdd1", "Odd1 ", "odd1", "Odd\u00a01", "Odd\r\n1",
		strings.Repeat("x", 32_767) + "a", strings.Repeat("x", 32_767) + "b", strings.Repeat("😀", 20_000), "\ufffe", "\uffff", "\u2028",
		"=1+1", "+1+1", "-1+1", "@x", "'q", "[a]", "a/b:c*?", "History", "TRUE", "#N/A", "_x000D_", "\x1b[31mred", "<a>&\"", "\x1e", "\x1f", "%s{}", "", "\x00",
	},
}

// spoolLine returns a call report as the collector stores it.
func spoolLine(number int, at time.Time, fields map[string]any) string {
	clock := func(seconds int) string { return at.Add(time.Duration(seconds) * time.Second).Format(time.DateTime) }
	payload := map[string]any{
		"CallSid": fmt.Sprintf("%d.%d", at.Unix(), number), "Direction": "IVR", "Status": "ANSWER", "SourceNumber": fmt.Sprintf("09%09d", number),
		"DestinationNumber": "01204000009", "DialWhomNumber": "9280000009", "receiver_name": "Odd agent", "call_group": "Odd", "coins": "1",
		"StartTime": clock(0), "EndTime": clock(60), "CallDuration": "60", "TalkDuration": "40", "LegB_Start_time": clock(5), "LegB_Picked_time": clock(20),
	}
	for name, value := range fields {
		payload[name] = value
	}
	line, err := json.Marshal(map[string]any{
		"id": fmt.Sprintf("01M4%022d", number), "received_at": at.Add(time.Minute).Format(time.RFC3339), "source": "main", "kind": "call_report",
		"encoding": "json", "payload": payload,
	})
	if err != nil {
		panic(err) // such a map can be encoded
	}
	return string(line) + "\n"
}

// plainSpool returns calls of one group, agent and number, whose figures no other calls may change.
func plainSpool() (spool string) {
	for i := range 20 {
		day := 3 + i%2 // two days
		spool += spoolLine(i, time.Date(2026, 10, day, 9+i/2, 0, 0, 0, india), map[string]any{
			"call_group": "Plain", "receiver_name": "Pat", "DialWhomNumber": "9280000001", "DestinationNumber": "01204000001",
		})
	}
	return spool
}

func hostileSpool() (spool string) {
	number := 100
	for _, fields := range slices.Sorted(maps.Keys(hostileValues)) {
		for field := range strings.FieldsSeq(fields) {
			for _, value := range hostileValues[fields] {
				number++
				at := time.Date(2026, 10, 4, 10, 0, number, 0, india)
				given := map[string]any{"Direction": "IVR"}
				if number%2 == 0 {
					given = map[string]any{"Direction": "WEBOBD", "CallSid": fmt.Sprint(number)}
				}
				given[field] = value
				spool += spoolLine(number, at, given)
			}
		}
	}
	return spool
}

func newSpoolSource(t *testing.T, spool string) *testSource {
	t.Helper()
	reader, err := openStore([]byte(spool))
	if err != nil {
		t.Fatal(err)
	}
	return &testSource{store: reader}
}

func TestHostileValuesBreakNoQueryAndNoReport(t *testing.T) {
	skipIfShort(t)
	src := newSpoolSource(t, plainSpool()+hostileSpool())
	args := map[string]any{"from": "2026-09-05", "to": "2026-10-04", "source": nil, "since": nil}
	for _, query := range queries.Files("named") {
		src.queryAll(t, query.Name, args)
	}
	for _, name := range []string{"daily", "weekly", "monthly", "agents", "missed", "coins"} {
		build(t, readTemplate(t, name), src, request(t, "2026-10-04"))
	}
}

func TestHostileValuesChangeNoOtherFigures(t *testing.T) {
	skipIfShort(t)
	plain, mixed := newSpoolSource(t, plainSpool()), newSpoolSource(t, plainSpool()+hostileSpool())
	for _, query := range []struct {
		name string
		args map[string]any
	}{
		{"summary", map[string]any{"group": "Plain"}},
		{"groups", map[string]any{"group": "Plain"}},
		{"agents", map[string]any{"agent": "Pat"}},
		{"numbers", map[string]any{"number": "01204000001"}},
		{"hours", map[string]any{"group": "Plain"}},
		{"concurrency", map[string]any{"number": "01204000001"}},
		{"days", map[string]any{"to": "2026-10-03"}},
	} {
		args := map[string]any{"from": "2026-10-03", "to": "2026-10-04"}
		for key, value := range query.args {
			args[key] = value
		}
		columns, want := plain.queryAll(t, query.name, args)
		_, got := mixed.queryAll(t, query.name, args)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s %v:\n%v\n%v, want\n%v", query.name, query.args, columns, got, want)
		}
	}
}

// Different names that look the same have a row each and a number, which is the same on every sheet. An agent's name with a tab is the
// one with a space, and a name without a visible character is none.
func TestLookalikeNamesAreNumbered(t *testing.T) {
	skipIfShort(t)
	spool := plainSpool()
	for i, group := range []string{"Sales 1", "Sales\t1", "Sales 1\u200b", "Sales\u0085 1", "\u200b", "\x00"} {
		spool += spoolLine(200+i, time.Date(2026, 10, 4, 10, 0, i, 0, india), map[string]any{"call_group": group, "receiver_name": group})
	}
	path, _ := build(t, readTemplate(t, "daily"), newSpoolSource(t, spool), request(t, "2026-10-04"))
	f := open(t, path)
	for _, sheet := range []string{"Groups", "Agents"} {
		seen := map[string]int{}
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[headerRow:] {
			if len(row) > 0 {
				seen[strings.Map(func(r rune) rune {
					if r == '\u200b' {
						return -1
					}
					return r
				}, row[0])]++
			}
		}
		for _, name := range []string{"Plain", "Pat", "Sales 1", "Sales 1 (2)", "Sales 1 (3)", "Sales 1 (4)"} {
			if want := map[bool]int{true: 1}[sheet == "Groups" && name != "Pat" || sheet == "Agents" && name != "Plain" && name != "Sales 1 (4)"]; seen[name] != want {
				t.Errorf("%s has %q %d times in %v", sheet, name, seen[name], seen)
			}
		}
	}
	rows, err := f.GetRows("Calls")
	if err != nil {
		t.Fatal(err)
	}
	calls := strings.ReplaceAll(fmt.Sprint(rows), "\u200b", "")
	for _, name := range []string{"Sales 1 (2)", "Sales 1 (3)", "Sales 1 (4)"} {
		if strings.Count(calls, name) == 0 {
			t.Errorf("Calls do not have %q", name)
		}
	}
}

func TestLongNamesAreTruncatedAndNumbered(t *testing.T) {
	b := &book{displayNames: map[string]*displayNames{}}
	for i, want := range []string{" … [cut]", " … [cut] (2)", " … [cut] (3)"} {
		value := strings.Repeat("😀", 20_000) + fmt.Sprint(i)
		got, _ := b.displayName("agent", value, toText(value)).(string)
		if xlsx.TextLen(got) > 32_767 || !strings.HasSuffix(got, "😀"+want) || strings.Contains(got, "\ufffd") {
			t.Errorf("got %d units that end in %q, want %q", xlsx.TextLen(got), got[len(got)-30:], want)
		}
	}
}
