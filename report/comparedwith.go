package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/internal/period"
)

// comparison says in a sentence what is compared with what, or why nothing is.
func (b *book) comparison() string {
	with, none := b.comparedWith()
	if none != "" {
		return none
	}
	if !b.isRunning() {
		return "Compared with " + with
	}
	if b.req.Period.Days() == 1 {
		return "Until " + b.locale.Format(b.compared.dataThrough, "15:04") + ", compared with " + with
	}
	return b.periodToDateWords(b.req.Period, b.compared.dataThrough) + ", compared with " + with
}

// isRunning reports whether the period was not over at the last delivery.
func (b *book) isRunning() bool {
	return b.compared.dataThrough.Before(b.req.Period.To.AddDate(0, 0, 1))
}

// comparedWith names what the figures of the period are compared with, or none is a sentence that says why with nothing.
func (b *book) comparedWith() (with, none string) {
	const no = "No comparison: "
	c := b.compared
	if why := b.noData(); why != "" {
		return "", no + why
	}
	switch c.incomplete {
	case "":
	case "incomplete":
		return "", no + "the data of this period is incomplete"
	default:
		return "", no + "the data of this period is incomplete, " + c.incomplete
	}
	var periods []string
	if c.hasEarlier {
		periods = append(periods, b.earlierPeriod())
	}
	if c.usual > 1 {
		periods = append(periods, b.usualPeriods())
	}
	if len(periods) == 0 && slices.ContainsFunc(c.leftOut, func(l leftOut) bool { return l.why != "holiday" }) {
		return "", no + "no earlier period is complete" + b.whyLeftOut()
	}
	if len(periods) == 0 {
		return "", no + "the first delivery came on " + b.dayInWords(c.firstDelivery)
	}
	return strings.Join(periods, ", and "), ""
}

// earlierPeriod names the earlier period, and until when as long as the period is not over.
func (b *book) earlierPeriod() string {
	c := b.compared
	switch {
	case c.until.IsZero():
		return b.wordsBeside(c.earlier)
	case c.earlier.Days() == 1:
		return b.wordsBeside(c.earlier) + " until " + b.withZone(b.locale.Format(c.until, "15:04"))
	case c.earlier.IsWeek():
		return b.withZone(b.periodToDateWords(c.earlier, c.until)) + " of last week"
	}
	return b.withZone(b.periodToDateWords(c.earlier, c.until))
}

// usualPeriods names the periods that the usual range is of: "three of the last four Fridays (6 November: holiday)".
func (b *book) usualPeriods() string {
	c, asked := b.compared, b.req.Period
	words := "the last " + inWords(c.usual+len(c.leftOut)) + " "
	if len(c.leftOut) > 0 {
		words = inWords(c.usual) + " of " + words
	}
	switch {
	case asked.Days() == 1:
		words += asked.From.Format("Monday") + "s"
	case asked.IsWeek() && b.isRunning() && c.hasEarlier: // Monday to Friday of last week, and of these
		words = "of " + words + "weeks"
	case asked.IsWeek():
		words += "weeks"
	case asked.IsMonth():
		words += "months"
	case asked.Days() < 7:
		words = "the same days of " + words + "weeks"
	default:
		words += fmt.Sprintf("periods of %d days that begin on a %s", asked.Days(), asked.From.Format("Monday"))
	}
	return words + b.whyLeftOut()
}

// whyLeftOut says why comparable periods are not compared: " (6 November: holiday, 13 November: no calls 10:00–13:00)".
func (b *book) whyLeftOut() string {
	var reasons []string
	for _, left := range b.compared.leftOut {
		reasons = append(reasons, b.wordsBeside(left.period)+": "+left.why)
	}
	if len(reasons) == 0 {
		return ""
	}
	return " (" + strings.Join(reasons, ", ") + ")"
}

// inWords returns a number of comparable periods, of which there are at most four.
func inWords(n int) string { return [...]string{"no", "one", "two", "three", "four"}[n] }

// wordsBeside names a period, without its year if it is that of the report.
func (b *book) wordsBeside(p period.Period) string {
	words := p.WordsIn(b.locale)
	if year := b.req.Period.To.Format(" 2006"); p.To.Format(" 2006") == year {
		words = strings.Replace(strings.Replace(words, ","+year, "", 1), year, "", 1)
	}
	return words
}

// periodToDateWords names the part of a period until a time: "Monday to Friday 18:40", "1 to 20 November 18:40".
func (b *book) periodToDateWords(p period.Period, until time.Time) string {
	clock := " " + b.locale.Format(until, "15:04")
	last := until
	if until.Equal(until.Truncate(24*time.Hour)) && until.After(p.From) { // as much as the whole day before
		clock, last = "", until.AddDate(0, 0, -1)
	}
	last = last.Truncate(24 * time.Hour)
	switch {
	case p.IsWeek() && last.Equal(p.From):
		return "Monday" + clock
	case p.IsWeek():
		return "Monday to " + last.Format("Monday") + clock
	}
	return b.wordsBeside(period.Period{From: p.From, To: last}) + clock
}

func (b *book) dayInWords(day time.Time) string { return b.locale.Format(day, "Monday 2 January 2006") }
