package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/page"
)

// todaySite is a loaded database, of which the page computes figures at any time.
type todaySite struct {
	t   *testing.T
	dir string
}

// writeSpoolDay writes the spool file of a day, with reports that were received from 10:10 on at intervals.
func writeSpoolDay(t *testing.T, spool string, day time.Time, interval time.Duration, reports []map[string]string) {
	t.Helper()
	var text bytes.Buffer
	for i, report := range reports {
		payload, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		at := day.Add(10*time.Hour + 10*time.Minute + time.Duration(i)*interval)
		fmt.Fprintf(&text, `{"id":"01K6%011d%011d","received_at":%q,"source":"main","kind":"call_report","encoding":"json","payload":%s}`+"\n", day.Unix(), i, at.Format(time.RFC3339), payload)
	}
	if err := os.WriteFile(filepath.Join(spool, day.Format(time.DateOnly)+".ndjson"), text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newTodaySite loads the calls of the Mondays up to 5 October 2026: 2 of Sales, answered, and on the last one a missed call of each of
// Sales and Support.
func newTodaySite(t *testing.T) todaySite {
	t.Helper()
	s := todaySite{t, t.TempDir()}
	spool := filepath.Join(s.dir, "data", "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	for week := range 4 {
		day := time.Date(2026, 9, 14+7*week, 0, 0, 0, 0, zone)
		reports := []map[string]string{
			reportOf(day.Add(10*time.Hour), "Sales", fmt.Sprint("0987654100", week), true, false),
			reportOf(day.Add(11*time.Hour), "Sales", fmt.Sprint("0987654200", week), true, false),
		}
		if week == 3 {
			reports = append(reports, reportOf(day.Add(12*time.Hour), "Sales", "09876543001", false, false), reportOf(day.Add(13*time.Hour), "Support", "09876543002", false, false))
		}
		writeSpoolDay(t, spool, day, time.Hour, reports)
	}
	return s
}

// load loads with a configuration.
func (s todaySite) load(config string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "callsheet.yaml")
	if err := os.WriteFile(path, []byte("data_dir: ./data\n"+config), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if out, err := exec.Command("callsheet", "--config", path, "load").CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
}

// at computes the figures of a group at a time, such as 2026-10-05 15:00.
func (s todaySite) at(clock, group string) (today page.Today) {
	s.t.Helper()
	var out bytes.Buffer
	a := &app{configPath: filepath.Join(s.dir, "callsheet.yaml"), stdout: &out, stderr: s.t.Output(), now: func() time.Time {
		at, err := time.Parse("2006-01-02 15:04 -0700", clock+" +0530")
		if err != nil {
			s.t.Fatal(err)
		}
		return at
	}}
	p, err := a.open()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := a.printToday(s.t.Context(), p, group); err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &today); err != nil {
		s.t.Fatal(err)
	}
	return today
}

// words describes figures briefly.
func words(today page.Today) string {
	figure := func(name string) string {
		i := slices.IndexFunc(today.Figures, func(f page.Figure) bool { return f.Name == name })
		f := today.Figures[i]
		text := ""
		for _, n := range []*float64{f.Value, f.WeekBefore, f.UsualLow, f.UsualHigh} {
			if n == nil {
				text += " -"
			} else {
				text += fmt.Sprintf(" %.3g", *n)
			}
		}
		return name + text
	}
	var days, left, callers []string
	for _, day := range today.Compared {
		days = append(days, day.Format("02.01."))
	}
	for _, day := range today.LeftOut {
		left = append(left, day.Day.Format("02.01.")+day.Why)
	}
	for _, caller := range today.Callers {
		callers = append(callers, fmt.Sprint(caller.Customer, " ", caller.Group, " ", caller.Waits))
	}
	return fmt.Sprintf("%s, %s; compared %v, without %v; data %t, holiday %t, closed %t; callers %s", figure("offered"), figure("answer_rate"), days, left,
		today.HasData(), today.IsHoliday, today.IsClosed, strings.Join(callers, ", "))
}

func TestTodayComparesTheSameStretch(t *testing.T) {
	skipIfShort(t)
	s := newTodaySite(t)
	s.load("")
	for _, c := range []struct{ at, group, want string }{
		// 28 and 21 September have two answered calls until 13:10; of 14 September, the day of the first delivery, nothing is compared.
		{"2026-10-05 15:00", "", "offered 4 2 2 2, answer_rate 0.5 1 1 1; compared [28.09. 21.09.], without []; data true, holiday false, closed false; callers ••••••3001 Sales 1 h, ••••••3002 Support 10 min"},
		{"2026-10-05 15:00", "Sales", "offered 3 2 2 2, answer_rate 0.667 1 1 1; compared [28.09. 21.09.], without []; data true, holiday false, closed false; callers ••••••3001 Sales 1 h"},
		{"2026-10-05 15:00", "Support", "offered 1 0 0 0, answer_rate 0 - - -; compared [28.09. 21.09.], without []; data true, holiday false, closed false; callers ••••••3002 Support 10 min"},
		{"2026-09-21 15:00", "", "offered 2 - - -, answer_rate 1 - - -; compared [], without []; data true, holiday false, closed false; callers "},
		// Nothing of the day is loaded yet. The callers of the days before still wait.
		{"2026-10-06 09:00", "", "offered - - - -, answer_rate - - - -; compared [], without []; data false, holiday false, closed false; callers ••••••3001 Sales 1 h, ••••••3002 Support 10 min"},
		{"2026-10-13 09:00", "", "offered - - - -, answer_rate - - - -; compared [], without []; data false, holiday false, closed false; callers "},
	} {
		if got := words(s.at(c.at, c.group)); got != c.want {
			t.Errorf("%s, %q:\n%s, want\n%s", c.at, c.group, got, c.want)
		}
	}
	today := s.at("2026-10-05 15:00", "")
	if !slices.Equal(today.Groups, []string{"Sales", "Support"}) || len(s.at("2026-10-05 15:00", "Sales").Groups) > 0 {
		t.Errorf("groups: %v", today.Groups)
	}
	var hours []string
	for _, hour := range today.Heat[0].Hours {
		text := fmt.Sprint(hour.Hour, ":")
		for _, cell := range hour.Cells[len(hour.Cells)-2:] {
			if cell.Value == nil {
				text += " -"
			} else {
				text += fmt.Sprint(" ", *cell.Value)
			}
		}
		hours = append(hours, text)
	}
	if got := strings.Join(hours, ", "); got != "10: 0 1, 11: 0 1, 12: 0 1, 13: 0 1" {
		t.Errorf("yesterday and today by hour: %s", got)
	}

	s.load("page: {mask_callers: false}\nbusiness: {hours: {tue-sun: '09:00-18:00'}, holidays: ['2026-09-28']}\n")
	if got, want := words(s.at("2026-10-05 15:00", "Sales")), "offered 3 - - -, answer_rate 0.667 - - -; compared [], without [28.09.holiday]; data true, holiday false, closed true; callers 09876543001 Sales 1 h"; got != want {
		t.Errorf("a closed day after a holiday:\n%s, want\n%s", got, want)
	}
	if got, want := words(s.at("2026-09-28 15:00", "")), "offered 2 - - -, answer_rate 1 - - -; compared [], without []; data true, holiday true, closed true; callers "; got != want {
		t.Errorf("a holiday:\n%s, want\n%s", got, want)
	}
}

func TestTodaySaysWhichDaysLackCalls(t *testing.T) {
	skipIfShort(t)
	s := newTodaySite(t)
	s.load("")
	// Files that lose lines after they were loaded have a problem.
	spool := filepath.Join(s.dir, "data", "spool")
	for _, c := range []struct{ day, want string }{
		{"2026-09-28", "offered 4 - - -, answer_rate 0.5 - - -; compared [], without [28.09.incomplete]; data true, holiday false, closed false; callers ••••••3001 Sales 1 h, ••••••3002 Support 10 min; incomplete false"},
		{"2026-10-05", "offered 4 - - -, answer_rate 0.5 - - -; compared [], without [28.09.incomplete]; data true, holiday false, closed false; callers ••••••3001 Sales 1 h, ••••••3002 Support 10 min; incomplete true"},
	} {
		path := filepath.Join(spool, c.day+".ndjson")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text[:bytes.IndexByte(text, '\n')+1], 0o600); err != nil {
			t.Fatal(err)
		}
		_ = exec.Command("callsheet", "--config", filepath.Join(s.dir, "callsheet.yaml"), "load").Run() // it warns of the problem
		today := s.at("2026-10-05 15:00", "")
		if got := fmt.Sprintf("%s; incomplete %t", words(today), today.IsIncomplete); got != c.want {
			t.Errorf("without calls of %s:\n%s, want\n%s", c.day, got, c.want)
		}
	}
}

