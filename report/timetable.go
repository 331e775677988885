package report

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"callsheet/internal/sqlvalue"
	"callsheet/report/xlsx"
)

// A timetable holds the rows of a query by half-hour and by day or weekday.
type timetable struct {
	column    string // of the days: local_day or weekday
	days      []any
	halfHours []string
	cells     map[string]row
}

// fillTimetable writes a block for each figure of a query, side by side: half-hours down, days or weekdays across.
func (b *book) fillTimetable(s Sheet) error {
	covered := extendBack(b.req.Period, s.Days)
	result, err := b.sheetRows(s, covered)
	if err != nil {
		return err
	}
	if _, err := result.columnIndexes(append([]string{"half_hour"}, s.Metrics...)); err != nil {
		return err
	}
	if !slices.Contains(result.columns, "local_day") && !slices.Contains(result.columns, "weekday") {
		return fmt.Errorf("query %s has neither the column local_day nor weekday\nhint: a timetable has a column for each of either; return one of them", s.Query)
	}
	metrics := describeColumns(s.Metrics, nil, b.catalog.metricColumn)
	t := b.timetableOf(result, metrics)
	for i := range result.rows {
		if err := checkDay(result.row(i).get(t.column)); err != nil {
			return fmt.Errorf("query %s: column %s: %w", s.Query, t.column, err)
		}
	}
	p := b.newPage(s.Name)
	p.heading(s, covered)
	if len(t.halfHours) == 0 {
		return p.writeEmpty(s)
	}
	p.HideGridLines()
	p.SetWidth(1, 9.5)
	top := headerRow + 2
	for i, half := range t.halfHours {
		p.Put(1, top+i, half, xlsx.CellStyle{Align: "left", VAlign: "center", TextColour: p.theme.Grey})
		p.SetHeight(top+i, 15.5)
	}
	at := 2
	for _, c := range metrics {
		at = p.writeTimetableBlock(t, c, at, top)
	}
	at = top + len(t.halfHours) + 2
	for _, remark := range p.timetableRemarks(s, result, t) {
		p.Put(1, at, remark, p.greyStyle())
		at++
	}
	p.Freeze(1, headerRow+1)
	p.setUpPrinting(xlsx.PrintSetup{Landscape: true, OnePage: true})
	return p.Err()
}

// checkDay returns an error if a value is neither a date nor a weekday.
func checkDay(day any) error {
	if _, isDate := day.(sqlvalue.Date); isDate {
		return nil
	}
	if n, isNumber := toNumber(day); isNumber && n >= 1 && n <= 7 && n == math.Trunc(n) {
		return nil
	}
	return fmt.Errorf("%q is no day\nhint: return a date as local_day, or a weekday from 1, Monday, to 7", toText(day))
}

// timetableOf arranges rows. Half-hours before the first and after the last in which all figures are shown as 0 are left out.
func (b *book) timetableOf(result *resultSet, metrics []columnMeta) timetable {
	t := timetable{column: "weekday", cells: map[string]row{}}
	if slices.Contains(result.columns, "local_day") {
		t.column = "local_day"
	}
	used := map[string]bool{}
	for i := range result.rows {
		r := result.row(i)
		half, day := toText(r.get("half_hour")), r.get(t.column)
		t.cells[half+cellKey(day)] = r
		if !slices.Contains(t.halfHours, half) {
			t.halfHours = append(t.halfHours, half)
		}
		if t.column == "local_day" && !slices.Contains(t.days, day) {
			t.days = append(t.days, day)
		}
		used[half] = used[half] || slices.ContainsFunc(metrics, func(c columnMeta) bool {
			n, _ := r.number(c.name)
			return n != 0 && (c.format != "count" || math.Abs(n) >= 0.5)
		})
	}
	if t.column == "weekday" {
		t.days = b.heatKeys("weekday", b.req.Period)
	}
	slices.Sort(t.halfHours)
	isUsed := func(half string) bool { return used[half] }
	first := slices.IndexFunc(t.halfHours, isUsed)
	if first < 0 {
		t.halfHours = nil
		return t
	}
	last := len(t.halfHours) - 1
	for !isUsed(t.halfHours[last]) {
		last--
	}
	t.halfHours = t.halfHours[first : last+1]
	return t
}

