package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/live"
)

// day is a stand-in for the published data and the figures of it.
type day struct {
	mu        sync.Mutex
	published string
	computed  map[string]int // by group
	through   time.Time
	err       error
}

func (d *day) publish(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.published, d.through = id, time.Now()
}

func (d *day) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

func (d *day) count(group string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.computed[group]
}

// options returns those of a page that shows the day. Its figures name the group and the publication.
func (d *day) options() Options {
	return Options{
		Users: users(), LateAfter: 30 * time.Minute,
		Published: func() string {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.published
		},
		Today: func(_ context.Context, group string) (*Today, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.computed[group]++
			one, now := 1.0, time.Now().UTC()
			mark := "figures of " + group + " from " + d.published
			return &Today{
				Day: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC), Through: d.through, Groups: []string{"Secret"},
				Figures: []Figure{{Name: "calls", Value: &one}, {Name: "offered", Label: mark, Value: &one, Format: "count"}},
				Callers: []Caller{{Customer: "caller of " + group, First: now, Last: now, Attempts: 1}},
			}, d.err
		},
	}
}

func newDay() *day { return &day{computed: map[string]int{}} }

func TestFiguresAreComputedOnceForAllWhoLook(t *testing.T) {
	d := newDay()
	s := startSite(t, d.options())
	all, sales := s.signedIn("all"), s.signedIn("sales")
	if a := all.get("/today"); a.StatusCode != http.StatusOK || !strings.Contains(a.text, "Nothing is loaded yet") {
		t.Fatalf("before the first load: %s\n%s", a.Status, a.text)
	}
	d.publish("one")
	var streams []*stream
	for range 5 {
		streams = append(streams, all.stream("/live/stream?view=today"), sales.stream("/live/stream?view=today"), all.stream("/live/stream?view=today&group=Sales"))
	}
	for _, id := range []string{"one", "two"} {
		d.publish(id)
		for i, stream := range streams {
			want := "figures of Sales from " + id
			if i%3 == 0 {
				want = "figures of  from " + id
			}
			stream.until(want, true)
		}
		all.get("/today")
		sales.get("/today?group=Sales")
	}
	for _, group := range []string{"", "Sales"} {
		if n := d.count(group); n != 2 {
			t.Errorf("the figures of %q of two publications were computed %d times", group, n)
		}
	}
}

func TestViewersSeeFiguresOfTheirGroupsOnly(t *testing.T) {
	d := newDay()
	d.publish("one")
	s := startSite(t, d.options())
	all := s.signedIn("all")
	all.stream("/live/stream?view=today").until("figures of  from one", true)
	for _, group := range []string{"Sales", "Support", "R&D"} {
		all.stream("/live/stream?view=today&"+url.Values{"group": {group}}.Encode()).until("figures of", true)
	}
	if a := all.get("/today"); !strings.Contains(a.text, "<option>Secret</option>") || !strings.Contains(a.text, "All calls") {
		t.Errorf("an analyst cannot choose a group:\n%s", a.text)
	}
	for name, sees := range map[string][]string{"sales": {"Sales"}, "both": {"Sales", "Support"}} {
		b := s.signedIn(name)
		texts := b.get("/today").text + b.stream("/live/stream?view=today").until("figures of Sales", true)
		for _, group := range []string{"Sales", "Support", "R&D", "Secret"} {
			query := url.Values{"group": {group}}.Encode()
			a := b.get("/today?" + query)
			isSeen := strings.Contains(strings.Join(sees, " "), group)
			if isSeen != (a.StatusCode == http.StatusOK) || !isSeen && a.text != b.get("/nowhere").text {
				t.Errorf("%s at %s: %s", name, group, a.Status)
			}
			if !isSeen {
				if stream := b.get("/live/stream?view=today&" + query); stream.StatusCode != http.StatusNotFound {
					t.Errorf("%s, stream of %s: %s", name, group, stream.Status)
				}
			}
			texts += a.text
		}
		for _, text := range []string{"figures of  ", "caller of </th>", "Secret", "R&amp;D", "All calls"} {
			if strings.Contains(texts, text) {
				t.Errorf("%s sees %q", name, text)
			}
		}
		if isSeen := strings.Contains(texts, "Support"); isSeen != (name == "both") {
			t.Errorf("%s sees Support: %t", name, isSeen)
		}
	}
	d.fail(errors.New("a secret of Support"))
	d.publish("two")
	b := s.signedIn("sales")
	if text := b.stream("/live/stream?view=today").until("cannot be computed", true); !strings.Contains(text, "figures of Sales from one") || strings.Contains(text, "secret") {
		t.Errorf("after a failure:\n%s", text)
	}
	if !strings.Contains(s.log.String(), "a secret of Support") {
		t.Error("the log does not say why")
	}
}