// TestTheFirstCallsOfTheDayDoNotDecideWhatTheAccountHas: an account with incoming calls has figures about them, also while the day has only
// had an outgoing one, and on a day whose earlier ones had none.
func TestTheFirstCallsOfTheDayDoNotDecideWhatTheAccountHas(t *testing.T) {
	skipIfShort(t)
	s := newTodaySite(t)
	day := time.Date(2026, 10, 6, 0, 0, 0, 0, time.FixedZone("IST", 19800))
	outgoing := reportOf(day.Add(28*time.Second), "Billing", "09876543009", true, true)
	writeSpoolDay(t, filepath.Join(s.dir, "data", "spool"), day, time.Hour, []map[string]string{outgoing})
	s.load("")
	for group, want := range map[string]string{"": "offered answer_rate missed service_level avg_wait_seconds callers_lost outgoing connect_rate talk_seconds; heat offered",
		"Billing": "outgoing connect_rate talk_seconds; heat outgoing"} {
		today := s.at("2026-10-06 10:20", group)
		var names []string
		for _, figure := range today.Tiles() {
			names = append(names, figure.Name)
		}
		if got := strings.Join(names, " ") + "; heat " + today.Heat[0].Name; got != want {
			t.Errorf("%q: %s, want %s", group, got, want)
		}
	}
}
