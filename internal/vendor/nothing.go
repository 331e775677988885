package vendor

import (
	"slices"
	"strings"
	"unicode"
)

// The words of a message that says there is nothing to list. It has a negation and what there is none of, and otherwise only fillers: a
// message that says anything else, such as about the account, is an error.
var (
	negations = []string{"no", "not", "zero", "0", "empty", "without", "doesn't", "doesnt", "none"}
	callWords = []string{"record", "records", "data", "call", "calls", "result", "results", "row", "rows", "log", "logs", "entry", "entries",
		"report", "reports", "recordings", "cdr"}
	directoryWords = []string{"record", "records", "data", "result", "results", "entry", "entries", "member", "members", "agent", "agents",
		"group", "groups", "deskphone", "deskphones", "number", "numbers"}
	fillers = []string{"a", "any", "are", "at", "available", "all", "between", "by", "criteria", "date", "dates", "day", "days", "did", "do", "does",
		"during", "exist", "exists", "filter", "filters", "for", "found", "from", "detail", "details", "history", "list", "given", "has", "have", "in", "is", "it", "made", "match", "matched",
		"matches", "matching", "more", "moment", "of", "on", "our", "oops", "period", "please", "present", "range", "requested", "returned",
		"search", "searched", "selected", "selection", "show", "sorry", "specified", "that", "the", "there", "these", "this", "time", "to",
		"today", "was", "we", "were", "with", "yet", "you", "your", "display", "and", "chosen"}
)

// saysNothing reports whether a message says that there is nothing to list, such as "No records found" or "No data available for the
// selected dates!". of are the words for what is listed.
func saysNothing(message string, of []string) bool {
	words := strings.FieldsFunc(strings.ToLower(message), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
	hasNegation, hasWhat := false, false
	for _, word := range words {
		switch {
		case slices.Contains(negations, word):
			hasNegation = true
		case slices.Contains(of, word):
			hasWhat = true
		case !slices.Contains(fillers, word) && !isDigits(word):
			return false
		}
	}
	return hasNegation && hasWhat
}

// isDigits reports whether a word is a number, as in a date.
func isDigits(word string) bool { return strings.Trim(word, "0123456789") == "" }