func TestLoadsThatHaveStoppedAreShown(t *testing.T) {
	var ahead atomic.Int64
	d := newDay()
	d.publish("one")
	o := d.options()
	o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	s := startSite(t, o)
	today := s.signedIn("all").stream("/live/stream?view=today")
	today.until("figures of", true)
	s.deliver("2001", "Sales", "", "Ringing") // after the newest delivery in the figures
	ahead.Store(int64(31 * time.Minute))
	today.until("Loads have stopped: deliveries since", true)
	ahead.Store(0)
	d.publish("two")
	today.until("Loads have stopped", false)
}

// lookout is a server that nobody asks, with a clock. Its day is loaded up to 18:00.
type lookout struct {
	*Server
	t   *testing.T
	day *day
	now time.Time
}

func newLookout(t *testing.T) *lookout {
	t.Helper()
	l := &lookout{t: t, day: newDay()}
	o := l.day.options()
	o.Now, o.Zone, o.Log = func() time.Time { return l.now }, time.UTC, slog.New(slog.DiscardHandler)
	o.Board, o.SessionFile = live.NewBoard(live.Options{LongestCall: time.Hour}), filepath.Join(t.TempDir(), "sessions.json")
	var err error
	if l.Server, err = New(o); err != nil {
		t.Fatal(err)
	}
	l.at("18:00").receive()
	l.load("one")
	return l
}

// at sets the clock, to a time of the next day if it is before 12:00.
func (l *lookout) at(clock string) *lookout {
	l.t.Helper()
	at, err := time.Parse("15:04", clock)
	if err != nil {
		l.t.Fatal(err)
	}
	l.now = at.AddDate(2026, 9, 4)
	if at.Hour() < 12 {
		l.now = l.now.AddDate(0, 0, 1)
	}
	return l
}

func (l *lookout) receive() {
	l.options.Board.Read(fmt.Appendf(nil, `{"id":"1","received_at":%q,"source":"main","kind":"other","encoding":"json","payload":{}}`, l.now.Format(time.RFC3339)))
}

// load publishes what was received.
func (l *lookout) load(id string) {
	l.day.mu.Lock()
	defer l.day.mu.Unlock()
	l.day.published, l.day.through = id, l.options.Board.Received()
}

// look computes the figures for somebody who looks.
func (l *lookout) look() {
	l.t.Helper()
	l.show()
	if group, ok := l.figures.next(l.now, time.UTC); ok {
		l.compute(l.t.Context(), group)
	}
	l.noteFigures()
}

func (l *lookout) show() {
	l.t.Helper()
	if _, err := l.todayBoard(""); err != nil {
		l.t.Fatal(err)
	}
	l.noteFigures()
}

// lateSince checks what somebody who looks is shown.
func (l *lookout) lateSince(want string) {
	l.t.Helper()
	l.show()
	got := ""
	if late := l.figures.late; !late.IsZero() {
		got = late.Format("15:04")
	}
	if got != want {
		l.t.Errorf("at %s, deliveries are late since %q, want %q", l.now.Format("15:04"), got, want)
	}
}

func TestDeliveriesAreLateIfNoLoadTakesThem(t *testing.T) {
	l := newLookout(t)
	l.look()
	l.at("18:05").receive()
	l.at("18:35").lateSince("")
	l.at("18:36").lateSince("18:05")
	l.load("two")
	l.look()
	l.lateSince("")
}

func TestRejectedDeliveriesAreNotLate(t *testing.T) {
	l := newLookout(t)
	l.at("18:05").receive()
	l.load("two")
	l.day.through = l.day.through.Add(-5 * time.Minute) // of the valid ones
	l.look()
	l.at("20:00").lateSince("")
	l.receive()
	l.at("20:31").lateSince("20:00")
}

func TestDeliveriesLoadedWhileNobodyLooksAreNotLate(t *testing.T) {
	l := newLookout(t)
	l.look()
	l.at("20:02").receive()
	l.noteFigures()
	l.at("20:03").load("two")
	l.noteFigures()
	l.at("08:00").lateSince("")
}

func TestDeliveriesAreLateWhenTheyWaitTooLong(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 10, 5, 12, minute, 0, 0, time.UTC) }
	f := newFigures()
	for _, c := range []struct{ waits, now, want time.Time }{
		{time.Time{}, at(59), time.Time{}},
		{at(10), at(40), time.Time{}},
		{at(10), at(41), at(10)},
	} {
		f.waitsSince = c.waits
		if got := f.lateSince(c.now, 30*time.Minute); !got.Equal(c.want) {
			t.Errorf("%+v: %v", c, got)
		}
		if got := f.lateSince(c.now, 0); !got.IsZero() {
			t.Errorf("without loads at intervals: %v", got)
		}
	}
}

