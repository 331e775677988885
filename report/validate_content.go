package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"callsheet/internal/suggest"
	"callsheet/queries"
	"callsheet/report/xlsx"
)

// Limits of a table's header and of a sparkline.
const (
	maxLabel     = 255
	maxSparkDays = 400
)

// content checks the values of a sheet: names of queries and columns, and numbers.
func (c *checker) content(path string, s Sheet) {
	c.query(path+".query", s.Query)
	c.columns(path+".columns", s.Columns)
	c.columns(path+".metrics", s.Metrics)
	for i, bar := range s.Bars {
		c.oneOfColumns(fmt.Sprintf("%s.bars[%d]", path, i), "bars", bar, s.Columns)
	}
	c.optional(path+".optional", s)
	c.sections(path, s)
	c.minimum(path+".min", s.Min, s.Columns)
	for column, label := range s.Labels {
		c.oneOfColumns(path+".labels", "labels", column, s.Columns)
		if len(utf16.Encode([]rune(label))) > maxLabel {
			c.add(path+".labels", fmt.Sprintf("a header may have at most %d characters", maxLabel), "the label of %s is too long", column)
		}
	}
	for name := range s.Filters {
		c.oneOfWords(path+".filters", "filters", name, queries.Filters)
	}
	if s.Limit < 0 {
		c.add(path+".limit", "leave it out to show all rows", "limit is below 0")
	}
	if s.Kind == "ranked" && len(s.Columns) == 1 {
		c.add(path+".columns", "such as [agent, talk_seconds]: the name, then the figure to rank by", "the ranked sheet %q has nothing to rank by", s.Name)
	}
	if s.Spark != nil {
		c.spark(path+".spark", s)
	}
	if s.Days < 0 {
		c.add(path+".days", "leave it out to show only the period", "days is below 0")
	}
	if s.Kind == "heatmap" && s.Rows != "" {
		if _, ok := heatAxes[s.Rows]; !ok {
			c.add(path+".rows", "use day or weekday", "a heat map cannot have %q as rows", s.Rows)
		}
	}
	for i, t := range s.Tiles {
		if t.Metric == "" {
			c.add(fmt.Sprintf("%s.tiles[%d]", path, i), "name one of the metrics", "tile %d has no metric", i+1)
		}
	}
	if len(s.Tiles) > maxTiles {
		c.add(path+".tiles", fmt.Sprintf("keep at most %d", maxTiles), "there are %d tiles", len(s.Tiles))
	}
	for i, kind := range s.Findings {
		c.oneOfWords(fmt.Sprintf("%s.findings[%d]", path, i), "findings", kind, findingKinds)
	}
	if s.Alerts != nil {
		for name, value := range s.Alerts.parameters() {
			c.threshold(path+".alerts."+name, name, value)
		}
	}
	for i, chart := range s.Charts {
		c.chart(fmt.Sprintf("%s.charts[%d]", path, i), s, chart)
	}
	if s.Ranking != nil {
		c.ranking(path+".ranking", *s.Ranking)
	}
}

func (c *checker) chart(path string, s Sheet, chart Chart) {
	if chart.Title == "" {
		c.add(path, "screen readers read it out", "a chart has no title")
	}
	if len(chart.Columns) == 0 {
		c.add(path, "", "the chart %q has no columns", chart.Title)
	}
	c.columns(path+".columns", chart.Columns)
	if slices.Contains(chart.Columns, chart.Line) {
		c.add(path+".line", "leave it out of columns", "%q is both among columns and the line", chart.Line)
	}
	if room := len(gridColumns) - 2; s.Kind == "summary" && len(chart.Columns) > room {
		c.add(path+".columns", fmt.Sprintf("draw at most %d", room), "the chart %q has %d columns", chart.Title, len(chart.Columns))
	}
	if s.Kind == "trend" {
		if chart.Query != "" || chart.By != "" || chart.Days != 0 {
			c.add(path, "leave out query, by and days: it draws the sheet's own table",
				"the chart %q on a trend sheet has its own query, by or days", chart.Title)
		}
		for _, column := range append(slices.Clone(chart.Columns), chart.Line) {
			if column != "" {
				c.oneOfColumns(path, "charts", column, s.Columns)
			}
		}
		return
	}
	if chart.Query == "" || chart.By == "" {
		c.add(path, "such as query: days and by: local_day", "the chart %q requires query and by", chart.Title)
	}
	c.query(path+".query", chart.Query)
}

func (c *checker) ranking(path string, r Ranking) {
	if r.Query == "" || len(r.Columns) == 0 {
		c.add(path, "such as query: groups and columns: [call_group, offered]", "the ranking requires query and columns")
	}
	if len(r.Columns) > rankColumns {
		c.add(path+".columns", fmt.Sprintf("a page has room for %d", rankColumns), "the ranking has %d columns", len(r.Columns))
	}
	if r.Top < 0 {
		c.add(path+".top", "leave it out for 10", "top is below 0")
	}
	c.query(path+".query", r.Query)
	c.columns(path+".columns", r.Columns)
	if r.By != "" {
		c.oneOfColumns(path+".by", "by", r.By, r.Columns)
	} else if len(r.Min) > 0 {
		c.add(path+".min", "add by, such as by: answer_rate", "min is without effect unless the ranking is by a column")
	}
	c.minimum(path+".min", r.Min, r.Columns)
	if r.Bar != "" {
		c.oneOfColumns(path+".bar", "bar", r.Bar, r.Columns)
	}
	for column := range r.Labels {
		c.oneOfColumns(path+".labels", "labels", column, r.Columns)
	}
}

