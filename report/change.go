package report

import (
	"math"
	"strings"
)

// A change says how a figure compares: with its usual range if that is known, else with the earlier period. It is empty if nothing is
// comparable, which is said once, under the title.
type change struct {
	text   string
	colour string
	second string // the change since the earlier period, if text is about the usual range
}

// change describes how a metric compares. The earlier period alone is noisy, so it gives a verdict only where there is no usual range, and
// none if one of the two has a holiday.
func (b *book) change(c columnMeta) change {
	figures, usual := b.compared.figures[c.name], b.usualRange(c)
	now, known := b.totals.number(c.name)
	second := ""
	if usual != "" {
		second = "usual " + usual
	}
	switch {
	case !known && b.calls() == 0:
		return change{b.whyNoCalls(), b.theme.Grey, second}
	case !known:
		return change{"no calls to measure", b.theme.Grey, second}
	case usual == "":
		text, verdict := b.sinceEarlier(c, now), figures.get("verdict")
		if strings.HasPrefix(text, "=") || !b.compared.isOrdinary {
			verdict = nil
		}
		return b.withVerdict(text, verdict)
	}
	verdict := figures.get("usual_verdict")
	low, _ := figures.number("usual_low")
	shown := b.withVerdict("▲ above usual "+usual, verdict)
	switch {
	case verdict == "same":
		shown = b.withVerdict("within usual "+usual, nil)
	case now < low:
		shown = b.withVerdict("▼ below usual "+usual, verdict)
	}
	if b.compared.isOrdinary {
		shown.second = b.sinceEarlier(c, now)
	}
	return shown
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
	case earlier.Days() > 7:
		return "vs " + b.plural(int64(b.req.Period.From.Sub(earlier.From).Hours()/24/7), "week", "weeks") + " before"
	default:
		return "vs the " + b.plural(int64(earlier.Days()), "day", "days") + " before"
	}
}

// withVerdict adds the word and the colour of a verdict to a text.
func (b *book) withVerdict(text string, verdict any) change {
	switch verdict {
	case "better":
		return change{text + ", better", b.theme.Good, ""}
	case "worse":
		return change{text + ", worse", b.theme.Bad, ""}
	}
	return change{text, b.theme.Grey, ""}
}

// sinceEarlier describes how a metric changed since the earlier period: "▲ 18 (+6.0%) vs last Friday". It is empty if that is unknown.
func (b *book) sinceEarlier(c columnMeta, now float64) string {
	before, comparable := b.compared.before(c.name)
	switch {
	case !comparable:
		return ""
	case isSame(c, now, before):
		return "= unchanged " + b.versus()
	case now > before:
		return "▲ " + b.difference(c, now, before) + " " + b.versus()
	}
	return "▼ " + b.difference(c, now, before) + " " + b.versus()
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

// usual returns the usual range of a metric in words, such as "usually 280–340", or "" if it is unknown.
func (b *book) usual(c columnMeta) string { return b.usually(b.compared.figures[c.name], c.format) }

// usually returns the usual range of a row in words.
func (b *book) usually(r row, format string) string {
	if usual := b.rangeInWords(r, format); usual != "" {
		return "usually " + usual
	}
	return ""
}

// usualRange returns the usual range of a metric, such as "78.1–84.2%", or "" if it is unknown.
func (b *book) usualRange(c columnMeta) string {
	return b.rangeInWords(b.compared.figures[c.name], c.format)
}

func (b *book) rangeInWords(r row, format string) string {
	low, high := b.formatValue(r.get("usual_low"), format), b.formatValue(r.get("usual_high"), format)
	switch {
	case low == "" || high == "":
		return ""
	case low == high:
		return low
	}
	return strings.TrimSuffix(low, "%") + "–" + high
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
