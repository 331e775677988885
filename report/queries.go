package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"callsheet/internal/period"
)

// A querySpec is a query whose result a workbook holds in memory: its name, the days it covers, and filters beside those of the request
// or other parameters.
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

// A need is a query and the columns that the workbook shows of its result; all of them if there are none.
type need struct {
	querySpec
	columns []string
	first   bool // no sheet can be filled without it
}

// newNeed returns the need of some columns of a query, for the days that it covers.
func newNeed(query string, covered period.Period, filters map[string]string, columns ...string) need {
	return need{querySpec: querySpec{query, covered, filters}, columns: columns}
}

// needs returns the queries of all sheets for a period, except those of detail sheets, whose rows are streamed.
func (d *Definition) needs(p period.Period) (all []need) {
	for _, query := range []string{"metrics", "columns", "codes", "compared_periods"} {
		all = append(all, newNeed(query, p, nil))
	}
	all = append(all, newNeed("changes", p, nil, "calls", "incoming", "outgoing"))
	for i := range all {
		all[i].first = true
	}
	all = append(all, newNeed("settings", p, nil), newNeed("evidence", p, nil), newNeed("total", p, nil, "calls"))
	for _, s := range d.variants() {
		all = append(all, d.kindNeeds(s, p)...)
		all = append(all, s.partNeeds(p)...)
	}
	return all
}

// kindNeeds returns the queries that a sheet of its kind has.
func (d *Definition) kindNeeds(s Sheet, p period.Period) []need {
	covered := extendBack(p, s.Days)
	switch s.Kind {
	case "summary":
		return d.summaryNeeds(s, p)
	case "table", "ranked", "cards", "trend":
		columns := s.Columns
		if s.Sections != nil {
			columns = append(slices.Clone(columns), s.Sections.By)
		}
		needs := []need{newNeed(s.Query, covered, s.Filters, columns...)}
		if s.Query == "restated" {
			needs = append(needs, newNeed("is_restated", p, nil))
		}
		if listsCallers(s.Query) {
			needs = append(needs, newNeed("total", p, nil, "missed_masked"))
		}
		return needs
	case "timetable":
		return []need{newNeed(s.Query, covered, s.Filters)}
	case "heatmap":
		axis := heatAxes[s.Rows]
		cells := append(append([]string{axis.column, "local_hour"}, baseMetrics...), s.Metrics...)
		return []need{
			newNeed(axis.cells, covered, s.Filters, cells...),
			newNeed(axis.totals, covered, s.Filters, append([]string{axis.column}, s.Metrics...)...),
			newNeed("open_hours", covered, nil),
			newNeed("hours_of_day", covered, s.Filters, append([]string{"local_hour"}, s.Metrics...)...),
			newNeed("total", covered, s.Filters, s.Metrics...),
		}
	case "evidence":
		return []need{newNeed("flags", p, nil)}
	case "notes":
		needs := []need{newNeed("goals", p, nil)}
		if d.showsBilling() {
			needs = append(needs, newNeed("pulses", p, nil))
		}
		return needs
	}
	return nil
}

// summaryNeeds returns the queries of a summary: of its findings, tiles, charts and ranking.
func (d *Definition) summaryNeeds(s Sheet, p period.Period) []need {
	metrics := append(s.tileMetrics(), s.headlineMetrics()...)
	needs := []need{{querySpec: d.findingsSpec(s, p)}, newNeed("total", p, nil, metrics...), newNeed("changes", p, nil, metrics...)}
	for _, c := range s.Charts {
		needs = append(needs, newNeed(c.Query, extendBack(p, c.Days), nil, c.columnNames()...))
	}
	if s.Ranking != nil {
		needs = append(needs, newNeed(s.Ranking.Query, p, nil, s.Ranking.Columns...), newNeed("total", p, nil, s.Ranking.Columns...))
	}
	return needs
}

