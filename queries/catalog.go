package queries

import (
	"sync"

	"callsheet/internal/lazyregexp"
)

// A Metric is a row of metric_catalog.
type Metric struct {
	Name, Unit, Format string
	Good               string // higher, lower or neutral
}

var catalogRow = lazyregexp.New(`(?m)^ *\('(\w+)', '(?:[^']|'')*', '([^']*)', '(\w+)', '.*', '(\w+)'\),?$`)

// Metrics returns the rows of metric_catalog, for callers without a database. They must not change them.
var Metrics = sync.OnceValue(func() (list []Metric) {
	for _, match := range catalogRow().FindAllStringSubmatch(SQL("metrics/metric_catalog"), -1) {
		list = append(list, Metric{match[1], match[2], match[3], match[4]})
	}
	return list
})

// IsAverage reports whether the figure of a part can be compared with that of the whole, as a count or a sum cannot.
func (m Metric) IsAverage() bool {
	return m.Format == "rate" || m.Format == "short_duration" || m.Format == "decimal" || m.Format == "coins" && m.Unit != "coins"
}

// CanHaveGoal reports whether there is a value of the metric to reach, whatever the period.
func (m Metric) CanHaveGoal() bool { return m.IsAverage() && m.Good != "neutral" }
