package importer

import (
	"fmt"
	"strings"

	"callsheet/internal/phone"
	"callsheet/internal/spool"
)

// hasParties reports whether a table has columns that name customer or agent.
func (l *layout) hasParties() bool { return len(l.byField[customerRole])+len(l.byField[agentRole]) > 0 }

// parties returns the numbers of a row whose columns name customer and agent, in the fields in which the vendor sends them. Columns of who
// called and who was dialled only tell the party that the others do not.
func (t *tableReader) parties(cells []string) (source, dialled, reason string, err error) {
	direction, text, err := t.direction(cells)
	if err != nil {
		return "", "", "", err
	}
	if direction == "unknown" {
		hint := "say it with --set Direction=IVR (incoming) or --set Direction=WEBOBD (outgoing)"
		if text != "" {
			hint = fmt.Sprintf("say what it means with direction_words of the source in the configuration, such as {%s: outgoing}", text)
		}
		return "", "", fmt.Sprintf("the direction %q is not known, so it is not known who called\nhint: %s", text, hint), nil
	}
	fromAgent := direction == "outgoing" && t.outgoingIsAgent
	customer, agent, ok := t.customerAndAgent(cells, fromAgent)
	switch {
	case !ok:
		return "", "", t.undecided(), nil
	case fromAgent:
		return agent, customer, "", nil
	}
	return customer, agent, "", nil
}

// direction returns incoming, outgoing or unknown for a row, and the text that says it.
func (t *tableReader) direction(cells []string) (direction, text string, err error) {
	if text = t.value(cells, directionField); t.mapping.isNothing(directionField, text) {
		text = t.mapping.Set[directionField]
	}
	direction, err = t.directionOf(text)
	return direction, text, err
}

// customerAndAgent returns the parties of a row, or false if its columns contradict or do not tell them.
func (t *tableReader) customerAndAgent(cells []string, fromAgent bool) (customer, agent string, ok bool) {
	customer, agent = cellText("", t.value(cells, customerRole)), cellText("", t.value(cells, agentRole))
	caller, dialled := t.otherThan(customer, agent, cells, callerRole), t.otherThan(customer, agent, cells, dialledRole)
	differ := caller != "" && dialled != "" && phone.Key(caller) != phone.Key(dialled)
	switch hasCustomer, hasAgent := !t.mapping.isNothing("", customer), !t.mapping.isNothing("", agent); {
	case hasCustomer && hasAgent:
		return customer, agent, dialled == ""
	case hasAgent && caller != "":
		return caller, agent, !differ
	case hasAgent && dialled != "": // no agent called, so that the dialled phone is another agent
		return dialled, agent, fromAgent
	case hasCustomer && dialled != "":
		return customer, dialled, !(fromAgent && differ)
	case hasCustomer && caller != "" && fromAgent:
		return customer, caller, true
	case hasCustomer || hasAgent || caller == "" && dialled == "":
		return customer, agent, true
	}
	return caller, dialled, !fromAgent // panels disagree on whether Caller is the customer of an outgoing call
}

// otherThan returns the number of a role if it is neither of two parties, nor the virtual number.
func (t *tableReader) otherThan(a, b string, cells []string, role string) string {
	number := cellText("", t.value(cells, role))
	if t.mapping.isNothing("", number) {
		return ""
	}
	for _, known := range []string{a, b, t.value(cells, "DestinationNumber")} {
		if phone.Key(known) == phone.Key(number) {
			return ""
		}
	}
	return number
}

// unusedCaller returns a caller who is neither party, with the key under which extra keeps it; "" if there is none.
func (t *tableReader) unusedCaller(cells []string, source, dialled string) (key, caller string) {
	if caller = t.otherThan(source, dialled, cells, callerRole); caller != "" {
		key = t.layout.columns[t.layout.byField[callerRole][0]].key
	}
	return key, caller
}

// undecided returns why the parties of a row are not known, and what to do about it.
func (t *tableReader) undecided() string {
	var names []string
	heading := map[string]string{}
	for _, role := range []string{callerRole, dialledRole, agentRole, customerRole} {
		for _, i := range t.layout.byField[role] {
			names = append(names, t.layout.columns[i].heading)
			heading[role] = t.layout.columns[i].heading
		}
	}
	if caller, agents := t.layout.heading(sourceNumber), t.layout.heading(dialWhomNumber); t.layout.showsParties {
		return fmt.Sprintf("nothing shows whether the agent of an outgoing call is in %s or %s\nhint: %s", caller, agents, columnHint(caller, agents))
	}
	hint := "correct the row, or rename the column of the customers to Customer Number"
	if caller, dialled := heading[callerRole], heading[dialledRole]; caller != "" && dialled != "" {
		hint += fmt.Sprintf("; if %q always has who called, and %q who was dialled, say --field \"SourceNumber=%s\" --field \"DialWhomNumber=%s\"", caller, dialled, caller, dialled)
	}
	return fmt.Sprintf("%s do not tell who is the customer and who the agent\nhint: %s", strings.Join(names, ", "), hint)
}

// partyOrder is where the agents of outgoing calls are in a table with a column of who called and one of agents. As the vendor sends these fields,
// the agent called, and the customer is in the other column; in other panels, the agent is in the column of agents.
type partyOrder int

const (
	notShown    partyOrder = iota // no outgoing calls, or nothing shows it
	agentCalled                   // the agent is in the column of who called
	agentColumn                   // the agent is in the column of agents
)

