package demo

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// within fails unless part/whole lies between low and high.
func within(t *testing.T, what string, part, whole int, low, high float64) {
	t.Helper()
	share := float64(part) / float64(whole)
	t.Logf("%s: %d of %d, %.3f", what, part, whole, share)
	if share < low || share > high {
		t.Errorf("%s: %.3f is not within %.3f and %.3f", what, share, low, high)
	}
}

func TestEncodingsHaveTheirShares(t *testing.T) {
	deliveries := Generate(fortnight(5000))
	counts := map[string]int{}
	var arrays, broken, wrongType int
	for _, d := range deliveries {
		counts[d.Encoding]++
		if len(d.Body) > 0 && d.Body[0] == '[' {
			arrays++
		}
		if d.Broken {
			broken++
		}
		if d.Encoding == "json" && !strings.HasPrefix(d.ContentType, "application/json") {
			wrongType++
		}
		if (d.Encoding == "query") != (d.Method == "GET") || (d.Encoding == "query") != (d.Query != "") {
			t.Fatalf("encoding %s by %s with query %q", d.Encoding, d.Method, d.Query)
		}
	}
	all := len(deliveries)
	within(t, "json", counts["json"], all, 0.56, 0.64)
	within(t, "form", counts["form"], all, 0.21, 0.29)
	within(t, "query", counts["query"], all, 0.12, 0.18)
	within(t, "deliveries per call", all, 5000, 2.2, 2.8)
	within(t, "json with another content type", wrongType, counts["json"], 0.1, 0.3)
	within(t, "arrays", arrays, all, 0.002, 0.03)
	if broken != 8 {
		t.Errorf("%d broken deliveries", broken)
	}
}

