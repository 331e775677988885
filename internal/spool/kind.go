package spool

import (
	"bytes"
	"strings"
)

// Kind returns the kind of a payload, a JSON object: its type if it has one, otherwise a call report if it has a field that only
// reports have, a live event if it has a field of live events, and KindOther.
func Kind(payload []byte) string {
	var report, live bool
	for key, value := range Members(payload) {
		switch string(key) {
		case "type":
			switch kind := strings.TrimSpace(Text(value)); kind {
			case "":
			case KindCallReport, KindLiveCall:
				return kind
			default:
				return KindOther
			}
		case "EndTime", "CallDuration", "TalkDuration", "CallRecordingUrl":
			report = true
		case "SourceNumber", "DestinationNumber", "DialWhomNumber", "Status", "StartTime", "CallSid", "Direction", "call_group":
			live = true
		default:
			report = report || bytes.HasPrefix(key, []byte("Leg"))
		}
	}
	switch {
	case report:
		return KindCallReport
	case live:
		return KindLiveCall
	}
	return KindOther
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
