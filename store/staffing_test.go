package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A plantCall is an incoming call of the site of these tests: nobody talked if talk is 0, and "" is an agent who is not known.
type plantCall struct {
	start time.Time
	talk  int
	agent string
}

// A plant is a site with calls by the half-hour, and what the plain computation of staffing and forecasts needs.
type plant struct {
	settings Settings
	zone     *time.Location
	calls    []plantCall // all of which wait for 5 s
	through  time.Time   // the end of the last call
	reader   *Reader
}

// lostFile is the day of a spool file that is missing, though the calls of the day are there.
const lostFile = "2026-10-13"

// loadedPlant loads a newPlant, of which a file is then lost.
func loadedPlant(t *testing.T, zone string) plant {
	t.Helper()
	p, spool := newPlant(t, zone)
	dir := t.TempDir()
	twice, _, _ := strings.Cut(spool, "\n")
	writeSpool(t, dir, map[string]string{"2026-11-01.ndjson": spool, lostFile + ".ndjson": twice + "\n"})
	load(t, dir, p.settings)
	if err := os.Remove(filepath.Join(dir, "spool", lostFile+".ndjson")); err != nil {
		t.Fatal(err)
	}
	load(t, dir, p.settings)
	p.reader = published(t, dir, p.settings)
	return p
}

// newPlant makes calls from 1 August to 31 October 2026, 10:10. In the night of 25 October the clock is set back in London. Open are
// weekdays until 17:15, and Sunday nights. Wednesdays have many calls from 11:00 to 12:00, two of them none.
func newPlant(t *testing.T, zone string) (p plant, spool string) {
	t.Helper()
	settings := testSettings()
	settings.Timezone, settings.Holidays = zone, []string{"2026-10-19", "2026-11-03"}
	settings.Sources = []Source{{Name: "main", Timezone: "UTC"}}
	for day := 1; day <= 6; day++ {
		settings.BusinessHours = append(settings.BusinessHours, Hours{day, "09:00", "17:15"})
	}
	settings.BusinessHours = append(settings.BusinessHours, Hours{7, "00:00", "03:00"}, Hours{7, "23:30", "24:00"})
	p = plant{settings: settings, zone: zoneNamed(t, zone)}
	rng := rand.New(rand.NewPCG(1, 21))
	for at := time.Date(2026, 8, 1, 9, 0, 0, 0, p.zone); at.Before(time.Date(2026, 10, 31, 10, 10, 0, 0, p.zone)); at = at.Add(30 * time.Minute) {
		n := rng.IntN(2)
		if p.isOpen(at) {
			n = rng.IntN(7)
		}
		if at.Weekday() == time.Wednesday && at.Hour() == 11 {
			n = 6
			if day := at.Format(time.DateOnly); day == "2026-09-09" || day == "2026-10-07" {
				n = 0
			}
		}
		for range n {
			c := plantCall{start: at.Add(time.Duration(rng.IntN(1800)) * time.Second)}
			if rng.IntN(4) > 0 {
				c.talk, c.agent = 60+rng.IntN(1200), fmt.Sprint("Agent ", rng.IntN(5))
			}
			if c.talk > 0 && rng.IntN(40) == 0 {
				c.agent = ""
			}
			p.calls = append(p.calls, c)
		}
	}
	slices.SortFunc(p.calls, func(a, b plantCall) int { return a.start.Compare(b.start) })
	var events strings.Builder
	for i, c := range p.calls {
		end := c.start.Add(time.Duration(30) * time.Second)
		event := map[string]any{"CallSid": fmt.Sprint("s", i), "Direction": "IVR", "SourceNumber": fmt.Sprint(9000000000 + i), "DestinationNumber": "01204000001",
			"call_group": "Support", "Status": "NO ANSWER", "StartTime": c.start.UTC().Format(time.DateTime)}
		if c.talk > 0 {
			end = c.talksUntil()
			event["Status"], event["TalkDuration"], event["LegB_Picked_time"] = "ANSWER", fmt.Sprint(c.talk), c.talksFrom().UTC().Format(time.DateTime)
		}
		if c.agent != "" {
			event["DialWhomNumber"], event["receiver_name"] = "928000000"+c.agent[6:], c.agent
		}
		event["EndTime"] = end.UTC().Format(time.DateTime)
		if end.After(p.through) {
			p.through = end
		}
		line, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		events.Write(append(line, '\n'))
	}
	return p, events.String()
}