func TestHoursWithoutCallsAreShown(t *testing.T) {
	for isIncomplete, want := range map[bool]string{
		false: `may be missing \(no calls 10:00–11:00\)\.`,
		true:  `may be missing \(no calls 10:00–11:00\), so nothing is compared\.`,
	} {
		d := newDay()
		d.publish("one")
		o := d.options()
		figures := o.Today
		o.Today = func(ctx context.Context, group string) (*Today, error) {
			today, err := figures(ctx, group)
			today.NoCalls, today.IsIncomplete = "no calls 10:00–11:00", isIncomplete
			return today, err
		}
		startSite(t, o).signedIn("all").stream("/live/stream?view=today").until(want, true)
	}
}

func TestFiguresAreThoseOfToday(t *testing.T) {
	var ahead atomic.Int64
	f := newFigures()
	f.published = "one"
	now := func() time.Time {
		return time.Date(2026, 10, 5, 23, 0, 0, 0, time.UTC).Add(time.Duration(ahead.Load()))
	}
	f.scopes["Sales"] = &scope{of: f.published, today: &Today{Day: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)}}
	if group, ok := f.next(now(), time.UTC); ok {
		t.Errorf("%q is recomputed", group)
	}
	ahead.Store(int64(2 * time.Hour))
	if group, ok := f.next(now(), time.UTC); !ok || group != "Sales" {
		t.Error("after midnight, the figures of the day before stay")
	}
	f.scopes["Sales"].failed, f.scopes["Sales"].tried = true, now()
	if _, ok := f.next(now(), time.UTC); ok {
		t.Error("what has failed is recomputed at once")
	}
}

func TestFiguresOfTooManyGroupsAreNotKept(t *testing.T) {
	d := newDay()
	s := startSite(t, d.options())
	for i := range maxFigures + 20 {
		if _, err := s.server.todayBoard(fmt.Sprint("group ", i)); err != nil {
			t.Fatal(err)
		}
	}
	f := s.server.figures
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.scopes); n != maxFigures || f.scopes["group 119"] == nil || f.scopes["group 0"] != nil {
		t.Errorf("%d groups are kept", n)
	}
}

func TestFiguresAreComparedInWords(t *testing.T) {
	number := func(n float64) *float64 { return &n }
	s := startSite(t, Options{})
	for want, figure := range map[string]Figure{
		"":                     {Value: number(5)},
		"Usual 5–8":            {UsualLow: number(5), UsualHigh: number(8)},
		"Within the usual 5–8": {Value: number(6), UsualLow: number(5), UsualHigh: number(8), UsualVerdict: "same"},
		"▲ Above the usual 5":  {Value: number(6), UsualLow: number(5), UsualHigh: number(5), UsualVerdict: "neutral"},
		"▼ Below the usual 75.0–81.5%, worse": {Value: number(0.5), UsualLow: number(0.75), UsualHigh: number(0.815), UsualVerdict: "worse", Format: "rate"},
		"▼ Below the usual 0:15–0:21, better": {Value: number(14), UsualLow: number(15), UsualHigh: number(21), UsualVerdict: "better", Format: "short_duration"},
	} {
		got, err := s.server.templates.usual(figure)
		if err != nil || got == nil && want != "" || got != nil && got.Text != want {
			t.Errorf("%v, %v, want %s", got, err, want)
		}
	}
}

func TestHeatIsDarkerForMoreCallsAndLowerRates(t *testing.T) {
	number := func(n float64) *float64 { return &n }
	calls := Heat{Format: "count", Hours: []HeatHour{{Cells: []Cell{{Value: number(10)}}}}}
	rate := Heat{Format: "rate"}
	for want, got := range map[string]string{
		"figure more-5": heatClass(calls, Cell{Value: number(10), IsOpen: true}), "figure more-1": heatClass(calls, Cell{Value: number(1), IsOpen: true}),
		"figure closed more-0": heatClass(calls, Cell{Value: number(0)}), "figure": heatClass(calls, Cell{IsOpen: true}),
		"figure worse-0": heatClass(rate, Cell{Value: number(1), IsOpen: true}), "figure worse-5": heatClass(rate, Cell{Value: number(0), IsOpen: true}),
		"figure worse-2": heatClass(rate, Cell{Value: number(0.85), IsOpen: true}),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTilesOfADirectionWithoutCallsAreLeftOut(t *testing.T) {
	zero := 0.0
	var figures []Figure
	for _, name := range TodayMetrics() {
		figures = append(figures, Figure{Name: name, Value: &zero}) // of a day that has just begun
	}
	for _, c := range []struct {
		hasIncoming, hasOutgoing bool
		want                     string
	}{
		{true, false, "offered answer_rate missed service_level avg_wait_seconds callers_lost talk_seconds"},
		{false, true, "outgoing connect_rate talk_seconds"},
		{true, true, strings.Join(tiles, " ")}, {false, false, strings.Join(tiles, " ")},
	} {
		today := Today{Figures: figures, HasIncoming: c.hasIncoming, HasOutgoing: c.hasOutgoing}
		var names []string
		for _, figure := range today.Tiles() {
			names = append(names, figure.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("incoming %t, outgoing %t: %s", c.hasIncoming, c.hasOutgoing, got)
		}
	}
}
