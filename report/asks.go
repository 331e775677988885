package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"callsheet/internal/period"
)

// An ask is a query that a workbook needs the whole answer of: over a span of days, under filters beside those of the request.
type querySpec struct {
	name    string
	period  period.Period
	filters map[string]string
}

func (a querySpec) String() string {
	return fmt.Sprint(a.name, " ", a.period.From.Format(time.DateOnly), " ", a.period.To.Format(time.DateOnly), " ", a.filters)
}

// window is a period, reaching back to n days where it is shorter.
func extendBack(p period.Period, n int) period.Period {
	if from := p.To.AddDate(0, 0, 1-n); n > 0 && from.Before(p.From) {
		p.From = from
	}
	return p
}

// totalOf is the query for the total of a sheet: summary has the whole period's, and what it is compared with.
func totalSpec(p, span period.Period, filters map[string]string) querySpec {
	if span == p && len(filters) == 0 {
		return querySpec{"summary", p, nil}
	}
	return querySpec{"total", span, filters}
}

// asks are those of all sheets for a period, but for the rows of detail sheets, which are never held.
func (d *Definition) querySpecs(p period.Period) (all []querySpec) {
	for _, query := range []string{"metrics", "columns", "settings", "summary", "evidence"} {
		all = append(all, querySpec{query, p, nil})
	}
	for _, s := range d.Sheets {
		span := extendBack(p, s.Days)
		switch s.Kind {
		case "summary":
			all = append(all, querySpec{"groups", p, nil}, querySpec{"missed", p, nil}) // for what needs attention
			for _, c := range s.Charts {
				all = append(all, querySpec{c.Query, extendBack(p, c.Days), nil})
			}
			if s.Ranking != nil {
				all = append(all, querySpec{s.Ranking.Query, p, nil})
			}
		case "table", "ranked", "cards", "trend":
			all = append(all, querySpec{s.Query, span, s.Filters})
		case "heatmap":
			axis := heatAxes[s.Rows]
			all = append(all, querySpec{axis.cells, span, s.Filters}, querySpec{axis.totals, span, s.Filters}, querySpec{"hours_of_day", span, s.Filters},
				totalSpec(p, span, s.Filters))
		case "evidence":
			all = append(all, querySpec{"flags", p, nil})
		}
		if s.Total != "" {
			all = append(all, totalSpec(p, span, s.Filters))
		}
		if s.Spark != nil {
			all = append(all, querySpec{s.Spark.Query, extendBack(p, s.Spark.Days), s.Filters})
		}
	}
	return all
}

// Queries are the names of the queries the definition asks, sorted.
func (d *Definition) Queries() []string {
	names := map[string]bool{}
	for _, a := range d.querySpecs(period.Period{}) {
		names[a.name] = true
	}
	for _, s := range d.Sheets {
		if s.Kind == "detail" {
			names[s.Query] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// AtOnce is how many queries are asked at the same time: to plan one takes a processor as long as to answer it for a day.
const QueryConcurrency = 2

// askAll asks before the sheets do. What fails here fails again for the sheet that needs it, which then says so.
func (r *queryCache) prefetch(asks []querySpec) {
	// The longest first, so that none is still being answered when all others are.
	slices.SortStableFunc(asks, func(x, y querySpec) int { return cmp.Compare(y.period.Days(), x.period.Days()) })
	waiting := make(chan querySpec, len(asks))
	seen := map[string]bool{}
	for _, a := range asks {
		if !seen[a.String()] {
			seen[a.String()] = true
			waiting <- a
		}
	}
	close(waiting)
	var workers sync.WaitGroup
	for range QueryConcurrency {
		workers.Go(func() {
			for a := range waiting {
				r.result(a)
			}
		})
	}
	workers.Wait()
}
