package page

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// HasClosed reports whether any hour is closed.
func (h Heat) HasClosed() bool {
	return slices.ContainsFunc(h.Hours, func(hour HeatHour) bool {
		return slices.ContainsFunc(hour.Cells, func(c Cell) bool { return !c.IsOpen })
	})
}

// max returns the greatest figure.
func (h Heat) max() (greatest float64) {
	for _, hour := range h.Hours {
		for _, cell := range hour.Cells {
			if cell.Value != nil {
				greatest = max(greatest, *cell.Value)
			}
		}
	}
	return greatest
}

// heatLevels is how many shades a heat map has, beside none.
const heatLevels = 5

// heatClass returns the classes of a cell: its shade, darker for more calls, or for a rate that is further from 100 %.
func heatClass(h Heat, c Cell) string {
	class := "figure"
	if !c.IsOpen {
		class += " closed"
	}
	if c.Value == nil {
		return class
	}
	if h.Format == "rate" {
		return fmt.Sprintf("%s worse-%.0f", class, min(math.Ceil((1-*c.Value)*2*heatLevels), heatLevels))
	}
	return fmt.Sprintf("%s more-%.0f", class, math.Ceil(*c.Value/max(h.max(), 1)*heatLevels))
}

// callerKey returns an id for the row of a caller. It says nothing of the number, which may be masked.
func callerKey(callers []Caller, i int) string {
	same := 0
	for _, other := range callers[:i] {
		if other.First.Equal(callers[i].First) {
			same++
		}
	}
	return fmt.Sprintf("caller-%d-%d", callers[i].First.Unix(), same)
}

// metric formats a figure that is known.
func (f formats) metric(n *float64, format string) string {
	if n == nil {
		return ""
	}
	return f.locale.Figure(*n, format)
}

// heatFigure formats a figure for a narrow cell.
func (f formats) heatFigure(n *float64, format string) string {
	if n != nil && format == "rate" {
		return f.locale.Number(*n*100, 0) + "%"
	}
	return f.metric(n, format)
}

// styledText is a sentence with its class: good, late or none.
type styledText struct{ Text, Class string }

// usual says how a figure compares with its usual range; nil if there is none.
func (f formats) usual(figure Figure) (*styledText, error) {
	if figure.UsualLow == nil || figure.UsualHigh == nil {
		return nil, nil
	}
	usual := f.usualRange(figure)
	text, err := f.text("usual_is", usual)
	switch {
	case figure.Value == nil:
	case figure.UsualVerdict == "same":
		text, err = f.text("usual_within", usual)
	case *figure.Value < *figure.UsualLow:
		text, err = f.text("usual_below", usual)
	default:
		text, err = f.text("usual_above", usual)
	}
	shown := &styledText{Text: text}
	switch {
	case err != nil:
	case figure.UsualVerdict == "better":
		shown.Class = "good"
		shown.Text, err = f.text("usual_better", text)
	case figure.UsualVerdict == "worse":
		shown.Class = "late"
		shown.Text, err = f.text("usual_worse", text)
	}
	return shown, err
}

// usualRange formats the usual range of a figure: 78.1–84.2%.
func (f formats) usualRange(figure Figure) string {
	low, high := f.metric(figure.UsualLow, figure.Format), f.metric(figure.UsualHigh, figure.Format)
	if low == high {
		return low
	}
	return strings.TrimSuffix(low, "%") + "–" + high
}

// day formats a day of the last weeks.
func (f formats) day(day time.Time) string {
	if f.locale.MonthFirst {
		return day.Format("Mon Jan 2")
	}
	return day.Format("Mon 2 Jan")
}

// shortDay formats a day of the last week.
func shortDay(day time.Time) string { return day.Format("Mon 2") }

// through says up to when figures go.
func (f formats) through(t *Today) string {
	if at := t.Through.In(f.zone); at.Format(time.DateOnly) != t.Day.Format(time.DateOnly) {
		return f.dateTime(at)
	}
	return f.clock(t.Through)
}

func (f formats) days(days []time.Time) string {
	words := make([]string, len(days))
	for i, day := range days {
		words[i] = f.day(day)
	}
	return strings.Join(words, ", ")
}

// leftOut says which days are not compared, and why.
func (f formats) leftOut(days []LeftOut) (string, error) {
	var words []string
	for _, day := range days {
		why, err := day.Why, error(nil)
		switch why {
		case "holiday":
			why, err = f.text("why_holiday")
		case "incomplete":
			why, err = f.text("why_incomplete")
		}
		if err != nil {
			return "", err
		}
		text, err := f.text("left_out", f.day(day.Day), why)
		if err != nil {
			return "", err
		}
		words = append(words, text)
	}
	return strings.Join(words, ", "), nil
}

// clockHour formats an hour of the day.
func (f formats) clockHour(hour int) string {
	at := time.Date(2000, 1, 1, hour, 0, 0, 0, time.UTC)
	if f.locale.MonthFirst {
		return at.Format("3 PM")
	}
	return at.Format("15:04")
}
