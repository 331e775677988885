package demo

import (
	"strconv"
	"time"
)

// outcome is how a call ended.
type outcome int

const (
	answered outcome = iota
	noAnswer
	busy
	cancelled
	abandoned
	engaged      // every agent on another call
	agentRinging // the agent's phone was ringing for another call
	ivrOnly      // never forwarded to an agent
	unavailable
	congestion
)

// leg is a side of an outgoing call that failed.
type leg int

const (
	noLeg leg = iota
	agentLeg
	customerLeg
)

// contradiction is an intended inconsistency in a report.
type contradiction int

const (
	consistent contradiction = iota
	talkOverCall
	clockMismatch // CallSid was stamped by another server's clock
	legsSwapped
	answeredWithoutTalk
	contradictions // their number
)

// call is one call. A zero time means that the event did not happen.
type call struct {
	// Decided by plan.
	incoming bool
	start    time.Time
	group    *group
	number   string // virtual number
	customer *customer
	outcome  outcome
	failed   leg
	campid   string // of a push; a click-to-call gets one in staff

	// Decided by staff.
	sid       string
	agent     *agent // the last agent that was dialled, nil if none
	skipped   *agent // an agent that was dialled before and did not pick up
	skippedAt time.Time
	dialled   string // the customer's number, as written in this call
	legA      time.Time
	legB      time.Time
	picked    time.Time // leg B; set if the call was answered
	end       time.Time
	halfCoins int

	// Decided by mark.
	contradicts contradiction
	unreported  bool
	late        bool // the report arrives the next morning
	corrected   bool

	reported map[string]string // by deliver: what the reports say in the end, by field
}

func (c *call) recording() string {
	if c.picked.IsZero() {
		return ""
	}
	if !c.incoming {
		return "https://callrecords.example.io/outgoing/01_" + c.sid
	}
	return "https://callrecords.example.io/incoming/01_" + c.start.Format("20060102150405") + "_" + c.customer.bare[5:]
}

// talk returns the reported talk time, which may contradict the times.
func (c *call) talk() int {
	switch {
	case c.picked.IsZero(), c.contradicts == answeredWithoutTalk:
		return 0
	case c.contradicts == talkOverCall:
		return seconds(c.end.Sub(c.start)) + 22
	}
	return seconds(c.end.Sub(c.picked))
}

func (c *call) coins() string {
	return strconv.FormatFloat(float64(c.halfCoins)/2, 'f', -1, 64)
}

func (c *call) direction() string {
	if c.incoming {
		return "IVR"
	}
	return "WEBOBD"
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func itoa(n int) string { return strconv.Itoa(n) }
