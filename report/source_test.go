package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

var india = time.FixedZone("Asia/Kolkata", 19800)

// A testCall is one call of the data set of the tests.
type testCall struct {
	at                            time.Time
	group, agent, customer, vn    string
	direction, outcome, sid, camp string
	answered                      bool
	unrung                        bool // the caller left before any agent's phone rang
	talk, wait                    int64
	coins                         float64
	late                          time.Duration // after its end the report came
}

// A testSource runs queries on a store with some calls.
type testSource struct {
	calls     []testCall
	fail      string         // the query that fails after its first row
	extraCall map[string]any // columns that replace those of the first detail row
	queried   map[string]int // how often queries ran, by name and arguments other than metrics; not counted if nil
	mutex     sync.Mutex
	store     *testStore
}

var testGroups = []string{"Sales", "Support", "बिक्री", "Billing", "Collections", ""}

// testMonth returns calls of 28 days up to 4 October 2026: in working hours, fewer at lunch and on Sundays, with many missed in Billing.
func testMonth() []testCall {
	var calls []testCall
	seed := uint64(42)
	rng := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed >> 33 % uint64(n))
	}
	first := time.Date(2026, 9, 7, 0, 0, 0, 0, india)
	for day := range 28 {
		date := first.AddDate(0, 0, day)
		for hour := 8; hour <= 20; hour++ {
			load := 6 + rng(5)
			if hour == 13 || hour == 14 {
				load = 3
			}
			if date.Weekday() == time.Sunday {
				load = 2 + rng(2)
			}
			for range load {
				calls = append(calls, newTestCall(date.Add(time.Duration(hour)*time.Hour+time.Duration(rng(3600))*time.Second), len(calls), rng))
			}
		}
	}
	slices.SortStableFunc(calls, func(a, b testCall) int { return a.at.Compare(b.at) })
	return calls
}

func newTestCall(at time.Time, n int, rng func(int) int) testCall {
	group := testGroups[min(rng(7), 5)]
	c := testCall{
		at: at, group: group, direction: "incoming", vn: fmt.Sprintf("012040000%02d", len(group)%5),
		customer: fmt.Sprintf("0%d%08d", 9, rng(90000000)), sid: fmt.Sprintf("%d.%d0", at.Unix(), n),
		outcome: "answered", answered: true, talk: int64(20 + rng(400)), wait: int64(3 + rng(40)),
		agent: fmt.Sprintf("%s %s", []string{"Asha", "Ravi", "Meena", "अमित", "John"}[rng(5)], []string{"K", "P"}[len(group)%2]),
	}
	c.coins = 1 + float64(rng(8))/2
	limit := 85
	if group == "Billing" {
		limit = 66
	}
	if rng(4) == 0 {
		c.direction, c.camp, limit = "outgoing", fmt.Sprintf("00%d", 11387000+rng(3)), 70
	}
	if rng(100) >= limit {
		c.outcome, c.answered, c.talk, c.agent = []string{"abandoned", "no_answer", "agent_engaged"}[rng(3)], false, 0, ""
		c.coins = float64(rng(2)) / 2
	}
	return c
}

func (s *testSource) Query(ctx context.Context, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	return s.run(ctx, func(store *testStore) queryFunc { return store.Query }, name, args, header, row)
}

func (s *testSource) Stream(ctx context.Context, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	return s.run(ctx, func(store *testStore) queryFunc { return store.Stream }, name, args, header, row)
}

func (s *testSource) run(ctx context.Context, method func(*testStore) queryFunc, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	store, err := s.opened(name, args)
	if err != nil {
		return err
	}
	onFire := errors.New("disk on fire")
	var columns []string
	rows := 0
	err = method(store)(ctx, name, args, func(names []string) error {
		columns = slices.Clone(names)
		return header(names)
	}, func(values []any) error {
		rows++
		if rows == 2 && s.fail == name {
			return onFire
		}
		if rows == 1 && name == "calls" {
			for column, value := range s.extraCall {
				values[slices.Index(columns, column)] = value
			}
		}
		return row(values)
	})
	if err == nil && s.fail == name {
		err = onFire
	}
	return err
}

// queryAll returns the whole result of a query.
func (s *testSource) queryAll(t *testing.T, name string, args map[string]any) (columns []string, rows [][]any) {
	t.Helper()
	err := s.Query(t.Context(), name, args,
		func(names []string) error { columns = slices.Clone(names); return nil },
		func(values []any) error { rows = append(rows, slices.Clone(values)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return columns, rows
}

// callsBetween returns the calls of some days, and of a group unless it is nil.
func (s *testSource) callsBetween(from, to string, group any) []testCall {
	var in []testCall
	for _, c := range s.calls {
		day := c.at.Format(time.DateOnly)
		if day >= from && day <= to && (group == nil || c.group == group) {
			in = append(in, c)
		}
	}
	return in
}

// spool returns the calls as the collector stores them: a report of each, nine of them twice; then a delivery of another kind and a torn
// line.
func (s *testSource) spool() []byte {
	var text []byte
	line := func(at time.Time, kind string, payload any) {
		envelope, err := json.Marshal(map[string]any{
			"id": fmt.Sprintf("01%024d", len(text)), "received_at": at.Format(time.RFC3339Nano), "source": "main",
			"kind": kind, "encoding": "json", "payload": payload,
		})
		if err != nil {
			panic(err)
		}
		text = append(append(text, envelope...), '\n')
	}
	for i, c := range s.calls {
		ended := c.at.Add(time.Duration(c.talk+c.wait)*time.Second + c.late)
		line(ended, "call_report", c.report())
		if i >= len(s.calls)-9 {
			line(ended.Add(time.Minute), "call_report", c.report())
		}
	}
	line(time.Date(2026, 10, 5, 7, 58, 0, 0, india), "other", map[string]any{"type": "add_member"})
	return append(text, "torn {\n"...)
}

// report returns the vendor's report of a call.
func (c testCall) report() map[string]any {
	local := func(seconds int64) string {
		return c.at.Add(time.Duration(seconds) * time.Second).Format(time.DateTime)
	}
	report := map[string]any{
		"CallSid": c.sid, "Direction": "IVR", "SourceNumber": c.customer, "DestinationNumber": c.vn, "DialWhomNumber": "09811100001",
		"CallDuration": c.talk + c.wait, "TalkDuration": c.talk, "coins": c.coins, "Status": map[string]string{
			"answered": "ANSWER", "abandoned": "AbandonedCall", "no_answer": "NOANSWER", "agent_engaged": "AgentEngaged"}[c.outcome],
		"StartTime": local(0), "EndTime": local(c.talk + c.wait), "campid": c.camp, "call_group": c.group, "receiver_name": c.agent,
	}
	if c.unrung {
		delete(report, "DialWhomNumber")
	}
	if c.direction == "outgoing" {
		report["Direction"], report["SourceNumber"], report["DialWhomNumber"] = "WEBOBD", "09811100001", c.customer
		report["LegA_Picked_time"] = local(1)
	}
	if c.answered {
		report["LegB_Start_time"], report["LegB_Picked_time"] = local(2), local(c.wait)
		report["CallRecordingUrl"] = "https://recordings.example.com/" + c.sid + ".mp3"
	}
	return report
}
