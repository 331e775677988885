package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"callsheet/internal/config"
)

// reconciling returns a pipeline of a source with vendor_api and of a report at 8:00.
func reconciling(t *testing.T, period string) *Pipeline {
	t.Helper()
	path := filepath.Join(t.TempDir(), "callsheet.yaml")
	writeFile(t, path, fmt.Sprintf(`
timezone: Asia/Kolkata
data_dir: ./data
collector:
  sources:
    - name: main
      tokens: ["abcdefghijklmnopqrstuvwxyz0123456789"]
      vendor_api: {kind: callerdesk, url: "http://127.0.0.1:9/api", authcode: "secret-authcode"}
reports:
  - {name: daily, template: daily, schedule: "0 8 * * *", period: %s, deliver: [{folder: ./reports}]}
`, period))
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Pipeline{Config: c, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func TestDaysAreDueOnScheduleAndBeforeReports(t *testing.T) {
	t.Parallel()
	india := time.FixedZone("", 19800)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 10, day, hour, minute, 0, 0, india) }
	three := []string{"2026-10-05", "2026-10-06", "2026-10-07"}
	days := func(ended time.Time, first, last int, failed ...int) (state Reconciled) {
		state = Reconciled{Days: map[string]time.Time{}, EndedAt: at(2, 2, 35), Failures: 9}
		for day := first; day <= last; day++ {
			if text := fmt.Sprintf("2026-10-%02d", day); slices.Contains(failed, day) {
				state.FailedDays = append(state.FailedDays, text)
			} else {
				state.Days[text] = ended
			}
		}
		return state
	}
	for _, c := range []struct {
		what, period string
		ended        any // of the last reconciliation, or what is recorded
		looked, now  time.Time
		want         []string
	}{
		{"failed days after a restart", "yesterday", days(at(8, 2, 35), 1, 7, 4, 7), time.Time{}, at(8, 3, 30), []string{"2026-10-04", "2026-10-07"}},
		{"a day that goes on failing", "yesterday", days(at(7, 2, 35), 1, 6, 3), at(8, 2, 29), at(8, 2, 30), append([]string{"2026-10-03"}, three...)},
		{"before the schedule", "yesterday", at(8, 2, 30), at(8, 2, 28), at(8, 2, 29), nil},
		{"the schedule", "yesterday", at(7, 2, 35), at(8, 2, 29), at(8, 2, 30), three},
		{"after a restart", "yesterday", at(7, 2, 35), time.Time{}, at(8, 3, 30), three},
		{"after a restart, with nothing missed", "yesterday", at(8, 2, 35), time.Time{}, at(8, 3, 30), nil},
		{"for the first time", "yesterday", time.Time{}, time.Time{}, at(8, 1, 0), three},
		{"after a restart that came late", "yesterday", at(3, 2, 35), time.Time{}, at(8, 3, 30),
			[]string{"2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"}},
		{"before a report of yesterday", "yesterday", at(8, 2, 35), at(8, 7, 44), at(8, 7, 45), []string{"2026-10-07"}},
		{"before a report of today", "today", at(8, 2, 35), at(8, 7, 44), at(8, 7, 45), nil},
		{"before a report of the week", "this-week", at(8, 2, 35), at(8, 7, 44), at(8, 7, 45), three},
		{"before a report of last month", "last-month", at(2, 2, 35), at(2, 7, 44), at(2, 7, 45), []string{"2026-09-29", "2026-09-30"}},
		{"the clock was set back", "yesterday", at(8, 2, 35), at(8, 2, 40), at(8, 2, 20), nil},
	} {
		p := reconciling(t, c.period)
		r := &ReconcileLoop{looked: map[string]time.Time{}, days: map[string][]string{}}
		if !c.looked.IsZero() {
			r.looked["main"] = c.looked
		}
		state, recorded := c.ended.(Reconciled)
		if !recorded {
			state.EndedAt = c.ended.(time.Time)
		}
		got := r.dueDays(p, p.Config.Collector.Sources[0], state, c.now)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: due are %v, want %v", c.what, got, c.want)
		}
	}
}

