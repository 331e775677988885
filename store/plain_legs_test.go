package store

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// otherLeg adds a leg on another phone to an answered call: one that rang as well, or the agent to whom the call was transferred.
func (c *plainCall) otherLeg(rng *rand.Rand) plainCall {
	first := *c
	first.ended = first.end()
	leg := plainCall{source: c.source, direction: c.direction, started: c.started, ended: c.started.Add(time.Duration(1+c.callSeconds/2) * time.Second),
		status: plainStatus{"NO ANSWER", "", "no_answer", ""}}
	for leg.agentNumber == "" || lastTen(leg.agentNumber) == lastTen(c.agentNumber) {
		phone := pick(rng, phones)
		leg.agentNumber, leg.reportedName = phone.number, pick(rng, phone.names)
	}
	if rng.IntN(2) == 0 {
		leg.started, leg.answered, leg.status = first.ended, true, plainStatus{"ANSWER", "", "answered", ""}
		leg.legBPicked = leg.started.Add(time.Duration(rng.IntN(20)) * time.Second)
		leg.ended = leg.legBPicked.Add(time.Duration(1+rng.IntN(300)) * time.Second)
		leg.talkSeconds = int64(leg.ended.Sub(leg.legBPicked).Seconds())
	}
	leg.callSeconds = int64(leg.ended.Sub(leg.started).Seconds())
	c.legs = []plainCall{first, leg}
	return leg
}

// end returns when the call ended; if that is not reported, it follows from its duration.
func (c plainCall) end() time.Time {
	if !c.ended.IsZero() {
		return c.ended
	}
	return c.started.Add(time.Duration(c.callSeconds) * time.Second)
}

// onPhones returns the rows of asAgents with one for each phone of an agent.
func onPhones(calls []plainCall) (all []plainCall) {
	for _, c := range calls {
		if len(c.phones) == 0 {
			all = append(all, c)
		}
		for _, leg := range c.phones {
			row := c
			row.began, row.ended, row.legBStarted, row.legBPicked, row.talkSeconds = leg.started, leg.ended, leg.legBStarted, leg.legBPicked, leg.talkSeconds
			all = append(all, row)
		}
	}
	return all
}

// combineLegs makes the call last until the last leg ends, with the talk of all legs.
func (c *plainCall) combineLegs() {
	if len(c.legs) == 0 {
		return
	}
	wait, known := c.wait()
	c.waited = &plainWait{wait, known}
	for _, leg := range c.legs {
		if leg.ended.After(c.ended) {
			c.ended = leg.ended
			c.callSeconds = int64(c.ended.Sub(c.started).Seconds())
		}
	}
	c.talkSeconds = talked(c.legs)
}

// talked returns the seconds in which somebody talked on one of these legs.
func talked(legs []plainCall) int64 {
	talking := map[int64]bool{}
	for _, leg := range legs {
		from := leg.legBPicked
		if from.IsZero() {
			from = leg.ended.Add(-time.Duration(leg.talkSeconds) * time.Second)
		}
		for second := range leg.talkSeconds {
			talking[from.Unix()+second] = true
		}
	}
	return int64(len(talking))
}

// plainWait is a wait that does not follow from the call's own times.
type plainWait struct {
	seconds float64
	known   bool
}

// asAgents returns calls as their agents took them: a call of several agents once for each. Coins and line time are in the first leg.
func asAgents(calls []plainCall) (legs []plainCall) {
	for _, c := range calls {
		if len(c.legs) == 0 {
			legs = append(legs, c)
		}
		for i, leg := range c.legs {
			if i > 0 && leg.agent() == c.legs[0].agent() { // the same person on another phone
				row := &legs[len(legs)-1]
				row.phones = append(row.phones, leg)
				row.talkSeconds = talked(row.phones)
				continue
			}
			row := c
			row.legs, row.rang = nil, nil
			row.agentNumber, row.agentName, row.status, row.answered = leg.agentNumber, leg.agentName, leg.status, leg.answered
			row.talkSeconds, row.legBStarted, row.legBPicked = leg.talkSeconds, leg.legBStarted, leg.legBPicked
			row.began, row.ended = leg.started, leg.ended
			row.phones = []plainCall{leg}
			if i > 0 {
				row.coins, row.callSeconds, row.waited, row.otherAgents = 0, 0, &plainWait{}, true
			}
			legs = append(legs, row)
		}
	}
	for i, leg := range legs { // what a missed call cost, no agent caused
		if leg.direction == "incoming" && !leg.answered {
			legs[i].coins = 0
		}
	}
	return legs
}

// plainName is what a report or a live event says about a phone.
type plainName struct {
	source, phone, number, name string
	at                          time.Time
}

