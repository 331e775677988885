package notify

import "strings"

// payload returns the message in the format of a webhook.
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

// maxSlackFields is the number of fields that Slack allows in a section.
const maxSlackFields = 10

func (m Message) slackPayload() any {
	fields := []map[string]string{}
	for _, f := range m.Figures[:min(len(m.Figures), maxSlackFields)] {
		fields = append(fields, slackMarkdown("*"+escapeSlack(f.Label)+"*\n"+escapeSlack(f.Value)+"\n"+escapeSlack(f.Change)))
	}
	blocks := []any{map[string]any{"type": "section", "text": slackMarkdown("*" + escapeSlack(m.heading()) + "*")}}
	if len(fields) > 0 {
		blocks = append(blocks, map[string]any{"type": "section", "fields": fields})
	}
	notes := escapeSlack(strings.Join(m.Notes, "\n"))
	if m.Link != "" {
		notes += "\n<" + m.Link + "|The workbook>"
	}
	if notes = strings.TrimSpace(notes); notes != "" {
		blocks = append(blocks, map[string]any{"type": "context", "elements": []any{slackMarkdown(notes)}})
	}
	return map[string]any{"text": m.heading(), "blocks": blocks}
}

func slackMarkdown(text string) map[string]string {
	return map[string]string{"type": "mrkdwn", "text": text}
}

// escapeSlack keeps Slack from reading a text as a link or a mention.
func escapeSlack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func (m Message) teamsPayload() any {
	facts := []map[string]string{}
	for _, f := range m.Figures {
		facts = append(facts, map[string]string{"title": f.Label, "value": strings.TrimSpace(f.Value + "  " + f.Change)})
	}
	body := []any{map[string]any{"type": "TextBlock", "text": m.heading(), "weight": "Bolder", "size": "Medium", "wrap": true}}
	if len(facts) > 0 {
		body = append(body, map[string]any{"type": "FactSet", "facts": facts})
	}
	for _, note := range m.Notes {
		body = append(body, map[string]any{"type": "TextBlock", "text": note, "isSubtle": true, "wrap": true})
	}
	card := map[string]any{"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4", "body": body}
	if m.Link != "" {
		card["actions"] = []any{map[string]any{"type": "Action.OpenUrl", "title": "The workbook", "url": m.Link}}
	}
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "content": card,
	}}}
}

func (m Message) googleChatPayload() any {
	lines := []string{"*" + m.heading() + "*"}
	for _, f := range m.Figures {
		lines = append(lines, strings.TrimSpace(f.Label+": *"+f.Value+"*  "+f.Change))
	}
	lines = append(lines, m.Notes...)
	if m.Link != "" {
		lines = append(lines, "<"+m.Link+"|The workbook>")
	}
	return map[string]string{"text": strings.Join(lines, "\n")}
}

// heading is the title line of a message.
func (m Message) heading() string {
	if m.Part != "" {
		return m.Title + ", " + m.Part + ", " + m.When
	}
	return m.Title + ", " + m.When
}