func (c plantCall) talksFrom() time.Time { return c.start.Add(5 * time.Second) }
func (c plantCall) talksUntil() time.Time {
	return c.talksFrom().Add(time.Duration(c.talk) * time.Second)
}

func zoneNamed(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// isOpen reports whether the half-hour from a time on is at least partly within business hours, on a day that may be a holiday.
func (p plant) isOpen(at time.Time) bool {
	local := at.In(p.zone)
	from := local.Format("15:04")
	to := fmt.Sprintf("%02d:%02d", local.Hour()+(local.Minute()+30)/60, (local.Minute()+30)%60)
	return slices.ContainsFunc(p.settings.BusinessHours, func(h Hours) bool {
		return h.Weekday == isoWeekday(local) && h.Opens < to && h.Closes > from
	})
}

// inBusinessHours reports whether a call is: it started within business hours, not on a holiday.
func (p plant) inBusinessHours(at time.Time) bool {
	local := at.In(p.zone)
	return !p.isHoliday(at) && slices.ContainsFunc(p.settings.BusinessHours, func(h Hours) bool {
		return h.Weekday == isoWeekday(local) && h.Opens <= local.Format("15:04") && h.Closes > local.Format("15:04")
	})
}

func (p plant) isHoliday(at time.Time) bool {
	return slices.Contains(p.settings.Holidays, at.In(p.zone).Format(time.DateOnly))
}

// outages returns the hours of the clock in which calls are missing, and the days that lack calls by these, or since their file is lost.
func (p plant) outages() (hours map[string]bool, incomplete map[string]bool) {
	w := plainWorld{settings: p.settings, zone: p.zone, through: p.through}
	for _, c := range p.calls {
		w.calls = append(w.calls, plainCall{started: c.start})
	}
	hours, incomplete = map[string]bool{}, map[string]bool{lostFile: true}
	for day := localDay("2026-08-01"); day.Before(localDay("2026-11-01")); day = day.AddDate(0, 0, 1) {
		silent, isIncomplete := w.silentHours(plainStretch{day, day.AddDate(0, 0, 1)}, "")
		for _, hour := range silent {
			hours[hour.Format("2006-01-02 15")] = true
		}
		if isIncomplete {
			incomplete[day.Format(time.DateOnly)] = true
		}
	}
	return hours, incomplete
}

func isoWeekday(at time.Time) int { return (int(at.Weekday())+6)%7 + 1 }

// halfHourKey is the weekday and the local time.
func (p plant) halfHourKey(at time.Time) string {
	local := at.In(p.zone)
	return fmt.Sprint(isoWeekday(local), " ", local.Format("15:04"))
}

// halfHours calls f with the beginning of every half-hour of the days from one to another.
func (p plant) halfHours(from, to string, f func(at time.Time)) {
	first, _ := time.ParseInLocation(time.DateOnly, from, p.zone)
	last, _ := time.ParseInLocation(time.DateOnly, to, p.zone)
	for at := first; at.Before(last.AddDate(0, 0, 1)); at = at.Add(30 * time.Minute) {
		f(at)
	}
}

// TestStaffingMatchesPlainComputation over October, of which the last day is not over.
func TestStaffingMatchesPlainComputation(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for _, zone := range []string{"Europe/London", "Asia/Kathmandu"} {
		p := loadedPlant(t, zone)
		want := map[string]plainRow{}
		seen, offered, missed := map[string][]float64{}, map[string]float64{}, map[string]float64{}
		halfHours, open, known, clocks := map[string]float64{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
		talk, answered := 0.0, 0.0
		silent, _ := p.outages()
		p.halfHours("2026-10-01", "2026-10-31", func(at time.Time) {
			end := at.Add(30 * time.Minute)
			local := at.In(p.zone)
			if p.isHoliday(at) || end.After(p.through) || silent[local.Format("2006-01-02 15")] || local.Format(time.DateOnly) == lostFile {
				return
			}
			key, agents, unknown := p.halfHourKey(at), map[string]bool{}, false
			halfHours[key]++
			open[key] = open[key] || p.isOpen(at)
			for _, c := range p.calls {
				if !c.start.Before(at) && c.start.Before(end) {
					offered[key]++
					clocks[key[2:]] = true
					if c.talk == 0 {
						missed[key]++
					} else {
						talk, answered = talk+float64(c.talk), answered+1
					}
				}
				if c.talk > 0 && c.talksFrom().Before(end) && c.talksUntil().After(at) {
					agents[c.agent] = true
					unknown = unknown || c.agent == ""
					known[key] = true
				}
			}
			if !unknown {
				seen[key] = append(seen[key], float64(len(agents)))
			}
		})
		for key := range halfHours {
			if !known[key] && !clocks[key[2:]] {
				continue
			}
			row := plainRow{"is_open": fmt.Sprint(open[key]), "half_hours": halfHours[key], "offered": offered[key], "missed": missed[key],
				"service_level": ratio(offered[key]-missed[key], offered[key]), "avg_talk_seconds": talk / answered,
				"planned_service_level": 0.8, "agents_seen": math.NaN(), "agents_needed": math.NaN(), "agents_short": math.NaN(),
				"expected_service_level": math.NaN(), "one_more_service_level": math.NaN(), "one_more_answered": math.NaN()}
			traffic := offered[key] / halfHours[key] * talk / answered / 1800
			row["traffic"] = traffic
			agents := math.NaN()
			if n := len(seen[key]); n > 0 {
				slices.Sort(seen[key])
				agents = math.Floor((seen[key][(n-1)/2] + seen[key][n/2]) / 2)
				row["agents_seen"] = agents
			}
			if open[key] && offered[key] >= 5 {
				needed := plainAgentsNeeded(traffic, talk/answered)
				row["agents_needed"], row["agents_short"] = needed, math.Max(needed-agents, 0)
				if agents >= 0 {
					now := exactServiceLevel(int(agents), traffic, talk/answered, 20)
					row["expected_service_level"] = now
					if agents+1 > traffic {
						more := exactServiceLevel(int(agents)+1, traffic, talk/answered, 20)
						row["one_more_service_level"] = more
						row["one_more_answered"] = math.Min(offered[key]*(more-now), missed[key])
					}
				}
			}
			want[key] = row
		}
		if len(silent) < 2 {
			t.Error("too few outages to compare")
		}
		if len(want) < 100 {
			t.Errorf("only %d rows to compare", len(want))
		}
		comparePlant(t, p, "staffing", "weekday half_hour", "2026-10-01", "2026-10-31", want)
	}
}

// plainAgentsNeeded counts up until 80 % are served within 20 s.
func plainAgentsNeeded(traffic, talk float64) float64 {
	n := 0
	for traffic > 0 && exactServiceLevel(n, traffic, talk, 20) < 0.8 {
		n++
	}
	return float64(n)
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// comparePlant compares a query's rows, by the text of its keys.
func comparePlant(t *testing.T, p plant, name, keys, from, to string, want map[string]plainRow) {
	t.Helper()
	var columns []string
	seen := map[string]bool{}
	err := p.reader.Query(context.Background(), name, map[string]any{"from": from, "to": to},
		func(names []string) error { columns = slices.Clone(names); return nil },
		func(values []any) error {
			row := map[string]string{}
			for i, column := range columns {
				row[column] = cell(values[i])
			}
			var parts []string
			for key := range strings.FieldsSeq(keys) {
				parts = append(parts, row[key])
			}
			key := strings.Join(parts, " ")
			seen[key] = true
			for _, column := range columns {
				if !slices.Contains(strings.Fields(keys), column) && !isEqual(row[column], want[key][column]) {
					t.Errorf("%s of %s, %s: %s is %s, want %v", name, p.zone, key, column, row[column], want[key][column])
				}
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	for key := range want {
		if !seen[key] {
			t.Errorf("%s of %s: no row for %s", name, p.zone, key)
		}
	}
}
