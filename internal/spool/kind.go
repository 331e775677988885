package spool

import (
	"bytes"
	"strings"
)

// Kind returns the kind of a payload, a JSON object: its type if it has one, otherwise a call report if it has a field that only
// reports have, a live event if it has a field of live events, and KindOther. A wrapper has the kind of the call in it.
func Kind(payload []byte) string {
	traits := traitsOf(payload)
	if calls := (&opener{first: true}).open(payload, traits); calls != nil {
		return calls[0].Kind()
	}
	return traits.kind()
}

// traits are what the members of a payload say about its kind.
type traits struct {
	declared     string // its type, if that is a kind
	otherType    bool   // it has another type
	report, live bool   // it has a field of reports or of live events
	callSid      string // of the call that it names
	nested       bool   // an unknown member is an object or array, or may be one as text
}

func (t traits) kind() string {
	switch {
	case t.declared != "":
		return t.declared
	case t.otherType:
		return KindOther
	case t.report:
		return KindCallReport
	case t.live || t.callSid != "":
		return KindLiveCall
	}
	return KindOther
}

func traitsOf(payload []byte) (t traits) {
	for key, value := range Members(payload) {
		use, exact := useOf(key)
		switch use {
		case ofKind:
			if t.declared == "" && !t.otherType {
				t.declared = declaredKind(value)
				// Type or TYPE can be a field of another meaning.
				t.otherType = exact && t.declared == "" && firstText(value) != ""
			}
		case ofReports:
			t.report = true
		case ofCallSid:
			t.live = t.live || exact
			if t.callSid == "" {
				t.callSid = firstText(value)
			}
		case ofLive:
			// Other events have a status or a direction too, so that only the vendor's spelling counts without a CallSid.
			t.live = t.live || exact
		case unknownUse:
			t.report = t.report || bytes.HasPrefix(key, []byte("Leg"))
			t.nested = t.nested || bytes.ContainsAny(value[:min(2, len(value))], "{[")
		}
	}
	return t
}

// declaredKind returns the kind that a type names, "" if it names none: call_report, or Call Report.
func declaredKind(value []byte) string {
	for one := range Scalars(value) {
		switch text := strings.TrimSpace(Text(one)); string(appendLetters(nil, []byte(text))) {
		case "":
		case "callreport":
			return KindCallReport
		case "livecall":
			return KindLiveCall
		default:
			return ""
		}
	}
	return ""
}

// firstText returns the first text of a value that is not blank, without spaces around it.
func firstText(value []byte) string {
	for one := range Scalars(value) {
		if text := strings.TrimSpace(Text(one)); text != "" && one[0] != '{' {
			return text
		}
	}
	return ""
}

// IsEnvelope reports whether a JSON object is an envelope and not a bare payload.
func IsEnvelope(object []byte) bool {
	var kind, content bool
	for key := range Members(object) {
		switch string(key) {
		case "kind":
			kind = true
		case "payload", "body_base64":
			content = true
		}
	}
	return kind && content
}
