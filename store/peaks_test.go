package store

import (
	"fmt"
	"slices"
	"testing"
)

// TestKeptPeaksAreThoseOfTheCalls compares the peaks that a load keeps with those of the calls in progress, over periods and dimensions.
func TestKeptPeaksAreThoseOfTheCalls(t *testing.T) {
	skipIfShort(t)
	for seed, zone := range []string{"Asia/Kolkata", "Europe/Berlin"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			w, spool := randomWorld(uint64(seed)+90, zone, 200)
			reader := loaded(t, w.settings, map[string]string{"a.ndjson": spool})
			days := query(t, reader, "select distinct local_day::varchar from calls order by 1")[1:]
			first, middle, last := days[0][0], days[len(days)/2][0], days[len(days)-1][0]
			for _, period := range [][2]string{{first, last}, {first, middle}, {middle, middle}, {middle, last}} {
				for _, dims := range []string{"everything", "call_group", "virtual_number", "local_day", "weekday', 'local_hour", "virtual_number', 'local_hour"} {
					for _, filter := range []string{"null", "(select min(call_group) from calls)"} {
						arguments := fmt.Sprintf("'%s', '%s', %s", period[0], period[1], filter)
						got := query(t, reader, fmt.Sprintf("from period_peaks(['%s'], %s) order by all", dims, arguments))
						want := query(t, reader, fmt.Sprintf(
							"with running as (from running_calls(%s)) from peak_concurrency(['%s'], running) order by all", arguments, dims))
						if !slices.EqualFunc(got, want, slices.Equal) {
							t.Errorf("%s by %s: got, want\n%s", arguments, dims, differingLines(lines(got), lines(want)))
						}
					}
				}
			}
		})
	}
}
