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
	text := t.value(cells, directionField)
	if isNothing(directionField, text) {
		text = t.mapping.Set[directionField]
	}
	direction, err := t.direction(text)
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