func TestBrokenDeliveriesContainNoCall(t *testing.T) {
	kinds := map[string]int{}
	for _, d := range Generate(fortnight(5000)) {
		if !d.Broken {
			continue
		}
		ps, err := read(d)
		switch {
		case err == nil && !utf8.Valid(d.Body):
			kinds["not UTF-8"]++
		case err == nil && ps[0]["CallSid"] == "":
			kinds["no CallSid"]++
		case err != nil && strings.HasPrefix(string(d.Body), "{"):
			kinds["truncated"]++
		case err != nil:
			kinds["junk"]++
		default:
			t.Errorf("readable: %s", d.Body)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("kinds: %v", kinds)
	}
}

func TestCallsFollowTheHoursOfADay(t *testing.T) {
	o := fortnight(5000).normal()
	calls := simulate(o, newRNG(o.Seed))
	byHour, byDay := map[int]int{}, map[time.Weekday]int{}
	in, ans := 0, 0
	for _, c := range calls {
		byDay[c.start.Weekday()]++
		if !c.incoming {
			continue
		}
		in++
		if c.start.Weekday() != time.Sunday {
			byHour[c.start.Hour()]++
		}
		if c.outcome == answered {
			ans++
		}
	}
	within(t, "incoming", in, len(calls), 0.69, 0.75)
	within(t, "answered of incoming", ans, in, 0.74, 0.84)
	within(t, "lunch against the morning peak", byHour[13], byHour[11], 0.2, 0.6)
	within(t, "lunch against the afternoon peak", byHour[13], byHour[16], 0.2, 0.6)
	within(t, "Sundays against Mondays", byDay[time.Sunday], byDay[time.Monday], 0.01, 0.15)
	within(t, "after closing", byHour[20]+byHour[21], in, 0.003, 0.03)
}

func TestOneGroupHasABadDay(t *testing.T) {
	for seed := range uint64(12) {
		if bad := badDays(seed); len(bad) != 1 {
			t.Errorf("seed %d: groups that missed 40 %% of 25 callers or more: %v", seed, bad)
		}
	}
}

func badDays(seed uint64) []string {
	o := fortnight(5000).normal()
	offered, missed := map[string]int{}, map[string]int{}
	for _, c := range simulate(o, newRNG(seed)) {
		if !c.incoming || c.outcome == ivrOnly || c.start.Weekday() == time.Sunday {
			continue
		}
		at := c.start.Format(time.DateOnly) + " " + c.group.name
		offered[at]++
		if c.outcome != answered {
			missed[at]++
		}
	}
	var bad []string
	for at, n := range offered {
		if n >= 25 && 10*missed[at] > 4*n {
			bad = append(bad, at)
		}
	}
	return bad
}

func TestMissedCallersRetryOrGetACallbackOrNeither(t *testing.T) {
	o := fortnight(5000).normal()
	open, ends := map[*customer]bool{}, map[string]int{}
	for _, c := range simulate(o, newRNG(o.Seed)) {
		switch {
		case c.incoming && c.outcome != answered && c.outcome != ivrOnly:
			open[c.customer] = true
			ends["missed"]++
		case c.outcome == answered && open[c.customer]:
			delete(open, c.customer)
			ends[c.direction()]++
		}
	}
	within(t, "returned and answered", ends["IVR"], ends["missed"], 0.15, 0.5)
	within(t, "called back", ends["WEBOBD"], ends["missed"], 0.1, 0.4)
	within(t, "neither", len(open), ends["missed"], 0.15, 0.5)
}

func TestEveryVendorQuirkOccurs(t *testing.T) {
	deliveries := Generate(fortnight(5000))
	found := map[string]int{}
	note := func(what string, is bool) {
		if is {
			found[what]++
		} else if _, ok := found[what]; !ok {
			found[what] = 0
		}
	}
	bodies, reports, lives := map[string]int{}, map[string]int{}, map[string]int{}
	for _, d := range deliveries {
		bodies[d.Query+string(d.Body)]++
		text := string(d.Body)
		note("null", strings.Contains(text, "null"))
		note("number for a string", strings.Contains(text, `"coins":1,`) || strings.Contains(text, `"coins": 1,`))
		note("escaped Hindi", strings.Contains(text, `\u09`))
		note("plain Hindi", strings.Contains(text, "बिक्री"))
		note("two spaces", strings.Contains(text, "  0") || strings.Contains(text, "  1"))
	}
	for _, p := range readable(t, deliveries) {
		note("other event", p["type"] == "add_member")
		if p["CallSid"] == "" {
			continue
		}
		if !p.isReport() {
			lives[p["CallSid"]]++
			note("live word", p["Status"] == "Picked" || p["Status"] == "Transfer to agent")
			continue
		}
		reports[p["CallSid"]]++
		_, hasType := p["type"]
		note("type", hasType)
		note("no type", !hasType)
		note("blank status", p["Status"] == "" && strings.HasPrefix(p["callstatus"], " "))
		note("nobody 0", p["receiver_name"] == "0")
		note("half coin", strings.HasSuffix(p["coins"], ".5"))
		note("masked", strings.Contains(p["SourceNumber"], "xxxxxx"))
		note("+91", strings.HasPrefix(p["SourceNumber"], "+91"))
		note("no group", p["call_group"] == "")
		note("zero date", strings.HasPrefix(p["LegB_Picked_time"], "0000"))
		note("agent no-show", p["Status"] == "Cancel-Agent NOANSWER-agent")
		note("customer busy", p["Status"] == "Cancel-Customer Busy (17-customer)")
		note("coins for nothing", p["TalkDuration"] == "0" && p["coins"] != "0")
		note("click-to-call", p["Direction"] == "WEBOBD" && p["campid"] == p["CallSid"])
		note("campaign", p["campid"] != "" && p["campid"] != p["CallSid"])
	}
	for sid := range lives {
		note("live only", reports[sid] == 0)
	}
	for body, n := range bodies {
		note("duplicate", body != "" && n > 1)
	}
	for what, n := range found {
		if n == 0 {
			t.Errorf("no %s", what)
		}
		t.Logf("%s: %d", what, n)
	}
	if found["live only"] != 2 {
		t.Errorf("%d calls have live events only", found["live only"])
	}
}

func TestCustomersAndAgentsAreInvented(t *testing.T) {
	for _, c := range simulate(fortnight(2000).normal(), newRNG(1)) {
		if bare := c.customer.bare; len(bare) != 10 || !strings.HasPrefix(bare, "98765") && !strings.HasPrefix(bare, "91234") {
			t.Fatalf("customer %s", bare)
		}
		if c.agent != nil && !strings.HasPrefix(c.agent.number, "92800000") {
			t.Fatalf("agent %s", c.agent.number)
		}
	}
}

func TestAgentsHaveOneCallAtATime(t *testing.T) {
	o := fortnight(5000).normal()
	overlaps, until := 0, map[*agent]time.Time{}
	for _, c := range simulate(o, newRNG(o.Seed)) {
		if c.picked.IsZero() {
			continue
		}
		if c.picked.Before(until[c.agent]) {
			overlaps++
		}
		until[c.agent] = c.end
	}
	within(t, "talks of an agent who is already talking", overlaps, 5000, 0, 0.01)
}
