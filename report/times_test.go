package report

import (
	"testing"
	"time"

	"callsheet/internal/sqlvalue"
)

// TestTimesThatExcelDoesNotShowAreText: Excel shows days before March 1900 as the day before or as ####, and none after 9999.
func TestTimesThatExcelDoesNotShowAreText(t *testing.T) {
	b := &book{req: Request{Zone: india}}
	for _, c := range []struct {
		at   time.Time
		want any // of the DATE, with the text of the time
		text string
	}{
		{time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC), 61.0, ""},
		{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), 2958465.0, ""},
		{time.Date(1900, 2, 28, 0, 0, 0, 0, time.UTC), "1900-02-28", "1900-02-28 00:00:00"},
		{time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC), "-0043-03-15", "-0043-03-15 00:00:00"},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "10000-01-01", "10000-01-01 00:00:00"},
		{time.Date(5881580, 7, 11, 0, 0, 0, 0, time.UTC), "5881580-07-11", "5881580-07-11 00:00:00"}, // infinity
	} {
		local := c.at.Add(-330 * time.Minute).In(india)
		for name, got := range map[string]any{
			"report, date": b.cellValue(sqlvalue.Date(c.at), "day"), "rows, date": plainValue(sqlvalue.Date(c.at)),
		} {
			if got != c.want {
				t.Errorf("%s %s: %v, want %v", name, c.at, got, c.want)
			}
		}
		if c.text == "" {
			continue
		}
		for name, got := range map[string]any{
			"report, timestamp": b.cellValue(sqlvalue.LocalTime(c.at), "time"), "rows, timestamp": plainValue(sqlvalue.LocalTime(c.at)),
			"report, instant": b.cellValue(local, "time"), "rows, instant": plainValue(local),
		} {
			if got != c.text {
				t.Errorf("%s %s: %v, want %v", name, c.at, got, c.text)
			}
		}
	}
}
