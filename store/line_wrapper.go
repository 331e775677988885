package store

import (
	"callsheet/internal/spool"
)

// unopenedWrapper is the reason to reject a payload with calls of which it is not clear which one it is about; census.sql counts them.
const unopenedWrapper = "unopened wrapper"

// parseWrapper sets the columns from a payload that may be a wrapper. One without a CallSid can also be an event of another kind. A wrapper
// of several deliveries, which older collectors wrote as one line, becomes several rows.
func (l *line) parseWrapper(payload []byte) (reason string) {
	elements := spool.Unwrap(payload)
	if len(elements) == 0 {
		l.setKind(payload)
		switch {
		case !isBlankText(l.values[callSidField]):
		case isBlankText(l.values[typeField]) && spool.HidesCall(payload): // census shows an event with a type
			return unopenedWrapper
		case l.kind != spool.KindOther:
			return noCallSid
		}
		return ""
	}
	for _, one := range elements[1:] {
		another := line{
			file: l.file, number: l.number, offset: l.offset, fileTime: l.fileTime, hash: l.hash, wantsPosition: l.wantsPosition,
			length: l.length, needsEscaping: l.needsEscaping, source: l.source, nothing: l.nothing, receivedAt: l.receivedAt,
			reportedAt: l.reportedAt, id: l.id, fromList: l.fromList,
		}
		if reason = another.parseElement(one); reason != "" {
			l.more = nil
			return reason
		}
		l.more = append(l.more, another)
	}
	if reason = l.parseElement(elements[0]); reason != "" {
		l.more = nil
	}
	return reason
}

// parseElement sets the columns from an element of a wrapper. The members beside it are kept in extra. A line of which one
// element is rejected is rejected as a whole.
func (l *line) parseElement(one spool.Wrapped) (reason string) {
	l.conflicting, l.unreadable = 0, 0
	l.kind = one.Kind()
	if one.Call == nil {
		payload := replaceSurrogates(one.Payload())
		l.parsePayload(payload, 0, nil)
		l.payload = spool.QuoteNumbers(payload)
		return ""
	}
	l.parsePayload(replaceSurrogates(one.Call), 0, one.Beside)
	if l.kind == spool.KindOther {
		l.payload = spool.QuoteNumbers(replaceSurrogates(one.Payload()))
		return ""
	}
	l.values[callSidField], reason = readCallSid(l.values[callSidField], l.nothing)
	return reason
}
