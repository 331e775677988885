package store

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var seeds = flag.Uint64("seeds", 1, "how many random cases a test tries")

// A period within random worlds, which have calls before and after it too.
const worldFrom, worldTo = "2026-10-20", "2026-10-29"

var (
	// pickedWords are what live events say of an agent who picked up.
	pickedWords = []string{"Picked", "Picked (16)", "Connected", "ANSWER"}

	incomingEnds = []plainStatus{
		{"NO ANSWER", "", "no_answer", ""}, {"", " No Answer", "no_answer", ""}, {"Busy (17)", "", "busy", ""},
		{"AgentEngaged", "", "agent_engaged", ""}, {"AgentonRing", "", "agent_ringing", ""}, {"AbandonedCall", "", "abandoned", ""},
		{"abandonment", "", "abandoned", ""}, {"Cancel (0)", "", "cancelled", ""}, {"Not connected", "", "ivr_only", ""},
		{"Unavailable (19)", "", "unavailable", ""}, {"CONGESTION", "", "congestion", ""}, {"Melted", "", "unknown", ""}, {"", "", "unknown", ""},
	}
	outgoingEnds = []plainStatus{
		{"Cancel-Agent NOANSWER-agent", "", "no_answer", "agent"}, {"Cancel-Agent Busy (17)", "", "busy", "agent"},
		{"Cancel-Customer Unavailable (19)", "", "unavailable", "customer"}, {"NOANSWER-customer", "", "no_answer", "customer"},
		{"Leg B Cancel - Customer Busy (17 Customer)", "", "busy", "customer"}, {"NOANSWER", "", "no_answer", ""}, {"Eaten", "", "unknown", ""},
	}
	answeredEnds = []plainStatus{
		{"ANSWER", "", "answered", ""}, {" Answered ", "", "answered", ""}, {"", "ANSWER", "answered", ""}, {"LEG A/LEG B ANSWER", "", "answered", ""},
		{"Eaten", "", "unknown", ""}, {"", "", "unknown", ""}, // not reported as answered, but with talk time
	}
	// Phones and their names in reports. Some are only in the directory, some have no name, one is handed over to another agent,
	// and Asha has two.
	phones = []struct {
		number string
		names  []string
	}{
		{"9280000001", []string{"Asha"}}, {"09280000002", []string{"Asha"}}, {"9280000003", []string{""}}, {"9280000004", []string{""}},
		{"9280000005", []string{"Farid", "", "Gita"}}, {"9280000006", []string{""}}, {"+919280000007", []string{"Hari", "Hari", "HARI", ""}},
	}
	groupNames = []string{"Sales", "Support", "बिक्री", ""}
)

// Nobody calls from 11:00 to 12:00 on these days, on which an hour of other days has most calls.
var silentDays = []string{"2026-10-08", "2026-10-28"}

// The clocks of London are set back in this hour.
var clockSetBack = time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)

