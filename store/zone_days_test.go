package store

import (
	"path/filepath"
	"testing"
)

// TestTimesNearADayAreThoseOfTheCalendar compares times that are read with the offset of their call's day with those of DuckDB's calendar, in
// each half hour of the days around changes of the clock: skipped and repeated hours, changes at midnight and of half an hour.
func TestTimesNearADayAreThoseOfTheCalendar(t *testing.T) {
	skipIfShort(t)
	settings := testSettings()
	settings.Sources = nil
	for _, zone := range []string{"Asia/Kolkata", "Europe/London", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"} {
		settings.Sources = append(settings.Sources, Source{Name: zone, Timezone: zone, OutgoingCaller: "agent"})
	}
	db := openStore(t, Options{Path: filepath.Join(t.TempDir(), "calls.duckdb"), Settings: settings, Now: testNow})
	defer db.Close()
	var days, known, wrong int
	err := db.conn.QueryRowContext(t.Context(), `
		create or replace temp table started as
		select source, strftime(day, '%Y-%m-%d 12:00:00') as start_time, day
		from sources, (select unnest(range(timestamp '2011-12-20', timestamp '2012-01-10', interval 1 day)
		                        || range(timestamp '2026-01-01', timestamp '2027-01-01', interval 1 day)) as day);
		create or replace temp table days as from zone_days_of(started, started);
		select
			count(distinct (source, started.day)), count(distinct (source, started.day)) filter (where utc_offset is not null),
			count(*) filter (where time_near_day(local, valid_from, valid_to, utc_offset, timezone) is distinct from timezone(timezone, local))
		from started join sources using (source)
		left join days on days.source = started.source and days.day = left(start_time, 10),
		(select unnest(range(-60, 120)) as half), lateral (select started.day + to_minutes(half * 30) as local)`).
		Scan(&days, &known, &wrong)
	if err != nil {
		t.Fatal(err)
	}
	if wrong > 0 || known == days || known < days*9/10 {
		t.Errorf("%d of %d days have an offset, %d times are wrong", known, days, wrong)
	}
}
