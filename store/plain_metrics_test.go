package store

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// dimension returns the value of a call in a column.
func (w plainWorld) dimension(c plainCall, name string) string {
	switch name {
	case "call_group":
		return c.group
	case "agent":
		return c.agent()
	case "virtual_number":
		return c.virtualNumber
	case "local_day":
		return w.day(c)
	case "weekday":
		return fmt.Sprint(w.weekday(c))
	case "local_hour":
		return fmt.Sprint(w.hour(c.started))
	case "campaign_id":
		return c.campaign
	case "direction":
		return c.direction
	case "outcome":
		return c.status.outcome
	case "failed_leg":
		return c.status.failedLeg
	case "missed_reason":
		return c.missedReason()
	case "everything":
		return "all calls"
	}
	panic(name)
}

func (w plainWorld) key(c plainCall, dims []string) string {
	return keyOf(dims, func(name string) string { return w.dimension(c, name) })
}

// byKey groups calls by their dimensions.
func (w plainWorld) byKey(calls []plainCall, dims []string) map[string][]plainCall {
	of := map[string][]plainCall{}
	for _, c := range calls {
		of[w.key(c, dims)] = append(of[w.key(c, dims)], c)
	}
	return of
}

func rowOf(figures map[string]float64) plainRow {
	row := plainRow{}
	for name, figure := range figures {
		row[name] = figure
	}
	return row
}

// metrics are all metrics of calls but those of phones that rang and of peaks.
func (w plainWorld) metrics(calls []plainCall) map[string]float64 {
	f := w.figures(calls)
	maps.Copy(f, recoveryFigures(w.episodes(calls)))
	f["transfer_rate"], f["repeat_24h_rate"] = w.transferRate(calls), w.repeatRate(calls)
	return f
}

// unknown are the metrics of a period without data.
func (w plainWorld) unknown() map[string]float64 {
	f := w.metrics(nil)
	f["peak_concurrent"] = 0
	for name := range f {
		f[name] = math.NaN()
	}
	return f
}

// measured are the metrics of all calls of a stretch.
func (w plainWorld) measured(s plainStretch, filter plainFilter) map[string]float64 {
	f := w.metrics(w.slice(s, filter))
	f["peak_concurrent"] = w.peak(w.passing(filter), func(at time.Time) bool {
		moment := w.local(at)
		return !moment.Before(s.from) && moment.Before(s.until)
	})
	return f
}

// callRows are the figures of the calls of each key.
func (w plainWorld) callRows(q plainQuestion, dims []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for key, calls := range w.byKey(w.slice(q.stretch(), q.filter), dims) {
		rows[key] = rowOf(w.figures(calls))
	}
	return rows
}

// chargedRows are callRows, with unanswered incoming calls in the rows of no agent.
func (w plainWorld) chargedRows(q plainQuestion, dims []string) map[string]plainRow {
	calls := slices.Clone(w.slice(q.stretch(), q.filter))
	for i, c := range calls {
		if c.direction == "incoming" && !c.answered {
			calls[i].agentName, calls[i].agentNumber = "", ""
		}
	}
	rows := map[string]plainRow{}
	for key, of := range w.byKey(calls, dims) {
		rows[key] = rowOf(w.figures(of))
	}
	return rows
}

// waitBands counts answered and abandoned calls by their wait.
func (w plainWorld) waitBands(q plainQuestion, _ []string) map[string]plainRow {
	bands, ends := []string{"up to 10 s", "11 to 20 s", "21 to 30 s", "31 to 60 s", "over 60 s", "unknown"}, []float64{10, 20, 30, 60, math.Inf(1)}
	answered, abandoned := make([]float64, len(bands)), make([]float64, len(bands))
	calls := 0
	for _, c := range w.slice(q.stretch(), q.filter) {
		counts, wait, known := abandoned, c.ended.Sub(c.started).Seconds(), true
		switch {
		case c.direction != "incoming" || c.status.outcome == "ivr_only":
			continue
		case c.answered:
			wait, known = c.wait()
			counts = answered
		case c.missedReason() != "caller hung up":
			continue
		}
		calls++
		band := len(ends)
		if known {
			band = slices.IndexFunc(ends, func(end float64) bool { return wait <= end })
		}
		counts[band]++
	}
	rows := map[string]plainRow{}
	if calls == 0 {
		return rows
	}
	sum := func(counts []float64) (total float64) {
		for _, n := range counts {
			total += n
		}
		return total
	}
	for i, band := range bands {
		row := plainRow{"answered_in": answered[i], "abandoned": abandoned[i], "answered_within": math.NaN(), "abandoned_within": math.NaN()}
		if i < len(ends) {
			row["answered_within"] = share(sum(answered[:i+1]), sum(answered[:len(ends)]))
			row["abandoned_within"] = share(sum(abandoned[:i+1]), sum(abandoned[:len(ends)]))
		}
		rows[band] = row
	}
	return rows
}

// timeDimensions are those by which a call counts in the hours in which it is in progress, and not where it started.
var timeDimensions = []string{"local_day", "weekday", "local_hour"}

// groupRows are all metrics of each key.
func (w plainWorld) groupRows(q plainQuestion, dims []string) map[string]plainRow {
	rows := map[string]plainRow{}
	peaks := w.peaks(q, dims)
	calls := w.byKey(w.slice(q.stretch(), q.filter), dims)
	if slices.ContainsFunc(dims, func(dim string) bool { return slices.Contains(timeDimensions, dim) }) {
		for key := range peaks { // hours in which calls were in progress, though none began
			calls[key] = calls[key][:len(calls[key]):len(calls[key])]
		}
	}
	for key, of := range calls {
		f := w.metrics(of)
		f["peak_concurrent"] = peaks[key]
		rows[key] = rowOf(f)
	}
	return rows
}

