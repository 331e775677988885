package live

import (
	"strings"
	"unicode"

	"callsheet/internal/spool"
)

// progress is what a status word of a live event says.
type progress int

const (
	unknownWord progress = iota
	rings                // a phone rings
	transfers            // an agent's phone rings
	picked               // the agent has picked up
	unreached            // the phone that rang was not answered
	over                 // the call has ended
)

// progressOf has what the vendor's words say, as word returns them. The words of reports are in queries/base/outcomes.sql.
var progressOf = map[string]progress{
	"RINGING": rings, "TRANSFERTOAGENT": transfers,
	"PICKED": picked, "ANSWER": picked, "ANSWERED": picked, "CALLANSWERED": picked, "CONNECTED": picked, "CALLCONNECTED": picked,
	"NOANSWER": unreached, "NOTANSWERED": unreached, "UNANSWERED": unreached, "BUSY": unreached, "USERBUSY": unreached, "LINEBUSY": unreached,
	"AGENTENGAGED": unreached, "AGENTONRING": unreached, "UNAVAILABLE": unreached, "CHANUNAVAIL": unreached, "UNREACHABLE": unreached,
	"CONGESTION": unreached,
	"CANCEL":     over, "CANCELLED": over, "CANCELED": over, "ABANDONEDCALL": over, "ABANDONED": over, "ABANDONMENT": over, "ABANDON": over,
	"NOTCONNECTED": over, "COMPLETED": over, "CALLCOMPLETED": over, "MISSED": over, "MISSEDCALL": over,
}

// progressOfOutcome has what the outcomes of a source's own status words say.
var progressOfOutcome = map[string]progress{
	"answered": picked, "no_answer": unreached, "busy": unreached, "agent_engaged": unreached, "agent_ringing": unreached, "unavailable": unreached,
	"congestion": unreached, "cancelled": over, "abandoned": over, "ivr_only": over,
}

// word returns a text in upper case, letters and digits only, without a part in brackets, by which words are compared.
func word(text string) string {
	var bare strings.Builder
	rest := text
	for {
		before, after, opened := strings.Cut(rest, "(")
		_, behind, closed := strings.Cut(after, ")")
		if !opened || !closed {
			break
		}
		bare.WriteString(before)
		rest = behind
	}
	if outside := spool.PlainWord(bare.String() + rest); outside != "" {
		return outside
	}
	return spool.PlainWord(text)
}

// progress returns what a status of the source says.
func (s Source) progress(status string) progress {
	for own, outcome := range s.StatusWords {
		if word(own) == word(status) {
			return progressOfOutcome[outcome]
		}
	}
	return progressOf[word(status)]
}

// clean returns a text with single spaces, "" if it means no value.
func (s Source) clean(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if spool.IsNothing(text) {
		return ""
	}
	upper := strings.ToUpper(spool.TrimBlanks(text))
	for _, own := range s.NothingValues {
		if strings.ToUpper(spool.TrimBlanks(own)) == upper {
			return ""
		}
	}
	return text
}

// Mask returns a number of which only the last four characters can be read, however long it is; "" for a text without a digit, such as
// anonymous.
func Mask(number string) string {
	const shown, hidden = 4, "••••••"
	runes := []rune(number)
	switch {
	case !strings.ContainsAny(number, "0123456789"):
		return ""
	case len(runes) <= shown:
		return hidden
	}
	return hidden + string(runes[len(runes)-shown:])
}
