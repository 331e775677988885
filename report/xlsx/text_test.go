package xlsx

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// A time is written as the shortest number that reads back as its serial time, which is the clock's of its zone to 10 µs.
func TestSerialTimesAreWrittenAsNumbers(t *testing.T) {
	india := time.FixedZone("IST", 5*3600+1800)
	for text, want := range map[string]string{
		"1899-12-31T00:00:00Z":          "1",
		"2026-10-05T00:00:00+05:30":     "46300",
		"2026-10-05T09:30:00+05:30":     "46300.3958333333",
		"2026-10-05T12:00:00.0004Z":     "46300.5",
		"2026-10-05T00:00:00.009Z":      "46300.0000001042",
		"1899-12-29T12:00:00Z":          "-0.5",
		"2026-10-05T23:59:59.999+05:30": "46300.9999999884",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(appendSerialTime(nil, at)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		at := time.UnixMilli(random.Int64N(4e12) - 2e12).In(india)
		if got, want := string(appendSerialTime(nil, at)), strconv.FormatFloat(SerialTime(at), 'f', -1, 64); got != want {
			t.Fatalf("%s: got %s, want %s", at, got, want)
		}
	}
}
