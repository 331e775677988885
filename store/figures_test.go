package store

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// figures computes the metrics of calls by name; NaN is unknown. They follow the definitions in docs/metrics.md, not the SQL.
func (w plainWorld) figures(calls []plainCall) map[string]float64 {
	var talks, waits []float64
	f := map[string]float64{}
	for _, name := range strings.Fields(`calls incoming outgoing ivr_only answered answered_in abandoned short_abandoned connected
		agent_no_show customer_no_answer talk_seconds call_seconds coins coins_unanswered coins_failed_agent coins_failed_customer
		coins_failed_unknown coins_unanswered_in`) {
		f[name] = 0
	}
	var rings, abandons []float64
	rated := map[string]float64{} // calls that count for the rates of offered calls
	inTime, unknownWaits := 0.0, 0.0
	f["missed_out_of_hours"] = 0
	if len(w.settings.BusinessHours) == 0 {
		f["missed_out_of_hours"] = math.NaN()
	}
	for _, c := range calls {
		f["calls"]++
		f["call_seconds"] += float64(c.callSeconds)
		coins := float64(c.coins) / 100
		counts := w.isOpen(c) || !w.settings.ExcludeOutOfHours
		if counts && c.direction == "incoming" && c.status.outcome != "ivr_only" {
			rated["offered"]++
		}
		f["coins"] += coins
		if c.answered {
			f["answered"]++
			f["talk_seconds"] += float64(c.talkSeconds)
			talks = append(talks, float64(c.talkSeconds))
		} else {
			f["coins_unanswered"] += coins
			switch {
			case c.direction == "incoming":
				f["coins_unanswered_in"] += coins
			default:
				f["coins_failed_"+cmp.Or(c.status.failedLeg, "unknown")] += coins
			}
		}
		switch c.direction {
		case "incoming":
			f["incoming"]++
			if c.status.outcome == "ivr_only" {
				f["ivr_only"]++
			}
			if c.missed() && !w.isOpen(c) {
				f["missed_out_of_hours"]++
			}
			if c.answered {
				f["answered_in"]++
				wait, known := c.wait()
				if known {
					waits = append(waits, wait)
				}
				if counts {
					rated["answered"]++
					switch {
					case !known:
						unknownWaits++
					case wait <= w.settings.ServiceLevelTarget.Seconds():
						inTime++
					}
				}
				if !c.legBStarted.IsZero() && !c.legBPicked.Before(c.legBStarted) {
					rings = append(rings, c.legBPicked.Sub(c.legBStarted).Seconds())
				}
			} else if c.missedReason() == "caller hung up" {
				short := !c.otherAgents && float64(c.callSeconds) < w.settings.ShortAbandon.Seconds()
				f["abandoned"]++
				if !c.otherAgents {
					abandons = append(abandons, float64(c.callSeconds))
				}
				if short {
					f["short_abandoned"]++
				}
				if counts {
					rated["abandoned"]++
					if short {
						rated["short"]++
					}
				}
			}
		case "outgoing":
			f["outgoing"]++
			switch {
			case c.answered:
				f["connected"]++
			case c.legAPicked.IsZero() && (c.status.failedLeg == "agent" || c.status.failedLeg == "" && !c.legAUnreported):
				f["agent_no_show"]++
			default:
				f["customer_no_answer"]++
			}
		}
	}
	f["offered"] = f["incoming"] - f["ivr_only"]
	f["missed"] = f["offered"] - f["answered_in"]
	f["missed_masked"] = 0
	for _, c := range calls {
		if c.missed() && lastTen(c.customerNumber) == "" {
			f["missed_masked"]++
		}
	}
	f["callers_lost"] = w.lost(calls)
	f["missed_customers"] = missedCustomers(calls)
	f["ivr_only_rate"] = share(f["ivr_only"], f["incoming"])
	net := rated["offered"] - rated["short"]
	f["answer_rate"] = share(rated["answered"], rated["offered"])
	f["abandon_rate"] = share(rated["abandoned"], rated["offered"])
	f["net_answer_rate"] = share(rated["answered"], net)
	f["net_abandon_rate"] = share(rated["abandoned"]-rated["short"], net)
	f["service_level"] = share(inTime, net-unknownWaits)
	if unknownWaits > 0 && unknownWaits == rated["answered"] {
		f["service_level"] = math.NaN()
	}
	f["avg_ring_seconds"], f["p90_ring_seconds"] = mean(rings), percentile(rings, 0.9)
	f["avg_abandon_seconds"] = mean(abandons)
	f["coins_unanswered_share"] = share(f["coins_unanswered"], f["coins"])
	f["avg_wait_seconds"], f["p90_wait_seconds"] = mean(waits), percentile(waits, 0.9)
	f["connect_rate"] = share(f["connected"], f["outgoing"])
	f["agent_no_show_rate"] = share(f["agent_no_show"], f["outgoing"])
	f["avg_talk_seconds"], f["median_talk_seconds"] = mean(talks), percentile(talks, 0.5)
	f["p90_talk_seconds"], f["longest_talk_seconds"] = percentile(talks, 0.9), percentile(talks, 1)
	f["coins_per_answered"] = share(f["coins"], f["answered"])
	f["coins_per_talk_minute"] = share(f["coins"]*60, f["talk_seconds"])
	customers, incoming := map[string]int{}, map[string]int{}
	for _, c := range calls {
		if key := lastTen(c.customerNumber); key != "" {
			customers[key]++
			if c.direction == "incoming" {
				incoming[key]++
			}
		}
	}
	f["unique_customers"] = float64(len(customers))
	f["repeat_customers"] = 0
	for _, count := range incoming {
		if count >= 2 {
			f["repeat_customers"]++
		}
	}
	return f
}

