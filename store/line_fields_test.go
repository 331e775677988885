package store

import (
	"regexp"
	"slices"
	"testing"

	"callsheet/queries"
)

// TestStageReadsEveryLineField: stage.sql would read NULL from a name that is not in the table of fields.
func TestStageReadsEveryLineField(t *testing.T) {
	var names []string
	for _, match := range regexp.MustCompile(`field\(v, '(\w+)'\)`).FindAllStringSubmatch(queries.SQL("load/stage"), -1) {
		names = append(names, match[1])
	}
	if want := fieldNames(); !slices.Equal(names, want) {
		t.Errorf("stage.sql reads\n%v\nthe table of fields has\n%v", names, want)
	}
}