// partyEvidence collects what shows the order. A phone that took incoming calls, or that the configuration names, is an agent's. Failing that, a
// phone that made incoming calls is a customer's, and a column with few phones has the agents, where both say the same.
type partyEvidence struct {
	headings          [2]string       // of the columns of who called and of agents
	agents, customers map[string]bool // phones of incoming calls
	outgoing          []outgoingRow
}

// outgoingRow is the row of an outgoing call, with the phones of the two columns.
type outgoingRow struct {
	place         string
	caller, agent string
}

func newPartyEvidence(agents []string) partyEvidence {
	e := partyEvidence{agents: map[string]bool{}, customers: map[string]bool{}}
	for _, number := range agents {
		e.agents[wholeKey(number)] = true
	}
	return e
}

// wholeKey returns what identifies a phone, "" if the number is none or masked.
func wholeKey(number string) string {
	if key := phone.Key(number); !spool.IsNothing(number) && strings.Trim(key, "0123456789") == "" {
		return key
	}
	return ""
}

func (t *tableReader) collectParties(number int64, direction string, cells []string) {
	e := &t.pass.parties
	key := func(field string) string {
		if number := cellText("", t.value(cells, field)); !t.mapping.isNothing(field, number) {
			return wholeKey(number)
		}
		return ""
	}
	caller, agent := key(sourceNumber), key(dialWhomNumber)
	switch direction {
	case "incoming":
		e.customers[caller], e.agents[agent] = true, true
	case "outgoing":
		for i, field := range []string{sourceNumber, dialWhomNumber} {
			for _, column := range t.layout.byField[field] {
				e.headings[i] = t.layout.columns[column].heading
			}
		}
		e.outgoing = append(e.outgoing, outgoingRow{fmt.Sprintf("%s %d", t.place, number), caller, agent})
	}
}

// decide returns the order, which is the usual one of the source if there are no outgoing calls. The error is of a file that shows both, or another
// order than a source whose outgoing calls come from the customer, as its configuration says.
func (e *partyEvidence) decide(usual partyOrder) (partyOrder, error) {
	if len(e.outgoing) == 0 {
		return usual, nil
	}
	found, err := e.find()
	if err != nil || usual == agentCalled {
		return found, err
	}
	if found == agentCalled {
		return notShown, fmt.Errorf("%q has the agents of outgoing calls, and outgoing_caller of the source is customer\nhint: rename the columns to Customer Number and Member Number, and exchange the numbers of the outgoing calls", e.headings[0])
	}
	return usual, nil
}

// find returns the order that the file shows; the error is of a file that shows both.
func (e *partyEvidence) find() (partyOrder, error) {
	delete(e.customers, "")
	delete(e.agents, "")
	called, inColumn := e.shown(e.agents, func(r outgoingRow) (string, string) { return r.caller, r.agent })
	switch {
	case len(called) > few*len(inColumn):
		return agentCalled, nil
	case len(inColumn) > few*len(called):
		return agentColumn, nil
	case len(called) > 0:
		return notShown, fmt.Errorf("%q has an agent's phone in the outgoing call of %s, and %q in that of %s\nhint: correct the file; or %s",
			e.headings[0], called[0].place, e.headings[1], inColumn[0].place, columnHint(e.headings[0], e.headings[1]))
	}
	called, inColumn = e.shown(e.customers, func(r outgoingRow) (string, string) { return r.agent, r.caller })
	byCustomers := notShown
	switch {
	case len(called) > few*len(inColumn):
		byCustomers = agentCalled
	case len(inColumn) > few*len(called):
		byCustomers = agentColumn
	}
	switch byNumber := e.fewer(); {
	case byNumber == notShown || byNumber == byCustomers:
		return byCustomers, nil
	case byCustomers == notShown:
		return byNumber, nil
	}
	return notShown, nil
}

// few is how many times as much must speak for one order as for the other: agents call each other, too.
const few = 10

// shown returns outgoing calls, one for each phone, of which the first phone alone, or the second alone, is one of known phones.
func (e *partyEvidence) shown(known map[string]bool, phones func(outgoingRow) (first, second string)) (byFirst, bySecond []outgoingRow) {
	seenFirst, seenSecond := map[string]bool{}, map[string]bool{}
	for _, r := range e.outgoing {
		first, second := phones(r)
		switch {
		case known[first] && !known[second] && !seenFirst[first]:
			byFirst, seenFirst[first] = append(byFirst, r), true
		case known[second] && !known[first] && !seenSecond[second]:
			bySecond, seenSecond[second] = append(bySecond, r), true
		}
	}
	return byFirst, bySecond
}

// fewer returns which column of outgoing calls has the agents, by the number of its phones: a few agents call many customers.
func (e *partyEvidence) fewer() partyOrder {
	const enough, times = 10, 3
	callers, agents := map[string]bool{}, map[string]bool{}
	for _, r := range e.outgoing {
		if r.caller != "" && r.agent != "" {
			callers[r.caller], agents[r.agent] = true, true
		}
	}
	switch {
	case len(agents) >= enough && len(agents) >= times*len(callers):
		return agentCalled
	case len(callers) >= enough && len(callers) >= times*len(agents):
		return agentColumn
	}
	return notShown
}

// columnHint says how to tell what the columns of who called and of agents have.
func columnHint(caller, agents string) string {
	return fmt.Sprintf("rename %q to Member Number if it has the agents; if it has who was dialled, say --field \"SourceNumber=%s\" --field \"DialWhomNumber=%s\"", agents, caller, agents)
}
