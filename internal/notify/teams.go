package notify

// maxTeamsPayload is the largest payload in bytes. Teams allows about 28 KB and is reported to count two bytes for a character.
const maxTeamsPayload = 14_000

// maxTeamsRun is the longest text in characters, so that it leaves room for others.
const maxTeamsRun = 1000

// teamsPayload is an Adaptive Card of RichTextBlocks: unlike TextBlock and FactSet they show a text as it is, without Markdown.
func (m Message) teamsPayload() (payload any) {
	fit(m.lines(), func(lines []string) bool {
		payload = m.teamsCard(lines)
		return size(payload) <= maxTeamsPayload
	})
	return payload
}

func (m Message) teamsCard(lines []string) any {
	body := []any{richText(textRun(m.Heading(), map[string]any{"weight": "Bolder", "size": "Medium"}))}
	for _, f := range m.Figures {
		runs := []any{textRun(oneLine(f.Label)+":  ", nil), textRun(oneLine(f.Value), map[string]any{"weight": "Bolder"})}
		if change := oneLine(f.Change); change != "" {
			runs = append(runs, textRun("  "+change, map[string]any{"isSubtle": true}))
		}
		body = append(body, richText(runs...))
	}
	for _, line := range lines {
		body = append(body, richText(textRun(line, map[string]any{"isSubtle": true})))
	}
	card := map[string]any{"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4", "body": body}
	if link := m.webLink(); link != "" {
		card["actions"] = []any{map[string]any{"type": "Action.OpenUrl", "title": "The workbook", "url": link}}
	}
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "content": card,
	}}}
}

func richText(runs ...any) any { return map[string]any{"type": "RichTextBlock", "inlines": runs} }

// textRun returns a run with some properties of style.
func textRun(text string, style map[string]any) any {
	run := map[string]any{"type": "TextRun", "text": cut(text, maxTeamsRun, func(text string) string { return text })}
	for key, value := range style {
		run[key] = value
	}
	return run
}
