package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// bySample corrects the field of a heading that can mean two things, by the values below it.
func (m *Mapping) bySample(field, heading string, samples []row, i int) string {
	var values []string
	for _, r := range samples {
		if i < len(r.cells) && !m.isNothing(field, r.cells[i]) {
			values = append(values, strings.TrimSpace(r.cells[i]))
		}
	}
	isNumber := func(value string) bool { return strings.Trim(value, "+0123456789 -") == "" }
	isKind := func(value string) bool {
		return strings.HasSuffix(value, "_report") || strings.HasSuffix(value, "_call") || normal(value) == "callreport" || normal(value) == "livecall"
	}
	switch {
	case field == "receiver_name" && normal(heading) == "agent" && len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !isNumber(v) }):
		return dialWhomNumber
	case (isRole(field) || normal(heading) != normal(field)) && slices.Contains([]string{sourceNumber, "DestinationNumber", dialWhomNumber, customerRole, agentRole}, field) &&
		len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "0123456789") }):
		return "" // names
	case field == "type" && len(values) > 0 && !slices.ContainsFunc(values, isKind):
		return directionField
	}
	return field
}

// assignRoles settles which columns have the halves of StartTime and the parties of a call.
func (m *Mapping) assignRoles(l *layout, samples []row, agentColumn bool) {
	m.splitStart(l, samples)
	switch {
	case l.has(startTime):
		l.rename(dateRole, "")
		l.rename(timeRole, "")
	case l.has(dateRole) && !l.has(timeRole):
		l.rename(dateRole, startTime)
	case l.has(timeRole) && !l.has(dateRole):
		l.rename(timeRole, startTime)
	}
	hasDirection := l.has(directionField) || m.Set[directionField] != ""
	saysAgent := slices.ContainsFunc(l.columns, func(c column) bool {
		return c.field == dialWhomNumber && !c.named && strings.HasPrefix(normal(c.heading), "agent")
	})
	switch {
	case l.isNamed(sourceNumber) && l.isNamed(dialWhomNumber): // both parties, as the vendor sends them
		l.rename(customerRole, "")
		l.rename(agentRole, "")
		return
	case l.has(customerRole), l.has(agentRole), saysAgent && agentColumn:
	case saysAgent && l.has(sourceNumber):
		l.showsParties = true
		return
	case saysAgent && hasDirection: // without a column of who called, it has the agents of all calls
	default:
		return
	}
	l.rename(sourceNumber, callerRole)
	if l.has(agentRole) {
		l.rename(dialWhomNumber, dialledRole)
	}
	l.rename(dialWhomNumber, agentRole) // beside customers it has the agents of both directions
}

// splitStart takes a column of the start that has only times of day, beside a column of dates, for one half of it.
func (m *Mapping) splitStart(l *layout, samples []row) {
	at := slices.IndexFunc(l.columns, func(c column) bool { return c.field == startTime })
	if at < 0 || !l.has(dateRole) {
		return
	}
	clocks := 0
	for _, r := range samples {
		if at >= len(r.cells) || m.isNothing(startTime, r.cells[at]) {
			continue
		}
		if _, ok := clockOf(cellText(startTime, r.cells[at])); !ok {
			return
		}
		clocks++
	}
	if clocks > 0 {
		l.rename(timeRole, "")
		l.rename(startTime, timeRole)
	}
}

func (l *layout) has(field string) bool {
	return slices.ContainsFunc(l.columns, func(c column) bool { return c.field == field })
}

// isNamed reports whether a column is a field by the vendor's own name, or by --field.
func (l *layout) isNamed(field string) bool {
	return slices.ContainsFunc(l.columns, func(c column) bool { return c.field == field && c.named })
}

func (l *layout) rename(from, to string) {
	for i := range l.columns {
		if l.columns[i].field == from {
			l.columns[i].field = to
		}
	}
}

// nameKeys sets the keys of the payload. A column that is no field keeps its heading, unless that reads as a field, or is taken.
func (l *layout) nameKeys() {
	taken := map[string]int{}
	for i := range l.columns {
		c := &l.columns[i]
		switch {
		case isRole(c.field) && c.field != callerRole && c.field != dialledRole:
		case c.field != "" && !isRole(c.field):
			c.key = c.field
		default:
			c.key = cmp.Or(c.heading, fmt.Sprintf("column %d", i+1))
			if slices.ContainsFunc(vendorFields(), func(field string) bool { return normal(field) == normal(c.key) }) {
				c.key += " (column)"
			}
			if taken[c.key]++; taken[c.key] > 1 {
				c.key = fmt.Sprintf("%s (%d)", c.key, taken[c.key])
			}
		}
	}
}

// heading returns the heading of the first column of a field, "" if there is none.
func (l *layout) heading(field string) string {
	for _, i := range l.byField[field] {
		return l.columns[i].heading
	}
	return ""
}
