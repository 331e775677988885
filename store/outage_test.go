package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Hours without calls, in which other same weekdays have many, lack calls. There are ten calls from 9:00 on in every hour until 15:00, on
// Mondays, Tuesdays and Wednesdays of six weeks from 7 September, but
//   - none on Monday 5 October from 10:00 to 13:00: an outage, 30 of 60 calls;
//   - none on Tuesday 29 September: a lost day;
//   - one an hour on Wednesday 30 September, and none at 11:00 on the 23rd, when the 16th has nine and the 14th of October none: quiet;
//   - none on Monday 21 September, which is a holiday.
//
// The 7th and 8th of September are the first day with a delivery and the day after. The last delivery comes on Wednesday 14 October at 14:50.
func TestPeriodsWithAnOutageAreNotCompared(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	calls := func(day string, hour int) int {
		switch {
		case day == "10-05" && hour >= 10 && hour < 13, day == "09-29", day == "09-21",
			(day == "09-23" || day == "10-14") && hour == 11:
			return 0
		case day == "09-30":
			return 1
		case day == "09-16" && hour == 11:
			return 9
		}
		return 10
	}
	var spool strings.Builder
	for week, monday := range []string{"09-07", "09-14", "09-21", "09-28", "10-05", "10-12"} {
		for weekday := range 3 {
			var month, day int
			fmt.Sscanf(monday, "%d-%d", &month, &day)
			if day += weekday; month == 9 && day > 30 {
				month, day = 10, day-30
			}
			date := fmt.Sprintf("%02d-%02d", month, day)
			for hour := 9; hour < 15; hour++ {
				for n := range calls(date, hour) {
					fmt.Fprintf(&spool, `{"CallSid": "%d-%d-%d-%d", "Direction": "IVR", "SourceNumber": "09000000001", "DestinationNumber": `+
						`"01204000001", "Status": "ANSWER", "StartTime": "2026-%s %02d:%02d:00", "EndTime": "2026-%[5]s %02[6]d:%02[7]d:30", `+
						`"TalkDuration": "20"}`+"\n", week, weekday, hour, n, date, hour, n*5)
				}
			}
		}
	}
	settings := testSettings()
	settings.Holidays = []string{"2026-09-21"}
	reader := loaded(t, settings, map[string]string{"2026-10-14.ndjson": spool.String()})
	for _, c := range []struct{ period, want string }{
		// Monday 12 October: the 5th has an outage, the 21st of September is a holiday; 28 and 14 September are usual.
		{"'2026-10-12', '2026-10-12'", "1 incomplete no calls 10:00–13:00, 2 , 3 holiday , 4 "},
		{"'2026-10-05', '2026-10-05'", "0 incomplete no calls 10:00–13:00, 1 , 2 holiday , 3 , 4 no data "},
		{"'2026-10-13', '2026-10-13'", "1 , 2 incomplete no calls 09:00–15:00, 3 , 4 "},
		// Wednesday is quiet on the 30th, and sometimes at 11:00.
		{"'2026-10-14', '2026-10-14'", "1 , 2 , 3 , 4 "},
		// The week from 5 October lacks 30 of 180 calls, the week before 60 of 126, of which Wednesday has 6.
		{"'2026-10-05', '2026-10-11'", "0 incomplete no calls 5 October 10:00–13:00, 1 incomplete no calls 29 September 09:00–15:00, 2 holiday , 3 , 4 no data "},
	} {
		got := query(t, reader, "select string_agg(concat_ws(' ', stretch, left_out, no_calls) || case when left_out = 'incomplete' then '' else ' ' end, ', ' order by stretch) "+
			"from compared_periods("+c.period+") where stretch > 0 or left_out is not null")[1][0]
		if got != c.want {
			t.Errorf("%s: got\n%s, want\n%s", c.period, got, c.want)
		}
	}
	for period, want := range map[string]string{
		"'2026-10-05', '2026-10-05'": "no calls 10:00–13:00 3", "'2026-10-12', '2026-10-12'": "", "'2026-10-13', '2026-10-13'": "",
		"'2026-10-05', '2026-10-11'": "no calls 5 October 10:00–13:00 3",
	} {
		got := query(t, reader, "select coalesce(string_agg(subject || ' ' || concern::integer, ', '), '') from findings("+period+") where kind = 'outage'")[1][0]
		if got != want {
			t.Errorf("%s: found %q, want %q", period, got, want)
		}
	}
	for period, want := range map[string]string{
		"'2026-10-12', '2026-10-12'": "60,,2,60", "'2026-10-05', '2026-10-05'": "30,,0,", "'2026-10-13', '2026-10-13'": "60,60,3,60",
	} {
		got := strings.Join(query(t, reader, "select value, before, usual_n, usual_low from changes("+period+") where name = 'calls'")[1], ",")
		if got != want {
			t.Errorf("%s: got %s, want %s", period, got, want)
		}
	}
}