func (c *checker) query(path, name string) {
	if name != "" && !queryName().MatchString(name) {
		c.add(path, "use the name of a query, such as groups; `callsheet query` lists them", "%q is not a query's name", name)
	}
}

func (c *checker) columns(path string, columns []string) {
	for i, column := range columns {
		if slices.Contains(columns[:i], column) {
			c.add(fmt.Sprintf("%s[%d]", path, i), "list each once", "%q is listed twice", column)
		}
	}
}

// minimum checks the columns by whose figures rows are ranked or not.
func (c *checker) minimum(path string, least map[string]int64, columns []string) {
	for _, column := range slices.Sorted(maps.Keys(least)) {
		c.oneOfColumns(path, "min", column, columns)
		if least[column] < 1 {
			c.add(path, "leave it out to rank all rows", "the minimum of %s is below 1", column)
		}
	}
}

// threshold checks a threshold of "Needs attention".
func (c *checker) threshold(path, name, value string) {
	n, err := strconv.ParseFloat(value, 64)
	isShare := name == "below_points" || name == "worse_points" || name == "waste_share"
	switch {
	case err != nil || math.IsNaN(n) || n < 0:
		c.add(path, "leave it out for the default", "%s is not 0 or more", name)
	case isShare && n > 1:
		c.add(path, "write 3 % as 0.03", "%s is a share, and %s is more than 1", name, value)
	}
}

// sections checks what splits a table and what people fill in: neither goes with sparklines, whose days are the last columns.
func (c *checker) sections(path string, s Sheet) {
	if s.Sections != nil && s.Sections.By == "" {
		c.add(path+".sections", "such as by: waiting_since", "sections requires by, a column of the query")
	}
	c.fillIn(path+".fill_in", s)
	if s.Spark != nil && (s.Sections != nil || len(s.FillIn) > 0) {
		c.add(path+".spark", "leave out spark", "a table with a spark can have neither sections nor fill_in")
	}
	c.query(path+".total_query", s.TotalQuery)
	if s.TotalQuery != "" && s.Total == "" {
		c.add(path+".total_query", "add total, such as total: All calls", "total_query is without effect unless there is a total")
	}
	if s.Total != "" && s.Sections != nil {
		c.add(path+".total", "leave out total", "a table with sections has no total")
	}
}

// fillIn checks the headers of the columns that people fill in. To Excel, headers that differ only in case are equal.
func (c *checker) fillIn(path string, s Sheet) {
	taken := map[string]string{}
	for _, label := range s.Labels {
		taken[strings.ToLower(xlsx.HeaderText(label))] = "labels"
	}
	for _, header := range s.FillIn {
		key := strings.ToLower(xlsx.HeaderText(header))
		switch {
		case key == "" || len(utf16.Encode([]rune(header))) > maxLabel:
			c.add(path, "write a different short header for each", "a column to fill in has no header, or one of more than %d characters", maxLabel)
		case taken[key] != "":
			c.add(path, "headers must differ in more than case", "fill_in repeats the header %q of %s", header, taken[key])
		}
		taken[key] = "fill_in"
	}
}

// optional checks that the columns which may be left out are not needed: the first names the row, and the second of a ranked sheet and
// those in charts are drawn.
func (c *checker) optional(path string, s Sheet) {
	for i, column := range s.Optional {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.oneOfColumns(at, "optional", column, s.Columns)
		needed := slices.Index(s.Columns, column) == 0 || s.Kind == "ranked" && slices.Index(s.Columns, column) == 1
		for _, chart := range s.Charts {
			needed = needed || chart.Line == column || slices.Contains(chart.Columns, column)
		}
		if needed {
			c.add(at, "leave it out of optional", "the sheet %q cannot do without the column %q", s.Name, column)
		}
	}
}

func (c *checker) spark(path string, s Sheet) {
	spark := s.Spark
	if spark.Query == "" || spark.Column == "" {
		c.add(path, "such as query: agent_days and column: answered", "spark requires query and column")
	}
	c.query(path+".query", spark.Query)
	if spark.Days < 0 || spark.Days > maxSparkDays {
		c.add(path+".days", fmt.Sprintf("leave it out for the days of the period; at most %d", maxSparkDays), "a line of %d days cannot be drawn", spark.Days)
	}
	if c.masked && len(s.Columns) > 0 && slices.Contains(maskedColumns, s.Columns[0]) {
		c.add(path, "leave out spark, or mask_customers", "a line belongs to the whole %s, and mask_customers shows its last digits only", s.Columns[0])
	}
}

// oneOfWords checks that a word is one of those that a key takes.
func (c *checker) oneOfWords(path, key, word string, words []string) {
	if slices.Contains(words, word) {
		return
	}
	hint := "use one of " + strings.Join(words, ", ")
	if near := suggest.Nearest(word, words); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	c.add(path, hint, "%s does not take %q", key, word)
}

// oneOfColumns checks that a column is one of the sheet's columns.
func (c *checker) oneOfColumns(path, key, column string, columns []string) {
	if slices.Contains(columns, column) {
		return
	}
	hint := "it must be one of columns"
	if near := suggest.Nearest(column, columns); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	c.add(path, hint, "%s names %q, which is not among the sheet's columns", key, column)
}
