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

// A querySpec is a query whose result a workbook holds in memory: its name, the days it covers, and filters beside those of the request.
type querySpec struct {
	name    string
	period  period.Period
	filters map[string]string
}

// String returns a key: equal specs have equal keys.
func (q querySpec) String() string {
	return fmt.Sprint(q.name, " ", q.period.From.Format(time.DateOnly), " ", q.period.To.Format(time.DateOnly), " ", q.filters)
}

// extendBack returns a period that ends with p and covers at least n days.
func extendBack(p period.Period, n int) period.Period {
	if from := p.To.AddDate(0, 0, 1-n); n > 0 && from.Before(p.From) {
		p.From = from
	}
	return p
}

// querySpecs returns the queries of all sheets for a period, except those of detail sheets, whose rows are streamed.
func (d *Definition) querySpecs(p period.Period) (all []querySpec) {
	for _, name := range []string{"metrics", "columns", "codes", "settings", "total", "changes", "compared_periods", "evidence"} {
		all = append(all, querySpec{name, p, nil})
	}
	for _, s := range d.Sheets {
		covered := extendBack(p, s.Days)
		switch s.Kind {
		case "summary":
			all = append(all, querySpec{"groups", p, nil}, querySpec{"missed", p, nil}) // for "Needs attention"
			for _, c := range s.Charts {
				all = append(all, querySpec{c.Query, extendBack(p, c.Days), nil})
			}
			if s.Ranking != nil {
				all = append(all, querySpec{s.Ranking.Query, p, nil})
			}
		case "table", "ranked", "cards", "trend":
			all = append(all, querySpec{s.Query, covered, s.Filters})
		case "heatmap":
			axis := heatAxes[s.Rows]
			all = append(all, querySpec{axis.cells, covered, s.Filters}, querySpec{axis.totals, covered, s.Filters},
				querySpec{"hours_of_day", covered, s.Filters}, querySpec{"total", covered, s.Filters})
		case "evidence":
			all = append(all, querySpec{"flags", p, nil})
		}
		if s.Total != "" {
			all = append(all, querySpec{"total", covered, s.Filters})
		}
		if s.Spark != nil {
			all = append(all, querySpec{s.Spark.Query, extendBack(p, s.Spark.Days), s.Filters})
		}
	}
	return all
}

// Queries returns the names of the queries that the definition uses, sorted.
func (d *Definition) Queries() []string {
	names := map[string]bool{}
	for _, q := range d.querySpecs(period.Period{}) {
		names[q.name] = true
	}
	for _, s := range d.Sheets {
		if s.Kind == "detail" {
			names[s.Query] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// QueryConcurrency is how many queries run at a time. Planning a query occupies one core for as long as running it for one day.
const QueryConcurrency = 2

// prefetch runs queries ahead of the sheets that use them. An error is cached, too, and the sheet that needs the result returns it.
func (q *queryCache) prefetch(specs []querySpec) {
	// The longest first, so that none is still running when all others are done.
	slices.SortStableFunc(specs, func(x, y querySpec) int { return cmp.Compare(y.period.Days(), x.period.Days()) })
	waiting := make(chan querySpec, len(specs))
	seen := map[string]bool{}
	for _, spec := range specs {
		if !seen[spec.String()] {
			seen[spec.String()] = true
			waiting <- spec
		}
	}
	close(waiting)
	var workers sync.WaitGroup
	for range QueryConcurrency {
		workers.Go(func() {
			for spec := range waiting {
				q.result(spec)
			}
		})
	}
	workers.Wait()
}
