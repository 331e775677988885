package demo

import (
	"reflect"
	"testing"
	"time"
)

func TestOngoingCallsBeginNowAndEnd(t *testing.T) {
	o := Options{Calls: 500, Seed: 3, Zone: india}
	from := time.Date(2026, 10, 11, 23, 30, 0, 0, india) // a Sunday night
	deliveries := Ongoing(o, from, 2*time.Hour)
	if !reflect.DeepEqual(deliveries, Ongoing(o, from, 2*time.Hour)) {
		t.Error("equal arguments give other deliveries")
	}
	type seen struct{ live, reports int }
	calls, agents := map[string]*seen{}, Agents(o)
	for i, d := range deliveries {
		if i > 0 && d.At.Before(deliveries[i-1].At) {
			t.Fatal("the deliveries are not sorted")
		}
		payloads, err := read(d)
		if err != nil || len(payloads) != 1 {
			t.Fatalf("%s: %v", d.Body, err)
		}
		p := payloads[0]
		if start := p.moment(t, "StartTime"); start.Before(from) || start.After(from.Add(2*time.Hour)) || d.At.Before(start) {
			t.Errorf("a call begins at %s, and its delivery comes at %s", start, d.At)
		}
		if name := p["receiver_name"]; len(name) > 1 && name != "Not Assigned" && agents[p["DialWhomNumber"]] != name && agents[p["SourceNumber"]] != name {
			t.Errorf("%v: no such agent", p)
		}
		key := p["Direction"] + p["CallSid"]
		if calls[key] == nil {
			calls[key] = &seen{}
		}
		if p.isReport() {
			calls[key].reports++
		} else {
			calls[key].live++
		}
	}
	if len(calls) != o.Calls {
		t.Errorf("%d calls", len(calls))
	}
	for key, c := range calls {
		if c.live == 0 || c.reports == 0 {
			t.Errorf("call %s has %+v", key, *c)
		}
	}
	for _, d := range Ongoing(Options{Calls: 500, Seed: 4, Zone: india}, from.Add(2*time.Hour), 2*time.Hour) {
		payloads, _ := read(d)
		if calls[payloads[0]["Direction"]+payloads[0]["CallSid"]] != nil {
			t.Errorf("the id %s is used again", payloads[0]["CallSid"])
		}
	}
}
