package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/suggest"
	"callsheet/queries"
	"callsheet/store"
)

// CheckDays returns a warning if a query is over days that the data lacks, since it is the file of another period.
func CheckDays(ctx context.Context, reader *store.Reader, query string, arguments map[string]any) error {
	outside, kept, err := reader.OutsidePeriod(ctx, query, arguments)
	if err != nil || !outside {
		return err
	}
	return exitcode.WarningError(fmt.Errorf("the file has only the calls of %s: figures of other days are missing", kept))
}

// CheckFilters returns a warning for filters with a value that no call has, such as a misspelt group: their figures are those of no calls.
func CheckFilters(ctx context.Context, reader *store.Reader, filters map[string]string) error {
	var lines []string
	for _, filter := range queries.Filters {
		value := filters[filter]
		if value == "" || slices.Contains([]string{"direction", "hours"}, filter) { // these are checked without calls
			continue
		}
		values, known, err := reader.FilterValues(ctx, filter, value)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		lines = append(lines, fmt.Sprintf("no call has the %s %q", filter, value))
		if near := suggest.Nearest(value, values); near != "" {
			lines = append(lines, fmt.Sprintf("hint: did you mean %q?", near))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return exitcode.WarningError(errors.New(strings.Join(lines, "\n")))
}

// CheckReportFilters returns a warning for filters, and parts of a burst with recipients, that no call has. Before the first call every value
// may still come.
func CheckReportFilters(ctx context.Context, reader *store.Reader, entry config.Report) error {
	selections := []map[string]string{entry.Filters}
	for _, delivery := range entry.Deliver {
		if delivery.Mail != nil {
			for _, part := range slices.Sorted(maps.Keys(delivery.Mail.Recipients)) {
				selections = append(selections, map[string]string{config.Bursts[entry.Burst]: part})
			}
		}
	}
	return checkSelections(ctx, reader, selections)
}

// CheckSources returns a warning if there are calls of sources that are not configured, as long as any source is.
func CheckSources(ctx context.Context, reader *store.Reader) error {
	var lines []string
	err := reader.Query(ctx, "unconfigured_sources", nil, ignoreHeader, func(values []any) error {
		lines = append(lines, fmt.Sprintf("source %s is not in the configuration: its %s read with %s",
			values[0], display.Agree(values[1].(int64), "call is", "calls are"), store.DefaultReading))
		return nil
	})
	if err != nil || len(lines) == 0 {
		return err
	}
	lines = append(lines, "hint: add it to collector.sources, with tokens: [] to refuse deliveries; the next load reads its calls again")
	return exitcode.WarningError(errors.New(strings.Join(lines, "\n")))
}

// CheckGoals returns a warning for goals of groups and virtual numbers that no call has.
func CheckGoals(ctx context.Context, reader *store.Reader, business config.Business) error {
	var selections []map[string]string
	for _, group := range slices.Sorted(maps.Keys(business.GroupGoals)) {
		selections = append(selections, map[string]string{"group": group})
	}
	for _, number := range slices.Sorted(maps.Keys(business.NumberGoals)) {
		selections = append(selections, map[string]string{"number": number})
	}
	return checkSelections(ctx, reader, selections)
}

func checkSelections(ctx context.Context, reader *store.Reader, selections []map[string]string) error {
	calls := int64(0)
	err := reader.Query(ctx, "freshness", nil, ignoreHeader, func(values []any) error {
		calls, _ = values[2].(int64)
		return nil
	})
	if err != nil || calls == 0 {
		return err
	}
	var lines []string
	for _, filters := range selections {
		err := CheckFilters(ctx, reader, filters)
		if err != nil && exitcode.Of(err) != exitcode.Warnings {
			return err
		}
		if err != nil {
			lines = append(lines, err.Error())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return exitcode.WarningError(errors.New(strings.Join(lines, "\n")))
}
