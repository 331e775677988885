package spool

import (
	"bytes"
	"strings"
)

// Kind tells what a payload is: what its type says; without one, a report if it has a field that only reports have,
// a live event if it has one of theirs, and something else otherwise.
func Kind(payload []byte) string {
	var report, live bool
	for key, rest := range topLevel(payload) {
		switch string(key) {
		case "type":
			switch kind := scalar(rest); kind {
			case "", "null":
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

// topLevel yields the keys of a JSON object, each with the text behind its colon.
func topLevel(object []byte) func(yield func(key, rest []byte) bool) {
	return func(yield func(key, rest []byte) bool) {
		depth := 0
		for i := 0; i < len(object); i++ {
			switch object[i] {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			case '"':
				end := stringEnd(object, i)
				if depth == 1 {
					if colon := skipSpace(object, end); colon < len(object) && object[colon] == ':' {
						if !yield(object[i+1:end-1], object[colon+1:]) {
							return
						}
					}
				}
				i = end - 1
			}
		}
	}
}

// skipSpace is the index of what comes behind the space at i, if there is any.
func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
		i++
	}
	return i
}

// scalar is the content of the string that a text begins with, or its first word, without space around it.
func scalar(text []byte) string {
	text = text[skipSpace(text, 0):]
	if len(text) > 0 && text[0] == '"' {
		return strings.Trim(string(text[:stringEnd(text, 0)]), `" `)
	}
	if end := bytes.IndexAny(text, ",}] \t\r\n"); end >= 0 {
		text = text[:end]
	}
	return string(text)
}

// QuoteNumbers makes strings of the numbers in a line of JSON and tells whether the line is an envelope. A reader
// that takes a JSON number for a double costs 1672649960.9604120 its last digit; a string stays what it is. It returns
// nil where there is no number to quote. What is no JSON is not noticed here.
func QuoteNumbers(line []byte) (quoted []byte, enveloped bool) {
	depth, copied := 0, 0
	var hasKind, hasContent bool
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			end := stringEnd(line, i)
			if depth == 1 {
				switch string(line[i:end]) {
				case `"kind"`:
					hasKind = true
				case `"payload"`, `"body_base64"`:
					hasContent = true
				}
			}
			i = end - 1
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == '-' || '0' <= c && c <= '9':
			end := i + 1
			for end < len(line) && isNumberByte(line[end]) {
				end++
			}
			quoted = append(quoted, line[copied:i]...)
			quoted = append(quoted, '"')
			quoted = append(quoted, line[i:end]...)
			quoted = append(quoted, '"')
			copied, i = end, end-1
		}
	}
	if quoted != nil {
		quoted = append(quoted, line[copied:]...)
	}
	return quoted, hasKind && hasContent
}

// stringEnd is the index just after the string that begins at start, or the text's end if it is not closed.
func stringEnd(text []byte, start int) int {
	i := start + 1
	for {
		quote := bytes.IndexByte(text[i:], '"')
		if quote < 0 {
			return len(text)
		}
		i += quote
		backslashes := 0
		for i-1-backslashes > start && text[i-1-backslashes] == '\\' {
			backslashes++
		}
		i++
		if backslashes%2 == 0 {
			return i
		}
	}
}

func isNumberByte(c byte) bool {
	return '0' <= c && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}
