package live

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"time"

	"callsheet/internal/phone"
)

// Limits of memory. Beyond maxCalls, the calls without an event for the longest time are left out; beyond maxEnded in each of two
// generations, the reports that came first are forgotten.
const (
	maxCalls   = 5_000
	maxEnded   = 100_000
	maxSeen    = 32 // different events of a call
	maxLearned = 20_000
)

// Board has the calls in progress. Its methods may be called concurrently.
type Board struct {
	options Options

	mu        sync.Mutex
	calls     map[callID][]*tracked // of different directions
	count     int
	nextID    int
	learned   map[agentPhone]string // names of agents, from reports
	ended     endedCalls
	received  time.Time // of the newest delivery
	changes   uint64
	discarded bool // calls were left out because of maxCalls
}

// tracked is a call with what its events said.
type tracked struct {
	Call
	id        callID
	agent     string // the number
	agentName string
	seen      []seenEvent
}

// seenEvent is what makes an event of a call differ from the others.
type seenEvent struct{ status, agent string }

// agentPhone is a phone of an agent, by phone.Key.
type agentPhone struct{ source, key string }

// NewBoard returns a board without calls.
func NewBoard(options Options) *Board {
	return &Board{options: options, calls: map[callID][]*tracked{}, learned: map[agentPhone]string{}}
}

// Read reads a line of the spool.
func (b *Board) Read(line []byte) {
	events, at := b.options.events(line)
	b.mu.Lock()
	defer b.mu.Unlock()
	if at.After(b.received) {
		b.received = at
		b.changes++
	}
	for _, e := range events {
		if e.isReport {
			b.learn(e)
			b.end(e)
		} else if !b.ended.has(e) {
			b.update(e)
		}
	}
}

// Expire marks the calls without an event for LongestCall, and removes those without one for twice as long. With few calls left, none are said to
// be left out.
func (b *Board) Expire(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, calls := range b.calls {
		for _, c := range slices.Clone(calls) {
			switch age := now.Sub(c.lastEvent); {
			case age > 2*b.options.LongestCall:
				b.remove(c)
			case age > b.options.LongestCall && c.State != NoEnd:
				c.State, c.Since = NoEnd, c.lastEvent
				b.changes++
			}
		}
	}
	if b.discarded && b.count < maxCalls/2 {
		b.discarded = false
		b.changes++
	}
}

// Changes returns a number that changes whenever a View does, apart from its times.
func (b *Board) Changes() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changes
}

// learn keeps the name of an agent's phone.
func (b *Board) learn(e event) {
	if phone.Identifies(e.agent) && e.agentName != "" && len(b.learned) < maxLearned {
		b.learned[agentPhone{e.id.source, phone.Key(e.agent)}] = e.agentName
	}
}

// end removes the call of a report. A report without a direction ends the calls of both.
func (b *Board) end(e event) {
	b.ended.add(e)
	for _, c := range slices.Clone(b.calls[e.id]) {
		if e.direction == "" || c.Direction == "" || c.Direction == e.direction {
			b.remove(c)
		}
	}
}

func (b *Board) remove(c *tracked) {
	left := slices.DeleteFunc(b.calls[c.id], func(other *tracked) bool { return other == c })
	if b.calls[c.id] = left; len(left) == 0 {
		delete(b.calls, c.id)
	}
	b.count--
	b.changes++
}

// update begins the call of a live event, or goes on with it.
func (b *Board) update(e event) {
	c := b.find(e)
	isOver := e.progress == over || e.progress == unreached && (e.direction == Outgoing || c != nil && c.Direction == Outgoing)
	switch {
	case isOver && c != nil:
		b.remove(c)
		return
	case isOver:
		return
	case c == nil:
		c = b.begin(e)
	}
	c.lastEvent = e.at
	c.Direction = cmp.Or(c.Direction, e.direction)
	c.Customer, c.Number = cmp.Or(c.Customer, e.customer), cmp.Or(c.Number, e.number)
	b.changes++
	this := seenEvent{e.status, phone.Key(e.agent)}
	if slices.Contains(c.seen, this) {
		return
	}
	c.Group = cmp.Or(e.group, c.Group)
	c.proceed(e)
	if c.seen = append(c.seen, this); len(c.seen) > maxSeen {
		c.seen = c.seen[1:]
	}
}

