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

// Heading is the title line of a message. It names the part and the filters, so that no part is taken for the whole.
func (m Message) Heading() string {
	parts := []string{m.Title, m.Part, m.Filters, m.When}
	return oneLine(strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", "))
}

// Remarks are the notes that no finding says.
func (m Message) Remarks() (remarks []string) {
	found := map[string]bool{}
	for _, f := range m.Findings {
		found[f.Text] = true
	}
	for _, note := range m.Notes {
		if !found[strings.TrimSuffix(note, ".")] {
			remarks = append(remarks, note)
		}
	}
	return remarks
}

// lines returns what a message says beside its heading and its figures. No line is empty.
func (m Message) lines() (lines []string) {
	texts := []string{m.Headline}
	if m.ComparedWith != "" {
		texts = append(texts, "Compared with "+m.ComparedWith)
	}
	if m.NoComparison != "" {
		texts = append(texts, m.NoComparison)
	}
	if len(m.Findings) > 0 || m.NoFindings != "" {
		texts = append(texts, strings.TrimSpace("Needs attention: "+m.NoFindings))
	}
	for _, finding := range m.Findings {
		texts = append(texts, "• "+oneLine(finding.Text))
	}
	texts = append(texts, m.Remarks()...)
	if m.Link != m.webLink() {
		texts = append(texts, "The workbook: "+m.Link)
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.Join(texts, "\n"), "\r", "\n"), "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " \t"))
		}
	}
	return lines
}

// webLink returns the link if a chat can open it: a path of a share is text.
func (m Message) webLink() string {
	if _, err := WebhookServer(m.Link); err != nil {
		return ""
	}
	return m.Link
}

// text returns the figure as one line.
func (f Figure) text() string {
	return oneLine(f.Label + ": " + f.Value + "  " + f.Change)
}

// Text returns the whole message as plain text.
func (m Message) Text() string {
	lines := []string{m.Heading()}
	for _, f := range m.Figures {
		lines = append(lines, f.text())
	}
	lines = append(lines, m.lines()...)
	if link := m.webLink(); link != "" {
		lines = append(lines, link)
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
