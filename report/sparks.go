package report

import (
	"time"

	"github.com/xuri/excelize/v2"
)

// A sparkRow is a row whose figures of each day stand in the cells from one column on.
type sparkRow struct {
	row int
	key any // of the row, as the first column of the spark's query has it
}

// sparks puts a small line behind each row of a table. What the lines draw are columns of the table, too, so that they are sorted
// and filtered with it; nobody needs to see them.
func (p *page) sparks(s Sheet, f *frame, g *grid) {
	at, err := f.find(s.Columns[:1])
	p.do(err)
	if p.err != nil {
		return
	}
	rows := make([]sparkRow, len(f.rows))
	for i, values := range f.rows {
		rows[i] = sparkRow{g.head + 1 + i, values[at[0]]}
	}
	column, days := len(g.words)+1, p.sparkDays(s.Spark)
	w := p.words.aggregate(s.Spark.Column)
	format := p.format(w.format)
	taken := map[string]bool{}
	for _, word := range g.words {
		unique(word.label, taken)
	}
	label := s.Spark.Label
	if label == "" {
		label = w.label + ", {days} days"
	}
	heads := []string{label}
	for _, day := range days {
		heads = append(heads, day.Format("Mon 2 Jan 2006"))
	}
	for i, head := range heads {
		head = unique(clean(daysIn(head, len(days))), taken)
		g.words = append(g.words, word{label: head})
		g.formats = append(g.formats, format)
		p.put(column+i, g.head, head, p.filterLook("left"))
	}
	p.draw(column, g.head+1, column+len(days), g.end, p.cellLook("right", format))
	p.width(column, sparkWidth)
	p.sparkLines(s, rows, column, column+1)
}

// sparkWidth is that of a line, in characters.
const sparkWidth = 22

// sparkDays are the days of a line.
func (b *book) sparkDays(s *Spark) (days []time.Time) {
	span := b.window(s.Days)
	for day := span.From; !day.After(span.To); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

// sparkLines draws a line into a column for each row, and puts the figures of its days into the hidden columns from another on.
func (p *page) sparkLines(s Sheet, rows []sparkRow, column, from int) {
	days := p.sparkDays(s.Spark)
	f, err := p.data.frame(s.Spark.Query, p.window(s.Spark.Days), s.Filters)
	p.do(err)
	if p.err != nil {
		return
	}
	at, err := f.find([]string{s.Columns[0], "local_day", s.Spark.Column})
	p.do(err)
	if p.err != nil {
		return
	}
	figures := map[string]any{}
	for _, values := range f.rows {
		figures[heatKey(values[at[0]])+heatKey(values[at[1]])] = values[at[2]]
	}
	w := p.words.aggregate(s.Spark.Column)
	var places, sources []string
	for _, r := range rows {
		for i, day := range days {
			v := p.value(figures[heatKey(r.key)+heatKey(day)], w.format)
			if v == nil && w.format == "count" {
				v = int64(0) // no call that day, and that is known
			}
			p.set(from+i, r.row, v)
		}
		places = append(places, cell(column, r.row))
		sources = append(sources, quoted(p.name)+"!"+span(from, r.row, from+len(days)-1, r.row))
	}
	p.hide(from, from+len(days)-1)
	p.do(p.file.AddSparkline(p.name, &excelize.SparklineOptions{
		Location: places, Range: sources, Type: "line", Hidden: true, EmptyCells: "gap", Weight: 1.25, High: true,
		SeriesColor: "#" + p.theme.Blue, HightColor: "#" + p.theme.Missed,
	}))
}

// hide keeps columns in the file and out of sight.
func (p *page) hide(from, to int) {
	first, err := excelize.ColumnNumberToName(from)
	p.do(err)
	last, err := excelize.ColumnNumberToName(to)
	p.do(err)
	p.do(p.file.SetColVisible(p.name, first+":"+last, false))
}
