package importer

import (
	"fmt"
	"strings"

	"callsheet/internal/phone"
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
	if text = t.value(cells, directionField); isNothing(directionField, text) {
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
	switch hasCustomer, hasAgent := !isNothing("", customer), !isNothing("", agent); {
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
	if isNothing("", number) {
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
	hint := "correct the row, or rename the column of the customers to Customer Number"
	if caller, dialled := heading[callerRole], heading[dialledRole]; caller != "" && dialled != "" {
		hint += fmt.Sprintf("; if %q always has who called, and %q who was dialled, say --field \"SourceNumber=%s\" --field \"DialWhomNumber=%s\"", caller, dialled, caller, dialled)
	}
	return fmt.Sprintf("%s do not tell who is the customer and who the agent\nhint: %s", strings.Join(names, ", "), hint)
}

// partyOrder collects what a file shows of the parties of outgoing calls in its columns of who called and of agents. As the vendor sends these
// fields, the agent called, and the customer is in the other column; in other panels, the agent is in the column of agents. A phone that
// took incoming calls is an agent's, and one that made them is a customer's.
type partyOrder struct {
	headings          [2]string       // of the columns
	agents, customers map[string]bool // phones
	outgoing          []outgoingRow
}

// outgoingRow is the row of an outgoing call, with the phones of the two columns.
type outgoingRow struct {
	place         string
	caller, agent string
}

func newPartyOrder(agents []string) partyOrder {
	o := partyOrder{agents: map[string]bool{}, customers: map[string]bool{}}
	for _, number := range agents {
		o.agents[wholeKey(number)] = true
	}
	return o
}

// wholeKey returns what identifies a phone, "" if the number is none or masked.
func wholeKey(number string) string {
	if key := phone.Key(number); !isNothing("", number) && strings.Trim(key, "0123456789") == "" {
		return key
	}
	return ""
}

func (t *tableReader) collectParties(number int64, cells []string) error {
	direction, _, err := t.direction(cells)
	if err != nil || direction == "unknown" || !t.outgoingIsAgent {
		return err
	}
	o := &t.pass.parties
	caller, agent := wholeKey(cellText("", t.value(cells, sourceNumber))), wholeKey(cellText("", t.value(cells, dialWhomNumber)))
	if direction == "outgoing" {
		for i, field := range []string{sourceNumber, dialWhomNumber} {
			o.headings[i] = t.layout.columns[t.layout.byField[field][0]].heading
		}
		o.outgoing = append(o.outgoing, outgoingRow{fmt.Sprintf("%s %d", t.place, number), caller, agent})
		return nil
	}
	o.customers[caller], o.agents[agent] = true, true
	return nil
}

// decide reports whether the column of agents has those of outgoing calls, and what is unclear about it; the error is of a file that shows both.
func (o *partyOrder) decide() (agentColumn bool, unclear string, err error) {
	delete(o.customers, "")
	delete(o.agents, "")
	var asSent, inColumn []outgoingRow // rows in which the agent called, and in which the agent is in the column of agents
	for _, r := range o.outgoing {
		agentCalled := o.agents[r.caller] || o.customers[r.agent]
		switch agentInColumn := o.agents[r.agent] || o.customers[r.caller]; {
		case agentCalled && !agentInColumn:
			asSent = append(asSent, r)
		case agentInColumn && !agentCalled:
			inColumn = append(inColumn, r)
		}
	}
	const few = 10 // times as many are enough: agents call each other, too
	caller, agents := o.headings[0], o.headings[1]
	hint := fmt.Sprintf("rename %q to Member Number if it has the agents; if it has who was dialled, say --field \"SourceNumber=%s\" --field \"DialWhomNumber=%s\"", agents, caller, agents)
	switch {
	case len(o.outgoing) == 0 || len(asSent) > few*len(inColumn):
		return false, "", nil
	case len(inColumn) > few*len(asSent):
		return true, "", nil
	case len(asSent) > 0:
		return false, "", fmt.Errorf("%q has the agent of the outgoing call in %s, and the customer in %s\nhint: correct the file; or %s", agents, inColumn[0].place, asSent[0].place, hint)
	}
	return false, fmt.Sprintf("%q was taken for the agent of outgoing calls, and %q for the customer, which nothing in the file shows\nhint: %s", caller, agents, hint), nil
}
