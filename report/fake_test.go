package report

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

var india = time.FixedZone("Asia/Kolkata", 19800)

// A fakeCall is one call of the fixed data set the tests report on.
type fakeCall struct {
	at                            time.Time
	group, agent, customer, vn    string
	direction, outcome, sid, camp string
	answered                      bool
	talk, wait                    int64
	coins                         float64
}

// A fakeSource answers the named queries from calls held in memory, in plain Go: a second opinion on what
// the sheets show.
type fakeSource struct {
	calls     []fakeCall
	fail      string          // the query that fails after its first row
	extraCall map[string]any  // columns of the first detail row to replace
	asked     map[string]bool // queries seen
}

var fakeGroups = []string{"Sales", "Support", "बिक्री", "Billing", "Collections", ""}

// fakeMonth is 28 days up to 4 October 2026: working hours, a lunch dip, quiet Sundays, misses in Billing.
func fakeMonth() []fakeCall {
	var calls []fakeCall
	seed := uint64(42)
	dice := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed >> 33 % uint64(n))
	}
	first := time.Date(2026, 9, 7, 0, 0, 0, 0, india)
	for day := range 28 {
		date := first.AddDate(0, 0, day)
		for hour := 8; hour <= 20; hour++ {
			load := 6 + dice(5)
			if hour == 13 || hour == 14 {
				load = 3
			}
			if date.Weekday() == time.Sunday {
				load = 2 + dice(2)
			}
			for range load {
				calls = append(calls, fakeOne(date.Add(time.Duration(hour)*time.Hour+time.Duration(dice(3600))*time.Second), len(calls), dice))
			}
		}
	}
	slices.SortStableFunc(calls, func(a, b fakeCall) int { return a.at.Compare(b.at) })
	return calls
}

func fakeOne(at time.Time, n int, dice func(int) int) fakeCall {
	group := fakeGroups[min(dice(7), 5)]
	c := fakeCall{
		at: at, group: group, direction: "incoming", vn: fmt.Sprintf("012040000%02d", len(group)%5),
		customer: fmt.Sprintf("0%d%08d", 9, dice(90000000)), sid: fmt.Sprintf("%d.%d0", at.Unix(), n),
		outcome: "answered", answered: true, talk: int64(20 + dice(400)), wait: int64(3 + dice(40)),
		agent: fmt.Sprintf("%s %s", []string{"Asha", "Ravi", "Meena", "अमित", "John"}[dice(5)], []string{"K", "P"}[len(group)%2]),
	}
	c.coins = 1 + float64(dice(8))/2
	limit := 85
	if group == "Billing" {
		limit = 66
	}
	if dice(4) == 0 {
		c.direction, c.camp, limit = "outgoing", fmt.Sprintf("00%d", 11387000+dice(3)), 70
	}
	if dice(100) >= limit {
		c.outcome, c.answered, c.talk, c.agent = []string{"abandoned", "no_answer", "agent_engaged"}[dice(3)], false, 0, ""
		c.coins = float64(dice(2)) / 2
	}
	return c
}

func (s *fakeSource) Query(_ context.Context, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	if s.asked != nil {
		s.asked[name] = true
	}
	columns, rows, err := s.answer(name, args)
	if err != nil {
		return err
	}
	if err := header(columns); err != nil {
		return err
	}
	scratch := make([]any, len(columns)) // reused, as a driver does: who keeps a row must copy it
	for i, r := range rows {
		if i == 1 && s.fail == name {
			return fmt.Errorf("disk on fire")
		}
		copy(scratch, r)
		if err := row(scratch); err != nil {
			return err
		}
	}
	if s.fail == name {
		return fmt.Errorf("disk on fire")
	}
	return nil
}

func (s *fakeSource) slice(from, to any, group any) []fakeCall {
	var in []fakeCall
	for _, c := range s.calls {
		day := c.at.Format(time.DateOnly)
		if day >= from.(string) && day <= to.(string) && (group == nil || c.group == group) {
			in = append(in, c)
		}
	}
	return in
}

