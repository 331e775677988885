package report

import (
	"cmp"
	"time"

	"callsheet/internal/period"
	"callsheet/internal/sqlvalue"
)

// A comparison is what the figures of the period are compared with. All of it is decided in SQL.
type comparison struct {
	earlier       period.Period
	until         time.Time // the earlier period ends then, as long as the period is not over; otherwise zero
	hasEarlier    bool      // there is data of the earlier period
	incomplete    string    // why calls of the period are missing: "no calls 10:00–13:00"; otherwise empty
	isOrdinary    bool      // neither the period nor the earlier one has a holiday that matters
	usual         int       // number of periods that the usual range is of
	leftOut       []leftOut // of those that would be
	firstDelivery time.Time // the day of it; zero without data
	dataBegins    time.Time // the time of the first delivery, by the clock of the report zone; zero without data
	dataThrough   time.Time // that of the last one
	figures       map[string]row
	directions    map[string]bool // whether there are incoming and outgoing calls, in the period and as far back as comparable ones go
}

// A leftOut period is comparable but not compared with, and why: "holiday" or "no calls 10:00–13:00".
type leftOut struct {
	period period.Period
	why    string
}

// loadComparison reads the periods that are compared, and how each metric compares with the earlier one and with its usual range.
func (b *book) loadComparison() error {
	periods, err := b.data.result(querySpec{"compared_periods", b.req.Period, nil})
	if err != nil {
		return err
	}
	changes, err := b.data.result(querySpec{"changes", b.req.Period, nil})
	if err != nil {
		return err
	}
	c := comparison{isOrdinary: true, figures: map[string]row{}}
	for i := range periods.rows {
		c.add(periods.row(i))
	}
	for i := range changes.rows {
		change := changes.row(i)
		c.figures[toText(change.get("name"))] = change
	}
	b.compared = c
	return nil
}

// add adds a row of compared_periods.
func (c *comparison) add(r row) {
	compared := period.Period{From: sqlvalue.Wall(r.get("first_day")), To: sqlvalue.Wall(r.get("last_day"))}
	stretch, why := r.count("stretch"), toText(r.get("left_out"))
	isBefore := r.get("is_before") == true
	switch {
	case stretch == 0:
		if why == "incomplete" {
			c.incomplete = whyIncomplete(r)
		}
		c.firstDelivery, c.dataBegins = sqlvalue.Wall(r.get("first_delivery")), sqlvalue.Wall(r.get("data_begins_at"))
		c.dataThrough = sqlvalue.Wall(r.get("data_through"))
		c.directions = map[string]bool{"incoming": r.get("has_incoming") == true, "outgoing": r.get("has_outgoing") == true}
	case r.get("is_usual") == true:
		c.usual++
	case stretch > 4: // the earlier period, which is none of the comparable ones
	case why == "holiday":
		c.leftOut = append(c.leftOut, leftOut{compared, why})
	case why == "incomplete":
		c.leftOut = append(c.leftOut, leftOut{compared, whyIncomplete(r)})
	}
	if isBefore {
		c.earlier, c.until, c.hasEarlier = compared, sqlvalue.Wall(r.get("until")), why != "no data" && why != "incomplete" && c.incomplete == ""
	}
	if why == "holiday" && (stretch == 0 || isBefore) {
		c.isOrdinary = false
	}
}

// whyIncomplete says why a period of compared_periods is incomplete: hours without calls, or a problem of a spool file.
func whyIncomplete(r row) string { return cmp.Or(toText(r.get("no_calls")), "incomplete") }

// hasDay reports whether there can be figures of a day: it is not before the first delivery, nor still to come.
func (c comparison) hasDay(day time.Time) bool { return c.hasFigures(day, day.AddDate(0, 0, 1)) }

// hasHour reports the same of an hour of a day.
func (c comparison) hasHour(day time.Time, hour int64) bool {
	from := day.Add(time.Duration(hour) * time.Hour)
	return c.hasFigures(from, from.Add(time.Hour))
}

// hasHourOfDay reports the same of an hour of any day of a period.
func (c comparison) hasHourOfDay(covered period.Period, hour int64) bool {
	for day := covered.From; !day.After(covered.To); day = day.AddDate(0, 0, 1) {
		if c.hasHour(day, hour) {
			return true
		}
	}
	return false
}

func (c comparison) hasFigures(from, until time.Time) bool {
	return !c.dataBegins.IsZero() && until.After(c.dataBegins) && !from.After(c.dataThrough)
}

// dataFrom returns the first day with data; zero without data.
func (c comparison) dataFrom() time.Time { return c.dataBegins.Truncate(24 * time.Hour) }

// withoutDaysBefore returns a result by day without the days before the first delivery, of which there can be no figures.
func (c comparison) withoutDaysBefore(result *resultSet) *resultSet {
	n := 0
	for n < len(result.rows)-1 {
		day, ok := result.row(n).get("local_day").(sqlvalue.Date)
		if !ok || !time.Time(day).Before(c.dataFrom()) {
			break
		}
		n++
	}
	return &resultSet{query: result.query, columns: result.columns, rows: result.rows[n:], absent: result.absent}
}

// before returns the value of a metric in the earlier period. Without calls there, nothing is comparable.
func (c comparison) before(metric string) (value float64, known bool) {
	if calls, _ := c.figures["calls"].number("before"); calls == 0 {
		return 0, false
	}
	return c.figures[metric].number("before")
}

// whyNoCalls says in few words why there are no calls in the period.
func (b *book) whyNoCalls() string {
	switch {
	case b.noData() == "":
		return "no calls"
	case b.compared.dataFrom().After(b.req.Period.To):
		return "before the first delivery"
	}
	return "no data yet"
}

// noData says why there are no figures of the period; it is "" if there can be some.
func (b *book) noData() string {
	switch c := b.compared; {
	case c.dataBegins.IsZero():
		return "there is no data yet"
	case c.dataThrough.Before(b.req.Period.From):
		return "there is no data of this period yet"
	case c.dataFrom().After(b.req.Period.To):
		return "there is no data of this period: the first delivery came on " + b.dayInWords(c.dataFrom())
	}
	return ""
}
