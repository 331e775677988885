package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var india = time.FixedZone("IST", 5*3600+1800)

// fortnight returns options for two weeks, until midnight after Saturday 17 October 2026.
func fortnight(calls int) Options {
	return Options{Calls: calls, Days: 14, Seed: 7, Until: time.Date(2026, 10, 18, 0, 0, 0, 0, india), Zone: india}
}

// payload is a decoded object: every value as text, null as "".
type payload map[string]string

func (p payload) isReport() bool { _, ok := p["EndTime"]; return ok }

func (p payload) number(t *testing.T, key string) int {
	t.Helper()
	n, err := strconv.Atoi(p[key])
	if err != nil {
		t.Fatalf("%s of call %s: %v", key, p["CallSid"], err)
	}
	return n
}

func (p payload) moment(t *testing.T, key string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateTime, strings.Join(strings.Fields(p[key]), " "), india)
	if err != nil {
		t.Fatalf("%s of call %s: %v", key, p["CallSid"], err)
	}
	return at
}

// read decodes a delivery by its Encoding, ignoring its ContentType.
func read(d Delivery) ([]payload, error) {
	if d.Encoding != "json" {
		values, err := url.ParseQuery(d.Query + string(d.Body))
		p := payload{}
		for k, v := range values {
			p[k] = v[0]
		}
		return []payload{p}, err
	}
	body := d.Body
	if !bytes.HasPrefix(body, []byte("[")) {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var objects []map[string]any
	if err := decoder.Decode(&objects); err != nil {
		return nil, err
	}
	var out []payload
	for _, o := range objects {
		p := payload{}
		for k, v := range o {
			if v == nil {
				v = ""
			}
			p[k] = fmt.Sprint(v)
		}
		out = append(out, p)
	}
	return out, nil
}

// readable returns the payloads of the deliveries that are not Broken.
func readable(t *testing.T, deliveries []Delivery) []payload {
	t.Helper()
	var out []payload
	for i, d := range deliveries {
		if d.Broken {
			continue
		}
		ps, err := read(d)
		if err != nil {
			t.Fatalf("delivery %d: %v\n%s", i, err, d.Body)
		}
		if ps[0]["CallSid"] != d.CallSid {
			t.Errorf("delivery %d names call %q, its first payload %q", i, d.CallSid, ps[0]["CallSid"])
		}
		out = append(out, ps...)
	}
	return out
}

func TestEqualOptionsGiveEqualDeliveries(t *testing.T) {
	first, again := Generate(fortnight(300)), Generate(fortnight(300))
	if !reflect.DeepEqual(first, again) {
		t.Error("equal options made different deliveries")
	}
	other := fortnight(300)
	other.Seed++
	if reflect.DeepEqual(first, Generate(other)) {
		t.Error("another seed made the same deliveries")
	}
}

func TestReportsCoverExactlyTheRequestedCalls(t *testing.T) {
	for _, o := range []Options{fortnight(1), fortnight(9), fortnight(20), fortnight(150), fortnight(5000),
		{Calls: 1, Days: 1, Until: time.Date(2026, 10, 5, 0, 0, 0, 0, india)}, // only a Sunday
		{Calls: 700, Days: 1, Seed: 3, Until: time.Date(2026, 10, 6, 0, 0, 0, 0, india), Zone: india},
		{Calls: 400, Days: 3, Seed: 5, Until: time.Date(2026, 10, 6, 0, 0, 0, 0, india), Zone: india},
	} {
		checkCount(t, o)
	}
}

// It counts calls instead of decoding payloads, which would take most of the
// package's time.
func TestAHundredThousandCallsAreDistinctAndInOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector")
	}
	t.Parallel()
	o := fortnight(100_000)
	reported := map[string]bool{}
	for _, c := range simulate(o, newRNG(o.Seed)) {
		if !c.unreported {
			reported[c.sid] = true
		}
	}
	if len(reported) != o.Calls {
		t.Errorf("%d calls have a report", len(reported))
	}
	deliveries := Generate(o)
	if len(deliveries) < 2*o.Calls {
		t.Errorf("%d deliveries", len(deliveries))
	}
	checkOrder(t, o, deliveries)
}

