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
		if from < 0 || to < from {
			return nil, fmt.Errorf("%q is not a day or a range of days, such as mon or mon-fri", key)
		}
		for written := range strings.SplitSeq(spans, ",") {
			written = strings.ReplaceAll(written, " ", "")
			opens, closes, _ := strings.Cut(written, "-")
			if !span().MatchString(written) || closes <= opens {
				err := fmt.Errorf("%q is not a span of a day, such as 09:00-18:00", written)
				if hint := suggest.Span(written); hint != "" {
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
