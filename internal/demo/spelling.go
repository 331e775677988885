package demo

// A spelling is one of the vendor's spellings of an outcome. If status is blank,
// callstatus has it.
type spelling struct {
	status     string
	callstatus string
	cause      string // hangup_cause, sent beside callstatus
	errorCode  string
}

var incomingSpellings = map[outcome][]spelling{
	answered: {{status: "ANSWER"}, {status: "ANSWER"}, {status: "ANSWER"}, {status: "ANSWER", errorCode: "16"},
		{status: "Answer"}, {status: "ANSWERED"}, {status: "Answer (16)", errorCode: "16"}},
	noAnswer: {{status: "NO ANSWER"}, {status: "NOANSWER"}, {status: "NOANSWER", errorCode: "19"},
		{callstatus: " No Answer", cause: "(0)", errorCode: "0"}},
	busy: {{status: "BUSY", errorCode: "17"}, {status: "Busy (17)", errorCode: "17"},
		{callstatus: "Busy (17)", cause: "(17)", errorCode: "17"}},
	cancelled: {{status: "CANCEL"}, {status: "Cancel (0)", errorCode: "0"},
		{callstatus: "Cancel (0)", cause: "(0)", errorCode: "0"}},
	abandoned:    {{status: "AbandonedCall"}, {status: "Abandoned"}, {status: "abandonment"}},
	engaged:      {{status: "AgentEngaged"}, {status: "Agent engaged"}},
	agentRinging: {{status: "AgentonRing"}},
	ivrOnly:      {{status: "Not connected"}, {callstatus: "Not connected", cause: "(0)", errorCode: "0"}},
	unavailable: {{status: "CHANUNAVAIL", errorCode: "20"}, {status: "Unavailable (19)", errorCode: "19"},
		{status: "CHANUNAVAIL"}},
}

var connectedSpellings = []spelling{{status: "ANSWER"}, {status: "ANSWER"}, {status: "LEG A/LEG B ANSWER"}}

// failedSpellings are the spellings for outgoing calls, by the leg that failed.
var failedSpellings = map[leg]map[outcome][]spelling{
	agentLeg: {
		noAnswer:    {{status: "Cancel-Agent NOANSWER-agent"}},
		busy:        {{status: "Cancel-Agent Busy (17-agent)", errorCode: "17"}},
		unavailable: {{status: "Cancel-Agent Unavailable (19-agent)", errorCode: "19"}},
		congestion:  {{status: "Cancel-Agent Congestion (1-agent)", errorCode: "1"}},
	},
	customerLeg: {
		noAnswer: {{status: "Cancel-Customer NOANSWER-customer"}},
		busy: {{status: "Cancel-Customer Busy (17-customer)", errorCode: "17"},
			{status: "Leg B Cancel - Customer Busy (17 Customer)", errorCode: "17"}},
		unavailable: {{status: "Cancel-Customer Unavailable (19-customer)", errorCode: "19"}},
		congestion:  {{status: "Cancel-Customer Congestion (1-customer)", errorCode: "1"}},
		cancelled:   {{status: "Cancel-Customer"}},
	},
}

// spell draws a spelling of the outcome.
func (c *call) spell(r rng) spelling {
	switch {
	case c.incoming:
		return pick(r, incomingSpellings[c.outcome])
	case c.failed == noLeg:
		return pick(r, connectedSpellings)
	}
	return pick(r, failedSpellings[c.failed][c.outcome])
}
