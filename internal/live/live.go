// Package live tracks the calls in progress, from the deliveries in the spool. A live event begins or updates a call, and a report ends it.
//
// The vendor repeats deliveries, and they arrive late and out of order, so:
//
//   - an event that repeats an earlier one of its call says nothing new;
//   - once an agent has picked up, an event that says that the same agent's phone rings is a late one;
//   - and so is then one that says that a phone rings which an earlier event named: of a ring group, one agent picks up;
//   - a customer whom an agent has answered does not wait, whatever follows, such as a transfer that nobody answers;
//   - an event after the report of its call is a late one;
//   - the report of a call may never come: a call without events for LongestCall is marked, and removed after the same time again.
package live

import "time"

// State is what happens in a call.
type State string

const (
	Waiting State = "waiting" // of an incoming call: no agent's phone rings
	Ringing State = "ringing" // an agent's phone rings or, of an outgoing call, the customer's
	Talking State = "talking" // an agent has picked up
	Unknown State = "unknown" // the vendor's word for it is not known, or an answered call was passed on and nobody answered
	NoEnd   State = "no_end"  // no event came for long, and no report
)

// The directions of calls.
const (
	Incoming = "incoming"
	Outgoing = "outgoing"
)

// Call is a call in progress. A text is empty where it is not known.
type Call struct {
	ID        string // differs for each call, and is the same as long as the call is there
	Direction string
	State     State
	Started   time.Time
	Since     time.Time // when the state began; of a waiting call, the call
	Customer  string    // the customer's number; masked if Options say so
	Number    string    // the virtual number
	Group     string
	Agent     string // the name, else the number

	lastEvent time.Time
	answered  bool // an agent has picked up at some time
}

// isWaiting reports whether the customer waits for an agent: none has answered yet.
func (c Call) isWaiting() bool {
	return c.Direction != Outgoing && !c.answered && (c.State == Waiting || c.State == Ringing)
}

// Source is how the deliveries of a source are read.
type Source struct {
	Zone             *time.Location    // of its local times
	CustomerIsCaller bool              // SourceNumber of an outgoing call is the customer's, not the agent's
	StatusWords      map[string]string // outcome by status word
	DirectionWords   map[string]string
	NothingValues    []string // texts that mean no value, beside those that always do
}

// Options configure a Board.
type Options struct {
	Sources     map[string]Source
	Other       Source   // of every other name
	Groups      []string // that are shown without calls, too
	LongestCall time.Duration
	MaskNumbers bool // of customers
	// Agent and Group return the name of an agent's phone and the group of a virtual number, "" if it is not known.
	Agent func(source, number string, at time.Time) string
	Group func(source, number string) string
}
