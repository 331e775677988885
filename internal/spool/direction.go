package spool

import (
	"strings"
	"unicode"
)

// directionOf has the directions of words, as in queries/base/directions.sql.
var directionOf = map[string]string{
	"IVR": "incoming", "INCOMING": "incoming", "INBOUND": "incoming", "IN": "incoming", "INCOMINGCALL": "incoming", "INBOUNDCALL": "incoming",
	"CALLIN": "incoming", "INBOUNDIVR": "incoming", "INCOMINGIVR": "incoming", "IVRINBOUND": "incoming", "IVRINCOMING": "incoming", "IVRCALL": "incoming",
	"WEBOBD": "outgoing", "OUTGOING": "outgoing", "OUTBOUND": "outgoing", "OUT": "outgoing", "OUTGOINGCALL": "outgoing", "OUTBOUNDCALL": "outgoing",
	"CALLOUT": "outgoing", "OBD": "outgoing", "WEBOBDAPI": "outgoing", "OUTBOUNDAPI": "outgoing", "OUTBOUNDDIAL": "outgoing", "CLICKTOCALL": "outgoing",
	"CLICK2CALL": "outgoing", "C2C": "outgoing", "DIALER": "outgoing", "DIALLER": "outgoing", "AUTODIALER": "outgoing", "POWERDIALER": "outgoing",
	"PREDICTIVEDIALER": "outgoing",
}

// Direction returns what the Direction of a delivery says: incoming, outgoing, or nothing if the word is unknown. own has the directions of a source's
// own words.
func Direction(text string, own map[string]string) string {
	plain := PlainWord(text)
	for word, direction := range own {
		if PlainWord(word) == plain {
			return direction
		}
	}
	return directionOf[plain]
}

// PlainWord returns a text in upper case, letters and digits only, by which words are compared.
func PlainWord(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			return unicode.ToUpper(r)
		}
		return -1
	}, text)
}
