package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Webhook is a URL that is told of a report: a chat's, or one of the user's own.
type Webhook struct {
	URL     func() (string, error) // secret: who has it can write there
	Format  string                 // of what is sent: json, slack, teams or googlechat
	Timeout time.Duration
}

// Shapes are those that a webhook can have.
var Shapes = []string{"json", "slack", "teams", "googlechat"}

// Recipients is the URL's host, and a few digits to tell two URLs of one host apart: the rest of it is secret.
func (w Webhook) Recipients(context.Context, string) ([]string, error) {
	to, err := w.URL()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" {
		return nil, errNoURL
	}
	sum := sha256.Sum256([]byte(to))
	return []string{fmt.Sprintf("webhook %s #%x", u.Host, sum[:2])}, nil
}

// Idempotent is false: a second message is a second message.
func (w Webhook) Idempotent() bool { return false }

// Send posts the figures.
func (w Webhook) Send(ctx context.Context, message Message, recipient string) (_ string, err error) {
	to, err := w.URL()
	if err != nil {
		return "", permanent(err)
	}
	body, err := json.Marshal(w.payload(message))
	if err != nil {
		return "", permanent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { written.Store(i.Err == nil) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return "", permanent(errNoURL)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "callsheet")
	response, err := client.Do(request)
	if err != nil {
		if written.Load() {
			return "", unknown(redact(err))
		}
		return "", redact(err)
	}
	defer response.Body.Close()
	if err := checkStatus(response); err != nil {
		return "", err
	}
	return recipient, nil
}

// message is a message in the shape that the receiver wants.
func (w Webhook) payload(p Message) any {
	switch w.Format {
	case "slack":
		fields := []map[string]string{}
		for _, f := range p.Figures {
			if len(fields) < 10 { // as many as Slack takes
				fields = append(fields, markdown("*"+slackText(f.Label)+"*\n"+slackText(f.Value)+"\n"+slackText(f.Change)))
			}
		}
		blocks := []any{map[string]any{"type": "section", "text": markdown("*" + slackText(p.heading()) + "*")}}
		if len(fields) > 0 {
			blocks = append(blocks, map[string]any{"type": "section", "fields": fields})
		}
		notes := slackText(strings.Join(p.Notes, "\n"))
		if p.Link != "" {
			notes += "\n<" + p.Link + "|The workbook>"
		}
		if notes = strings.TrimSpace(notes); notes != "" {
			blocks = append(blocks, map[string]any{"type": "context", "elements": []any{markdown(notes)}})
		}
		return map[string]any{"text": p.heading(), "blocks": blocks}
	case "teams":
		facts := []map[string]string{}
		for _, f := range p.Figures {
			facts = append(facts, map[string]string{"title": f.Label, "value": strings.TrimSpace(f.Value + "  " + f.Change)})
		}
		body := []any{map[string]any{"type": "TextBlock", "text": p.heading(), "weight": "Bolder", "size": "Medium", "wrap": true}}
		if len(facts) > 0 {
			body = append(body, map[string]any{"type": "FactSet", "facts": facts})
		}
		for _, note := range p.Notes {
			body = append(body, map[string]any{"type": "TextBlock", "text": note, "isSubtle": true, "wrap": true})
		}
		card := map[string]any{"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4", "body": body}
		if p.Link != "" {
			card["actions"] = []any{map[string]any{"type": "Action.OpenUrl", "title": "The workbook", "url": p.Link}}
		}
		return map[string]any{"type": "message", "attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive", "content": card,
		}}}
	case "googlechat":
		lines := []string{"*" + p.heading() + "*"}
		for _, f := range p.Figures {
			lines = append(lines, strings.TrimSpace(f.Label+": *"+f.Value+"*  "+f.Change))
		}
		lines = append(lines, p.Notes...)
		if p.Link != "" {
			lines = append(lines, "<"+p.Link+"|The workbook>")
		}
		return map[string]string{"text": strings.Join(lines, "\n")}
	}
	return p
}

// heading is the message in a line.
func (p Message) heading() string {
	if p.Part != "" {
		return p.Title + ", " + p.Part + ", " + p.When
	}
	return p.Title + ", " + p.When
}

func markdown(text string) map[string]string {
	return map[string]string{"type": "mrkdwn", "text": text}
}

// slackText keeps Slack from reading a name as a link or a mention.
func slackText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
