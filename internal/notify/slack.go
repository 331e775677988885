package notify

import (
	"slices"
	"strings"
)

// Limits of Slack, in characters of the escaped text unless they count something else:
// https://docs.slack.dev/reference/block-kit/blocks
const (
	maxSlackHeader  = 150
	maxSlackText    = 3000
	maxSlackField   = 2000
	maxSlackFields  = 10 // of a section
	maxSlackBlocks  = 50
	maxSlackSummary = 1000 // of the notification; Slack takes more
)

// slackPayload has texts that are not ours as plain_text, which Slack does not format: mrkdwn has no escape for * _ ~ and `.
func (m Message) slackPayload() map[string]any {
	heading := slackText(m.Heading(), maxSlackText)
	blocks := []any{map[string]any{"type": "section", "text": heading}}
	if length(heading["text"].(string)) <= maxSlackHeader {
		blocks[0] = map[string]any{"type": "header", "text": heading}
	}
	for figures := range slices.Chunk(m.Figures, maxSlackFields) {
		var fields []any
		for _, f := range figures {
			fields = append(fields, slackText(oneLine(f.Label)+"\n"+strings.TrimSpace(oneLine(f.Value)+"\n"+oneLine(f.Change)), maxSlackField))
		}
		blocks = append(blocks, map[string]any{"type": "section", "fields": fields})
	}
	room := maxSlackBlocks - 1 - len(blocks)
	var texts []string
	fit(m.lines(), func(lines []string) bool {
		texts = joinLines(lines, maxSlackText, escapeSlack)
		return len(texts) <= room
	})
	for _, text := range texts {
		blocks = append(blocks, map[string]any{"type": "section", "text": slackText(text, maxSlackText)})
	}
	if link := m.webLink(); link != "" {
		blocks = append(blocks, map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": "<" + escapeLink(escapeSlack(link)) + "|The workbook>"}})
	}
	return map[string]any{"text": slackText(m.Heading(), maxSlackSummary)["text"], "mrkdwn": false, "blocks": blocks}
}

// joinLines joins lines to texts of at most limit characters when escaped.
func joinLines(lines []string, limit int, escape func(string) string) (texts []string) {
	for _, line := range lines {
		line = cut(line, limit, escape)
		if last := len(texts) - 1; last >= 0 && length(escape(texts[last]+"\n"+line)) <= limit {
			texts[last] += "\n" + line
			continue
		}
		texts = append(texts, line)
	}
	return texts
}

func slackText(text string, limit int) map[string]any {
	return map[string]any{"type": "plain_text", "text": escapeSlack(cut(text, limit, escapeSlack)), "emoji": false}
}

// escapeSlack keeps Slack from reading a text as a link or a mention: https://docs.slack.dev/messaging/formatting-message-text#escaping
func escapeSlack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// escapeLink keeps a URL from ending at one of the characters that end a link.
func escapeLink(url string) string {
	return strings.NewReplacer("&lt;", "%3C", "&gt;", "%3E", "|", "%7C", " ", "%20").Replace(url)
}
