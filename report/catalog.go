package report

import (
	"strings"
)

// A word is what people are told about a column: from metric_catalog or column_catalog.
type columnMeta struct {
	name, label, unit, format, meaning, good string
	metric                                   bool
}

// isMean says whether a figure of one can be held against that of all: a sum cannot.
func (w columnMeta) isAverage() bool {
	switch w.format {
	case "rate", "short_duration", "decimal":
		return true
	}
	return w.format == "coins" && w.unit != "coins"
}

// A catalog knows both; some names are in both, and mean a sum on one sheet and one call on another.
type catalog struct {
	metrics, columns map[string]columnMeta
	order            []string // of metrics, as the catalog lists them
}

func (r *queryCache) loadCatalog() (catalog, error) {
	c := catalog{metrics: map[string]columnMeta{}, columns: map[string]columnMeta{}}
	metrics, err := r.result(querySpec{"metrics", r.req.Period, nil})
	if err != nil {
		return c, err
	}
	columns, err := r.result(querySpec{"columns", r.req.Period, nil})
	if err != nil {
		return c, err
	}
	for i := range metrics.rows {
		row := metrics.row(i)
		w := columnMeta{
			name: toText(row.get("name")), label: toText(row.get("label")), unit: toText(row.get("unit")),
			format: toText(row.get("format")), meaning: toText(row.get("formula")), good: toText(row.get("good")),
			metric: true,
		}
		c.metrics[w.name] = w
		c.order = append(c.order, w.name)
	}
	for i := range columns.rows {
		row := columns.row(i)
		w := columnMeta{
			name: toText(row.get("name")), label: toText(row.get("label")),
			format: toText(row.get("format")), meaning: toText(row.get("meaning")),
		}
		c.columns[w.name] = w
	}
	return c, nil
}

// aggregate describes a column of a sheet of figures, where a name in both catalogs is the metric.
func (c catalog) aggregateColumn(name string) columnMeta {
	if w, ok := c.metrics[name]; ok {
		return w
	}
	return c.callColumn(name)
}

// perCall describes a column of a sheet of calls. A column nobody described is shown by its name, and as
// what its values are.
func (c catalog) callColumn(name string) columnMeta {
	if w, ok := c.columns[name]; ok {
		return w
	}
	label := strings.ReplaceAll(name, "_", " ")
	if label != "" {
		label = strings.ToUpper(label[:1]) + label[1:]
	}
	return columnMeta{name: name, label: label}
}

// described are the columns of a sheet with their labels. Excel repairs a table whose headers repeat, so a
// label that is there already gets a number.
func describeColumns(names []string, labels map[string]string, describe func(string) columnMeta) []columnMeta {
	words := make([]columnMeta, len(names))
	taken := map[string]bool{}
	for i, name := range names {
		w := describe(name)
		if label := labels[name]; label != "" {
			w.label = label
		}
		w.label = uniqueName(headerText(w.label), taken)
		words[i] = w
	}
	return words
}
