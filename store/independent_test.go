package store

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// plainFilter is a filter of the named queries and its equivalent in Go.
type plainFilter struct {
	arguments map[string]any
	passes    func(plainCall) bool
}

func (w plainWorld) filters() []plainFilter {
	return []plainFilter{
		{nil, func(plainCall) bool { return true }},
		{map[string]any{"group": "Sales", "direction": "incoming"}, func(c plainCall) bool { return c.group == "Sales" && c.direction == "incoming" }},
		{map[string]any{"agent": "Asha"}, func(c plainCall) bool {
			return slices.ContainsFunc(asAgents([]plainCall{c}), func(leg plainCall) bool { return leg.agent() == "Asha" })
		}},
		{map[string]any{"number": "01204000002", "source": "abroad"}, func(c plainCall) bool { return c.virtualNumber == "01204000002" && c.source == "abroad" }},
		{map[string]any{"campaign": "9995"}, func(c plainCall) bool { return c.campaign == "9995" }},
		{map[string]any{"hours": "business"}, w.isOpen},
		{map[string]any{"hours": "closed"}, func(c plainCall) bool { return !w.isOpen(c) }},
		{map[string]any{"hours": "22:00-06:00"}, func(c plainCall) bool { return w.clock(c) >= "22:00:00" || w.clock(c) < "06:00:00" }},
		{map[string]any{"group": "Nobody's"}, func(c plainCall) bool { return false }},
	}
}

// dimensions are the values of a call by column.
func (w plainWorld) dimensions(c plainCall) map[string]string {
	return map[string]string{
		"call_group": c.group, "agent": c.agent(), "virtual_number": c.virtualNumber, "local_day": w.day(c), "weekday": fmt.Sprint(w.weekday(c)),
		"local_hour": fmt.Sprint(w.hour(c.started)), "campaign_id": c.campaign, "direction": c.direction, "outcome": c.status.outcome,
		"failed_leg": c.status.failedLeg, "missed_reason": c.missedReason(), "everything": "all calls",
	}
}

func (w plainWorld) key(c plainCall, dims []string) string {
	values := w.dimensions(c)
	var parts []string
	for _, dim := range dims {
		parts = append(parts, values[dim])
	}
	return strings.Join(parts, "|")
}

// expected returns the figures computed in Go, by key of dims. Calls in rung count only for ring metrics; peaks are those of running, which
// has calls before the period too.
func (w plainWorld) expected(dims []string, slice, rung, running []plainCall) map[string]map[string]float64 {
	calls, figures := map[string][]plainCall{}, map[string]map[string]float64{}
	rows := slice
	if rung != nil {
		rows = asAgents(slice)
	}
	for _, c := range rows {
		calls[w.key(c, dims)] = append(calls[w.key(c, dims)], c)
	}
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
	episodes := map[string][]plainEpisode{}
	for _, e := range w.episodes(slice) {
		episodes[w.key(e.first, dims)] = append(episodes[w.key(e.first, dims)], e)
	}
	for key, of := range calls {
		if len(of) == 0 && !slices.Contains(dims, "agent") {
			continue
		}
		f := w.figures(of)
		maps.Copy(f, recoveryFigures(episodes[key]))
		busy, there := w.busy(of)
		f["busy_seconds"], f["busy_share"] = busy, share(busy, there)
		f["transfer_rate"], f["repeat_24h_rate"] = transferRate(of), w.repeatRate(of)
		f["rang"], f["agent_answer_rate"] = rang[key], share(picked[key], rang[key])
		f["peak_concurrent"] = w.expectedPeak(dims, running, key)
		figures[key] = f
	}
	return figures
}

// timeDimensions are those by which a call counts in the hours in which it is in progress, and not where it started.
var timeDimensions = []string{"local_day", "weekday", "local_hour"}

// expectedPeak is the peak of one key of dims within the period.
func (w plainWorld) expectedPeak(dims []string, running []plainCall, key string) float64 {
	parts := strings.Split(key, "|")
	var there []plainCall
	for _, c := range running {
		values := w.dimensions(c)
		if !slices.ContainsFunc(dims, func(dim string) bool {
			return !slices.Contains(timeDimensions, dim) && values[dim] != parts[slices.Index(dims, dim)]
		}) {
			there = append(there, c)
		}
	}
	return w.peak(there, func(at time.Time) bool {
		moment := plainCall{started: at}
		values := w.dimensions(moment)
		return w.day(moment) >= worldFrom && w.day(moment) <= worldTo && !slices.ContainsFunc(dims, func(dim string) bool {
			return slices.Contains(timeDimensions, dim) && values[dim] != parts[slices.Index(dims, dim)]
		})
	})
}