// find returns the call of an event, nil if there is none. One of the two may not have a direction.
func (b *Board) find(e event) *tracked {
	for _, c := range b.calls[e.id] {
		if c.Direction == e.direction || c.Direction == "" || e.direction == "" {
			return c
		}
	}
	return nil
}

func (b *Board) begin(e event) *tracked {
	if b.count >= maxCalls {
		b.discard()
	}
	b.nextID++
	b.count++
	c := &tracked{id: e.id, Call: Call{ID: strconv.Itoa(b.nextID), State: Unknown, Started: e.started, Since: e.at}}
	b.calls[e.id] = append(b.calls[e.id], c)
	return c
}

// discard removes a tenth of the calls, those without an event for the longest time.
func (b *Board) discard() {
	var all []*tracked
	for _, calls := range b.calls {
		all = append(all, calls...)
	}
	slices.SortFunc(all, func(x, y *tracked) int { return x.lastEvent.Compare(y.lastEvent) })
	for _, c := range all[:len(all)/10] {
		b.remove(c)
	}
	b.discarded = true
}

// proceed changes the state by an event that is none of those before.
func (c *tracked) proceed(e event) {
	isSameAgent := e.agent == "" || phone.Key(e.agent) == phone.Key(c.agent)
	switch e.progress {
	case picked:
		c.answered = true
		if c.State == Talking && isSameAgent {
			return // another word for it
		}
		c.enter(Talking, e)
	case rings, transfers:
		switch {
		case c.State == Talking && isSameAgent, c.State == Ringing && e.agent == "":
			return // a late event
		case c.answered && c.State != NoEnd && c.hasNamed(e.agent):
			return // late: another phone of a ring group, or that of the agent who answered
		case e.agent != "" || e.progress == transfers || c.Direction == Outgoing:
			c.enter(Ringing, e)
		default:
			c.leave(e)
		}
	case unreached:
		if c.State == Ringing && isSameAgent || c.State == Unknown {
			c.leave(e)
		}
	}
}

// enter begins a state in which an agent takes part.
func (c *tracked) enter(state State, e event) {
	c.State, c.Since = state, e.at
	if e.agent != "" {
		c.agent, c.agentName = e.agent, e.agentName
	}
}

// leave begins the state in which no agent takes part. The customer waits since the call began, unless an agent has answered: then nothing
// says who talks to them.
func (c *tracked) leave(e event) {
	c.agent, c.agentName = "", ""
	switch {
	case !c.answered:
		c.State, c.Since = Waiting, c.Started
	case c.State != Unknown:
		c.State, c.Since = Unknown, e.at
	}
}

// hasNamed reports whether an earlier event named the agent's phone.
func (c *tracked) hasNamed(agent string) bool {
	return agent != "" && slices.ContainsFunc(c.seen, func(s seenEvent) bool { return s.agent == phone.Key(agent) })
}

// endedCalls remembers which calls have a report. It has two generations: when the current one is full, it replaces the previous one.
type endedCalls struct{ current, previous map[endedCall]bool }

type endedCall struct {
	callID
	direction string
}

func (s *endedCalls) add(e event) {
	if len(s.current) >= maxEnded || s.current == nil {
		s.current, s.previous = map[endedCall]bool{}, s.current
	}
	s.current[endedCall{e.id, e.direction}] = true
}

// has reports whether the call of an event has ended. A direction that is missing is that of the other.
func (s *endedCalls) has(e event) bool {
	directions := []string{e.direction, ""}
	if e.direction == "" {
		directions = []string{"", Incoming, Outgoing}
	}
	return slices.ContainsFunc(directions, func(direction string) bool {
		key := endedCall{e.id, direction}
		return s.current[key] || s.previous[key]
	})
}
