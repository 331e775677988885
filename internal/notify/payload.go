package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// payload returns the message in the format of a webhook. Names of groups and the like arrive as they are written: they mention nobody
// and format nothing. A message that is too long for a chat is cut, and says so.
func (m Message) payload(format string) any {
	switch format {
	case "slack":
		return m.slackPayload()
	case "teams":
		return m.teamsPayload()
	case "googlechat":
		return m.googleChatPayload()
	}
	return m
}

// heading is the title line of a message. It names the part and the filters, so that no part is taken for the whole.
func (m Message) heading() string {
	parts := []string{m.Title, m.Part, m.Filters, m.When}
	return oneLine(strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", "))
}

// lines returns the notes as lines, none of which is empty.
func (m Message) lines() (lines []string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.Join(m.Notes, "\n"), "\r", "\n"), "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " \t"))
		}
	}
	return lines
}

// text returns the figure as one line.
func (f Figure) text() string {
	return oneLine(f.Label + ": " + f.Value + "  " + f.Change)
}

// Text returns the whole message as plain text.
func (m Message) Text() string {
	lines := []string{m.heading()}
	for _, f := range m.Figures {
		lines = append(lines, f.text())
	}
	lines = append(lines, m.lines()...)
	if m.Link != "" {
		lines = append(lines, m.Link)
	}
	return strings.Join(lines, "\n")
}

// oneLine replaces line breaks and other white space by single spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut returns a text of at most limit characters when escaped. One that is longer ends in "…".
func cut(text string, limit int, escape func(string) string) string {
	if length(escape(text)) <= limit {
		return text
	}
	runes := []rune(text)
	n := sort.Search(min(len(runes), limit), func(n int) bool { return length(escape(string(runes[:n+1])+"…")) > limit })
	return string(runes[:n]) + "…"
}

// length counts the characters of a text as the chats do, in units of UTF-16.
func length(text string) (n int) {
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// fit returns the lines if they fit, else the first of them that do, with a line that says how many are left out. The last call of fits
// is with the result.
func fit(lines []string, fits func([]string) bool) []string {
	first := func(n int) []string {
		if n == len(lines) {
			return lines
		}
		return append(lines[:n:n], fmt.Sprintf("… %d more lines do not fit", len(lines)-n))
	}
	kept := first(len(lines))
	if !fits(kept) {
		kept = first(sort.Search(len(lines), func(n int) bool { return !fits(first(n + 1)) }))
		fits(kept)
	}
	return kept
}

// size returns the size of a payload in bytes.
func size(payload any) int {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err) // of strings, maps and lists
	}
	return len(text)
}
