package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/phone"
	"callsheet/internal/spool"
)

var (
	india = time.FixedZone("IST", 5*3600+1800)
	start = time.Date(2026, 10, 5, 10, 15, 2, 0, india)
)

// line returns a line of the spool with a payload, which is received so many seconds after start.
func line(kind string, second int, payload string) []byte {
	e := spool.Envelope{ID: "01", ReceivedAt: start.Add(time.Duration(second) * time.Second), Source: "main", Kind: kind, Encoding: spool.EncodingJSON, Payload: []byte(payload)}
	text := e.AppendLine(nil)
	return text[:len(text)-1]
}

// say is a live event of an incoming call of Sales.
func say(second int, sid, status, agent string) []byte {
	return line(spool.KindLiveCall, second, fmt.Sprintf(`{"SourceNumber":"09876543210","DestinationNumber":"01204000001","DialWhomNumber":%q,"Status":%q,"StartTime":"2026-10-05  10:15:02","CallSid":%q,"Direction":"IVR","call_group":"Sales"}`, agent, status, sid))
}

func report(second int, sid string) []byte {
	return line(spool.KindCallReport, second, fmt.Sprintf(`{"CallSid":%q,"Direction":"IVR","Status":"ANSWER","EndTime":"2026-10-05 10:20:00","DialWhomNumber":"9280000001","receiver_name":"आशीष"}`, sid))
}

func testBoard(lines ...[]byte) *Board {
	b := NewBoard(Options{LongestCall: time.Hour, Sources: map[string]Source{"main": {Zone: india}}})
	for _, line := range lines {
		b.Read(line)
	}
	return b
}

// shown returns the calls as text: state, seconds of the call at the state's begin, agent.
func shown(b *Board) string {
	var calls []string
	for _, c := range b.View(nil, start).Calls {
		calls = append(calls, strings.TrimSpace(fmt.Sprintf("%s %d %s", c.State, int(c.Since.Sub(start).Seconds()), c.Agent)))
	}
	return strings.Join(calls, ", ")
}

const asha, ravi = "9280000001", "9280000002"

