package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"callsheet/internal/password"
)

// zoneInTheAfternoon is a time zone in which it is between 14:00 and 15:00.
func zoneInTheAfternoon() string {
	if ahead := 14 - time.Now().UTC().Hour(); ahead != 0 {
		return fmt.Sprintf("Etc/GMT%+d", -ahead) // the sign of these zones is the other way round
	}
	return "UTC"
}

// reportOf returns a report of a call of a group that began at a time. Unanswered, the caller gave up after 30 s.
func reportOf(at time.Time, group, customer string, isAnswered, isOutgoing bool) map[string]string {
	source, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		panic(err)
	}
	start, end := at.In(source), at.In(source).Add(30*time.Second)
	report := map[string]string{
		"SourceNumber": customer, "DestinationNumber": "01204000001", "DialWhomNumber": "9280000001", "Direction": "IVR", "call_group": group,
		"CallSid": fmt.Sprintf("%d.%s", at.Unix(), customer), "Status": "NOANSWER", "StartTime": start.Format(time.DateTime), "EndTime": end.Format(time.DateTime),
		"CallDuration": "30", "TalkDuration": "0", "coins": "1", "receiver_name": "Asha",
	}
	if isAnswered {
		report["Status"], report["TalkDuration"], report["LegB_Picked_time"] = "ANSWER", "20", start.Add(10*time.Second).Format(time.DateTime)
	}
	if isOutgoing {
		report["SourceNumber"], report["DialWhomNumber"], report["Direction"] = "9280000001", customer, "WEBOBD"
	}
	return report
}

func (s *pageSite) report(report map[string]string) {
	s.t.Helper()
	body, err := json.Marshal(report)
	if err != nil {
		s.t.Fatal(err)
	}
	if code := s.answers("/hooks/main/a-token-for-tests", string(body)); code != http.StatusOK {
		s.t.Fatalf("answered %d", code)
	}
}

