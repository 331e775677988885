package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/exitcode"
	"callsheet/internal/suggest"
	"callsheet/queries"
	"callsheet/store"
)

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