func (s *fakeSource) answer(name string, args map[string]any) ([]string, [][]any, error) {
	in := s.slice(args["from"], args["to"], args["group"])
	date := func(c fakeCall) any {
		return time.Date(c.at.Year(), c.at.Month(), c.at.Day(), 0, 0, 0, 0, time.UTC)
	}
	hour := func(c fakeCall) any { return int64(c.at.Hour()) }
	weekday := func(c fakeCall) any { return int64((c.at.Weekday()+6)%7) + 1 }
	group := func(c fakeCall) any { return orNil(c.group) }
	agent := func(c fakeCall) any { return orNil(c.agent) }
	switch name {
	case "summary":
		columns := slices.Clone(fakeMetrics)
		values := kpi(in)
		for _, m := range fakeMetrics {
			columns = append(columns, "before_"+m)
		}
		return columns, [][]any{append(values, kpi(s.slice(args["before_from"], args["before_to"], args["group"]))...)}, nil
	case "groups":
		return by(in, []string{"call_group"}, group)
	case "agents":
		columns, rows, err := by(withAgent(in), []string{"agent"}, agent)
		for i := range rows {
			rows[i] = append(rows[i], int64(40+i), 0.8, 0.125)
		}
		return append(columns, "rang", "agent_answer_rate", "busy_share"), rows, err
	case "group_agents":
		return by(withAgent(in), []string{"call_group", "agent"}, group, agent)
	case "hours":
		return by(in, []string{"weekday", "local_hour"}, weekday, hour)
	case "day_hours":
		return by(in, []string{"local_day", "local_hour"}, date, hour)
	case "hours_of_day":
		return by(in, []string{"local_hour"}, hour)
	case "weekdays":
		return by(in, []string{"weekday"}, weekday)
	case "days":
		return s.days(in, args)
	case "missed":
		return missedCallers(in)
	case "calls":
		return s.details(in)
	}
	return fixed(name)
}

func withAgent(in []fakeCall) []fakeCall {
	return slices.DeleteFunc(slices.Clone(in), func(c fakeCall) bool { return c.agent == "" })
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// days has a row for each day, with 0 for counts and nothing for ratios where nobody called.
func (s *fakeSource) days(in []fakeCall, args map[string]any) ([]string, [][]any, error) {
	from, _ := time.Parse(time.DateOnly, args["from"].(string))
	to, _ := time.Parse(time.DateOnly, args["to"].(string))
	var rows [][]any
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		of := slices.DeleteFunc(slices.Clone(in), func(c fakeCall) bool {
			return c.at.Format(time.DateOnly) != day.Format(time.DateOnly)
		})
		rows = append(rows, append([]any{day}, kpi(of)...))
	}
	return append([]string{"local_day"}, fakeMetrics...), rows, nil
}

// by groups calls and computes every metric of each group, in the order of the groups' names.
func by(in []fakeCall, names []string, keys ...func(fakeCall) any) ([]string, [][]any, error) {
	groups, dims := map[string][]fakeCall{}, map[string][]any{}
	for _, c := range in {
		var dim []any
		for _, key := range keys {
			dim = append(dim, key(c))
		}
		id := ""
		for _, d := range dim {
			if n, ok := d.(int64); ok {
				id += fmt.Sprintf("%03d ", n)
			} else {
				id += fmt.Sprint(d, " ")
			}
		}
		groups[id], dims[id] = append(groups[id], c), dim
	}
	var rows [][]any
	for id, of := range groups {
		rows = append(rows, append(append([]any{id}, dims[id]...), kpi(of)...))
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
	for i := range rows {
		rows[i] = rows[i][1:]
	}
	return append(slices.Clone(names), fakeMetrics...), rows, nil
}

var fakeMetrics = strings.Fields(`calls incoming outgoing offered answered answered_in missed answer_rate abandoned
	service_level avg_wait_seconds p90_wait_seconds connected connect_rate talk_seconds avg_talk_seconds
	longest_talk_seconds coins coins_unanswered coins_per_answered unrecovered unique_customers`)

// kpi computes fakeMetrics over calls.
func kpi(in []fakeCall) []any {
	var incoming, answeredIn, answered, connected, abandoned, within, talk, longest, wait int64
	var coins, wasted float64
	customers, waits, lost := map[string]bool{}, []int64{}, map[string]bool{}
	for _, c := range in {
		customers[c.customer] = true
		coins += c.coins
		if c.direction == "incoming" {
			incoming++
		}
		switch {
		case !c.answered:
			wasted += c.coins
			if c.direction == "incoming" {
				lost[c.customer] = true
			}
			if c.direction == "incoming" && c.outcome == "abandoned" {
				abandoned++
			}
			continue
		case c.direction == "incoming":
			answeredIn++
			wait += c.wait
			waits = append(waits, c.wait)
			if c.wait <= 20 {
				within++
			}
		default:
			connected++
		}
		answered++
		talk += c.talk
		longest = max(longest, c.talk)
	}
	slices.Sort(waits)
	var p90, longestTalk any
	if len(waits) > 0 {
		p90 = float64(waits[len(waits)*9/10])
	}
	if answered > 0 {
		longestTalk = longest
	}
	n := int64(len(in))
	return []any{
		n, incoming, n - incoming, incoming, answered, answeredIn, incoming - answeredIn, ratio(answeredIn, incoming),
		abandoned, ratio(within, incoming), ratio(wait, answeredIn), p90, connected, ratio(connected, n-incoming),
		talk, ratio(talk, answered), longestTalk, coins, wasted, ratioOf(coins, float64(answered)), int64(len(lost)),
		int64(len(customers)),
	}
}

func ratio(a, b int64) any { return ratioOf(float64(a), float64(b)) }

func ratioOf(a, b float64) any {
	if b == 0 || math.IsNaN(a) {
		return nil
	}
	return a / b
}
