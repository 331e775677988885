package report

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"callsheet/queries"
	"callsheet/report/xlsx"
)

// A columnMeta describes a column, from metric_catalog or column_catalog.
type columnMeta struct {
	name, label, unit, format, meaning string
	good                               string            // higher, lower or neutral
	base                               string            // the metric that counts the calls that it is about
	baseMin                            int64             // from so many on a figure says something
	direction                          string            // of these calls: incoming, outgoing or "" if both
	words                              map[string]string // of its values that are codes
}

// inWords returns a value of the column with codes replaced by words.
func (c columnMeta) inWords(v any) any {
	if c.words == nil {
		return v
	}
	switch v := v.(type) {
	case string:
		return cmp.Or(c.words[v], v)
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = c.inWords(item)
		}
		return all
	}
	return v
}

// isAverage reports whether the figure of a part can be compared with that of the total, as a sum cannot.
func (c columnMeta) isAverage() bool {
	return queries.Metric{Unit: c.unit, Format: c.format}.IsAverage()
}

// A catalog describes metrics and the columns of calls. A name in both, such as coins, is a sum on a sheet of metrics and belongs to one
// call on a sheet of calls.
type catalog struct {
	metrics, columns map[string]columnMeta
	order            []string // of the metrics
}

func (q *queryCache) loadCatalog() (catalog, error) {
	all := catalog{metrics: map[string]columnMeta{}, columns: map[string]columnMeta{}}
	metrics, err := q.result(querySpec{"metrics", q.req.Period, nil})
	if err != nil {
		return all, err
	}
	columns, err := q.result(querySpec{"columns", q.req.Period, nil})
	if err != nil {
		return all, err
	}
	codes, err := q.result(querySpec{"codes", q.req.Period, nil})
	if err != nil {
		return all, err
	}
	words := map[string]map[string]string{}
	for i := range codes.rows {
		row := codes.row(i)
		name := toText(row.get("name"))
		if words[name] == nil {
			words[name] = map[string]string{}
		}
		words[name][toText(row.get("code"))] = toText(row.get("words"))
	}
	for i := range metrics.rows {
		row := metrics.row(i)
		c := columnMeta{
			name: toText(row.get("name")), label: toText(row.get("label")), unit: toText(row.get("unit")),
			format: toText(row.get("format")), meaning: toText(row.get("formula")), good: toText(row.get("good")),
			base: toText(row.get("base")), baseMin: row.count("base_min"), direction: toText(row.get("direction")),
		}
		all.metrics[c.name] = c
		all.order = append(all.order, c.name)
	}
	for i := range columns.rows {
		row := columns.row(i)
		c := columnMeta{
			name: toText(row.get("name")), label: toText(row.get("label")),
			format: toText(row.get("format")), meaning: toText(row.get("meaning")),
		}
		c.words = words[c.name]
		all.columns[c.name] = c
	}
	// The values of this column are names of columns.
	if field, ok := all.columns["field"]; ok {
		field.words = map[string]string{}
		for name, c := range all.columns {
			field.words[name] = c.label
		}
		all.columns["field"] = field
	}
	return all, nil
}

// metricColumn describes a column of a sheet of metrics. A name in both catalogs is the metric.
func (all catalog) metricColumn(name string) columnMeta {
	if c, ok := all.metrics[name]; ok {
		return c
	}
	if metric, isDistance := strings.CutSuffix(name, "_to_goal"); isDistance {
		if c, ok := all.metrics[metric]; ok {
			return c.toGoal()
		}
	}
	return all.callColumn(name)
}

// toGoal describes the column with the distance of a metric from its goal.
func (c columnMeta) toGoal() columnMeta {
	d := columnMeta{name: c.name + "_to_goal", label: c.label + ", to goal", format: "points", unit: c.unit, direction: c.direction}
	if c.format != "rate" {
		d.format = "decimal" // Excel shows no negative durations
		d.label += ", " + c.unit
	}
	return d
}

// callColumn describes a column of a sheet of calls. A column in no catalog has its name as its label and no format.
func (all catalog) callColumn(name string) columnMeta {
	if c, ok := all.columns[name]; ok {
		return c
	}
	return columnMeta{name: name, label: withFirst(strings.ReplaceAll(name, "_", " "), unicode.ToUpper)}
}

// withFirst returns a text with its first letter changed.
func withFirst(text string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(change(first)) + text[size:]
}

// describeColumns describes the columns of a sheet. A label that repeats gets a number, because Excel repairs tables whose headers
// repeat.
func describeColumns(names []string, labels map[string]string, describe func(string) columnMeta) []columnMeta {
	columns := make([]columnMeta, len(names))
	taken := map[string]bool{}
	for i, name := range names {
		c := describe(name)
		if label := labels[name]; label != "" {
			c.label = label
		}
		c.label = xlsx.UniqueName(xlsx.HeaderText(c.label), taken)
		columns[i] = c
	}
	return columns
}
