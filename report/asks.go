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
type ask struct {
	query   string
	span    period.Period
	filters map[string]string
}

func (a ask) String() string {
	return fmt.Sprint(a.query, " ", a.span.From.Format(time.DateOnly), " ", a.span.To.Format(time.DateOnly), " ", a.filters)
}

// window is a period, reaching back to n days where it is shorter.
func window(p period.Period, n int) period.Period {
	if from := p.To.AddDate(0, 0, 1-n); n > 0 && from.Before(p.From) {
		p.From = from
	}
	return p
}

// totalOf is the query for the total of a sheet: summary has the whole period's, and what it is compared with.
func totalOf(p, span period.Period, filters map[string]string) ask {
	if span == p && len(filters) == 0 {
		return ask{"summary", p, nil}
	}
	return ask{"total", span, filters}
}

// asks are those of all sheets for a period, but for the rows of detail sheets, which are never held.
func (d *Definition) asks(p period.Period) (all []ask) {
	for _, query := range []string{"metrics", "columns", "settings", "summary", "evidence"} {
		all = append(all, ask{query, p, nil})
	}
	for _, s := range d.Sheets {
		span := window(p, s.Days)
		switch s.Kind {
		case "summary":
			all = append(all, ask{"groups", p, nil}, ask{"missed", p, nil}) // for what needs attention
			for _, c := range s.Charts {
				all = append(all, ask{c.Query, window(p, c.Days), nil})
			}
			if s.Ranking != nil {
				all = append(all, ask{s.Ranking.Query, p, nil})
			}
		case "table", "ranked", "cards", "trend":
			all = append(all, ask{s.Query, span, s.Filters})
		case "heatmap":
			axis := heatAxes[s.Rows]
			all = append(all, ask{axis.cells, span, s.Filters}, ask{axis.totals, span, s.Filters}, ask{"hours_of_day", span, s.Filters},
				totalOf(p, span, s.Filters))
		case "evidence":
			all = append(all, ask{"flags", p, nil})
		}
		if s.Total != "" {
			all = append(all, totalOf(p, span, s.Filters))
		}
		if s.Spark != nil {
			all = append(all, ask{s.Spark.Query, window(p, s.Spark.Days), s.Filters})
		}
	}
	return all
}

// Queries are the names of the queries the definition asks, sorted.
func (d *Definition) Queries() []string {
	names := map[string]bool{}
	for _, a := range d.asks(period.Period{}) {
		names[a.query] = true
	}
	for _, s := range d.Sheets {
		if s.Kind == "detail" {
			names[s.Query] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// AtOnce is how many queries are asked at the same time: to plan one takes a processor as long as to answer it for a day.
const AtOnce = 2

// askAll asks before the sheets do. What fails here fails again for the sheet that needs it, which then says so.
func (r *reader) askAll(asks []ask) {
	// The longest first, so that none is still being answered when all others are.
	slices.SortStableFunc(asks, func(x, y ask) int { return cmp.Compare(y.span.Days(), x.span.Days()) })
	waiting := make(chan ask, len(asks))
	seen := map[string]bool{}
	for _, a := range asks {
		if !seen[a.String()] {
			seen[a.String()] = true
			waiting <- a
		}
	}
	close(waiting)
	var workers sync.WaitGroup
	for range AtOnce {
		workers.Go(func() {
			for a := range waiting {
				r.frame(a)
			}
		})
	}
	workers.Wait()
}