// randomWorld generates calls of two accounts in two zones over four weeks and the end of a month, and their deliveries as a spool file.
func randomWorld(seed uint64, reportZone string, count int) (w plainWorld, spool string) {
	settings := testSettings()
	settings.Timezone = reportZone
	settings.RecoveryWindow = time.Duration(24+96*(seed%2)) * time.Hour // in every other world it is not over for some callers
	settings.Sources = []Source{
		{Name: "main", Timezone: "Asia/Kolkata", OutgoingCaller: "agent"}, {Name: "abroad", Timezone: "Europe/London", OutgoingCaller: "customer"},
	}
	settings.NumberGroups = map[string]string{"01204000001": "Sales", "01204000002": "Billing"}
	settings.Agents = []Agent{
		{Number: "09280000003", Name: "Chand"},
		{Number: "9280000004", Name: "Devi", To: "2026-10-24"}, {Number: "9280000004", Name: "Esha", From: "2026-10-25"},
	}
	for day := 1; day <= 6; day++ {
		settings.BusinessHours = append(settings.BusinessHours, Hours{day, "09:30", "18:30"})
	}
	settings.Holidays = []string{"2026-10-22"}
	settings.ExcludeOutOfHours = seed%2 == 0
	settings.Goals = worldGoals
	zone, err := time.LoadLocation(reportZone)
	if err != nil {
		panic(err)
	}
	w = plainWorld{settings: settings, zone: zone}
	rng := rand.New(rand.NewPCG(seed, 6))
	var lines []worldLine
	starts := map[int64]bool{} // unique, so that the order of calls is defined
	first := time.Date(2026, 10, 6, 0, 0, 0, 0, zone)
	for i := range count {
		// Hours are unevenly filled, so that calls overlap, also over midnight.
		hour := pick(rng, []int64{rng.Int64N(24), 11, 11, 23})
		day := first.AddDate(0, 0, rng.IntN(28))
		if hour == 11 && slices.Contains(silentDays, day.Format(time.DateOnly)) {
			hour = 12
		}
		at := day.Unix() + hour*3600 + rng.Int64N(1200)*rng.Int64N(4)
		if rng.IntN(40) == 0 {
			at = clockSetBack.Unix() - 3600 + rng.Int64N(2*3600)
		}
		for starts[at] {
			at++
		}
		starts[at] = true
		call := randomCall(rng, settings, time.Unix(at, 0), fmt.Sprintf("%d.%05d", at, i))
		call.deliveries = deliveriesOf(rng, &call)
		lines = append(lines, call.deliveries...)
		call.ended = call.end()
		call.combineLegs()
		call.group = cmp.Or(call.group, settings.NumberGroups[call.virtualNumber])
		w.calls = append(w.calls, call)
	}
	w.nameAgents()
	for i := range 5 {
		at := first.AddDate(0, 0, rng.IntN(29))
		w.unreported = append(w.unreported, worldLine{at: at, source: "main", kind: "live_call", payload: map[string]any{
			"type": "live_call", "CallSid": fmt.Sprint("unreported", i), "Direction": "IVR", "Status": "Ringing", "StartTime": at.In(zone).Format(time.DateTime)}})
	}
	lines = append(lines, w.unreported...)
	slices.SortStableFunc(lines, func(a, b worldLine) int { return a.at.Compare(b.at) })
	var text strings.Builder
	for i, line := range lines {
		fields := map[string]any{
			"id": fmt.Sprintf("01%024d", i), "received_at": line.at.Format(time.RFC3339Nano), "source": line.source,
			"kind": line.kind, "encoding": "json", "payload": line.payload,
		}
		if line.imported() {
			fields["reported_at"] = line.reportedAt.Format(time.RFC3339Nano)
		} else {
			w.through = line.at
		}
		envelope, err := json.Marshal(fields)
		if err != nil {
			panic(err)
		}
		text.Write(append(envelope, '\n'))
	}
	return w, text.String()
}