// wait returns the seconds from the start of an answered incoming call to the answer, if they are known.
func (c plainCall) wait() (seconds float64, known bool) {
	switch {
	case c.waited != nil:
		return c.waited.seconds, c.waited.known
	case !c.legBPicked.IsZero():
		return c.legBPicked.Sub(c.started).Seconds(), !c.legBPicked.Before(c.started)
	case c.callSeconds >= c.talkSeconds && !c.noDuration:
		return float64(c.callSeconds - c.talkSeconds), true
	}
	return 0, false
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return part / whole
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return share(sum, float64(len(values)))
}

// percentile interpolates linearly between the two nearest values.
func percentile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// moments are those at which a call can add to a peak: its start, and each full hour in which it is in progress.
func (w plainWorld) moments(c plainCall) []time.Time {
	moments := []time.Time{c.started}
	local := c.started.In(w.zone)
	past := time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	for at := c.started.Add(time.Hour - past); at.Before(c.ended); at = at.Add(time.Hour) {
		moments = append(moments, at)
	}
	return moments
}

// peak returns the maximum number of concurrent calls at the moments that count.
func (w plainWorld) peak(calls []plainCall, counts func(at time.Time) bool) (most float64) {
	for _, moment := range calls {
		for _, at := range w.moments(moment) {
			if !counts(at) {
				continue
			}
			there := 0.0
			for _, c := range calls {
				if !c.started.After(at) && c.ended.After(at) {
					there++
				}
			}
			most = max(most, there)
		}
	}
	return most
}

// busy counts the seconds in which at least one of an agent's phones is ringing or connected, and the seconds of each day from the
// first of these to the last.
func (w plainWorld) busy(calls []plainCall) (busy, there float64) {
	if len(calls) > 0 {
		busy = math.NaN() // unless the times of a call are known
	}
	days := map[string]map[int64]bool{}
	for _, c := range onPhones(calls) {
		from, to := c.started, c.ended
		if !c.began.IsZero() {
			from = c.began
		}
		switch {
		case c.direction == "unknown" || isEngaged(c):
			continue
		case c.direction == "outgoing":
		case !c.legBStarted.IsZero():
			from = c.legBStarted
		case !c.legBPicked.IsZero():
			from = c.legBPicked
		case !c.ended.IsZero() && c.talkSeconds > 0:
			from = c.ended.Add(-time.Duration(c.talkSeconds) * time.Second)
		default:
			continue
		}
		if !to.Before(from) && math.IsNaN(busy) {
			busy = 0
		}
		for at := from.Unix(); at < to.Unix(); at++ {
			day := w.day(c)
			if days[day] == nil {
				days[day] = map[int64]bool{}
			}
			days[day][at] = true
		}
	}
	for _, seconds := range days {
		busy += float64(len(seconds))
		sorted := slices.Sorted(maps.Keys(seconds))
		there += float64(sorted[len(sorted)-1] - sorted[0] + 1)
	}
	return busy, there
}
