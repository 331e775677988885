package pagedata

import (
	"fmt"
	"slices"
	"time"

	"callsheet/internal/page"
)

// readHeat reads the figures by hour of the last days, and which of the hours are closed.
func (t *todayQueries) readHeat() {
	open := map[string]bool{}
	isOpen := func(cell string) bool { return len(open) == 0 || open[cell] }
	hours := map[int]bool{} // that are shown
	for _, row := range t.rows("open_hours", heatDays) {
		cell := cellOf(row)
		open[cell] = row["is_open"] == true
		if open[cell] {
			hours[hourOf(row)] = true
		}
	}
	today := t.day.Format(time.DateOnly)
	t.today.IsClosed = len(open) > 0
	for hour := range 24 {
		t.today.IsClosed = t.today.IsClosed && !open[cellKey(today, hour)]
	}
	cells := map[string]map[string]any{}
	volume, rate := "offered", "answer_rate"
	incoming, outgoing := false, false
	rows := t.rows("day_hours", heatDays, "offered", "answer_rate", "outgoing", "connect_rate")
	for _, row := range rows {
		cells[cellOf(row)] = row
		hours[hourOf(row)] = true
		incoming, outgoing = incoming || row["offered"] != int64(0), outgoing || row["outgoing"] != int64(0)
	}
	if !incoming && outgoing {
		volume, rate = "outgoing", "connect_rate"
	}
	for _, name := range []string{volume, rate} {
		var figure page.Figure
		if i := slices.IndexFunc(t.today.Figures, func(f page.Figure) bool { return f.Name == name }); i >= 0 {
			figure = t.today.Figures[i]
		}
		heat := page.Heat{Name: name, Label: figure.Label, Format: figure.Format}
		for back := heatDays - 1; back >= 0; back-- {
			heat.Days = append(heat.Days, t.day.AddDate(0, 0, -back))
		}
		for hour := range 24 {
			if len(rows) == 0 || !t.isBetween(hours, hour) {
				continue
			}
			line := page.HeatHour{Hour: hour}
			for _, day := range heat.Days {
				key := cellKey(day.Format(time.DateOnly), hour)
				cell := page.Cell{IsKnown: t.isKnown(day, hour), IsOpen: isOpen(key)}
				if row, found := cells[key]; found {
					cell.Value = toNumber(row[name])
				} else if zero := 0.0; cell.IsKnown && name == volume {
					cell.Value = &zero
				}
				line.Cells = append(line.Cells, cell)
			}
			heat.Hours = append(heat.Hours, line)
		}
		t.today.Heat = append(t.today.Heat, heat)
	}
}

// isBetween reports whether an hour is shown: those between the first and the last one with calls or business hours are.
func (t *todayQueries) isBetween(hours map[int]bool, hour int) bool {
	before, after := false, false
	for other := range hours {
		before, after = before || other <= hour, after || other >= hour
	}
	return before && after
}

// isKnown reports whether there is data of an hour.
func (t *todayQueries) isKnown(day time.Time, hour int) bool {
	from := day.Add(time.Duration(hour) * time.Hour)
	return !t.begins.IsZero() && from.Add(time.Hour).After(t.begins) && !from.After(t.ends)
}

// cellOf returns the key of a row's day and hour.
func cellOf(row map[string]any) string { return cellKey(toText(row["local_day"]), hourOf(row)) }

func cellKey(day string, hour int) string { return fmt.Sprint(day, " ", hour) }

func hourOf(row map[string]any) int {
	hour, _ := row["local_hour"].(int64)
	return int(hour)
}