func TestADayIsOverBeforeItIsFetched(t *testing.T) {
	t.Parallel()
	source := reconciling(t, "yesterday").Config.Collector.Sources[0]
	for now, last := range map[time.Time]string{
		time.Date(2026, 10, 7, 18, 35, 0, 0, time.UTC): "2026-10-06", // five minutes into 8 October in India
		time.Date(2026, 10, 7, 18, 40, 0, 0, time.UTC): "2026-10-07",
	} {
		if days := FinishedDays(source, now, 3); len(days) != 3 || days[2] != last {
			t.Errorf("at %s: %v", now, days)
		}
	}
}

func TestAFailedReconciliationIsRetriedLaterAndLater(t *testing.T) {
	t.Parallel()
	p, now := reconciling(t, "yesterday"), time.Date(2026, 10, 8, 2, 30, 0, 0, time.UTC)
	var state Reconciled
	var waits []time.Duration
	for range 6 {
		var err error
		if state, err = ReadReconciled(p.Config, "main"); err != nil {
			t.Fatal(err)
		}
		state.note([]string{"2026-10-06", "2026-10-07"}, []string{"2026-10-07"}, errors.New("the line is down"), now)
		waits = append(waits, state.RetryAt.Sub(now))
		if err := state.write(p.Config, "main"); err != nil {
			t.Fatal(err)
		}
	}
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	if want := []time.Duration{minutes(5), minutes(10), minutes(20), minutes(40), minutes(60), minutes(60)}; !slices.Equal(waits, want) {
		t.Errorf("waits are %v, want %v", waits, want)
	}
	if state.Failures != 6 || !state.FailedAt.Equal(now) || !state.EndedAt.IsZero() {
		t.Errorf("%+v", state)
	}
	if !state.Days["2026-10-06"].Equal(now) || !state.Days["2026-10-07"].IsZero() || !slices.Equal(state.FailedDays, []string{"2026-10-07"}) {
		t.Errorf("the day that was compared: %+v", state)
	}
	state.note([]string{"2026-10-07"}, nil, nil, now.Add(time.Hour))
	if state.Failures != 0 || state.Error != "" || !state.RetryAt.IsZero() || !state.Days["2026-10-07"].Equal(now.Add(time.Hour)) {
		t.Errorf("after a success: %+v", state)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestOneDayThatFailsHoldsUpNoOther has a vendor that refuses the two oldest days, lists an unknown word on the two newest, or is down.
func TestOneDayThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	days := []string{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06"}
	refused := `{"type":"error","message":"The date is out of range"}`
	unknown := `{"type":"success","total":"1","current_page":"1","result":[{"sid_id":"c1","Flow_type":"?"}]}`
	for name, c := range map[string]struct {
		answers map[string]string
		want    []string // the days that were asked for
	}{
		"refused": {map[string]string{days[0]: refused, days[1]: refused}, days},
		"content": {map[string]string{days[4]: unknown, days[5]: unknown}, days},
		"down":    {map[string]string{days[3]: refused, days[4]: refused, days[5]: refused}, days[4:]},
	} {
		var asked []string
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			day := r.FormValue("start_date")
			asked = append(asked, day)
			fmt.Fprint(w, cmp.Or(c.answers[day], `{"type":"error","message":"No records found"}`))
		}))
		p := reconciling(t, "yesterday")
		p.Now = func() time.Time { return time.Date(2026, 10, 7, 3, 0, 0, 0, time.UTC) }
		source := p.Config.Collector.Sources[0]
		source.VendorAPI.URL, source.VendorAPI.RequestsPerMinute = api.URL, 60000
		vendor, err := p.VendorAPI(source)
		if err != nil {
			t.Fatal(err)
		}
		fetched := p.FetchLists(t.Context(), vendor, "main", days, func(string) func(rows, total int64) { return nil })
		api.Close()
		if slices.Sort(asked); !slices.Equal(asked, c.want) {
			t.Errorf("%s: asked for %v, want %v", name, asked, c.want)
		}
		for i, one := range fetched {
			_, fails := c.answers[days[i]]
			if isTried := slices.Contains(c.want, days[i]); one.Day != days[i] || (one.Err == nil) != (isTried && !fails) {
				t.Errorf("%s: %+v", name, one)
			}
		}
	}
}

func TestDaysAreReconciledInPeriods(t *testing.T) {
	t.Parallel()
	got := consecutive([]string{"2026-09-29", "2026-09-30", "2026-10-01", "2026-10-03", "2026-10-05", "2026-10-06"})
	if want := "[[2026-09-29 2026-09-30 2026-10-01] [2026-10-03] [2026-10-05 2026-10-06]]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
