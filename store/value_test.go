package store

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"
)

// A decimal becomes the nearest float64, which is what its digits read as.
func TestDecimalsBecomeTheNearestNumber(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		n := random.Int64() >> random.IntN(63)
		if random.IntN(2) == 0 {
			n = -n
		}
		d := duckdb.Decimal{Width: 38, Scale: uint8(random.IntN(19)), Value: big.NewInt(n)}
		if n > 1<<53 || n < -1<<53 {
			continue // the driver divides, and may round twice
		}
		want, err := strconv.ParseFloat(d.String(), 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := decimalNumber(d); got != want {
			t.Fatalf("%s: got %v, want %v", d, got, want)
		}
	}
}

// TestTimesOfDayAreWhole: 24:00 is the end of a day, not its beginning, and fractions are not cut.
func TestTimesOfDayAreWhole(t *testing.T) {
	dir, settings := t.TempDir(), testSettings()
	settings.BusinessHours = []Hours{{1, "00:00", "12:00"}, {2, "10:00", "24:00"}}
	writeSpool(t, dir, map[string]string{"a.ndjson": ""})
	load(t, dir, settings)
	reader := published(t, dir, settings)
	for statement, want := range map[string]string{
		"from business_hours": "weekday,opens,closes\n1,00:00:00,12:00:00\n2,10:00:00,24:00:00\n",
		"select time '24:00' as t, time '10:00:00.25' as t, 'x' as \"a b\" order by 1; -- c": "t,t,a b\n24:00:00,10:00:00.25,x\n",
	} {
		if got := lines(query(t, reader, statement)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", statement, got, want)
		}
		var streamed [][]string
		header, add := collect(&streamed)
		if err := reader.StreamSQL(t.Context(), statement, header, add); err != nil || lines(streamed) != strings.Replace(want, "t,t,", "t,t_1,", 1) {
			t.Errorf("%s: streamed %v\n%s", statement, err, lines(streamed))
		}
	}
}

// TestValuesKeepTheirDigits: a value is what DuckDB itself shows.
func TestValuesKeepTheirDigits(t *testing.T) {
	dir := t.TempDir()
	writeSpool(t, dir, map[string]string{"a.ndjson": ""})
	load(t, dir, testSettings())
	reader := published(t, dir, testSettings())
	for expression, want := range map[string]string{
		"-0.05::decimal(4, 2)": "-0.05", "0.07::float": "0.07",
		"'infinity'::timestamp": "infinity", "'-infinity'::timestamptz": "-infinity", "'infinity'::date": "infinity",
		"'12345678-9abc-def0-1234-56789abcdef0'::uuid": "12345678-9abc-def0-1234-56789abcdef0", "map {'k': 1, 'l': 2}": `{"k":1,"l":2}`,
		"interval '90 minutes'": "01:30:00",
	} {
		if got := query(t, reader, "select "+expression+" as value"); got[1][0] != want {
			t.Errorf("%s: got %s", expression, got[1][0])
		}
	}
}