// peaks are the most concurrent calls of each key within a period.
func (w plainWorld) peaks(q plainQuestion, dims []string) map[string]float64 {
	most := map[string]float64{}
	calls := w.passing(q.filter)
	keyAt := func(c plainCall, at time.Time) string {
		return keyOf(dims, func(dim string) string {
			if slices.Contains(timeDimensions, dim) {
				return w.dimension(plainCall{started: at}, dim)
			}
			return w.dimension(c, dim)
		})
	}
	for _, moment := range calls {
		for _, at := range w.moments(moment) {
			if day := w.day(plainCall{started: at}); day < q.from || day > q.to {
				continue
			}
			key, there := keyAt(moment, at), 0.0
			for _, c := range calls {
				if !c.started.After(at) && c.ended.After(at) && keyAt(c, at) == key {
					there++
				}
			}
			most[key] = max(most[key], there)
		}
	}
	return most
}

func (w plainWorld) concurrency(q plainQuestion, dims []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for key, peak := range w.peaks(q, dims) {
		rows[key] = plainRow{"peak_concurrent": peak}
	}
	return rows
}

func (w plainWorld) totals(q plainQuestion, _ []string) map[string]plainRow {
	if !w.hasFigures(q.stretch(), q.filter) {
		return map[string]plainRow{"all calls": rowOf(w.unknown())}
	}
	return map[string]plainRow{"all calls": rowOf(w.measured(q.stretch(), q.filter))}
}

func (w plainWorld) dayRows(q plainQuestion, _ []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for day := localDay(q.from); !day.After(localDay(q.to)); day = day.AddDate(0, 0, 1) {
		of := plainStretch{day, day.AddDate(0, 0, 1)}
		f := w.unknown()
		if w.hasFigures(of, q.filter) {
			f = w.measured(of, q.filter)
		}
		rows[day.Format(time.DateOnly)] = rowOf(f)
	}
	return rows
}

// agentRows are the figures of agents: of their legs, and of all calls that rang their phones.
func (w plainWorld) agentRows(q plainQuestion, dims []string) map[string]plainRow {
	rung := w.slice(q.stretch(), plainFilter{passes: func(c plainCall) bool {
		return q.filter.arguments["agent"] != nil || q.filter.passes(c)
	}})
	calls := w.byKey(asAgents(w.slice(q.stretch(), q.filter)), dims)
	picked, rang := map[string]float64{}, map[string]float64{}
	for _, ring := range w.rings(rung) {
		ring.call.agentName = ring.agent
		key := w.key(ring.call, dims)
		rang[key]++
		if ring.pickedUp {
			picked[key]++
		}
		calls[key] = calls[key][:len(calls[key]):len(calls[key])]
	}
	rows := map[string]plainRow{}
	for key, of := range calls {
		f := w.figures(of)
		busy, there := w.busy(of)
		if len(of) == 0 {
			busy = math.NaN() // only live events say that the phone rang
		}
		f["busy_seconds"], f["busy_share"] = busy, share(busy, there)
		f["rang"], f["agent_answer_rate"] = rang[key], share(picked[key], rang[key])
		f["transfer_rate"] = w.transferRate(w.whole(of))
		rows[key] = rowOf(f)
	}
	return ofAgents(rows, q, dims)
}

func (w plainWorld) agentDays(q plainQuestion, dims []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for key, of := range w.byKey(asAgents(w.slice(q.stretch(), q.filter)), dims) {
		rows[key] = rowOf(w.figures(of))
	}
	return ofAgents(rows, q, dims)
}

// ofAgents leaves out rows of no agent and, if an agent is asked for, those of others.
func ofAgents(rows map[string]plainRow, q plainQuestion, dims []string) map[string]plainRow {
	maps.DeleteFunc(rows, func(key string, _ plainRow) bool {
		agent := strings.Split(key, "|")[slices.Index(dims, "agent")]
		return agent == "" || q.filter.arguments["agent"] != nil && agent != q.filter.arguments["agent"]
	})
	return rows
}

// campaigns of one call are one row, unless one is asked for.
func (w plainWorld) campaigns(q plainQuestion, dims []string) map[string]plainRow {
	rows := map[string]plainRow{}
	var single []plainCall
	for key, of := range w.byKey(w.slice(q.stretch(), q.filter), dims) {
		switch {
		case key == "":
		case len(of) == 1 && q.filter.arguments["campaign"] == nil:
			single = append(single, of...)
		default:
			rows[key] = rowOf(w.figures(of))
		}
	}
	if len(single) > 0 {
		rows[fmt.Sprintf("Single calls (%d)", len(single))] = rowOf(w.figures(single))
	}
	return rows
}

func (w plainWorld) missedReasons(q plainQuestion, dims []string) map[string]plainRow {
	unanswered := w.slice(q.stretch(), plainFilter{passes: func(c plainCall) bool {
		return q.filter.passes(c) && c.direction == "incoming" && !c.answered
	}})
	missed := w.figures(unanswered)["missed"]
	rows := map[string]plainRow{}
	for key, of := range w.byKey(unanswered, dims) {
		f := w.figures(of)
		f["missed_share"] = share(f["missed"], missed)
		rows[key] = rowOf(f)
	}
	return rows
}