func pick[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

func randomCall(rng *rand.Rand, settings Settings, started time.Time, sid string) plainCall {
	phone := pick(rng, phones)
	c := plainCall{
		source: pick(rng, settings.Sources).Name, direction: pick(rng, []string{"incoming", "incoming", "incoming", "outgoing", "outgoing", "unknown"}),
		sid: sid, started: started, coins: 25 * rng.Int64N(12),
		customerNumber: fmt.Sprintf(pick(rng, []string{"0%d", "+91%d", "%d"}), 9000000001+rng.IntN(25)),
		virtualNumber:  pick(rng, []string{"01204000001", "01204000002", "01204000003"}),
		agentNumber:    phone.number, group: pick(rng, groupNames),
	}
	if rng.IntN(12) == 0 {
		c.customerNumber = "98xxxx0001"
	}
	if c.direction == "outgoing" {
		c.campaign = pick(rng, []string{"", "9995", "11387004", "click " + sid})
		if rng.IntN(4) > 0 {
			c.legAPicked = started.Add(time.Duration(rng.IntN(15)) * time.Second)
		}
	}
	after := func(t time.Time, seconds int) time.Time {
		return t.Add(time.Duration(rng.IntN(seconds)) * time.Second)
	}
	c.answered = rng.IntN(2) == 0 && (c.direction != "outgoing" || !c.legAPicked.IsZero())
	switch {
	case c.answered:
		c.status = pick(rng, answeredEnds)
		c.legBStarted = after(started, 30)
		c.legBPicked = after(c.legBStarted, 30)
		c.ended = after(c.legBPicked.Add(time.Second), 600)
		c.reportedName = pick(rng, phone.names)
	case c.direction == "outgoing":
		c.status = pick(rng, outgoingEnds)
		if c.status.outcome == "no_answer" && c.status.failedLeg == "" {
			c.status.failedLeg = "agent"
			if !c.legAPicked.IsZero() {
				c.status.failedLeg = "customer"
			}
		}
		c.ended = after(started.Add(16*time.Second), 60)
	default:
		c.status = pick(rng, incomingEnds)
		c.ended = after(started.Add(time.Second), pick(rng, []int{4, 90}))
		if c.status.outcome == "ivr_only" || rng.IntN(3) == 0 {
			c.agentNumber = ""
		} else if rng.IntN(2) == 0 {
			c.legBStarted = started.Add(c.ended.Sub(started) / 2).Truncate(time.Second)
		}
	}
	c.callSeconds = int64(c.ended.Sub(started).Seconds())
	if c.answered {
		c.talkSeconds = int64(c.ended.Sub(c.legBPicked).Seconds())
		if rng.IntN(10) == 0 {
			c.talkSeconds += 1000 // longer than the call, as in the documentation's sample
		}
	}
	if rng.IntN(12) == 0 {
		c.ended, c.endUnreported = time.Time{}, true // unlike its duration
	}
	if rng.IntN(10) == 0 && c.answered && c.direction == "incoming" {
		c.legBPicked = time.Time{} // nor is this; the wait follows from the durations, if both are reported
	}
	return c
}

// worldLine is a delivery. That of an export has the time at which the export was made.
type worldLine struct {
	at           time.Time
	source, kind string
	payload      map[string]any
	reportedAt   time.Time
}

func (l worldLine) imported() bool { return !l.reportedAt.IsZero() }

// deliveriesOf returns the deliveries of a call: live events, the report, sometimes twice, corrected versions, and the report of
// another phone. If the report of an answered call has no agent number, that of the last live event is used.
func deliveriesOf(rng *rand.Rand, c *plainCall) (lines []worldLine) {
	zone, _ := time.LoadLocation(map[string]string{"main": "Asia/Kolkata", "abroad": "Europe/London"}[c.source])
	local := func(t time.Time) any {
		if t.IsZero() {
			return pick(rng, []any{"", nil, "0000-00-00 00:00:00", "1970-01-01 05:30:00"})
		}
		return t.In(zone).Format(pick(rng, []string{"2006-01-02  15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05"}))
	}
	text := func(s string) any {
		if s == "" {
			return pick(rng, []any{"", nil, "0", "Not Assigned"})
		}
		return pick(rng, []string{s, " " + s, s + " "})
	}
	number := func(n any) any { return pick(rng, []any{n, fmt.Sprint(n)}) }
	parties := func(phone string) (caller, dialled any) {
		if c.direction == "outgoing" && c.source == "main" {
			return text(phone), text(c.customerNumber)
		}
		return text(c.customerNumber), text(phone)
	}
	direction := map[string]string{"incoming": "IVR", "outgoing": "WEBOBD", "unknown": "FAX"}[c.direction]
	if c.campaign != "" && rng.IntN(3) == 0 {
		direction, c.directionUnreported = pick(rng, []string{"", "-"}), true // only outgoing calls have a campaign
	}
	over := c.started.Add(time.Duration(c.callSeconds+1) * time.Second)
	reported := c.agentNumber
	if c.answered && rng.IntN(15) == 0 {
		reported, c.agentNumber = "", ""
	}
	if c.direction != "unknown" && c.status.outcome != "ivr_only" {
		for i := range rng.IntN(4) {
			rung := pick(rng, phones).number
			if len(rung) == len("9280000001") && rung < "9280000005" { // the others have no name, so only one spelling
				rung = pick(rng, []string{"0", "+91 ", ""}) + rung
			}
			if slices.ContainsFunc(c.rang, func(earlier string) bool { return lastTen(earlier) == lastTen(rung) }) {
				continue
			}
			c.rang = append(c.rang, rung)
			caller, dialled := parties(rung)
			live := func(at time.Time, status string) worldLine {
				return worldLine{at: at, source: c.source, kind: "live_call", payload: map[string]any{
					"type": "live_call", "CallSid": c.sid, "Direction": direction, "SourceNumber": caller, "DialWhomNumber": dialled,
					"DestinationNumber": c.virtualNumber, "Status": status, "StartTime": c.started.In(zone).Format(time.DateTime),
				}}
			}
			lines = append(lines, live(c.started.Add(time.Duration(i)*time.Second), "Transfer to agent"))
			if c.answered && c.tookOver == "" && rng.IntN(4) == 0 {
				c.tookOver = rung
				lines = append(lines, live(c.started.Add(time.Duration(rng.IntN(60)-5)*time.Second), pick(rng, pickedWords))) // before it rings, too
			}
		}
		if len(c.rang) > 0 && reported == "" && c.answered {
			c.agentNumber = cmp.Or(c.tookOver, c.rang[len(c.rang)-1])
		}
	}
	caller, dialled := parties(reported)
	report := map[string]any{
		"CallSid": c.sid, "Direction": direction, "SourceNumber": caller, "DialWhomNumber": dialled, "DestinationNumber": text(c.virtualNumber),
		"CallDuration": number(c.callSeconds), "TalkDuration": number(c.talkSeconds), "coins": number(float64(c.coins) / 100),
		"Status": c.status.status, "callstatus": c.status.callstatus, "StartTime": local(c.started), "EndTime": local(c.ended),
		"campid": text(c.campaign), "call_group": text(c.group), "receiver_name": text(c.reportedName),
		"LegA_Picked_time": local(c.legAPicked), "LegB_Start_time": local(c.legBStarted), "LegB_Picked_time": local(c.legBPicked),
	}
	if rng.IntN(3) == 0 && !c.ended.IsZero() {
		delete(report, "CallDuration") // it follows from the times
	}
	if c.direction == "outgoing" && c.legAPicked.IsZero() && rng.IntN(3) == 0 {
		delete(report, "LegA_Picked_time")
		c.legAUnreported = true
	}
	main := worldLine{at: over, source: c.source, kind: "call_report", payload: report}
	switch rng.IntN(16) {
	case 0: // known from an export only
		main.at, main.reportedAt = over.Add(72*time.Hour), over
	case 1: // in an export as well
		lines = append(lines, worldLine{over.Add(72 * time.Hour), c.source, "call_report", report, over.Add(24 * time.Hour)})
	case 2, 3: // duplicate, days later
		lines = append(lines, worldLine{at: over.Add(50 * time.Hour), source: c.source, kind: "call_report", payload: report})
	}
	lines = append(lines, main)
	other := func(at time.Time, changes map[string]any) {
		version := map[string]any{}
		for key, value := range report {
			version[key] = value
		}
		for key, value := range changes {
			version[key] = value
		}
		lines = append(lines, worldLine{at: at, source: c.source, kind: "call_report", payload: version})
	}
	if rng.IntN(8) == 0 { // an earlier, wrong version
		c.corrected = true
		other(over.Add(-time.Second), map[string]any{"coins": 77, "call_group": "", "CallDuration": c.callSeconds + 30, "TalkDuration": 5000})
		if _, reported := report["CallDuration"]; !reported {
			report["CallDuration"] = c.callSeconds
		}
	}
	if rng.IntN(8) == 0 { // a later version with empty values
		c.legAUnreported = false
		other(over.Add(time.Hour), map[string]any{"coins": "", "call_group": nil, "receiver_name": "0", "LegA_Picked_time": "", "Status": "", "callstatus": " "})
	}
	if c.direction == "incoming" && c.answered && reported != "" && rng.IntN(6) == 0 {
		version := map[string]any{}
		for key, value := range report {
			version[key] = value
		}
		leg := c.otherLeg(rng)
		_, version["DialWhomNumber"] = parties(leg.agentNumber)
		version["receiver_name"], version["Status"], version["callstatus"] = text(leg.reportedName), leg.status.status, ""
		version["StartTime"], version["EndTime"], version["LegB_Start_time"] = local(leg.started), local(leg.ended), ""
		version["LegB_Picked_time"] = local(leg.legBPicked)
		version["CallDuration"], version["TalkDuration"] = int64(leg.ended.Sub(leg.started).Seconds()), leg.talkSeconds
		lines = append(lines, worldLine{at: over.Add(time.Duration(rng.IntN(400)-60) * time.Second), source: c.source, kind: "call_report", payload: version})
	}
	if c.legAUnreported && c.status.status == "NOANSWER" {
		c.status.failedLeg = ""
	}
	_, hasDuration := report["CallDuration"]
	c.noDuration = !hasDuration
	return lines
}

// loadedWorld loads the deliveries of a random world.
func loadedWorld(t *testing.T, seed uint64, zone string) (plainWorld, *Reader) {
	t.Helper()
	w, spool := randomWorld(seed, zone, 600)
	return w, loaded(t, w.settings, map[string]string{"2026-10-20.ndjson": spool})
}
