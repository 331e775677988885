package pipeline

import (
	"strings"
	"testing"
	"time"
)

// TestDataTimeIsOneRow of what the child process printed; anything else is an error that quotes it.
func TestDataTimeIsOneRow(t *testing.T) {
	if at, err := readDataTime([]byte(`[{"data_time":"2026-10-05T10:00:00Z"}]`)); err != nil || !at.Equal(time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("%v, %v", at, err)
	}
	for answer, want := range map[string]string{"": "unexpected end", "{}": "cannot unmarshal", "[]": `want one row, got "[]"`, "[{},{}]": "want one row"} {
		if _, err := readDataTime([]byte(answer)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q: %v, want %q", answer, err, want)
		}
	}
}
