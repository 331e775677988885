package demo

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"time"
)

// ListedCall is a call as the vendor's own list has it.
type ListedCall struct {
	Start, End time.Time
	Answered   bool
	Coins      float64
	Row        ListRow
}

// ListRow is a row of the list, with the vendor's names.
type ListRow struct {
	ID              string `json:"id"`
	SidID           string `json:"sid_id"`
	FlowType        string `json:"Flow_type"`
	Deskphone       string `json:"deskphone"`
	CallerNum       string `json:"caller_num"`
	CallerName      string `json:"caller_name"`
	MemberNum       string `json:"member_num"`
	MemberName      string `json:"member_name"`
	CallDate        string `json:"call_date"`
	StartDateTime   string `json:"startdatetime"`
	EndDateTime     string `json:"enddatetime"`
	TotalDuration   string `json:"total_duration"`
	TalkDuration    string `json:"talk_duration"`
	RingingDuration int    `json:"ringing_duration"`
	CoinDeducted    string `json:"coin_deducted"`
	CallResult      string `json:"callresult"`
	CallStatus      string `json:"callstatus"`
	GroupName       string `json:"group_name"`
	File            string `json:"file"`
	Circle          string `json:"circle"`
	KeyPressed      string `json:"key_pressed"`
	IsContact       int    `json:"is_contact"`
	Block           string `json:"block"`
	LegAPicked      string `json:"LegA_Picked_time"`
	LegBStart       string `json:"LegB_Start_time"`
	LegBPicked      string `json:"LegB_Picked_time"`
}

// List returns the calls of the same Options as the vendor's own list has them, the newest first: each of o.Calls once, as its last
// report says, also those of which no report arrived.
func List(o Options) []ListedCall {
	if o.Calls < 1 {
		return nil
	}
	o = o.normal()
	r := newRNG(o.Seed)
	calls := simulate(o, r)
	deliver(o, r, calls)
	calls = slices.DeleteFunc(calls, func(c *call) bool { return c.unreported })
	listed := make([]ListedCall, len(calls))
	for i, c := range calls {
		coins, err := strconv.ParseFloat(c.reported["coins"], 64)
		if err != nil {
			panic(err) // written by this package
		}
		listed[i] = ListedCall{c.start, c.end, c.outcome == answered, coins, c.row(50_300_000 + i)}
	}
	slices.SortStableFunc(listed, func(a, b ListedCall) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(b.Row.ID, a.Row.ID))
	})
	return listed
}

// row returns the call as the list has it.
func (c *call) row(id int) ListRow {
	said := c.reported
	clock := func(key string) string { return cmp.Or(known(said[key]), "0000-00-00 00:00:00") }
	row := ListRow{
		ID: itoa(id), SidID: c.sid, FlowType: c.direction(), Deskphone: c.number, CallerNum: c.dialled, MemberName: known(said["receiver_name"]),
		CallDate: c.start.Format(time.DateTime), StartDateTime: c.start.Format(time.DateTime), EndDateTime: c.end.Format(time.DateTime),
		TotalDuration: said["CallDuration"], TalkDuration: said["TalkDuration"], CoinDeducted: said["coins"],
		CallResult: said["Status"], CallStatus: cmp.Or(said["Status"], said["callstatus"]), GroupName: said["call_group"],
		File: said["CallRecordingUrl"], Circle: c.customer.circle(), KeyPressed: said["key_press"], Block: "NO",
		LegAPicked: clock("LegA_Picked_time"), LegBStart: clock("LegB_Start_time"), LegBPicked: clock("LegB_Picked_time"),
	}
	if c.agent != nil {
		row.MemberNum = c.agent.number
	}
	if c.incoming && row.KeyPressed == "" {
		row.KeyPressed = itoa(1 + c.group.index)
	}
	if !c.legB.IsZero() {
		ringing := c.end.Sub(c.legB)
		if !c.picked.IsZero() {
			ringing = c.picked.Sub(c.legB)
		}
		row.RingingDuration = seconds(ringing)
	}
	return row
}

// known returns a value of a report, empty if it is one of the vendor's texts for nothing.
func known(value string) string {
	if slices.Contains([]string{"0", "Not Assigned", "0000-00-00 00:00:00", "1970-01-01 05:30:00"}, value) {
		return ""
	}
	return value
}

// circle returns the telecom region of a customer.
func (c *customer) circle() string {
	hash := fnv.New32()
	hash.Write([]byte(c.bare))
	return []string{"Delhi", "Mumbai", "Karnataka", "UP East", "Rajasthan", "Tamil Nadu"}[hash.Sum32()%6]
}

// lose leaves out the reports of some calls, which the vendor does not send again.
func lose(o Options, calls []*call, deliveries []Delivery) []Delivery {
	if o.Lost == 0 {
		return deliveries
	}
	lost := map[*call]bool{}
	for _, i := range newRNG(^o.Seed).Perm(len(calls)) {
		if c := calls[i]; len(lost) < o.Lost && !c.isMarked() {
			lost[c] = true
		}
	}
	return slices.DeleteFunc(deliveries, func(d Delivery) bool { return lost[d.reportOf] })
}

// ListedAgent, ListedGroup and ListedNumber are entries of the vendor's directory, with its names.
type (
	ListedAgent struct {
		ID        string `json:"member_id"`
		Name      string `json:"member_name"`
		Number    string `json:"member_num"`
		Access    string `json:"access"`
		Status    string `json:"status"`
		Extension string `json:"agent_extn"`
	}
	ListedGroup struct {
		ID          string `json:"group_id"`
		Name        string `json:"group_name"`
		DeskphoneID string `json:"deskphone_id"`
		Members     int    `json:"groupmember_count"`
	}
	ListedNumber struct {
		ID        string `json:"did_id"`
		DID       string `json:"did_num"`
		Deskphone string `json:"deskphone"`
	}
)

// Directory returns the vendor's directory of the call centre.
func Directory(o Options) (agents []ListedAgent, groups []ListedGroup, numbers []ListedNumber) {
	hired := map[string]bool{}
	for _, g := range openCentre(o.Calls, max(o.Days, 1)).groups {
		for _, number := range g.numbers {
			numbers = append(numbers, ListedNumber{itoa(301 + len(numbers)), "91" + number[1:], number})
		}
		first := numbers[len(numbers)-len(g.numbers)]
		groups = append(groups, ListedGroup{itoa(70 + g.index), g.name, first.ID, len(g.agents)})
		for _, a := range g.agents {
			if !hired[a.number] {
				hired[a.number] = true
				agents = append(agents, ListedAgent{itoa(1000 + len(agents)), a.name, a.number, "2", "1", itoa(100 + len(agents))})
			}
		}
	}
	return agents, groups, numbers
}