// TestFiguresMatchIndependentComputation runs every named query with metrics over random worlds, under every filter, and compares
// the results with those computed in Go from the calls. Every metric must have a value other than 0 and NULL at least once. A query
// runs with a filter in every fourth world.
func TestFiguresMatchIndependentComputation(t *testing.T) {
	t.Parallel()
	compared := map[string]bool{}
	for seed := range max(*seeds, 2) {
		zone := []string{"Asia/Kolkata", "Europe/London"}[seed%2] // daylight saving time ends in London on the 25th
		w, reader := loadedWorld(t, seed+1, zone)
		inPeriod := func(c plainCall) bool { return w.day(c) >= worldFrom && w.day(c) <= worldTo }
		for turn, filter := range w.filters() {
			var slice, rung, running []plainCall
			for _, c := range w.calls {
				if filter.passes(c) {
					running = append(running, c)
				}
				if inPeriod(c) && filter.passes(c) {
					slice = append(slice, c)
				}
				if inPeriod(c) && (filter.arguments["agent"] != nil || filter.passes(c)) {
					rung = append(rung, c)
				}
			}
			arguments := map[string]any{"from": worldFrom, "to": worldTo}
			maps.Copy(arguments, filter.arguments)
			queries := map[string][]string{
				"summary": {"everything"}, "groups": {"call_group"}, "numbers": {"virtual_number"}, "days": {"local_day"}, "weekdays": {"weekday"},
				"hours": {"weekday", "local_hour"}, "hours_of_day": {"local_hour"}, "day_hours": {"local_day", "local_hour"},
				"agents": {"agent"}, "group_agents": {"call_group", "agent"}, "campaigns": {"campaign_id"}, "coins": {"call_group", "agent"},
				"outcomes": {"direction", "outcome", "failed_leg"}, "missed_reasons": {"missed_reason"},
			}
			for i, name := range slices.Sorted(maps.Keys(queries)) {
				if (i+turn+int(seed+seed/4))%4 != 0 { // seed/4: in the other zone when its turn comes again
					continue
				}
				dims := queries[name]
				of := slice
				if name == "missed_reasons" {
					of = slices.DeleteFunc(slices.Clone(slice), func(c plainCall) bool { return c.direction != "incoming" || c.answered })
				}
				var ofAgents []plainCall
				if strings.HasSuffix(name, "agents") {
					ofAgents = rung
				}
				want := w.expected(dims, of, ofAgents, running)
				maps.DeleteFunc(want, func(key string, _ map[string]float64) bool {
					parts := strings.Split(key, "|")
					agent := parts[len(parts)-1]
					switch name {
					case "campaigns":
						return key == ""
					case "agents", "group_agents":
						return agent == "" || filter.arguments["agent"] != nil && agent != filter.arguments["agent"]
					}
					return false
				})
				compareFigures(t, fmt.Sprint(zone, " ", name, " ", filter.arguments), reader, name, arguments, dims, want, compared)
			}
		}
	}
	for _, row := range query(t, loaded(t, testSettings(), nil), "select name from metric_catalog")[1:] {
		if !compared[row[0]] {
			t.Errorf("no query gave a figure of %s to compare", row[0])
		}
	}
}

func compareFigures(t *testing.T, what string, reader *Reader, query string, arguments map[string]any, dims []string,
	want map[string]map[string]float64, compared map[string]bool) {
	t.Helper()
	var columns []string
	seen := map[string]bool{}
	err := reader.Query(context.Background(), query, arguments,
		func(names []string) error { columns = slices.Clone(names); return nil },
		func(values []any) error {
			row := map[string]string{"everything": "all calls"}
			for i, column := range columns {
				row[column] = cell(values[i])
			}
			var parts []string
			for _, dim := range dims {
				parts = append(parts, row[dim])
			}
			key := strings.Join(parts, "|")
			figures := want[key]
			if figures == nil && row["calls"] == "0" {
				seen[key] = true
				return nil
			}
			if figures == nil || seen[key] {
				t.Errorf("%s: a row too many: %q %v", what, key, values)
				return nil
			}
			seen[key] = true
			for _, column := range columns {
				figure, ok := figures[column]
				if !ok {
					continue
				}
				got, err := strconv.ParseFloat(row[column], 64)
				if row[column] == "" {
					got, err = math.NaN(), nil
				}
				if err != nil || math.IsNaN(got) != math.IsNaN(figure) || math.Abs(got-figure) > 1e-9*max(1, math.Abs(figure)) {
					t.Errorf("%s: %s of %q is %s, want %v", what, column, key, row[column], figure)
				}
				if figure != 0 && !math.IsNaN(figure) && figure != 1 {
					compared[column] = true
				}
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	for key := range want {
		if !seen[key] {
			t.Errorf("%s: no row for %q", what, key)
		}
	}
}
