package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// bySample corrects the field of a heading that can mean two things, by the values below it.
func bySample(field, heading string, samples []row, i int) string {
	var values []string
	for _, r := range samples {
		if i < len(r.cells) && strings.TrimSpace(r.cells[i]) != "" {
			values = append(values, strings.TrimSpace(r.cells[i]))
		}
	}
	isNumber := func(value string) bool { return strings.Trim(value, "+0123456789 -") == "" }
	isKind := func(value string) bool {
		return strings.HasSuffix(value, "_report") || strings.HasSuffix(value, "_call")
	}
	switch {
	case field == "receiver_name" && normal(heading) == "agent" && len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !isNumber(v) }):
		return dialWhomNumber
	case normal(heading) != normal(field) && (field == sourceNumber || field == "DestinationNumber" || field == dialWhomNumber) &&
		len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "0123456789") }):
		return "" // names
	case field == "type" && len(values) > 0 && !slices.ContainsFunc(values, isKind):
		return directionField
	}
	return field
}

// dropUnusedRoles takes the role from a column where the table has the field itself. Beside a column of customers, DialWhomNumber has the
// agents of both directions; beside one of agents, SourceNumber has the customers.
func (l *layout) dropUnusedRoles() {
	has := func(field string) bool {
		return slices.ContainsFunc(l.columns, func(c column) bool { return c.field == field })
	}
	rename := func(from, to string) {
		for i := range l.columns {
			if l.columns[i].field == from {
				l.columns[i].field = to
			}
		}
	}
	switch {
	case has(startTime):
		rename(dateRole, "")
		rename(timeRole, "")
	case has(dateRole) && !has(timeRole):
		rename(dateRole, startTime)
	case has(timeRole) && !has(dateRole):
		rename(timeRole, startTime)
	}
	switch {
	case has(customerRole) && has(sourceNumber):
		rename(customerRole, "")
	case has(customerRole) && has(dialWhomNumber):
		rename(dialWhomNumber, agentRole)
	}
	if has(agentRole) && !has(customerRole) {
		rename(sourceNumber, customerRole)
	}
}

// nameKeys sets the keys of the payload. A column that is no field keeps its heading, unless that reads as a field, or is taken.
func (l *layout) nameKeys() {
	taken := map[string]int{}
	for i := range l.columns {
		c := &l.columns[i]
		switch {
		case isRole(c.field):
		case c.field != "":
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
