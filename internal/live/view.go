package live

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"callsheet/internal/phone"
)

// maxShown is how many calls and agents a View has; it counts all.
const maxShown = 200

// View is what a user sees of a Board.
type View struct {
	At       time.Time
	Received time.Time // of the newest delivery, whatever it was about; zero if there is none
	Calls    []Call    // waiting ones first, those that wait longest first
	More     int       // calls that are not in Calls
	Agents   []Agent
	Groups   []Group // by name, calls without a group last
	Total    Group
	Cut      bool // there are more calls than the board keeps
}

// Agent is an agent with a call.
type Agent struct {
	Name  string
	State State // Ringing or Talking
	Since time.Time
	Group string // of the call
}

// Group counts the calls of a group.
type Group struct {
	Name    string // empty for the calls without one
	Calls   int    // without those of the state NoEnd
	Waiting int    // incoming calls that no agent has picked up yet
	Ringing int    // calls that ring
	Talking int
	Oldest  time.Time // when the call that waits longest began; zero if none waits
	NoEnd   int
}

// Visible returns whether a user sees a group. A nil list of groups is all of them, and then also calls without a group.
func Visible(groups []string, group string) bool {
	return groups == nil || slices.Contains(groups, group)
}

// View returns the calls of some groups; of all if groups is nil.
func (b *Board) View(groups []string, now time.Time) View {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := View{At: now, Received: b.received, Cut: b.discarded}
	counts := map[string]*Group{}
	for _, name := range append(slices.Clone(groups), b.options.Groups...) {
		if Visible(groups, name) {
			counts[name] = &Group{Name: name}
		}
	}
	agents := map[string]Agent{}
	for _, calls := range b.calls {
		for _, c := range calls {
			call := b.named(c)
			if !Visible(groups, call.Group) {
				continue
			}
			if counts[call.Group] == nil {
				counts[call.Group] = &Group{Name: call.Group}
			}
			counts[call.Group].add(call)
			v.Total.add(call)
			v.Calls = append(v.Calls, call)
			if a := (Agent{call.Agent, call.State, call.Since, call.Group}); a.Name != "" && (a.State == Ringing || a.State == Talking) {
				if other, taken := agents[a.Name]; !taken || compareAgents(a, other) < 0 {
					agents[a.Name] = a
				}
			}
		}
	}
	slices.SortFunc(v.Calls, compareCalls)
	v.More = max(0, len(v.Calls)-maxShown)
	v.Calls = v.Calls[:len(v.Calls)-v.More]
	v.Agents = slices.SortedFunc(maps.Values(agents), compareAgents)
	v.Agents = v.Agents[:min(len(v.Agents), maxShown)]
	for _, name := range slices.SortedFunc(maps.Keys(counts), compareGroups) {
		v.Groups = append(v.Groups, *counts[name])
	}
	return v
}

// Received returns when the newest delivery was received; the zero time if there is none.
func (b *Board) Received() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.received
}

// named returns a call with the names that go with its numbers.
func (b *Board) named(c *tracked) Call {
	call := c.Call
	if call.Group == "" && b.options.Group != nil {
		call.Group = b.options.Group(c.id.source, call.Number)
	}
	if c.agent != "" {
		call.Agent = c.agentName
		if call.Agent == "" && phone.Identifies(c.agent) {
			call.Agent = b.agentOf(c.id.source, c.agent, call.Started)
		}
	}
	if b.options.MaskNumbers {
		call.Customer = Mask(call.Customer)
	}
	return call
}

// agentOf returns the name of an agent's phone, else its number.
func (b *Board) agentOf(source, number string, at time.Time) (name string) {
	if b.options.Agent != nil {
		name = b.options.Agent(source, number, at)
	}
	return cmp.Or(name, b.learned[agentPhone{source, phone.Key(number)}], number)
}

func (g *Group) add(c Call) {
	if c.State == NoEnd {
		g.NoEnd++
		return
	}
	g.Calls++
	switch c.State {
	case Ringing:
		g.Ringing++
	case Talking:
		g.Talking++
	}
	if c.isWaiting() {
		g.Waiting++
		if g.Oldest.IsZero() || c.Started.Before(g.Oldest) {
			g.Oldest = c.Started
		}
	}
}

// stateOrder is the order of the states in a list.
var stateOrder = []State{Waiting, Ringing, Talking, Unknown, NoEnd}

func compareCalls(a, b Call) int {
	return cmp.Or(cmp.Compare(slices.Index(stateOrder, a.State), slices.Index(stateOrder, b.State)), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
}

// compareAgents sorts agents who talk before those whose phone rings: who has two calls talks.
func compareAgents(a, b Agent) int {
	return cmp.Or(-cmp.Compare(slices.Index(stateOrder, a.State), slices.Index(stateOrder, b.State)), a.Since.Compare(b.Since), cmp.Compare(a.Name, b.Name))
}

func compareGroups(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}
