package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// A Brief is the content of the summary sheet as text, for a message. It is empty for a report without a summary. Times have their
// zone beside them.
type Brief struct {
	Headline     string // what happened, what is worse, and who waits, in one sentence
	Figures      []Figure
	ComparedWith string // the periods that the figures are compared with; empty if there are none
	NoComparison string // a sentence that says why there are none
	Findings     []Finding
	NoFindings   string // says so if there are no findings
	Ranking      *TextTable
}

// A Figure is a tile as text.
type Figure struct{ Label, Value, Change string }

// A Finding is a sentence of "Needs attention", and the sheet with the rows, which may be "".
type Finding struct{ Text, Sheet string }

// A TextTable is the ranking as text. The first column has names, the others figures; an unknown figure is empty.
type TextTable struct {
	Title   string
	Columns []string
	Rows    [][]string
	Total   []string
	More    string // says how many rows are left out
}

// brief returns the content of the summary.
func (b *book) brief() (Brief, error) {
	s := b.def.Sheets[0] // no other sheet can be a summary
	if s.Kind != "summary" {
		return Brief{}, nil
	}
	found, nothing, err := b.attention(s)
	if err != nil {
		return Brief{}, err
	}
	headline, err := b.headline(s)
	if err != nil {
		return Brief{}, err
	}
	brief := Brief{Headline: headline, Figures: b.tileFigures(s.Tiles), NoFindings: nothing}
	brief.ComparedWith, brief.NoComparison = b.comparedWith()
	for _, f := range found {
		brief.Findings = append(brief.Findings, Finding{f.text, f.sheet})
	}
	if s.Ranking != nil {
		brief.Ranking, err = b.rankingText(s.Ranking)
	}
	return brief, err
}

func (b *book) tileFigures(tiles []Tile) (figures []Figure) {
	for _, t := range tiles {
		c := b.catalog.metrics[t.Metric]
		figures = append(figures, b.asFigure(c, b.tileLabel(t, c)))
		for _, name := range besideServiceLevel(t) {
			c := b.catalog.metrics[name]
			figures = append(figures, b.asFigure(c, c.label))
		}
	}
	return figures
}

func (b *book) asFigure(c columnMeta, label string) Figure {
	change := b.change(c)
	if change.second != "" {
		change.text += "; " + change.second
	}
	if goal, _ := b.goal(c); goal != "" {
		change.text = strings.TrimSuffix(goal+"; "+change.text, "; ")
	}
	return Figure{label, b.figure(c.name), change.text}
}

// rankingText returns the rows that the summary shows, or nil if there are none.
func (b *book) rankingText(r *Ranking) (*TextTable, error) {
	result, err := b.data.result(querySpec{r.Query, b.req.Period, nil})
	if err != nil || len(result.rows) == 0 {
		return nil, err
	}
	indexes, err := result.columnIndexes(r.Columns)
	if err != nil {
		return nil, err
	}
	table := &TextTable{Title: xlsx.CleanText(r.Title)}
	rows, _ := b.rankedRows(r, result)
	rows = rows[:min(len(rows), maxRankedInMessage)]
	columns := describeColumns(r.Columns, r.Labels, b.catalog.metricColumn)
	most := make([]int, len(columns)) // decimals of coins
	for i, c := range columns {
		table.Columns = append(table.Columns, c.label)
		values := columnValues(rows, indexes[i])
		if c.format == "" {
			columns[i].format = inferFormat(values)
		}
		most[i] = coinDecimals(c, values)
	}
	for _, values := range rows {
		var cells []string
		for i, c := range columns {
			if i == 0 {
				cells = append(cells, xlsx.Truncate(toText(b.rankedName(c, values[indexes[i]])), maxNameInMessage))
				continue
			}
			cells = append(cells, b.cellText(values[indexes[i]], c.format, most[i]))
		}
		table.Rows = append(table.Rows, cells)
	}
	table.Total = append(table.Total, xlsx.CleanText(cmp.Or(r.Total, "Total")))
	for i, c := range columns[1:] {
		total := b.cellText(b.totals.get(c.name), c.format, most[i+1])
		if slices.Contains(countedByAgent, c.name) {
			total = noTotal
		}
		table.Total = append(table.Total, total)
	}
	if rest := len(result.rows) - len(rows); rest > 0 {
		table.More = fmt.Sprintf("and %s more", b.locale.Number(float64(rest), 0))
	}
	return table, nil
}

const (
	maxRankedInMessage = 10
	maxNameInMessage   = 60 // UTF-16 code units of a name
)

// cellText returns a value as its cell shows it.
func (b *book) cellText(v any, format string, coinDecimals int) string {
	switch v := v.(type) {
	case time.Time:
		return b.formatTime(v)
	case sqlvalue.Date:
		return b.dayInWords(time.Time(v))
	case sqlvalue.LocalTime:
		return b.withZone(b.locale.DateTime(time.Time(v)))
	}
	if text, ok := b.cellValue(v, format).(string); ok {
		return text
	}
	if n, ok := toNumber(v); ok && format == "coins" {
		return b.locale.Number(n, coinDecimals)
	}
	return b.formatValue(v, format)
}
