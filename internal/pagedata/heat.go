package pagedata

import (
	"fmt"
	"slices"
	"time"

	"callsheet/internal/page"
)

// dayHours are the hours of the last days.
type dayHours struct {
	open  map[string]bool           // whether the business is open, by cell; empty without business hours
	rows  map[string]map[string]any // of those with calls, by cell
	hours map[int]bool              // of the day, with calls or business hours
}

// readHeat reads the figures by hour of the last days, and which of the hours are closed.
func (t *todayQueries) readHeat() {
	last := dayHours{map[string]bool{}, map[string]map[string]any{}, map[int]bool{}}
	for _, row := range t.rows("open_hours", heatDays) {
		cell := cellOf(row)
		last.open[cell] = row["is_open"] == true
		if last.open[cell] {
			last.hours[hourOf(row)] = true
		}
	}
	t.today.IsClosed = last.isClosed(t.day)
	volume, rate := t.heatMetrics()
	for _, row := range t.rows("day_hours", heatDays, volume, rate) {
		last.rows[cellOf(row)] = row
		last.hours[hourOf(row)] = true
	}
	for _, name := range []string{volume, rate} {
		t.today.Heat = append(t.today.Heat, t.heat(last, name, name == volume))
	}
}

// heatMetrics returns the metrics that are shown by hour: those of incoming calls, or of outgoing ones if the account has no others.
func (t *todayQueries) heatMetrics() (volume, rate string) {
	if !t.today.HasIncoming && t.today.HasOutgoing {
		return "outgoing", "connect_rate"
	}
	return "offered", "answer_rate"
}

// heat returns the heat map of a metric. A volume is 0 in an hour without calls; another metric is unknown then.
func (t *todayQueries) heat(last dayHours, name string, isVolume bool) page.Heat {
	var figure page.Figure
	if i := slices.IndexFunc(t.today.Figures, func(f page.Figure) bool { return f.Name == name }); i >= 0 {
		figure = t.today.Figures[i]
	}
	heat := page.Heat{Name: name, Label: figure.Label, Format: figure.Format}
	for back := heatDays - 1; back >= 0; back-- {
		heat.Days = append(heat.Days, t.day.AddDate(0, 0, -back))
	}
	for hour := range 24 {
		if len(last.rows) == 0 || !last.isShown(hour) {
			continue
		}
		line := page.HeatHour{Hour: hour}
		for _, day := range heat.Days {
			key := cellKey(day.Format(time.DateOnly), hour)
			cell := page.Cell{IsKnown: t.isKnown(day, hour), IsOpen: len(last.open) == 0 || last.open[key]}
			if row, found := last.rows[key]; found {
				cell.Value = toNumber(row[name])
			} else if zero := 0.0; cell.IsKnown && isVolume {
				cell.Value = &zero
			}
			line.Cells = append(line.Cells, cell)
		}
		heat.Hours = append(heat.Hours, line)
	}
	return heat
}

// isClosed reports whether there are business hours, and none on a day.
func (d dayHours) isClosed(day time.Time) bool {
	for hour := range 24 {
		if d.open[cellKey(day.Format(time.DateOnly), hour)] {
			return false
		}
	}
	return len(d.open) > 0
}

// isShown reports whether an hour is shown: those between the first and the last one with calls or business hours are.
func (d dayHours) isShown(hour int) bool {
	before, after := false, false
	for other := range d.hours {
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
