package vendor

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/spool"
)

// rowNames are a vendor's names of the fields of a row. Those of others have a counterpart in a call report; fields that are not named
// here keep their names.
type rowNames struct {
	id         string // of the row
	call       string // id of the call
	direction  string
	start      string
	date       string // another field with the day
	customer   string // number in both directions
	agent      string // number in both directions
	status     string // a word, or a code of the panel if statusWord has the word
	statusWord string
	others     [][2]string
}

// row returns a row of the list of a day as a call report.
func (c *client) row(fields json.RawMessage, names rowNames, day string) (row, error) {
	values := object{}
	for name, value := range spool.Members(fields) {
		values[string(name)] = value
	}
	call, word := text(values[names.call]), text(values[names.direction])
	if spool.IsNothing(call) {
		return row{}, fmt.Errorf("it has no %s, so it is not known which call it is", names.call)
	}
	direction := spool.Direction(word, c.DirectionWords)
	switch {
	case word == "":
		return row{}, fmt.Errorf("call %s has no %s, so it is not known who called", c.clean(call), names.direction)
	case direction == "":
		return row{}, fmt.Errorf("call %s has the %s %q, which is not known\nhint: say what it means in direction_words of source %s",
			c.clean(call), names.direction, c.clean(word), c.Source)
	}
	if err := checkDay(values, names, day); err != nil {
		return row{}, fmt.Errorf("call %s: %w", c.clean(call), err)
	}
	key := text(values[names.id])
	if spool.IsNothing(key) {
		key = call + " " + word + " " + text(values[names.start])
	}
	from, to := names.customer, names.agent
	if direction == "outgoing" && c.OutgoingCaller == "agent" {
		from, to = to, from
	}
	status := names.status
	if isNumber().MatchString(text(values[status])) && text(values[names.statusWord]) != "" {
		status = ""
	}
	return row{key, callReport(fields, values, append([][2]string{
		{"CallSid", names.call}, {"Direction", names.direction}, {"StartTime", names.start}, {"SourceNumber", from}, {"DialWhomNumber", to},
		{"Status", status}, {"callstatus", names.statusWord},
	}, names.others...))}, nil
}

// callReport returns the payload of a row: its fields under the names of a call report, then the others.
func callReport(fields json.RawMessage, values object, names [][2]string) []byte {
	payload, used := []byte{'{'}, map[string]bool{}
	add := func(name string, value json.RawMessage) {
		if len(payload) > 1 {
			payload = append(payload, ',')
		}
		payload = append(append(spool.AppendString(payload, name), ':'), value...)
		used[strings.ToLower(name)] = true
	}
	for _, field := range names {
		if value, ok := values[field[1]]; ok {
			add(field[0], value)
			delete(values, field[1])
		}
	}
	for name := range spool.Members(fields) {
		value, left := values[string(name)]
		if !left {
			continue
		}
		delete(values, string(name))
		known := spool.FieldName(name)
		if known == "type" || known != "" && used[strings.ToLower(known)] { // it would replace another field
			name = append([]byte("list_"), name...)
		}
		add(string(name), value)
	}
	return append(payload, '}')
}

var isNumber = lazyregexp.New(`^[0-9]+$`)

// checkDay checks that a row is one of the day that was asked for, by its start or its date.
func checkDay(values object, names rowNames, day string) error {
	var shown []string
	for _, name := range []string{names.start, names.date} {
		value := text(values[name])
		date, _, _ := strings.Cut(strings.ReplaceAll(value, "T", " "), " ")
		if spool.IsNothing(value) || date == "0000-00-00" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("its %s is not a time such as %s 10:15:52", name, day)
		}
		if date == day {
			return nil
		}
		shown = append(shown, date)
	}
	if len(shown) == 0 {
		return errors.New("it has no time")
	}
	return fmt.Errorf("it is one of %s, and %s was asked for", shown[0], day)
}
