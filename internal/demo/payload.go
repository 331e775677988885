package demo

import "time"

// field is a key of a payload with its value.
type field struct {
	key, value string
	number     bool // may be written without quotes
}

// style is the formatting of one delivery.
type style struct {
	noTime  string // for an event that did not happen
	noName  string // for no agent
	gap     string // between date and time of StartTime and EndTime
	numbers bool   // numbers as JSON numbers
	nulls   bool   // JSON null for an empty value
	spaced  bool   // a space after each colon and comma
	php     bool   // \u and \/ escapes, as PHP writes them
	typed   bool   // has a type field
}

func newStyle(r rng, encoding string) style {
	s := style{
		noTime:  pick(r, []string{"", "", "", "0000-00-00 00:00:00", "0000-00-00 00:00:00", "1970-01-01 05:30:00"}),
		noName:  pick(r, []string{"0", "0", "0", "", "Not Assigned"}),
		gap:     "  ",
		numbers: r.chance(0.35),
		nulls:   r.chance(0.25),
		spaced:  r.chance(0.4),
		php:     r.chance(0.3),
		typed:   r.chance(0.4),
	}
	if encoding != "json" && r.chance(0.3) {
		s.gap = " "
	}
	return s
}

func (s style) timestamp(t time.Time) string {
	if t.IsZero() {
		return s.noTime
	}
	return t.Format(time.DateTime)
}

func (s style) wide(t time.Time) string { return t.Format("2006-01-02" + s.gap + "15:04:05") }

func (s style) kind(name string) []field {
	if !s.typed {
		return nil
	}
	return []field{{key: "type", value: name}}
}

// sides returns the three numbers of a call. The source of an incoming call is
// the customer; the source of an outgoing call is the agent.
func (c *call) sides(dialled *agent) []field {
	agentNumber := ""
	if dialled != nil {
		agentNumber = dialled.number
	}
	from, to := c.dialled, agentNumber
	if !c.incoming {
		from, to = to, from
	}
	return []field{
		{"SourceNumber", from, true},
		{"DestinationNumber", c.number, true},
		{"DialWhomNumber", to, true},
	}
}

// sidField returns the id of a call. Only the integer ids of outgoing calls may
// be JSON numbers: an id with a dot would lose digits.
func (c *call) sidField() field { return field{"CallSid", c.sid, !c.incoming} }

// report returns the payload of a finished call.
func report(r rng, c *call, s style) []field {
	status := c.spell(r)
	name, groupName := s.noName, c.group.name
	if c.agent != nil && (c.outcome == answered || c.failed == customerLeg) {
		name = c.agent.name
	}
	if c.incoming && (c.outcome == ivrOnly || c.outcome != answered && r.chance(0.3)) {
		groupName = ""
	}
	legB, picked := c.legB, c.picked
	if c.contradicts == legsSwapped {
		legB, picked = picked, legB
	}
	fields := append(s.kind("call_report"), c.sides(c.agent)...)
	fields = append(fields,
		field{"CallDuration", itoa(seconds(c.end.Sub(c.start))), true},
		field{"coins", c.coins(), true},
		field{"Status", status.status, false})
	if status.status == "" {
		fields = append(fields, field{"callstatus", status.callstatus, false})
	}
	fields = append(fields,
		field{"StartTime", s.wide(c.start), false},
		field{"EndTime", s.wide(c.end), false},
		c.sidField(),
		field{"CallRecordingUrl", c.recording(), false},
		field{"Direction", c.direction(), false},
		field{"campid", c.campid, true},
		field{"TalkDuration", itoa(c.talk()), true},
		field{"call_group", groupName, false},
		field{"receiver_name", name, false},
		field{"error_code", status.errorCode, true})
	if status.cause != "" {
		fields = append(fields, field{"hangup_cause", status.cause, false})
	}
	fields = append(fields,
		field{"LegA_Picked_time", s.timestamp(c.legA), false},
		field{"LegB_Start_time", s.timestamp(legB), false},
		field{"LegB_Picked_time", s.timestamp(picked), false})
	return append(fields, undocumented(r, c)...)
}

// live returns the payload of an event of a call in progress.
func live(c *call, s style, status string, dialled *agent) []field {
	fields := append(s.kind("live_call"), c.sides(dialled)...)
	fields = append(fields,
		field{"Status", status, false},
		field{"StartTime", s.wide(c.start), false},
		c.sidField(),
		field{"Direction", c.direction(), false},
		field{"call_group", c.group.name, false})
	if !c.incoming {
		fields = append(fields, field{"campid", c.campid, true})
	}
	return fields
}

// undocumented returns, for some reports, a field that the vendor does not
// document.
func undocumented(r rng, c *call) []field {
	if !r.chance(0.15) {
		return nil
	}
	all := []field{
		{"Uniqueid", c.sid, false},
		{"group_id", itoa(70 + c.group.index), true},
		{"key_press", itoa(r.between(1, 4)), true},
		{"account_id", "20417", true},
	}
	if c.agent != nil {
		all = append(all, field{"agent_email", "agent" + c.agent.number[6:] + "@example.com", false})
	}
	return []field{pick(r, all)}
}
