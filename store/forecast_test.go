package store

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// TestForecastMatchesPlainComputation of the week from Sunday, 1 November, from the twelve weeks before it.
func TestForecastMatchesPlainComputation(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for _, zone := range []string{"Europe/London", "Asia/Kathmandu"} {
		p := loadedPlant(t, zone)
		day := func(back int) time.Time { return time.Date(2026, 10, 31-back, 0, 0, 0, 0, p.zone) }
		_, incomplete := p.outages()
		isComplete := func(at time.Time) bool {
			return at.After(time.Date(2026, 8, 1, 0, 0, 0, 0, p.zone)) && !p.isHoliday(at) && !at.AddDate(0, 0, 1).After(p.through) &&
				!incomplete[at.Format(time.DateOnly)]
		}
		offered := map[string]float64{}
		seen, all := map[string]float64{}, map[int]float64{}
		talk, answered := 0.0, 0.0
		for _, c := range p.calls {
			local := c.start.In(p.zone)
			midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, p.zone)
			if !p.inBusinessHours(c.start) || !isComplete(midnight) || midnight.Before(day(83)) {
				continue
			}
			offered[local.Format(time.DateOnly)]++
			if midnight.Before(day(55)) {
				continue
			}
			seen[fmt.Sprintf("%d %02d:%02d", isoWeekday(local), local.Hour(), local.Minute()/30*30)]++
			all[isoWeekday(local)]++
			if c.talk > 0 {
				talk, answered = talk+float64(c.talk), answered+1
			}
		}
		// forecast returns the median of the same weekdays of the eight weeks before, and how many there are.
		forecast := func(at time.Time) (median, weeks float64) {
			var days []float64
			for week := 1; week <= 8; week++ {
				if d := at.AddDate(0, 0, -7*week); isComplete(d) && !d.Before(day(83)) {
					days = append(days, offered[d.Format(time.DateOnly)])
				}
			}
			if len(days) < 2 {
				return math.NaN(), float64(len(days))
			}
			slices.Sort(days)
			return (days[(len(days)-1)/2] + days[len(days)/2]) / 2, float64(len(days))
		}
		off, sum, days := 0.0, 0.0, 0.0
		for back := range 28 {
			if at := day(back); isComplete(at) {
				median, _ := forecast(at)
				actual := offered[at.Format(time.DateOnly)]
				off, sum, days = off+math.Abs(actual-median), sum+actual, days+1
			}
		}
		want := map[string]plainRow{}
		p.halfHours("2026-11-01", "2026-11-07", func(at time.Time) {
			local := at.In(p.zone)
			median, weeks := forecast(time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, p.zone))
			row := plainRow{"weekday": float64(isoWeekday(local)), "is_open": fmt.Sprint(p.isOpen(at)), "is_holiday": fmt.Sprint(p.isHoliday(at)), "weeks": weeks,
				"day_forecast_offered": median, "forecast_offered": math.NaN(), "agents_needed": math.NaN(), "traffic": math.NaN(),
				"avg_talk_seconds": talk / answered, "forecast_error": off / sum, "error_days": days, "planned_service_level": 0.8}
			switch key := p.halfHourKey(at); {
			case p.isHoliday(at):
				row["day_forecast_offered"] = math.NaN()
			case p.isOpen(at):
				calls := median * seen[key] / all[isoWeekday(local)]
				row["forecast_offered"], row["traffic"] = calls, calls*talk/answered/1800
				if seen[key] >= 5 {
					row["agents_needed"] = plainAgentsNeeded(calls*talk/answered/1800, talk/answered)
				}
			}
			if clock := local.Format("15:04"); clock < "03:00" || clock >= "09:00" && clock < "17:30" || clock == "23:30" {
				want[local.Format(time.DateOnly)+" "+clock] = row
			}
		})
		comparePlant(t, p, "forecast", "local_day half_hour", "2026-10-01", "2026-10-31", want)
	}
}
