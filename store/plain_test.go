package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// plainCall is a generated call, the source of its deliveries. Zero times and empty texts did not happen or were not reported.
type plainCall struct {
	source, direction, sid              string
	started, ended                      time.Time
	legAPicked, legBStarted, legBPicked time.Time
	callSeconds, talkSeconds            int64
	status                              plainStatus
	answered                            bool
	noDuration                          bool // its duration is not reported
	customerNumber, virtualNumber       string
	agentNumber, reportedName           string
	agentName, group, campaign          string      // after lookup in the directory and the number groups
	coins                               int64       // hundredths
	otherAgents                         bool        // a leg of a call that counts for another agent
	rang                                []string    // numbers dialled, in live events
	waited                              *plainWait  // if it does not follow from the times below
	began                               time.Time   // of a leg that did not begin with the call
	rungAgents                          []plainCall // of the numbers in rang
	legs                                []plainCall // of a call that several phones took part in, the first one first
	phones                              []plainCall // the legs of the agent, in a row of asAgents
	tookOver                            string      // number of the phone that picked up, by a live event
	corrected                           bool        // an earlier report was wrong
	endUnreported                       bool
	legAUnreported                      bool // whether leg A was picked up
	directionUnreported                 bool // it follows from the campaign
	deliveries                          []worldLine
}

// plainStatus is the vendor's status of a call and its meaning.
type plainStatus struct{ status, callstatus, outcome, failedLeg string }

func (c plainCall) agent() string { return cmp.Or(c.agentName, c.agentNumber) }

var writtenInNumbers = strings.NewReplacer("+", "", " ", "", "-", "")

// lastTen returns the last ten digits of a number; empty if it is masked or too short.
func lastTen(number string) string {
	digits := writtenInNumbers.Replace(number)
	if len(digits) < 10 || strings.ContainsAny(digits, "xX*") {
		return ""
	}
	return digits[len(digits)-10:]
}

func (c plainCall) missed() bool {
	return c.direction == "incoming" && !c.answered && c.status.outcome != "ivr_only"
}

func (c plainCall) missedReason() string {
	for reason, outcomes := range map[string]string{
		"all agents busy": "agent_engaged agent_ringing busy", "rang out": "no_answer", "caller hung up": "abandoned cancelled",
		"network": "unavailable congestion", "IVR only": "ivr_only",
	} {
		if slices.Contains(strings.Fields(outcomes), c.status.outcome) {
			return reason
		}
	}
	return "unknown"
}

// plainWorld has all calls, and the settings that affect the figures.
type plainWorld struct {
	calls      []plainCall
	unreported []worldLine // live events of calls without a report
	settings   Settings
	zone       *time.Location
	through    time.Time // of the last delivery
}

func (w plainWorld) day(c plainCall) string   { return c.started.In(w.zone).Format(time.DateOnly) }
func (w plainWorld) hour(at time.Time) int    { return at.In(w.zone).Hour() }
func (w plainWorld) weekday(c plainCall) int  { return (int(c.started.In(w.zone).Weekday())+6)%7 + 1 }
func (w plainWorld) clock(c plainCall) string { return c.started.In(w.zone).Format(time.TimeOnly) }

func (c plainCall) pickedUp() bool {
	return c.answered || c.direction == "outgoing" && !c.legAPicked.IsZero()
}

func (w plainWorld) directoryName(number, day string) string {
	for _, agent := range w.settings.Agents {
		if lastTen(agent.Number) == lastTen(number) && (agent.From == "" || agent.From <= day) && (agent.To == "" || day <= agent.To) {
			return agent.Name
		}
	}
	return ""
}

// isOpen reports whether a call started within business hours.
func (w plainWorld) isOpen(c plainCall) bool {
	if slices.Contains(w.settings.Holidays, w.day(c)) {
		return false
	}
	return slices.ContainsFunc(w.settings.BusinessHours, func(h Hours) bool {
		return h.Weekday == w.weekday(c) && h.Opens+":00" <= w.clock(c) && w.clock(c) < h.Closes+":00"
	})
}
