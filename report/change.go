package report

import (
	"math"
	"time"

	"callsheet/internal/period"
	"callsheet/internal/sqlvalue"
)

// A comparison is what the figures of the period are compared with. All of it is decided in SQL.
type comparison struct {
	earlier       period.Period
	until         time.Time // the earlier period ends then, as long as the period is not over; otherwise zero
	hasEarlier    bool      // there is data of the earlier period
	firstDelivery time.Time // the day of it; zero without data
	dataFrom      time.Time // the first day with data; zero without data
	dataThrough   time.Time // the time of the last delivery, by the clock of the report zone
	figures       map[string]row
}

// loadComparison reads the earlier period, and how each metric compares with it and with its usual range.
func (b *book) loadComparison() error {
	r, err := b.data.singleRow(querySpec{"previous_period", b.req.Period, nil})
	if err != nil {
		return err
	}
	changes, err := b.data.result(querySpec{"changes", b.req.Period, nil})
	if err != nil {
		return err
	}
	c := comparison{
		earlier:       period.Period{From: localTime(r.get("first_day")), To: localTime(r.get("last_day"))},
		until:         localTime(r.get("until")),
		firstDelivery: localTime(r.get("first_delivery")),
		dataFrom:      localTime(r.get("data_from")),
		dataThrough:   localTime(r.get("data_through")),
		figures:       map[string]row{},
	}
	c.hasEarlier, _ = r.get("has_data").(bool)
	for i := range changes.rows {
		change := changes.row(i)
		c.figures[toText(change.get("name"))] = change
	}
	b.compared = c
	return nil
}

// localTime returns the date or time without a zone of a query's column, zero if it is unknown.
func localTime(v any) time.Time {
	switch v := v.(type) {
	case sqlvalue.Date:
		return time.Time(v)
	case sqlvalue.LocalTime:
		return time.Time(v)
	}
	return time.Time{}
}

// hasDay reports whether there can be figures of a day: it is not before the first delivery, nor still to come.
func (c comparison) hasDay(day time.Time) bool { return c.hasHour(day, 0) }

// hasHour reports the same of an hour of a day.
func (c comparison) hasHour(day time.Time, hour int64) bool {
	return !c.dataFrom.IsZero() && !day.Before(c.dataFrom) && !day.Add(time.Duration(hour)*time.Hour).After(c.dataThrough)
}

// withoutDaysBefore returns a result by day without the days before the first delivery, of which there can be no figures.
func (c comparison) withoutDaysBefore(result *resultSet) *resultSet {
	n := 0
	for n < len(result.rows)-1 {
		day, ok := result.row(n).get("local_day").(sqlvalue.Date)
		if !ok || !time.Time(day).Before(c.dataFrom) {
			break
		}
		n++
	}
	return &resultSet{query: result.query, columns: result.columns, rows: result.rows[n:]}
}

// before returns the value of a metric in the earlier period. Without calls there, nothing is comparable.
func (c comparison) before(metric string) (value float64, known bool) {
	if calls, _ := c.figures["calls"].number("before"); calls == 0 {
		return 0, false
	}
	return c.figures[metric].number("before")
}

// noData says why there are no figures of the period; it is "" if there can be some.
func (b *book) noData() string {
	switch c := b.compared; {
	case c.dataFrom.IsZero():
		return "there is no data yet"
	case c.dataThrough.Before(b.req.Period.From):
		return "there is no data of this period yet"
	case c.dataFrom.After(b.req.Period.To):
		return "there is no data of this period: the first delivery came on " + dayInWords(c.dataFrom)
	}
	return ""
}

// comparedWith says what the figures of the period are compared with, or why with nothing.
func (b *book) comparedWith() string {
	c := b.compared
	if why := b.noData(); why != "" {
		return "nothing: " + why
	}
	if !c.hasEarlier {
		return "nothing: the first delivery came on " + dayInWords(c.firstDelivery)
	}
	return b.earlierPeriod()
}

// earlierPeriod names the earlier period, and until when as long as the period is not over.
func (b *book) earlierPeriod() string {
	c := b.compared
	words := c.earlier.Words()
	switch {
	case c.until.IsZero():
		return words
	case c.earlier.Days() > 1:
		return words + " until " + b.withZone(b.locale.DateTime(c.until))
	}
	return words + " until " + b.withZone(c.until.Format("15:04"))
}

// versus names the earlier period in few words: "vs last Friday".
func (b *book) versus() string {
	switch earlier := b.compared.earlier; {
	case earlier.Days() == 1:
		return "vs last " + earlier.From.Format("Monday")
	case earlier.IsWeek():
		return "vs last week"
	case earlier.IsMonth():
		return "vs last month"
	default:
		return "vs the " + b.plural(int64(earlier.Days()), "day", "days") + " before"
	}
}

func dayInWords(day time.Time) string { return period.Period{From: day, To: day}.Words() }

// A change is the difference of a figure from the period before, as a sign, a number and a word, and the usual range of the figure.
type change struct {
	text   string
	usual  string // empty if it is unknown
	colour string
}

// change describes how a metric changed since the earlier period.
func (b *book) change(c columnMeta) change {
	now, known := b.summary.number(c.name)
	before, comparable := b.compared.before(c.name)
	grey, usual := b.theme.Grey, b.usual(c)
	switch {
	case !known && b.calls() == 0:
		return change{"no calls", usual, grey}
	case !known:
		return change{"no calls to measure", usual, grey}
	case !comparable:
		return change{"no earlier data", usual, grey}
	case isSame(c, now, before):
		return change{"= unchanged " + b.versus(), usual, grey}
	}
	arrow := "▼ "
	if now > before {
		arrow = "▲ "
	}
	text := arrow + b.difference(c, now, before) + " " + b.versus()
	switch toText(b.compared.figures[c.name].get("verdict")) {
	case "better":
		return change{text + ", better", usual, b.theme.Good}
	case "worse":
		return change{text + ", worse", usual, b.theme.Bad}
	}
	return change{text, usual, grey}
}

// isSame reports whether the difference of two values of a metric would be shown as 0, which is no news.
func isSame(c columnMeta, now, before float64) bool {
	shown := 1.0
	switch c.format {
	case "rate":
		shown = 0.001 // 0.1 points
	case "coins":
		shown = 0.01
	case "decimal":
		shown = 0.1
	}
	return math.Abs(now-before) < shown/2
}

// usual returns the usual range of a metric, such as "usually 280 to 340", or "" if it is unknown.
func (b *book) usual(c columnMeta) string {
	low := b.formatValue(b.compared.figures[c.name].get("usual_low"), c.format)
	high := b.formatValue(b.compared.figures[c.name].get("usual_high"), c.format)
	switch {
	case low == "" || high == "":
		return ""
	case low == high:
		return "usually " + low
	}
	return "usually " + low + " to " + high
}

// difference returns the size of the difference of two figures: of rates in points, of others also as a share with its sign.
func (b *book) difference(c columnMeta, now, before float64) string {
	difference := math.Abs(now - before)
	if c.format == "rate" {
		return b.locale.Number(difference*100, 1) + " points"
	}
	text := b.formatValue(difference, c.format)
	if before > 0 {
		sign := "−"
		if now > before {
			sign = "+"
		}
		text += " (" + sign + b.formatValue(difference/before, "rate") + ")"
	}
	return text
}
