package notify

import "strings"

// maxGoogleChatText is the longest message in characters. A message of Google Chat may have 32,000 bytes, of which a character needs up to four; apps that
// show messages elsewhere still count 4,096 characters.
const maxGoogleChatText = 4096

// googleChatPayload is one text: https://developers.google.com/workspace/chat/format-messages
func (m Message) googleChatPayload() any {
	lines := []string{googleChatBold(m.Heading())}
	for _, f := range m.Figures {
		lines = append(lines, strings.TrimSpace(googleChatText(oneLine(f.Label))+": "+googleChatBold(oneLine(f.Value))+"  "+googleChatText(oneLine(f.Change))))
	}
	for _, line := range m.lines() {
		lines = append(lines, googleChatText(line))
	}
	link := ""
	if address := m.webLink(); address != "" {
		link = "\n<" + escapeLink(escapeSlack(address)) + "|The workbook>"
	}
	lines = fit(lines, func(lines []string) bool { return length(strings.Join(lines, "\n")+link) <= maxGoogleChatText })
	return map[string]string{"text": strings.Join(lines, "\n") + link}
}

// maxGoogleChatLine is the longest escaped text in characters, so that it leaves room for others.
const maxGoogleChatLine = 1000

// googleChatFormats are the characters that format a text.
const googleChatFormats = "*_~`"

// googleChatText returns a text that mentions nobody and is not formatted. Google Chat has no escape for its formatting characters, so a
// text with one of them is shown as code, in which they mean nothing.
func googleChatText(text string) string {
	text = cut(text, maxGoogleChatLine, escapeSlack)
	if !strings.ContainsAny(text, googleChatFormats) && !strings.HasPrefix(strings.TrimSpace(text), "- ") && !strings.HasPrefix(strings.TrimSpace(text), ">") {
		return escapeSlack(text)
	}
	return "`" + escapeSlack(strings.ReplaceAll(text, "`", "ˋ")) + "`" // a look-alike: a backtick ends the code
}

func googleChatBold(text string) string {
	if text == "" || strings.ContainsAny(text, googleChatFormats) {
		return googleChatText(text)
	}
	return "*" + googleChatText(text) + "*"
}