// callsheet runs a command on the site's configuration, and returns what it prints.
func (s *pageSite) callsheet(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("callsheet", append([]string{"--config", s.path()}, args...)...).Output()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestTodayInABrowser(t *testing.T) {
	const secret = "correct horse"
	zone, err := time.LoadLocation(zoneInTheAfternoon())
	if err != nil {
		t.Fatal(err)
	}
	hash := password.New(secret)
	s := startPage(t, `timezone: `+zone.String()+`
page:
  listen: "PAGE"
  users:
    - {name: asha, role: viewer, groups: [Sales], password: "`+hash+`"}
    - {name: ravi, role: analyst, password: "`+hash+`"}
business:
  goals: {answer_rate: 0.85}
  hours: {mon-sun: "09:00-20:00"}
`)
	now := time.Now().In(zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	b := startBrowser(t, s.page)
	b.look(1280, 960, "light")
	b.run(chromedp.Navigate("http://" + s.page + "/today"))
	b.signIn("ravi", secret)
	b.until(`location.pathname === "/today" && ` + has("#unpublished", "Nothing is loaded yet"))
	b.checkAccess("before the first load")

	// Missed callers of earlier days were called back; three of today were not.
	calls := func(back, until int) (reports []map[string]string) {
		day := today.AddDate(0, 0, -back)
		for hour := 9; hour < until; hour++ {
			for i := range 1 + (hour*7+back*3)%4 {
				at, customer := day.Add(time.Duration(hour)*time.Hour+time.Duration(5+10*i)*time.Minute), fmt.Sprintf("0987%07d", back*1000+hour*10+i)
				isMissed := (hour+back*5+i)%6 == 0
				reports = append(reports, reportOf(at, "Sales", customer, !isMissed, false))
				if isMissed {
					reports = append(reports, reportOf(at.Add(4*time.Minute), "Sales", customer, true, true))
				}
			}
			reports = append(reports, reportOf(day.Add(time.Duration(hour)*time.Hour+50*time.Minute), "Support", fmt.Sprintf("0986%07d", back*1000+hour), true, false))
		}
		return reports
	}
	for back := 35; back > 0; back-- {
		writeSpoolDay(t, filepath.Join(s.dir, "data", "spool"), today.AddDate(0, 0, -back), 10*time.Minute, calls(back, 19))
	}
	for _, report := range calls(0, 14) {
		s.report(report)
	}
	s.report(reportOf(today.Add(10*time.Hour), "Sales", "09876545002", false, false))
	s.report(reportOf(today.Add(11*time.Hour), "Sales", "09876545004", false, false))
	s.report(reportOf(today.Add(11*time.Hour), "Support", "09876546002", false, false))
	s.callsheet("load")
	b.until(`document.querySelectorAll("#callers tbody tr").length === 3 && ` + has("#callers", "5002") + " && " + has("#callers", "5004") + " && " + has("#callers", "6002"))
	for _, element := range [][2]string{
		{"#figure-answer_rate", "Goal 85.0%: not met"}, {"#figure-offered", "usual"}, {"#figure-offered", "Last week by now"}, {"#heat-offered-9", "09:00"},
		{"#figure-answer_rate .late + .late", "Below the usual"}, {"#callers", "First missed"}, {"#figures .hint", "up to the same time on"},
	} {
		if !evaluate[bool](b, has(element[0], element[1])) {
			t.Errorf("%s lacks %q\n%s", element[0], element[1], evaluate[string](b, "document.body.innerText"))
		}
	}
	if text := evaluate[string](b, `document.documentElement.outerHTML`); strings.Contains(text, "9876545002") {
		t.Error("a caller's number is not masked")
	}

	// The figures of a group are those of the queries that its workbook has.
	b.run(chromedp.Navigate("http://" + s.page + "/today?group=Sales"))
	b.until(`document.querySelectorAll("#callers tbody tr").length === 2`)
	want := strings.Split(strings.TrimSpace(strings.Split(s.callsheet("query", "summary", "--period", "today", "--group", "Sales", "--format", "csv",
		"--columns", "offered,usual_low_offered,usual_high_offered,missed,callers_lost,before_offered"), "\n")[1]), ",")
	for selector, text := range map[string]string{
		"#figure-offered .value": want[0], "#figure-offered": "usual " + want[1] + "–" + want[2], "#figure-missed .value": want[3],
		"#figure-callers_lost .value": want[4], "#figure-offered .dim": "Last week by now: " + want[5],
	} {
		if !evaluate[bool](b, has(selector, text)) {
			t.Errorf("%s is not %q, as the query says\n%s", selector, text, evaluate[string](b, `document.querySelector("#figures").innerText`))
		}
	}

	// Somebody reaches a missed caller: after the next load, the caller is gone, and nothing else blinks.
	evaluate[int](b, `window.tile = document.querySelector("#figure-offered"); window.row = [...document.querySelectorAll("#callers tbody tr")].find((r) => r.innerText.includes("5004")); 0`)
	s.report(reportOf(now.Add(-2*time.Minute), "Sales", "09876545002", true, true))
	s.callsheet("load")
	b.until(`document.querySelectorAll("#callers tbody tr").length === 1`)
	if !evaluate[bool](b, `window.tile.isConnected && window.row.isConnected && window.row.innerText.includes("5004")`) {
		t.Error("what has not changed was replaced")
	}

	for _, scheme := range []string{"light", "dark"} {
		for name, size := range map[string][2]int64{"desktop": {1280, 1100}, "phone": {390, 844}, "wall": {1920, 1080}} {
			b.look(size[0], size[1], scheme)
			b.run(chromedp.Navigate("http://" + s.page + "/today"))
			b.until(`document.querySelectorAll("#callers tbody tr").length === 2`)
			if evaluate[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s: the page is wider than the screen", name)
			}
			b.checkAccess(name + ", " + scheme)
			b.picture("page-today-" + name + "-" + scheme)
		}
	}

	// A viewer sees the same of the own group, and nothing of another.
	b.look(1280, 960, "light")
	b.run(chromedp.Click(".user button"))
	b.signIn("asha", secret)
	b.until(has(".user", "asha"))
	b.run(chromedp.Navigate("http://" + s.page + "/today"))
	b.until(has("#figure-offered .value", want[0]) + " && " + has("#callers", "5004"))
	if text := evaluate[string](b, `document.documentElement.outerHTML`); strings.Contains(text, "Support") || strings.Contains(text, "6002") || strings.Contains(text, "All calls") {
		t.Errorf("a viewer of Sales sees Support:\n%s", text)
	}
	b.expect("404")
	b.run(chromedp.Navigate("http://" + s.page + "/today?group=Support"))
	b.until(has("main", "There is no such page."))
}
