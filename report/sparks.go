package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

// A sparkRow is a row whose figures of each day stand in the cells from one column on.
type sparkRow struct {
	row int
	key any // of the row, as the first column of the spark's query has it
}

// sparkColumns adds to a table the column of its lines and, hidden, those of the days that they draw: they are the table's, so that
// they are sorted and filtered with it.
func (p *page) sparkColumns(s Sheet, g *grid) {
	w, days := p.words.aggregate(s.Spark.Column), p.sparkDays(s.Spark)
	label, format := s.Spark.Label, p.format(w.format)
	if label == "" {
		label = w.label + ", {days} days"
	}
	heads := []string{daysIn(label, len(days))}
	for _, day := range days {
		heads = append(heads, day.Format("Mon 2 Jan 2006"))
	}
	taken := map[string]bool{}
	for _, word := range g.words {
		unique(word.label, taken)
	}
	column := len(g.words) + 1
	for i, head := range heads {
		head = unique(header(head), taken)
		g.words, g.formats = append(g.words, word{label: head}), append(g.formats, format)
		p.put(column+i, g.head, head, p.filterLook("left"))
	}
	p.draw(column, g.head+1, column+len(days), g.end, p.cellLook("right", format))
	p.width(column, sparkWidth)
}

// sparkRows are those of a table.
func (p *page) sparkRows(s Sheet, f *frame, g grid) []sparkRow {
	at, err := f.find(s.Columns[:1])
	p.do(err)
	if p.err != nil {
		return nil
	}
	rows := make([]sparkRow, len(f.rows))
	for i, values := range f.rows {
		rows[i] = sparkRow{g.head + 1 + i, values[at[0]]}
	}
	return rows
}

// sparkWidth is that of a line, in characters.
const sparkWidth = 22

// sparkDays are the days of a line.
func (b *book) sparkDays(s *Spark) (days []time.Time) {
	span := window(b.req.Period, s.Days)
	for day := span.From; !day.After(span.To); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

// sparkLines draws a line into a column for each row, and puts the figures of its days into the hidden columns from another on.
func (p *page) sparkLines(s Sheet, rows []sparkRow, column, from int) {
	days := p.sparkDays(s.Spark)
	figures, err := p.sparkFigures(s)
	p.do(err)
	if p.err != nil {
		return
	}
	drawn := map[string]bool{}
	w := p.words.aggregate(s.Spark.Column)
	var places, sources []string
	for _, r := range rows {
		if drawn[heatKey(r.key)] {
			p.do(fmt.Errorf("spark: several rows have the %s %s, and would have the same line\nhint: take a query whose first column tells its rows apart", s.Columns[0], text(r.key)))
			return
		}
		drawn[heatKey(r.key)] = true
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
		Location: places, Range: sources, Type: "line", EmptyCells: "gap", Weight: 1.25, SeriesColor: "#" + p.theme.Blue,
	}))
	// Nobody sees the columns that a line draws, and excelize has no word for that.
	p.swap(p.part(), "<x14:sparklineGroup ", `<x14:sparklineGroup displayHidden="true" `)
}

// sparkFigures are those of the lines, by the row's key and day; none where a sheet has no lines.
func (b *book) sparkFigures(s Sheet) (map[string]any, error) {
	if s.Spark == nil {
		return nil, nil
	}
	f, err := b.data.frame(ask{s.Spark.Query, window(b.req.Period, s.Spark.Days), s.Filters})
	if err != nil {
		return nil, err
	}
	at, err := f.find([]string{s.Columns[0], "local_day", s.Spark.Column})
	if err != nil {
		return nil, fmt.Errorf("spark: %w", err)
	}
	figures := map[string]any{}
	for _, values := range f.rows {
		key := heatKey(values[at[0]]) + heatKey(values[at[1]])
		if _, twice := figures[key]; twice {
			return nil, fmt.Errorf("spark: query %s has several rows for %s of one day\nhint: take one with a row for each %s and day, such as group_days or agent_days",
				s.Spark.Query, text(values[at[0]]), s.Columns[0])
		}
		figures[key] = values[at[2]]
	}
	return figures, nil
}

// hide keeps columns in the file and out of sight.
func (p *page) hide(from, to int) {
	first, err := excelize.ColumnNumberToName(from)
	p.do(err)
	last, err := excelize.ColumnNumberToName(to)
	p.do(err)
	p.do(p.file.SetColVisible(p.name, first+":"+last, false))
}
