package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/suggest"
)

var (
	weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	span     = lazyregexp.New(`^([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)$`)
)

// OpenSpan is a span of a weekday (1 Monday … 7 Sunday) in which the business is open.
type OpenSpan struct {
	Weekday       int
	Opens, Closes string
}

// OpenHours parses the hours: a day or a range of days (mon, mon-fri), and spans of the day (09:00-13:00, 14:00-18:00). The list is in
// order, without overlaps.
func (b *Business) OpenHours() ([]OpenSpan, error) {
	var list []OpenSpan
	for key, spans := range b.Hours {
		first, last, isRange := strings.Cut(strings.ToLower(strings.TrimSpace(key)), "-")
		if !isRange {
			last = first
		}
		from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
		switch {
		case from < 0 || to < 0:
			return nil, fmt.Errorf("%q is not a day or a range of days, such as mon or mon-fri", key)
		case to < from:
			return nil, fmt.Errorf("%q goes beyond the end of the week\nhint: write two entries: %s and %s", key, dayRange(from, 6), dayRange(0, to))
		}
		for written := range strings.SplitSeq(spans, ",") {
			written = strings.ReplaceAll(written, " ", "")
			opens, closes, _ := strings.Cut(written, "-")
			if !span().MatchString(written) || closes <= opens {
				err := fmt.Errorf("%q is not a span of a day, such as 09:00-18:00", written)
				if hint := suggestSpan(written, opens, closes); hint != "" {
					err = fmt.Errorf("%w\nhint: %s", err, hint)
				}
				return nil, err
			}
			for day := from; day <= to; day++ {
				list = append(list, OpenSpan{day + 1, opens, closes})
			}
		}
	}
	slices.SortFunc(list, func(a, b OpenSpan) int {
		return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), strings.Compare(a.Opens, b.Opens), strings.Compare(a.Closes, b.Closes))
	})
	for i, next := range list[min(1, len(list)):] {
		if s := list[i]; s.Weekday == next.Weekday && next.Opens < s.Closes {
			return nil, fmt.Errorf("%s is open %s-%s and %s-%s, which overlap\nhint: the hours of all entries with a day add up; give the day to one of them",
				weekdays[s.Weekday-1], s.Opens, s.Closes, next.Opens, next.Closes)
		}
	}
	return list, nil
}

// dayRange returns the key of the days between two, both included.
func dayRange(from, to int) string {
	if from == to {
		return weekdays[from]
	}
	return weekdays[from] + "-" + weekdays[to]
}

// suggestSpan returns a hint for a span that is not valid; empty if it is unclear what was meant.
func suggestSpan(written, opens, closes string) string {
	if !span().MatchString(written) || closes >= opens {
		return suggest.Span(written)
	}
	hint := fmt.Sprintf("write %s-24:00", opens)
	if closes > "00:00" {
		hint = fmt.Sprintf("write 00:00-%s, %s-24:00; the hours after midnight are those of the next day", closes, opens)
	}
	return hint
}
