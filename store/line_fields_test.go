package store

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// TestFieldsAreReadInEverySpelling: the loader takes its fields' other spellings from the spool's list.
func TestFieldsAreReadInEverySpelling(t *testing.T) {
	for _, field := range payloadFields {
		if got := spool.FieldName([]byte(field.key)); got != field.key {
			t.Errorf("%s is the field %q", field.key, got)
		}
	}
	if len(payloadFields) > 64 {
		t.Error("a line has one bit for each field")
	}
}

// TestStageReadsEveryLineField: stage.sql would read NULL from a name that is not in the table of fields.
func TestStageReadsEveryLineField(t *testing.T) {
	var names []string
	for _, match := range regexp.MustCompile(`field\(v, '(\w+)'\)`).FindAllStringSubmatch(queries.SQL("load/stage"), -1) {
		names = append(names, match[1])
	}
	if want := fieldNames(); !slices.Equal(slices.Compact(names), want) {
		t.Errorf("stage.sql reads\n%v\nthe table of fields has\n%v", names, want)
	}
}

// TestLiveEventsKeepEveryField: a field that live_events has no column for is kept in extra.
func TestLiveEventsKeepEveryField(t *testing.T) {
	insert := strings.ReplaceAll(queries.SQL("load/live_events"), "_", "")
	for _, field := range payloadFields {
		column := strings.ToLower(strings.ReplaceAll(field.key, "_", ""))
		if hasColumn := regexp.MustCompile(`\b` + column + `\b`).MatchString(insert); hasColumn == field.onlyReports && !field.undocumented {
			t.Errorf("%s: onlyReports is %v", field.key, field.onlyReports)
		}
	}
}
