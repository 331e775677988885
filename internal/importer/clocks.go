package importer

import (
	"strings"
	"time"
)

// clockForms are the times of day that columns have whose date is in another column.
var clockForms = []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM", "3:04:05PM", "3:04PM"}

// clockOf returns the time since midnight of a text that is a time of day and nothing else.
func clockOf(text string) (clock time.Duration, ok bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	for _, form := range clockForms {
		if read, err := time.Parse(form, text); err == nil {
			return read.Sub(read.Truncate(24 * time.Hour)), true
		}
	}
	return 0, false
}

// splitClock returns the date and the clock time of a text that has both.
func splitClock(text string) (date string, clock time.Duration, ok bool) {
	for i := range len(text) {
		if text[i] != ' ' && text[i] != 'T' {
			continue
		}
		if clock, ok := clockOf(text[i+1:]); ok {
			return text[:i], clock, true
		}
	}
	return "", 0, false
}

// dateForms are the dates, written year first where they have digits only, whose next day is known.
var dateForms = []string{"2006-01-02", "2006/01/02", "2-Jan-2006", "2 Jan 2006", "2/Jan/2006"}

// onDayOf completes a time of a call that is a time of day only, by the start of the call. One that is more than half a day earlier than the
// start is past midnight. Midnight, which the vendor also sends for no time, counts only there. Other texts stay as they are.
func onDayOf(start, text string) string {
	clock, ok := clockOf(text)
	if !ok {
		return text
	}
	date, began, ok := splitClock(start)
	switch {
	case !ok, clock == 0 && 0 < began && began <= 12*time.Hour:
		return text
	case began-clock <= 12*time.Hour:
		return date + " " + strings.TrimSpace(text)
	}
	for _, form := range dateForms {
		if day, err := time.Parse(form, date); err == nil {
			return day.AddDate(0, 0, 1).Format(time.DateOnly) + " " + strings.TrimSpace(text)
		}
	}
	return text
}
