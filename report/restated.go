package report

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// withWords returns a result whose rows are changes of a field, with the old and the new value as sheets show that field: codes in words,
// times and durations in their formats. The query returns both as text. Other results stay as they are.
func (b *book) withWords(result *resultSet) *resultSet {
	field, old, now := slices.Index(result.columns, "field"), slices.Index(result.columns, "old"), slices.Index(result.columns, "new")
	if field < 0 || old < 0 || now < 0 {
		return result
	}
	shown := *result
	shown.rows = nil
	for _, values := range result.rows {
		values = slices.Clone(values)
		c := b.catalog.callColumn(toText(values[field]))
		values[old], values[now] = b.fieldText(c, values[old]), b.fieldText(c, values[now])
		shown.rows = append(shown.rows, values)
	}
	return &shown
}

// fieldText returns a value that was read as text as sheets show the column.
func (b *book) fieldText(c columnMeta, v any) any {
	text := toText(v)
	if text == "" {
		return nil
	}
	switch c.format {
	case "list":
		words := strings.Split(text, ", ")
		for i, word := range words {
			words[i] = toText(c.inWords(word))
		}
		return strings.Join(words, ", ")
	case "time":
		if at, err := time.Parse(time.DateTime, text); err == nil {
			return b.locale.DateTimeSeconds(at)
		}
	case "yesno":
		if is, err := strconv.ParseBool(text); err == nil {
			return toText(is)
		}
	case "duration", "short_duration", "count", "decimal", "rate", "coins":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return b.formatValue(n, c.format)
		}
	}
	return c.inWords(text)
}