// partNeeds returns the queries of what sheets of several kinds can have: lines of charts, a row of totals, and sparklines.
func (s Sheet) partNeeds(p period.Period) (needs []need) {
	covered := extendBack(p, s.Days)
	for _, c := range s.Charts {
		if c.Line != "" {
			needs = append(needs, newNeed("changes", p, nil, c.Line)) // its goal
			needs = append(needs, newNeed("goals", p, nil))           // those of groups and numbers
		}
	}
	switch {
	case s.TotalQuery != "":
		needs = append(needs, newNeed(s.TotalQuery, covered, s.Filters))
	case s.Total != "":
		needs = append(needs, newNeed("total", covered, s.Filters, s.Columns...))
	}
	if s.Spark != nil {
		needs = append(needs, newNeed(s.Spark.Query, extendBack(p, s.Spark.Days), s.Filters, s.Columns[0], "local_day", s.Spark.Column))
	}
	return needs
}

// baseMetrics count the calls that the figures of a heat map are about.
var baseMetrics = []string{"calls", "incoming", "offered", "answered", "answered_in", "abandoned", "outgoing"}

// headlineMetrics returns the metrics that the headline and "Needs attention" read, whatever the other tiles show.
func (s Sheet) headlineMetrics() []string {
	names := []string{"calls", "offered", "missed", "outgoing", "answer_rate", "connect_rate", "coins", "coins_unanswered_share"}
	if s.isAbout("callers_lost") {
		names = append(names, "missed_customers")
	}
	return names
}

func (s Sheet) tileMetrics() (names []string) {
	for _, t := range s.Tiles {
		names = append(append(names, t.Metric), besideServiceLevel(t)...)
		if t.Also != "" {
			names = append(names, t.Also)
		}
	}
	return names
}

// showsBilling reports whether there is a sheet about what the vendor charged, whose rules Notes explain.
func (d *Definition) showsBilling() bool {
	return slices.ContainsFunc(d.Sheets, func(s Sheet) bool { return s.Query == "billing" })
}

// findingsSpec returns the query of "Needs attention" with the thresholds of a summary, and the days of the first sheet about staffing.
func (d *Definition) findingsSpec(s Sheet, p period.Period) querySpec {
	parameters := map[string]string{}
	if s.Alerts != nil {
		parameters = s.Alerts.parameters()
	}
	all := d.allSheets()
	if i := slices.IndexFunc(all, func(s Sheet) bool { return s.Query == "staffing" }); i >= 0 {
		parameters["staffing_days"] = strconv.Itoa(all[i].Days)
	}
	return querySpec{"findings", p, parameters}
}

// Queries returns the names of the queries that the definition uses, sorted.
func (d *Definition) Queries() []string {
	names := map[string]bool{}
	for _, q := range d.needs(period.Period{}) {
		names[q.name] = true
	}
	for _, s := range d.Sheets {
		if s.Kind == "detail" {
			names[s.Query] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Connections is how many queries of a Source run at a time: one that streams the rows of a detail sheet, and two of the others. Planning
// a query occupies one core for as long as running it for one day.
const Connections = 3

// prefetch runs queries ahead of the sheets that use them, in the background until the context ends. An error is cached, too, and the sheet
// that needs the result returns it.
func (q *queryCache) prefetch(needs []need) {
	var specs []querySpec
	first := map[string]bool{}
	q.columns = map[string][]string{}
	for _, n := range needs {
		key := n.String()
		first[key] = first[key] || n.first
		columns, seen := q.columns[key]
		switch {
		case !seen:
			specs, columns = append(specs, n.querySpec), slices.Clone(n.columns) // sorted below
		case len(columns) == 0 || len(n.columns) == 0:
			columns = nil
		default:
			columns = append(slices.Clone(columns), n.columns...)
		}
		slices.Sort(columns)
		q.columns[key] = slices.Compact(columns)
	}
	slices.SortStableFunc(specs, func(x, y querySpec) int {
		switch isFirst := first[x.String()]; {
		case isFirst == first[y.String()]: // the longest first, so that none is still running when all others are done
			return cmp.Compare(y.period.Days(), x.period.Days())
		case isFirst:
			return -1
		default:
			return 1
		}
	})
	waiting := make(chan querySpec, len(specs))
	for _, spec := range specs {
		waiting <- spec
	}
	close(waiting)
	for range Connections - 1 {
		q.workers.Go(func() {
			for spec := range waiting {
				if q.ctx.Err() != nil {
					return
				}
				_, _ = q.result(spec)
			}
		})
	}
}
