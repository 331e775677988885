package store

import (
	"bytes"
	"fmt"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/spool"
)

var (
	// truthValues name no call either, in upper case.
	truthValues = words{"TRUE": true, "FALSE": true}
	// abbreviated is a number as a spreadsheet or a program writes one that it has rounded: 1.791E+09.
	abbreviated = lazyregexp.New(`^[+-]?\d(\.\d+)?[eE]\+?\d{1,3}$`)
	// wholeDecimal is a plain number that became a decimal one. Ten digits are a second, so .0 after them is the call's own.
	wholeDecimal = lazyregexp.New(`^(\d{1,9}|\d{11,})\.0+$`)
	// grouped is a number with separators as in 8,397,472 or 83,97,472. With decimals it has as many as its format shows: 1,791,175,502.96.
	grouped = lazyregexp.New(`^[1-9]\d{0,2}(,\d{2,3})*,\d{3}(\.\d+)?$`)
	// decimalComma is an id that a program in another language has read as a number: 1791175502,9604120.
	decimalComma = lazyregexp.New(`^(\d{10}),(\d+)$`)
)

// noCallSid is the reason to reject a report or live event that names no call.
const noCallSid = "no CallSid"

// roundedReason ends the reason to reject an id that a spreadsheet or a program has rounded.
const roundedReason = ": digits are missing"

// readCallSid returns the id of a call as the vendor gave it, without what spreadsheets add to it: 8397472 from 8397472.0, 8,397,472,
// '8397472 and ="8397472". If the text names no call, reason says why; nothing are the source's own texts for that. It is the only
// reader of ids: the load stores what it returns.
func readCallSid(text []byte, nothing words) (sid []byte, reason string) {
	if isPlainSid(text) {
		sid = text
	} else if sid, reason = plainSid(text, nothing); reason != "" {
		return nil, reason
	}
	if nothing.has(string(sid)) {
		return nil, noCallSid
	}
	return sid, ""
}

// plainSid returns an id without what spreadsheets add to it.
func plainSid(text []byte, nothing words) (sid []byte, reason string) {
	trimmed := spool.TrimBlanks(string(text))
	if quoted, ok := strings.CutPrefix(trimmed, `="`); ok {
		trimmed = strings.TrimSuffix(quoted, `"`)
	}
	trimmed = strings.TrimSpace(strings.TrimPrefix(trimmed, "'"))
	switch {
	case strings.Trim(trimmed, "0.-–—") == "" || spool.IsNothing(trimmed) || truthValues.has(trimmed) || nothing.has(trimmed):
		return nil, noCallSid
	case abbreviated().MatchString(trimmed):
		return nil, fmt.Sprintf("the CallSid %s is in scientific notation"+roundedReason, trimmed)
	case grouped().MatchString(trimmed):
		if strings.Contains(trimmed, ".") {
			return nil, fmt.Sprintf("the CallSid %s is formatted as a number"+roundedReason, trimmed)
		}
		return []byte(strings.ReplaceAll(trimmed, ",", "")), ""
	case decimalComma().MatchString(trimmed):
		return []byte(strings.Replace(trimmed, ",", ".", 1)), ""
	}
	if whole := wholeDecimal().FindStringSubmatch(trimmed); whole != nil {
		return []byte(whole[1]), ""
	}
	if trimmed == string(text) {
		return text, ""
	}
	return []byte(trimmed), ""
}

// isPlainSid reports whether an id is a number that needs no change, as nearly all are: 1791175502.9604120.
func isPlainSid(text []byte) bool {
	if len(text) == 0 || text[0] < '1' || text[0] > '9' || bytes.HasSuffix(text, []byte("0")) && bytes.Contains(text, []byte(".0")) {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}