// nameAgents names the agents of all calls and legs: by the reported name, that of the directory, or the one that reports of
// the source give the phone, in its most frequent spelling; else the number as first seen.
func (w plainWorld) nameAgents() {
	var said []plainName
	for _, c := range w.calls {
		parts := c.legs
		if len(parts) == 0 {
			parts = []plainCall{c}
		}
		for _, part := range parts {
			said = append(said, plainName{c.source, lastTen(part.agentNumber), part.agentNumber, part.reportedName, part.started})
		}
		for _, number := range c.rang {
			if !slices.ContainsFunc(parts, func(part plainCall) bool { return lastTen(part.agentNumber) == lastTen(number) }) {
				said = append(said, plainName{c.source, lastTen(number), number, "", c.started})
			}
		}
	}
	said = slices.DeleteFunc(said, func(n plainName) bool { return n.phone == "" })
	slices.SortFunc(said, func(a, b plainName) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), cmp.Compare(a.number, b.number))
	})
	spellings, firstNumber := map[string]map[string]int{}, map[string]string{}
	for _, n := range said {
		key := n.phone + " " + strings.ToLower(n.name)
		if spellings[key] == nil {
			spellings[key] = map[string]int{}
		}
		spellings[key][n.name]++
		if number, seen := firstNumber[n.phone]; !seen || number > n.number && firstAt(said, n.phone).Equal(n.at) {
			firstNumber[n.phone] = n.number
		}
	}
	spelled := func(phone, name string) string {
		shown := name
		for spelling, count := range spellings[phone+" "+strings.ToLower(name)] {
			best := spellings[phone+" "+strings.ToLower(name)][shown]
			if count > best || count == best && spelling < shown {
				shown = spelling
			}
		}
		return shown
	}
	resolve := func(c *plainCall, day string) {
		phone, learned, learnedAt := lastTen(c.agentNumber), "", time.Time{}
		for _, n := range said {
			if n.phone != phone || n.source != c.source || n.name == "" {
				continue
			}
			if learned != "" && n.at.After(c.started) {
				break
			}
			if !n.at.Equal(learnedAt) {
				learned, learnedAt = n.name, n.at
			}
		}
		c.agentName = spelled(phone, cmp.Or(c.reportedName, w.directoryName(c.agentNumber, day), learned))
		if phone != "" {
			c.agentNumber = firstNumber[phone]
		}
	}
	for i := range w.calls {
		c := &w.calls[i]
		day := w.day(*c)
		for j := range c.legs {
			resolve(&c.legs[j], day)
		}
		for _, number := range c.rang {
			rung := plainCall{source: c.source, agentNumber: number, started: c.started}
			resolve(&rung, day)
			c.rungAgents = append(c.rungAgents, rung)
		}
		resolve(c, day)
	}
}

// firstAt returns when a phone was first seen.
func firstAt(said []plainName, phone string) time.Time {
	return said[slices.IndexFunc(said, func(n plainName) bool { return n.phone == phone })].at
}

// plainRing is a call that rang at an agent's phone.
type plainRing struct {
	call     plainCall
	agent    string
	pickedUp bool
}

// isEngaged reports whether an agent was not rung, being on another call or rung for one.
func isEngaged(c plainCall) bool {
	return slices.Contains([]string{"agent_engaged", "agent_ringing"}, c.status.outcome)
}

// rings returns the rings of calls: of the agents in reports and of those whose phones are in live events. Nobody rings an engaged agent.
func (w plainWorld) rings(calls []plainCall) (rings []plainRing) {
	for _, c := range calls {
		rung, parts := map[string]bool{}, c.legs
		if len(parts) == 0 {
			parts = []plainCall{c}
		}
		for _, part := range parts {
			if part.agent() != "" && !isEngaged(part) {
				rung[part.agent()] = rung[part.agent()] || part.pickedUp()
			}
		}
		for _, live := range c.rungAgents {
			if !isEngaged(c) && !slices.ContainsFunc(parts, func(part plainCall) bool { return lastTen(part.agentNumber) == lastTen(live.agentNumber) }) {
				rung[live.agent()] = rung[live.agent()] || c.tookOver != "" && lastTen(c.tookOver) == lastTen(live.agentNumber)
			}
		}
		for agent, picked := range rung {
			rings = append(rings, plainRing{c, agent, picked})
		}
	}
	return rings
}

// transferRate is the share of answered incoming calls with a known agent that several agents answered.
func (w plainWorld) transferRate(calls []plainCall) float64 {
	known, transferred := 0.0, 0.0
	for _, c := range calls {
		if c.direction != "incoming" || !c.answered {
			continue
		}
		agents := map[string]bool{}
		for _, ring := range w.rings([]plainCall{c}) {
			if ring.pickedUp {
				agents[ring.agent] = true
			}
		}
		if len(agents) > 0 {
			known++
		}
		if len(agents) > 1 {
			transferred++
		}
	}
	return share(transferred, known)
}

// whole returns the calls that these are the legs of.
func (w plainWorld) whole(legs []plainCall) (calls []plainCall) {
	for _, leg := range legs {
		if leg.answered {
			calls = append(calls, w.calls[slices.IndexFunc(w.calls, func(c plainCall) bool { return c.sid == leg.sid })])
		}
	}
	return calls
}

// repeatRate is the share of answered incoming calls that the same customer followed with another incoming call within 24 hours.
func (w plainWorld) repeatRate(calls []plainCall) float64 {
	answered, repeated, named := 0.0, 0.0, false
	for _, c := range calls {
		if c.direction != "incoming" || !c.answered {
			continue
		}
		answered++
		key := lastTen(c.customerNumber)
		named = named || key != ""
		if key != "" && slices.ContainsFunc(w.calls, func(later plainCall) bool {
			return later.started.After(c.started) && !later.started.After(c.started.Add(24*time.Hour)) &&
				later.direction == "incoming" && lastTen(later.customerNumber) == key
		}) {
			repeated++
		}
	}
	if !named {
		return math.NaN()
	}
	return repeated / answered
}
