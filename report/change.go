package report

import "math"

// comparison describes the period that changes are against.
func (b *book) comparison() string {
	words := b.previous.Words()
	if b.previous.Days() == 1 {
		words += " (the same weekday before)"
	}
	return words
}

// A change is the difference of a figure from the period before, as a sign, a number and a word.
type change struct {
	text   string
	colour string
}

// change describes how a metric changed since the previous period.
func (b *book) change(c columnMeta) change {
	now, known := b.summary.number(c.name)
	before, compared := b.summary.number("before_" + c.name)
	grey := b.theme.Grey
	switch {
	case !known:
		return change{"nothing to measure", grey}
	case b.summary.count("before_calls") == 0 || !compared:
		return change{"nothing to compare with", grey}
	case now == before:
		return change{"= unchanged, neutral", grey}
	}
	arrow := "▼ "
	if now > before {
		arrow = "▲ "
	}
	verdict := b.verdicts[c.name]
	colours := map[string]string{"better": b.theme.Good, "worse": b.theme.Bad, "neutral": grey}
	return change{arrow + b.difference(c, now, before) + ", " + verdict, colours[verdict]}
}

// difference returns the difference of two figures without its sign: of rates in points, of others also as a share.
func (b *book) difference(c columnMeta, now, before float64) string {
	difference := math.Abs(now - before)
	if c.format == "rate" {
		return b.locale.Number(difference*100, 1) + " points"
	}
	text := b.formatValue(difference, c.format)
	if before > 0 {
		text += " (" + b.formatValue(difference/before, "rate") + ")"
	}
	return text
}
