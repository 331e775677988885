package live

import (
	"cmp"
	"strings"
	"unicode"

	"callsheet/internal/lazyregexp"
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

// progressOf has what words say that are no outcome, and those of a call that has ended, whatever phone rang last.
var progressOf = map[string]progress{
	"RINGING": rings, "TRANSFERTOAGENT": transfers, "PICKED": picked,
	"COMPLETED": over, "CALLCOMPLETED": over, "MISSED": over, "MISSEDCALL": over, "CALLMISSED": over,
}

// outcomeOf has the outcomes of the vendor's words, as word returns them, as in queries/base/outcomes.sql.
var outcomeOf = map[string]string{
	"ANSWER": "answered", "ANSWERED": "answered", "LEGALEGBANSWER": "answered", "LEGAANSWER": "answered", "LEGBANSWER": "answered", "16": "answered",
	"CODE16": "answered", "CALLANSWERED": "answered", "ANSWEREDCALL": "answered", "RECEIVED": "answered", "CALLRECEIVED": "answered",
	"RECEIVEDCALL": "answered", "CONNECTED": "answered", "CALLCONNECTED": "answered", "COMPLETED": "answered", "CALLCOMPLETED": "answered",
	"NOANSWER": "no_answer", "NOTANSWERED": "no_answer", "NOTANSWER": "no_answer", "UNANSWERED": "no_answer", "CALLNOTANSWERED": "no_answer",
	"MISSED": "no_answer", "MISSEDCALL": "no_answer", "CALLMISSED": "no_answer",
	"BUSY": "busy", "USERBUSY": "busy", "LINEBUSY": "busy",
	"CANCEL": "cancelled", "CANCELLED": "cancelled", "CANCELED": "cancelled", "CALLCANCELLED": "cancelled", "CALLCANCELED": "cancelled",
	"ABANDONEDCALL": "abandoned", "ABANDONED": "abandoned", "ABANDONMENT": "abandoned", "ABANDON": "abandoned", "CALLABANDONED": "abandoned",
	"AGENTENGAGED": "agent_engaged", "AGENTONRING": "agent_ringing", "NOTCONNECTED": "ivr_only",
	"UNAVAILABLE": "unavailable", "CHANUNAVAIL": "unavailable", "UNREACHABLE": "unavailable", "NOTREACHABLE": "unavailable", "SWITCHEDOFF": "unavailable",
	"CONGESTION": "congestion",
}

// progressOfOutcome has what the outcomes say.
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
	said := word(status)
	if progress, isKnown := progressOf[said]; isKnown {
		return progress
	}
	outcome := outcomeOf[said]
	if outcome == "" && legForm().MatchString(said) {
		outcome = outcomeOf[cmp.Or(legSuffix().ReplaceAllString(legPrefix().ReplaceAllString(said, ""), ""), "CANCEL")]
	}
	return progressOfOutcome[outcome]
}

// The words that name the leg that failed, as in queries/base/outcomes.sql: CANCELCUSTOMERBUSYCUSTOMER is BUSY, and one that names nothing else CANCEL.
var (
	legForm   = lazyregexp.New(`^(LEG[AB])?(CANCEL)?(AGENT|CUSTOMER)|(AGENT|CUSTOMER)$`)
	legPrefix = lazyregexp.New(`^(LEG[AB])?(CANCEL)?(AGENT|CUSTOMER)?`)
	legSuffix = lazyregexp.New(`(AGENT|CUSTOMER)$`)
)

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