// Whether a day has an outage is the same whatever period it is asked of. There are ten calls at 10:00 and at 11:00 on every day of September 2026,
// but none at 10:00 on Tuesday the 8th: the weeks after it, of which these periods are not, show that calls are missing. These are 10 of the 20
// of the day and 10 of the 600 of the month, which is not incomplete.
func TestAnOutageIsThatOfEveryPeriod(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	var spool strings.Builder
	for day := 1; day <= 30; day++ {
		for n := range 20 {
			if hour := 10 + n/10; day != 8 || hour != 10 {
				fmt.Fprintf(&spool, `{"CallSid": "%d-%d", "Direction": "IVR", "SourceNumber": "09000000001", "DestinationNumber": "01204000001", `+
					`"Status": "ANSWER", "StartTime": "2026-09-%02[1]d %[3]d:%02[2]d:00", "EndTime": "2026-09-%02[1]d %[3]d:%02[2]d:30", "TalkDuration": "20"}`+"\n",
					day, n, hour)
			}
		}
	}
	reader := loaded(t, testSettings(), map[string]string{"2026-09-30.ndjson": spool.String()})
	const ofDays = "select distinct strftime(first_day, '%d') || ' ' || no_calls from compared_periods('2026-09-DAY', '2026-09-DAY') where left_out = 'incomplete'"
	for day := 2; day <= 30; day++ {
		var want []string
		if slices.Contains([]int{8, 15, 22, 29}, day) {
			want = []string{"08 no calls 10:00–11:00"}
		}
		if got := columnOf(query(t, reader, strings.ReplaceAll(ofDays, "DAY", fmt.Sprintf("%02d", day)))); !slices.Equal(got, want) {
			t.Errorf("compared with the %d September: incomplete are %q, want %q", day, got, want)
		}
	}
	for statement, want := range map[string]string{
		"select no_calls from compared_periods('2026-09-07', '2026-09-13') where stretch = 0":        "no calls 8 September 10:00–11:00",
		"select no_calls from compared_periods('2026-09-14', '2026-09-20') where stretch = 1":        "no calls 8 September 10:00–11:00",
		"select no_calls from compared_periods('2026-09-01', '2026-09-30') where stretch = 0":        "no calls 8 September 10:00–11:00",
		"select count(*) from compared_periods('2026-09-09', '2026-09-11') where no_calls <> ''":     "1",
		"select left_out from compared_periods('2026-09-07', '2026-09-13') where stretch = 0":        "incomplete",
		"select left_out from compared_periods('2026-09-01', '2026-09-30') where stretch = 0":        "",
		"select string_agg(subject) from findings('2026-09-08', '2026-09-08') where kind = 'outage'": "no calls 10:00–11:00",
		"select string_agg(subject) from findings('2026-09-01', '2026-09-30') where kind = 'outage'": "no calls 8 September 10:00–11:00",
		"select has_data from previous_period('2026-09-15', '2026-09-15')":                           "false",
		"select before from changes('2026-09-15', '2026-09-15') where name = 'calls'":                "",
		"select before_calls from summary('2026-09-08', '2026-09-08')":                               "",
	} {
		if got := query(t, reader, statement)[1][0]; got != want {
			t.Errorf("%s: got %q, want %q", statement, got, want)
		}
	}
}

// TestOutagesMatchIndependentComputation asks a busy world for periods with silentDays, before and after them.
func TestOutagesMatchIndependentComputation(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for seed := range *seeds {
		w, spool := randomWorld(seed+70, "Europe/London", 1600)
		reader := loaded(t, w.settings, map[string]string{"2026-10-20.ndjson": spool})
		outages := 0
		for _, period := range [][2]string{
			{"2026-10-08", "2026-10-08"}, {"2026-10-15", "2026-10-15"}, {"2026-10-21", "2026-10-21"}, {"2026-10-28", "2026-10-28"}, {"2026-11-02", "2026-11-02"},
			{"2026-10-07", "2026-10-09"}, {"2026-10-10", "2026-10-12"}, {"2026-10-26", "2026-11-01"}, {"2026-10-01", "2026-10-31"},
		} {
			for _, filter := range w.filters()[:4] {
				q := plainQuestion{period[0], period[1], filter}
				arguments := map[string]any{"from": period[0], "to": period[1]}
				maps.Copy(arguments, filter.arguments)
				for _, name := range []string{"compared_periods", "previous_period"} {
					of := comparisons[name]
					compareRows(t, fmt.Sprint(seed, " ", name, " ", arguments), w, reader, name, arguments, of.keys, of.rows(w, q, of.keys), map[string]bool{})
				}
				source, _ := filter.arguments["source"].(string)
				silent, _ := w.silentHours(q.stretch(), source)
				outages += len(silent)
			}
		}
		if outages < 10 {
			t.Errorf("seed %d: only %d hours of outages to compare", seed, outages)
		}
	}
}

// columnOf returns the values of the first column of a result.
func columnOf(rows [][]string) (values []string) {
	for _, row := range rows[1:] {
		values = append(values, row[0])
	}
	return values
}