// writeTimetableBlock writes the block of one figure from a column on, and returns the column where the next may begin.
func (p *page) writeTimetableBlock(t timetable, c columnMeta, left, top int) int {
	right := left + len(t.days) - 1
	p.Put(left, top-2, c.label, p.sectionStyle())
	p.SetStyle(left+1, top-2, right, top-2, p.sectionStyle())
	p.SetHeight(top-2, 22)
	bottom := top + len(t.halfHours) - 1
	format := narrowFormat(c, p.numberFormat(c, t.values(c.name)))
	figure := xlsx.CellStyle{NumberFormat: format, Align: "center", VAlign: "center", Size: 10}
	width := 5.7
	for v := range t.values(c.name) {
		width = max(width, p.displayWidth(p.cellValue(v, c.format), c, format)*10/11+cellPadding)
	}
	for x, day := range t.days {
		column := left + x
		p.SetWidth(column, width)
		p.Put(column, top-1, p.shortDay(day), p.heatHeaderStyle("center"))
		total := any(nil)
		for y, half := range t.halfHours {
			r, style := t.cells[half+cellKey(day)], figure
			if isClosed(r) {
				style.Fill = p.theme.Pale
			}
			p.Put(column, top+y, p.cellValue(r.get(c.name), c.format), style)
			total = cmp.Or(total, p.cellValue(r.get("day_"+c.name), c.format))
		}
		if slices.Contains(t.anyColumns(), "day_"+c.name) {
			p.Put(1, bottom+1, "All day", xlsx.CellStyle{Bold: true, TopBorder: p.theme.Blue, VAlign: "center", Align: "left"})
			sum := figure
			sum.Bold, sum.TopBorder = true, p.theme.Blue
			p.Put(column, bottom+1, total, sum)
		}
	}
	colour := p.theme.Heat
	if c.name == "agents_short" {
		colour = p.theme.Concern
	}
	p.addColourScale(xlsx.Range(left, top, right, bottom), colour, false)
	p.SetWidth(right+1, 2)
	return right + 2
}

// values returns all values of a figure, and its totals of days, in no order.
func (t timetable) values(figure string) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, r := range t.cells {
			if !yield(r.get(figure)) || slices.Contains(r.columns, "day_"+figure) && !yield(r.get("day_"+figure)) {
				return
			}
		}
	}
}

// isClosed reports whether a half-hour is out of business hours, or on a holiday.
func isClosed(r row) bool { return r.get("is_open") == false || r.get("is_holiday") == true }

func (t timetable) anyColumns() []string {
	for _, r := range t.cells {
		return r.columns
	}
	return nil
}

// shortDay returns the header of a day or weekday.
func (p *page) shortDay(day any) string {
	if date, ok := day.(sqlvalue.Date); ok {
		return sqlvalue.Wall(date).Format("Mon 2")
	}
	return toText(p.cellValue(day, "weekday"))[:3]
}

// timetableRemarks says below the blocks what the figures rest on, and why some are missing. What agents needed assume is on Notes, too.
func (p *page) timetableRemarks(s Sheet, result *resultSet, t timetable) (remarks []string) {
	sample := result.row(0)
	if slices.Contains(result.columns, "forecast_error") {
		remarks = p.forecastRemarks(sample, t)
	}
	for _, r := range t.cells {
		if isClosed(r) {
			remarks = append(remarks, "Grey: out of business hours, or a holiday.")
			break
		}
	}
	if !slices.Contains(s.Metrics, "agents_needed") {
		return remarks
	}
	target, _ := p.settings.number("service_level_target_seconds")
	assumed := []string{
		fmt.Sprintf("With the agents needed, %s of calls are answered within %g seconds of being in the queue: Erlang C, from the calls of a half-hour and the average talk.",
			p.formatValue(sample.get("planned_service_level"), "rate"), target),
		"After-call work, ringing and outgoing calls are not known to it, so the real need is higher. Nothing is said of fewer than five calls.",
	}
	if slices.Contains(s.Metrics, "agents_short") {
		assumed = append(assumed,
			"Where no agent is short and callers are missed all the same, more agents will not help: look for calls that ring and are not picked up, and for long greetings.")
	}
	for _, remark := range assumed {
		p.addRemark(remark)
	}
	return append(remarks, assumed...)
}

// forecastRemarks says how far the forecast is off, and which days have none.
func (p *page) forecastRemarks(sample row, t timetable) (remarks []string) {
	if off, ok := sample.number("forecast_error"); ok {
		remarks = append(remarks, fmt.Sprintf("A forecast made like this was on average %s off the calls of a day, on %s of the last four weeks.",
			p.formatValue(off, "rate"), p.plural(sample.count("error_days"), "day", "days")))
	} else {
		remarks = append(remarks, "How far the forecast is off cannot be said yet: that takes three weeks of data.")
	}
	var unknown []string
	for _, day := range t.days {
		r := t.cells[t.halfHours[0]+cellKey(day)]
		switch date := sqlvalue.Wall(day); {
		case r.get("is_holiday") == true:
			remarks = append(remarks, p.locale.Format(date, "Monday 2 January")+" is a holiday: nothing is forecast.")
		case r.count("weeks") < 2:
			unknown = append(unknown, p.locale.Format(date, "Monday 2 January"))
		}
	}
	if len(unknown) > 0 {
		remarks = append(remarks, "No forecast for "+strings.Join(unknown, ", ")+": it takes two such weekdays that are complete and no holidays.")
	}
	return remarks
}
