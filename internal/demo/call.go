package demo

import (
	"strconv"
	"time"
)

// outcome is how a call ended, before anyone spells it.
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

// oddity is a contradiction the report carries on purpose.
type oddity int

const (
	consistent oddity = iota
	talkOverCall
	clockMismatch // CallSid was stamped by another server's clock
	legsSwapped
	answeredWithoutTalk
	oddities // how many there are
)

// call is one call as it happened. A zero time means that it never did.
type call struct {
	// Decided by plan.
	incoming bool
	start    time.Time
	group    *group
	number   string // virtual number
	customer *customer
	outcome  outcome
	failed   leg
	campid   string // of a push; a click-to-call gets its own when it is dialled

	// Decided by staff.
	sid      string
	agent    *agent // who was dialled last, nil if nobody
	passed   *agent // who was rung before and did not pick up
	passedAt time.Time
	dialled  string // the customer's number as this call shows it
	legA     time.Time
	legB     time.Time
	picked   time.Time // leg B, which makes a call answered
	end      time.Time
	halves   int // coins, counted in halves

	// Decided by mark.
	odd        oddity
	unreported bool
	late       bool // the report comes the next morning
	corrected  bool
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

// talk is what the report says; oddities make it contradict the times.
func (c *call) talk() int {
	switch {
	case c.picked.IsZero(), c.odd == answeredWithoutTalk:
		return 0
	case c.odd == talkOverCall:
		return seconds(c.end.Sub(c.start)) + 22
	}
	return seconds(c.end.Sub(c.picked))
}

func (c *call) coins() string {
	return strconv.FormatFloat(float64(c.halves)/2, 'f', -1, 64)
}

func (c *call) direction() string {
	if c.incoming {
		return "IVR"
	}
	return "WEBOBD"
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func itoa(n int) string { return strconv.Itoa(n) }
