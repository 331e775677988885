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
	"sync/atomic"
	"time"
)

// Webhook is a channel to a URL: of a chat, or one of the user's.
type Webhook struct {
	URL     func() (string, error) // secret: whoever knows it can post there
	Format  string                 // of the payload: json, slack, teams or googlechat
	Timeout time.Duration
}

// Recipients returns the URL's host, and part of the URL's hash to distinguish two URLs of a host: the rest of the URL is secret.
func (w Webhook) Recipients(context.Context, string) ([]string, error) {
	to, err := w.URL()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" {
		return nil, errInvalidURL
	}
	sum := sha256.Sum256([]byte(to))
	return []string{fmt.Sprintf("webhook %s #%x", u.Host, sum[:2])}, nil
}

// Key returns the recipient.
func (w Webhook) Key(recipient string) string { return recipient }

// Settings returns what decides how a message looks. The URL is in the recipient.
func (w Webhook) Settings() []any { return []any{"webhook", w.Format} }

// Idempotent returns false: a chat shows every message.
func (w Webhook) Idempotent() bool { return false }

// Send posts the summary.
func (w Webhook) Send(ctx context.Context, message Message, recipient string) (_ string, err error) {
	to, err := w.URL()
	if err != nil {
		return "", permanent(err)
	}
	body, err := json.Marshal(message.payload(w.Format))
	if err != nil {
		return "", permanent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { written.Store(i.Err == nil) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return "", permanent(errInvalidURL)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "callsheet")
	response, err := do(request)
	if err != nil {
		if written.Load() {
			return "", unknown(err)
		}
		return "", err
	}
	defer response.Body.Close()
	answer := readAnswer(response)
	if err := checkStatus(response, answer); err != nil {
		return "", err
	}
	return recipient, refusal(answer, requestSecrets(request))
}
