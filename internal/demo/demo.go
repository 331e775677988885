// Package demo generates realistic webhook deliveries of a call centre and
// sends them to a collector.
//
// It works in three passes with one seeded random number generator, so equal
// Options give equal bytes:
//
//   - plan decides who calls whom and when, and how each call ends, with
//     follow-up calls: missed callers who try again, callbacks, campaign
//     pushes, and one bad day for one group;
//   - staff assigns to each call, in time order, its agent, the times of its
//     legs, its coins and its CallSid;
//   - deliver generates what a vendor would send for each call: live events,
//     the report, duplicates, corrections, late and broken deliveries.
//
// What the vendor's own list has of the same calls is in listed.go.
//
// All numbers and names are invented.
package demo

import (
	"slices"
	"time"
)

// Options configure the deliveries. Equal Options give equal deliveries.
type Options struct {
	Calls int            // distinct calls with a report
	Lost  int            // of them, whose reports do not arrive
	Days  int            // days before Until; at least one
	Seed  uint64         // of the random number generator
	Until time.Time      // the midnight after the last day, in Zone
	Zone  *time.Location // the vendor's zone; that of Until if nil
}

// Delivery is one HTTP request of the vendor.
type Delivery struct {
	At          time.Time // when it arrives
	Encoding    string    // json, form or query
	Method      string    // POST, or GET for query
	ContentType string    // sometimes wrong or missing, as with the vendor
	Query       string    // raw query of a GET
	Body        []byte    // body of a POST
	Broken      bool      // unreadable, or a report without a call id
	CallSid     string    // of the first payload; empty for broken ones and other events

	reportOf *call // nil for other deliveries
}

// Generate returns the deliveries of o.Calls calls, sorted by arrival. Every one
// arrives before o.Until.
//
// Exactly o.Calls distinct calls, less o.Lost, have at least one readable report. From 10
// calls on, there are also one or two calls with live events and no report;
// from 20 calls on, events that are not calls (add_member) and the Broken
// deliveries: bodies that are not JSON, and reports without a CallSid. The
// former are copies of a call that also has a valid report, so a reader that can
// recover one finds no additional call.
func Generate(o Options) []Delivery {
	if o.Calls < 1 {
		return nil
	}
	o = o.normal()
	r := newRNG(o.Seed)
	calls := simulate(o, r)
	deliveries := lose(o, calls, deliver(o, r, calls))
	slices.SortStableFunc(deliveries, func(a, b Delivery) int { return a.At.Compare(b.At) })
	return gather(r, deliveries)
}

// simulate returns the calls, before any deliveries are generated.
func simulate(o Options, r rng) []*call {
	centre := openCentre(o.Calls, o.Days)
	calls := plan(o, r, centre)
	slices.SortStableFunc(calls, func(a, b *call) int { return a.start.Compare(b.start) })
	staff(r, centre, calls)
	mark(o, r, calls)
	return calls
}

// normal sets the defaults and moves Until to midnight.
func (o Options) normal() Options {
	if o.Zone == nil {
		o.Zone = o.Until.Location()
	}
	o.Days = max(o.Days, 1)
	y, m, day := o.Until.In(o.Zone).Date()
	o.Until = time.Date(y, m, day, 0, 0, 0, 0, o.Zone)
	return o
}

// liveOnly returns how many additional calls have no report.
func (o Options) liveOnly() int {
	switch {
	case o.Calls < 10:
		return 0
	case o.Calls < 100:
		return 1
	}
	return 2
}