func checkCount(t *testing.T, o Options) {
	t.Helper()
	deliveries := Generate(o)
	checkOrder(t, o, deliveries)
	reported := map[string]bool{}
	for _, p := range readable(t, deliveries) {
		if p.isReport() {
			reported[p["Direction"]+p["CallSid"]] = true
		}
	}
	if len(reported) != o.Calls {
		t.Errorf("%d calls in %d days: %d have a report", o.Calls, o.Days, len(reported))
	}
}

func checkOrder(t *testing.T, o Options, deliveries []Delivery) {
	t.Helper()
	if !slices.IsSortedFunc(deliveries, func(a, b Delivery) int { return a.At.Compare(b.At) }) {
		t.Errorf("%d calls: not sorted by arrival", o.Calls)
	}
	first, last := deliveries[0].At, deliveries[len(deliveries)-1].At
	if first.Before(o.Until.AddDate(0, 0, -o.Days)) || !last.Before(o.Until) {
		t.Errorf("%d calls in %d days arrive from %s to %s", o.Calls, o.Days, first, last)
	}
}

func TestZeroCallsGiveNoDeliveries(t *testing.T) {
	if got := Generate(fortnight(0)); len(got) != 0 {
		t.Errorf("%d deliveries", len(got))
	}
}

func TestCallsAreConsistentExceptMarkedContradictions(t *testing.T) {
	o := fortnight(5000)
	odd := map[string]contradiction{}
	kinds := map[contradiction]int{}
	for _, c := range simulate(o.normal(), newRNG(o.Seed)) {
		odd[c.sid] = c.contradicts
		kinds[c.contradicts]++
	}
	for k := talkOverCall; k < contradictions; k++ {
		if kinds[k] == 0 || kinds[k] > 5 {
			t.Errorf("contradiction %d: %d calls", k, kinds[k])
		}
	}
	for _, p := range readable(t, Generate(o)) {
		sid := p["CallSid"]
		if sid == "" {
			continue
		}
		started := p.moment(t, "StartTime")
		if second, _, ok := strings.Cut(sid, "."); ok {
			agrees := second == strconv.FormatInt(started.Unix(), 10)
			if agrees == (odd[sid] == clockMismatch) {
				t.Errorf("call %s started at %s, contradiction %d", sid, started, odd[sid])
			}
		}
		if p.isReport() && odd[sid] == consistent {
			checkTimes(t, p)
		}
	}
}

func checkTimes(t *testing.T, p payload) {
	t.Helper()
	start, end := p.moment(t, "StartTime"), p.moment(t, "EndTime")
	if got := p.number(t, "CallDuration"); got != seconds(end.Sub(start)) || got < 1 {
		t.Errorf("call %s lasts %d s from %s to %s", p["CallSid"], got, start, end)
	}
	talk := p.number(t, "TalkDuration")
	picked := p["LegB_Picked_time"]
	if picked == "" || strings.HasPrefix(picked, "0000") || strings.HasPrefix(picked, "1970") {
		if talk != 0 {
			t.Errorf("call %s: talk %d s though nobody picked up", p["CallSid"], talk)
		}
		return
	}
	b, at := p.moment(t, "LegB_Start_time"), p.moment(t, "LegB_Picked_time")
	if talk != seconds(end.Sub(at)) || b.Before(start) || at.Before(b) {
		t.Errorf("call %s: talk %d s, leg B %s, picked %s, end %s", p["CallSid"], talk, b, at, end)
	}
}

func TestNumberGroupsCoverEveryVirtualNumberInUse(t *testing.T) {
	groups := NumberGroups()
	for _, p := range readable(t, Generate(fortnight(500))) {
		if n, ok := p["DestinationNumber"]; ok && groups[n] == "" {
			t.Errorf("number %q has no group", n)
		}
		if g := p["call_group"]; g != "" && g != groups[p["DestinationNumber"]] {
			t.Errorf("number %q is in %q, reported in %q", p["DestinationNumber"], groups[p["DestinationNumber"]], g)
		}
	}
}
