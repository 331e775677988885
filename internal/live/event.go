package live

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/spool"
)

// event is a live event or a report.
type event struct {
	id        callID
	isReport  bool
	at        time.Time // of receipt
	direction string
	progress  progress
	status    string // as word returns it
	started   time.Time
	customer  string
	number    string
	group     string
	agent     string // the number
	agentName string
}

// callID identifies a call, apart from its direction.
type callID struct{ source, sid string }

// events returns the calls in a line of the spool, and when it was received. A line that cannot be read has none: the loader reports it.
func (o Options) events(line []byte) (events []event, at time.Time) {
	if spool.CheckLine(line) != nil || !json.Valid(line) || !spool.IsEnvelope(line) {
		return nil, at
	}
	var source, kind string
	var payload []byte
	for key, value := range spool.Members(line) {
		switch string(key) {
		case "received_at":
			at, _ = time.Parse(time.RFC3339, spool.Text(value))
		case "source":
			source = spool.Text(value)
		case "kind":
			kind = spool.Text(value)
		case "payload":
			payload = value
		}
	}
	if at.IsZero() || len(payload) == 0 || payload[0] != '{' {
		return nil, at
	}
	if kind == spool.KindOther {
		kind = spool.Kind(payload) // older collectors did not know wrappers
	}
	wrapped := spool.Unwrap(payload)
	if wrapped == nil {
		return o.appendEvent(nil, kind, source, payload, at), at
	}
	for _, one := range wrapped {
		if one.Call != nil {
			events = o.appendEvent(events, one.Kind(), source, one.Call, at)
		}
	}
	return events, at
}

// appendEvent appends the event of a payload, if it is of a call.
func (o Options) appendEvent(events []event, kind, source string, payload []byte, at time.Time) []event {
	if kind != spool.KindCallReport && kind != spool.KindLiveCall {
		return events
	}
	from, ok := o.Sources[source]
	if !ok {
		from = o.Other
	}
	fields := from.fields(payload)
	sid := fields["CallSid"]
	if sid == "" {
		return events
	}
	status := fields["Status"]
	if status == "" {
		status = fields["callstatus"]
	}
	e := event{
		id: callID{source, sid}, isReport: kind == spool.KindCallReport, at: at, direction: spool.Direction(fields["Direction"], from.DirectionWords),
		progress: from.progress(status), status: word(status), started: from.started(fields["StartTime"], sid, at),
		customer: fields["SourceNumber"], agent: fields["DialWhomNumber"], number: fields["DestinationNumber"], group: fields["call_group"],
		agentName: fields["receiver_name"],
	}
	if e.direction == Outgoing && !from.CustomerIsCaller {
		e.customer, e.agent = e.agent, e.customer
	}
	return append(events, e)
}

// fields returns the values of a payload by the vendor's names of fields. The vendor's own spelling of a name comes before others.
func (s Source) fields(payload []byte) map[string]string {
	fields, exact := map[string]string{}, map[string]bool{}
	for key, value := range spool.Members(payload) {
		name := spool.FieldName(key)
		if name == "" || exact[name] {
			continue
		}
		for one := range spool.Scalars(value) {
			text := ""
			if one[0] != '{' {
				text = s.clean(spool.Text(one))
			}
			if isExact := string(key) == name; text != "" && (isExact || fields[name] == "") {
				fields[name], exact[name] = text, isExact
				break
			}
		}
	}
	return fields
}

const (
	// maxAhead is how far the vendor's clock may be ahead of ours.
	maxAhead = 2 * time.Minute
	// maxBefore is how long before its first event a call can have begun.
	maxBefore = 12 * time.Hour
)

// started returns when a call began: its start time, else the second in its id, else the receipt of the event. A time that cannot be is not
// used.
func (s Source) started(text, sid string, at time.Time) time.Time {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	isPossible := func(t time.Time) bool { return t.After(at.Add(-maxBefore)) && t.Before(at.Add(maxAhead)) }
	earlier := func(t time.Time) time.Time { // not in the future
		if t.After(at) {
			return at
		}
		return t
	}
	if t, err := time.ParseInLocation(time.DateTime, strings.Join(strings.Fields(text), " "), zone); err == nil && isPossible(t) {
		return earlier(t)
	}
	second, _, _ := strings.Cut(sid, ".")
	if n, err := strconv.ParseInt(second, 10, 64); err == nil && isPossible(time.Unix(n, 0)) {
		return earlier(time.Unix(n, 0))
	}
	return at
}
