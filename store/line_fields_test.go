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

// TestHashOfAFieldStaysWhenItGetsAColumn: circle and the keys had none at first, and were members like any other.
func TestHashOfAFieldStaysWhenItGetsAColumn(t *testing.T) {
	for text, want := range map[string]uint64{
		`{"CallSid":"1.1","Direction":"IVR","Status":"ANSWER","EndTime":"2026-10-05 10:00:00","key_press":["1","2"],"circle":{"a":1}}`:          9291758730578167726,
		`{"CallSid":"1.1","Direction":"IVR","Status":"ANSWER","EndTime":"2026-10-05 10:00:00","Key Pressed":3,"circle":"Delhi","CIRCLE":"Goa"}`: 16037725222041034476,
		`{"CallSid":"1.1","Direction":"IVR","type":"live_call","Status":"Ringing","key_press":"2","circle":"Delhi"}`:                            12566954823334111715,
	} {
		l := line{text: []byte(text)}
		l.parse(newLineSources(Settings{}, "main"))
		if l.contentHash != want || l.reason != "" {
			t.Errorf("%s: %d %s", text, l.contentHash, l.reason)
		}
	}
}