func TestEventsMoveACallThroughItsStates(t *testing.T) {
	for _, c := range []struct {
		name   string
		events [][]byte
		want   string
	}{
		{"waits from its beginning", [][]byte{say(5, "1", "Ringing", "")}, "waiting 0"},
		{"rings", [][]byte{say(1, "1", "Ringing", ""), say(9, "1", "Transfer to agent", asha)}, "ringing 9 9280000001"},
		{"rings at once", [][]byte{say(9, "1", "Ringing", asha)}, "ringing 9 9280000001"},
		{"rings the next agent", [][]byte{say(1, "1", "Transfer to agent", asha), say(20, "1", "Transfer to agent", ravi)}, "ringing 20 9280000002"},
		{"talks", [][]byte{say(1, "1", "Transfer to agent", asha), say(7, "1", "Picked", asha)}, "talking 7 9280000001"},
		{"talks in another word", [][]byte{say(7, "1", "Picked", asha), say(8, "1", "ANSWER", asha)}, "talking 7 9280000001"},
		{"is passed on", [][]byte{say(7, "1", "Picked", asha), say(60, "1", "Transfer to agent", ravi), say(66, "1", "Picked", ravi)}, "talking 66 9280000002"},
		{"the phone is not answered", [][]byte{say(1, "1", "Transfer to agent", asha), say(20, "1", "NOANSWER", asha)}, "waiting 0"},
		{"is over", [][]byte{say(1, "1", "Ringing", ""), say(20, "1", "AbandonedCall", "")}, ""},
		{"begins as over", [][]byte{say(20, "1", "Cancel (0)", "")}, ""},
		{"an unknown word", [][]byte{say(1, "1", "Levitating", "")}, "unknown 1"},
		{"an unknown word later", [][]byte{say(1, "1", "Picked", asha), say(2, "1", "Levitating", asha)}, "talking 1 9280000001"},
		{"ends with its report", [][]byte{say(1, "1", "Picked", asha), report(9, "1")}, ""},
		// What is late or repeated.
		{"a late event of the same agent", [][]byte{say(7, "1", "Picked", asha), say(8, "1", "Transfer to agent", asha)}, "talking 7 9280000001"},
		{"a late begin", [][]byte{say(7, "1", "Transfer to agent", asha), say(8, "1", "Ringing", "")}, "ringing 7 9280000001"},
		{"a repeated event", [][]byte{say(1, "1", "Transfer to agent", asha), say(20, "1", "Transfer to agent", ravi), say(30, "1", "Transfer to agent", asha)}, "ringing 20 9280000002"},
		{"the same agent's phone rings in another word", [][]byte{say(7, "1", "Picked", asha), say(8, "1", "Ringing", asha)}, "talking 7 9280000001"},
		{"another phone of a ring group", [][]byte{say(1, "1", "Transfer to agent", asha), say(1, "1", "Transfer to agent", ravi), say(7, "1", "Picked", asha), say(8, "1", "Ringing", ravi)}, "talking 7 9280000001"},
		{"the first agent's phone while the second one's rings", [][]byte{say(7, "1", "Picked", asha), say(60, "1", "Transfer to agent", ravi), say(61, "1", "Ringing", asha)}, "ringing 60 9280000002"},
		{"an event after the report", [][]byte{report(9, "1"), say(10, "1", "Picked", asha)}, ""},
		{"another call after a report", [][]byte{report(9, "1"), say(10, "2", "Picked", ravi)}, "talking 10 9280000002"},
	} {
		if got := shown(testBoard(c.events...)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestACallerWhoWasAnsweredDoesNotWait: a transferred call can ring another phone, but its caller does not count as waiting.
func TestACallerWhoWasAnsweredDoesNotWait(t *testing.T) {
	begins, picked := say(1, "1", "Ringing", ""), say(7, "1", "Picked", asha)
	first, second := say(2, "1", "Transfer to agent", asha), say(60, "1", "Transfer to agent", ravi)
	for _, c := range []struct {
		name   string
		events [][]byte
		want   string // the call
		waits  int
	}{
		{"the second phone rings", [][]byte{begins, first, picked, second}, "ringing 60 9280000002", 0},
		{"the first pick-up is unknown", [][]byte{begins, first, second}, "ringing 60 9280000002", 1},
		{"the first pick-up is late", [][]byte{begins, first, second, picked}, "talking 7 9280000001", 0},
		{"a pick-up without an agent", [][]byte{begins, say(7, "1", "Picked", ""), second}, "ringing 60 9280000002", 0},
		{"the other way round", [][]byte{second, picked, first, begins}, "talking 7 9280000001", 0},
		{"repeated", [][]byte{begins, first, picked, second, begins, first, picked, second}, "ringing 60 9280000002", 0},
		{"the second phone is not answered", [][]byte{first, picked, second, say(80, "1", "NOANSWER", ravi)}, "unknown 80", 0},
		{"and another one rings", [][]byte{first, picked, second, say(80, "1", "NOANSWER", ravi), say(81, "1", "Transfer to agent", "9280000003")}, "ringing 81 9280000003", 0},
		{"and the call's begin comes late", [][]byte{first, picked, second, say(80, "1", "NOANSWER", ravi), begins}, "unknown 80", 0},
		{"the second agent picks up", [][]byte{first, picked, second, say(66, "1", "Picked", ravi)}, "talking 66 9280000002", 0},
		{"in the vendor's other word", [][]byte{first, say(7, "1", "ANSWER", asha), second}, "ringing 60 9280000002", 0},
	} {
		b := testBoard(c.events...)
		if v := b.View(nil, start.Add(time.Minute)); shown(b) != c.want || v.Total.Waiting != c.waits || v.Total.Oldest.IsZero() != (c.waits == 0) || v.Groups[0] != withName(v.Total, "Sales") {
			t.Errorf("%s: %q, want %q; %+v, %+v", c.name, shown(b), c.want, v.Total, v.Groups)
		}
	}
}

func withName(g Group, name string) Group {
	g.Name = name
	return g
}

func TestOutgoingCallsHaveTheAgentAsCaller(t *testing.T) {
	event := func(status, direction string) []byte {
		return line(spool.KindLiveCall, 3, `{"SourceNumber":"9280000001","DialWhomNumber":"09876543210","Status":"`+status+`","CallSid":"8397472","Direction":"`+direction+`"}`)
	}
	b := testBoard(event("Ringing", "WEBOBD"))
	c := b.View(nil, start).Calls[0]
	if c.Agent != asha || c.Customer != "09876543210" || c.State != Ringing || c.Direction != Outgoing || c.isWaiting() {
		t.Errorf("%+v", c)
	}
	b.Read(event("NOANSWER", "WEBOBD"))
	if got := shown(b); got != "" {
		t.Errorf("after a failed leg: %s", got)
	}
	b = NewBoard(Options{Sources: map[string]Source{"main": {CustomerIsCaller: true, DirectionWords: map[string]string{"Manual": Outgoing}}}})
	b.Read(event("Picked", "manual"))
	if c := b.View(nil, start).Calls[0]; c.Customer != asha || c.Agent != "09876543210" || c.Direction != Outgoing {
		t.Errorf("customer first: %+v", c)
	}
}

func TestStartTimesAreReadInTheZoneOfTheSource(t *testing.T) {
	event := []byte(strings.Replace(string(line(spool.KindLiveCall, 300, `{"CallSid":"a","Status":"Ringing","StartTime":"2026-10-05  10:15:02"}`)), `,"crc"`, `,"no"`, 1))
	for name, o := range map[string]Options{
		"configured": {Sources: map[string]Source{"main": {Zone: india}}}, "any other": {Other: Source{Zone: india}},
	} {
		b := NewBoard(o)
		b.Read(event)
		if c := b.View(nil, start).Calls[0]; !c.Started.Equal(start) {
			t.Errorf("%s: %s", name, c.Started)
		}
	}
	b := NewBoard(Options{Other: Source{Zone: time.UTC}}) // hours ahead, so it cannot be
	b.Read(event)
	if c := b.View(nil, start).Calls[0]; !c.Started.Equal(start.Add(300 * time.Second)) {
		t.Errorf("a start in the future: %s", c.Started)
	}
}

func TestOneIDInTwoDirectionsIsTwoCalls(t *testing.T) {
	event := func(direction string) []byte {
		return line(spool.KindLiveCall, 1, `{"CallSid":"1","Status":"Picked","Direction":"`+direction+`"}`)
	}
	end := func(direction string) []byte {
		return line(spool.KindCallReport, 2, `{"CallSid":"1","EndTime":"x","Direction":"`+direction+`"}`)
	}
	b := testBoard(event("IVR"), event("WEBOBD"))
	if n := b.View(nil, start).Total.Talking; n != 2 {
		t.Errorf("%d calls", n)
	}
	b.Read(end("IVR"))
	if n := b.View(nil, start).Total.Talking; n != 1 {
		t.Errorf("%d calls after the report of one", n)
	}
	b.Read(end(""))
	if n := b.View(nil, start).Total.Talking; n != 0 || len(b.calls) != 0 || b.count != 0 {
		t.Errorf("%d calls after a report without a direction", n)
	}
	b.Read(event("WEBOBD"))
	if n := b.View(nil, start).Total.Talking; n != 0 {
		t.Error("a late event begins the call again")
	}
}

func TestOddDeliveries(t *testing.T) {
	for _, payload := range []string{
		`{"data":{"CallSid":"1","Status":"Picked"}}`, `{"call_sid":"1","status":"PICKED"}`, `{"CallSid":1,"Status":"picked"}`,
		`{"CallSid":["","1"],"callstatus":" Picked","Status":null}`, `{"CallSid":"1","Call Sid":"2","Status":"Answer (16)"}`,
	} {
		b := testBoard(line(spool.KindOther, 0, payload))
		if got := shown(b); got != "talking 0" {
			t.Errorf("%s: %q", payload, got)
		}
	}
	good := string(say(0, "1", "Picked", asha))
	for _, text := range []string{
		"", "{", `{"CallSid":"1"}`, strings.Replace(good, "Picked", "Ringing", 1), good[:len(good)-20],
		string(line(spool.KindLiveCall, 0, `{"CallSid":"Not Assigned","Status":"Picked"}`)), string(line(spool.KindOther, 0, `{"event":"add_member"}`)),
		`{"received_at":"x","kind":"live_call","payload":5}`,
	} {
		if got := shown(testBoard([]byte(text))); got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestACallWithoutAnEndIsMarkedAndLeaves(t *testing.T) {
	b := testBoard(say(0, "1", "Ringing", ""), say(600, "2", "Picked", asha))
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{time.Hour, "waiting 0, talking 600 9280000001"}, {time.Hour + time.Second, "talking 600 9280000001, no_end 0"},
		{2 * time.Hour, "no_end 0, no_end 600 9280000001"}, {2*time.Hour + time.Second, "no_end 600 9280000001"}, {3 * time.Hour, ""},
	} {
		b.Expire(start.Add(c.after))
		if got := shown(b); got != c.want {
			t.Errorf("after %v: %q, want %q", c.after, got, c.want)
		}
		if v := b.View(nil, start); v.Total.NoEnd+v.Total.Calls != len(v.Calls) || len(v.Agents) != v.Total.Talking {
			t.Errorf("after %v: marked calls are counted: %+v, %+v", c.after, v.Total, v.Agents)
		}
	}
	b = testBoard(say(0, "1", "Ringing", ""))
	b.Expire(start.Add(61 * time.Minute))
	b.Read(say(62*60, "1", "Picked", asha))
	if got := shown(b); got != "talking 3720 9280000001" {
		t.Errorf("an event after the mark: %q", got)
	}
}

func TestGroupsSeeNothingOfEachOther(t *testing.T) {
	b := NewBoard(Options{Groups: []string{"Support", "बिक्री"}, Group: func(_, number string) string {
		return map[string]string{"01204000005": "बिक्री"}[number]
	}})
	other := func(sid, group, number string) []byte {
		return line(spool.KindLiveCall, 4, fmt.Sprintf(`{"CallSid":%q,"Status":"Picked","Direction":"IVR","call_group":%q,"DestinationNumber":%q,"DialWhomNumber":"928000000%s"}`, sid, group, number, sid))
	}
	for _, text := range [][]byte{say(1, "1", "Ringing", ""), other("2", "Support", ""), other("3", "0", "01204000005"), other("4", "", "")} {
		b.Read(text)
	}
	names := func(v View) (names []string) {
		for _, g := range v.Groups {
			names = append(names, fmt.Sprintf("%s %d", g.Name, g.Calls))
		}
		return names
	}
	if got := names(b.View(nil, start)); !slices.Equal(got, []string{"Sales 1", "Support 1", "बिक्री 1", " 1"}) {
		t.Errorf("all groups: %q", got)
	}
	for group, agents := range map[string]int{"Sales": 0, "Support": 1, "बिक्री": 1, "Billing": 0} {
		v := b.View([]string{group}, start)
		for _, c := range v.Calls {
			if c.Group != group {
				t.Errorf("%s sees %+v", group, c)
			}
		}
		if len(v.Groups) != 1 || v.Groups[0].Name != group || len(v.Agents) != agents || v.Total.Calls != len(v.Calls) {
			t.Errorf("%s sees %+v", group, v)
		}
	}
	if v := b.View([]string{}, start); len(v.Calls)+len(v.Groups)+len(v.Agents) != 0 {
		t.Errorf("no group sees %+v", v)
	}
}

func TestNamesOfAgents(t *testing.T) {
	b := testBoard(report(0, "1"), say(1, "2", "Picked", "+91 92800 00001"))
	if got := shown(b); got != "talking 1 आशीष" {
		t.Errorf("learned from a report: %q", got)
	}
	b.options.Agent = func(_, number string, _ time.Time) string { return map[string]string{asha: "Asha"}[phone.Key(number)] }
	if got := shown(b); got != "talking 1 Asha" {
		t.Errorf("configured: %q", got)
	}
}

// TestOnlyAPhoneIsAnAgent: a masked or damaged number is no agent, as in reports, and names none. An agent's name is one beside it, too.
func TestOnlyAPhoneIsAnAgent(t *testing.T) {
	for number, want := range map[string]int{asha: 1, "1001": 1, "sip:desk@pbx": 1, "98xxxx0003": 0, "9.28E+09": 0, "9280000001/9280000002": 0, "anonymous": 0, "9999999999": 0} {
		for status, state := range map[string]State{"Picked": Talking, "Transfer to agent": Ringing, "Ringing": Ringing} {
			b := testBoard(say(1, "1", status, number))
			v := b.View(nil, start)
			if len(v.Agents) != want || v.Calls[0].State != state || (v.Calls[0].Agent == number) != (want == 1) {
				t.Errorf("%s %s: %+v, agents %+v", status, number, v.Calls[0], v.Agents)
			}
		}
	}
	const masked = "98xxxx0003"
	named := func(kind, sid, name string) []byte {
		return line(kind, 1, fmt.Sprintf(`{"CallSid":%q,"Direction":"IVR","Status":"ANSWER","DialWhomNumber":%q,"receiver_name":%q}`, sid, masked, name))
	}
	b := testBoard(named(spool.KindCallReport, "1", "Asha"), say(1, "2", "Picked", masked), named(spool.KindLiveCall, "3", "Ravi"))
	b.options.Agent = func(_, number string, _ time.Time) string { return "the name of " + number }
	if got := shown(b); got != "talking 1, talking 1 Ravi" {
		t.Error(got)
	}
}

// TestAgentsOfOneServerAreNotOne: two agents whose addresses end alike are two.
func TestAgentsOfOneServerAreNotOne(t *testing.T) {
	b := testBoard(say(0, "1", "Picked", "sip:1001@10.0.0.1:5060"), say(1, "2", "Picked", "sip:2001@10.0.0.1:5060"))
	if agents := b.View(nil, start).Agents; len(agents) != 2 {
		t.Errorf("%+v", agents)
	}
}

func TestNumbersAreMasked(t *testing.T) {
	b := testBoard(say(1, "1", "Ringing", ""))
	b.options.MaskNumbers = true
	text, err := json.Marshal(b.View(nil, start))
	if err != nil || strings.Contains(string(text), "987654") || !strings.Contains(string(text), "••••••3210") {
		t.Errorf("%s, %v", text, err)
	}
	for number, want := range map[string]string{"": "", "9876": "••••••", "98765": "••••••8765", "+91 98765 43210": "••••••3210", "98xxxx3210": "••••••3210", "anonymous": ""} {
		if got := Mask(number); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
}

func TestBoardKeepsALimitedNumberOfCalls(t *testing.T) {
	b := testBoard()
	for i := range maxCalls + 1 {
		b.Read(say(i, fmt.Sprint("id-", i), "Ringing", ""))
	}
	v := b.View(nil, start)
	if !v.Cut || v.Total.Calls > maxCalls || b.count != v.Total.Calls || len(v.Calls) != maxShown || v.More != v.Total.Calls-maxShown {
		t.Errorf("%d calls, %d shown, %d more", v.Total.Calls, len(v.Calls), v.More)
	}
	if got := len(b.calls[callID{"main", "id-0"}]) + len(b.calls[callID{"main", fmt.Sprint("id-", maxCalls)}]); got != 1 {
		t.Error("not the oldest calls are left out")
	}
	b.Expire(start.Add(24 * time.Hour))
	if b.View(nil, start).Cut {
		t.Error("calls are said to be left out after all have left")
	}
	for i := range 2*maxEnded + 10 {
		b.ended.add(event{id: callID{"main", fmt.Sprint(i)}})
	}
	if n := len(b.ended.current) + len(b.ended.previous); n > 2*maxEnded {
		t.Errorf("%d reports are remembered", n)
	}
}

func TestDirectoryNames(t *testing.T) {
	dir := t.TempDir()
	d, err := spool.ReadDirectory(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Sync([]spool.DirectoryEntry{
		{Kind: spool.DirectoryAgent, ID: "1", Name: "Asha", Number: "9280000001, 9280000003"}, {Kind: spool.DirectoryAgent, ID: "2", Name: "Ravi", Number: "9280000002"},
		{Kind: spool.DirectoryAgent, ID: "3", Name: "Not Ravi", Number: "9280000002"}, {Kind: spool.DirectoryNumber, ID: "7", Number: "01204000001"},
		{Kind: spool.DirectoryGroup, ID: "5", Name: "Sales", NumberID: "7"}, {Kind: spool.DirectoryAgent, ID: "4", Name: "Masked", Number: "98xxxx0001"},
		{Kind: spool.DirectoryNumber, ID: "8", Number: "0120xxxx0001"}, {Kind: spool.DirectoryGroup, ID: "6", Name: "Masked", NumberID: "8"},
	}, start); err != nil {
		t.Fatal(err)
	}
	all, err := spool.ReadDirectories(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := NewDirectory(all)
	if n.Agent("main", "98xxxx0001") != "" || n.Group("main", "0120xxxx0001") != "" {
		t.Errorf("a masked number names somebody: %+v", n)
	}
	if n.Agent("main", "+919280000003") != "Asha" || n.Agent("main", ravi) != "" || n.Agent("other", asha) != "" || n.Group("main", "1204000001") != "Sales" {
		t.Errorf("%+v", n)
	}
}

func TestWordsAreComparedWithoutBrackets(t *testing.T) {
	for text, want := range map[string]string{
		"Answer (16)": "ANSWER", "Busy (17) ": "BUSY", "(0)": "0", "a (b) c (d) e": "ACE", "no (end": "NOEND", "NO ANSWER": "NOANSWER", "उत्तर": "उत्तर", "": "",
	} {
		if got := word(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
