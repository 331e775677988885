// Package demo makes a believable stretch of a call centre's webhook
// deliveries and sends them to a collector.
//
// It works in three passes over one seeded source of chance, so equal Options
// give equal bytes:
//
//   - plan decides who calls whom when and how it ends, with the stories that
//     make the numbers interesting: missed callers who try again, callbacks,
//     campaign pushes, one bad day for one group;
//   - staff walks the calls in order of time and gives each its agent, the
//     times of its legs, its coins and its CallSid;
//   - deliver turns each call into what a vendor would send about it: live
//     events, the report, duplicates, corrections, late and broken ones.
//
// All numbers and names are invented.
package demo

import (
	"slices"
	"time"
)

// Options say how much to make. Equal Options make equal deliveries.
type Options struct {
	Calls int            // distinct calls that have a report
	Days  int            // days before Until; at least one
	Seed  uint64         // another seed, another fortnight
	Until time.Time      // the midnight after the last day, in Zone
	Zone  *time.Location // the vendor's zone; Until's own when nil
}

// Delivery is one HTTP request of the vendor.
type Delivery struct {
	At          time.Time // when it arrives
	Encoding    string    // json, form or query
	Method      string    // POST, or GET for query
	ContentType string    // at times wrong or absent, as with the vendor
	Query       string    // raw query of a GET
	Body        []byte    // body of a POST
	Broken      bool      // unreadable, or a report that names no call
	CallSid     string    // of the first payload; empty for broken ones and other events
}

// Generate makes the deliveries of o.Calls calls, sorted by arrival. Every one
// arrives before o.Until.
//
// Exactly o.Calls distinct calls have at least one readable report. Besides
// them come, from 10 calls on, one or two calls with live events and no report;
// from 20 calls on, events that are no calls (add_member) and the Broken
// deliveries: bodies that are not JSON, and reports with no CallSid. The first
// are copies of a call that is also reported properly, so a reader that can
// make sense of one finds no call that is not there anyway.
func Generate(o Options) []Delivery {
	if o.Calls < 1 {
		return nil
	}
	o = o.normal()
	r := newRNG(o.Seed)
	calls := simulate(o, r)
	deliveries := deliver(o, r, calls)
	slices.SortStableFunc(deliveries, func(a, b Delivery) int { return a.At.Compare(b.At) })
	return gather(r, deliveries)
}

// simulate is everything about the calls themselves, before anybody is told.
func simulate(o Options, r rng) []*call {
	centre := openCentre(o.Calls, o.Days)
	calls := plan(o, r, centre)
	slices.SortStableFunc(calls, func(a, b *call) int { return a.start.Compare(b.start) })
	staff(r, centre, calls)
	mark(o, r, calls)
	return calls
}

// normal fills what was left open and puts Until on a midnight.
func (o Options) normal() Options {
	if o.Zone == nil {
		o.Zone = o.Until.Location()
	}
	o.Days = max(o.Days, 1)
	y, m, day := o.Until.In(o.Zone).Date()
	o.Until = time.Date(y, m, day, 0, 0, 0, 0, o.Zone)
	return o
}

// liveOnly is how many calls besides o.Calls never get a report.
func (o Options) liveOnly() int {
	switch {
	case o.Calls < 10:
		return 0
	case o.Calls < 100:
		return 1
	}
	return 2
}
