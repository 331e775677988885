package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"sync/atomic"
	"time"
)

// Webhook is a channel to a URL: of a chat, or one of the user's.
type Webhook struct {
	URL      func() (string, error)      // secret: whoever knows it can post there
	Headers  func() (http.Header, error) // may have secrets; nil for none
	Method   string                      // POST if empty
	Shape    string                      // of the request: json, slack, slackfile, teams, googlechat or template
	Template *WebhookTemplate            // of the format template
	Channel  string                      // of slackfile
	Summary  string                      // SummaryPicture or SummaryPDF to upload instead of the workbook
	Success  *regexp.Regexp              // that the answer must match; may be nil
	Identity string                      // what else tells two webhooks of a URL apart
	Timeout  time.Duration
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

// Settings returns what decides how a message looks, and the URL, of which the recipient has only some bits of a hash.
func (w Webhook) Settings() []any {
	settings := []any{"webhook", w.Shape}
	if to, err := w.URL(); err == nil {
		settings = append(settings, to)
	}
	if w.Identity != "" {
		settings = append(settings, w.Identity)
	}
	return settings
}

// Idempotent returns false: a chat shows every message.
func (w Webhook) Idempotent() bool { return false }

// Send posts the summary, and the workbook where the format uploads it.
func (w Webhook) Send(ctx context.Context, message Message, recipient string) (string, error) {
	to, err := w.URL()
	if err != nil {
		return "", permanent(err)
	}
	header := http.Header{}
	if w.Headers != nil {
		if header, err = w.Headers(); err != nil {
			return "", permanent(err)
		}
	}
	switch w.Shape {
	case "slackfile":
		err = w.sendSlackFile(ctx, to, header, message)
	default:
		err = w.sendOne(ctx, to, header, message)
	}
	if err != nil {
		return "", err
	}
	return recipient, nil
}

// sendOne sends a message in one request.
func (w Webhook) sendOne(ctx context.Context, to string, header http.Header, message Message) error {
	var sent content
	var err error
	if w.Template != nil {
		sent, err = w.Template.content(message, w.Summary)
	} else {
		sent, err = jsonContent(message.payload(w.Shape))
	}
	if err != nil {
		return permanent(err)
	}
	defer sent.close()
	answer, err := w.post(ctx, to, header, sent)
	if err == nil && w.Success != nil && !w.Success.Match(answer) {
		err = errors.New("the answer is not that of success\nhint: success is a regular expression that the answer matches when the service took the message")
	}
	return err
}

// content is the body of a request.
type content struct {
	contentType string
	body        io.Reader
	length      int64
	file        io.Closer // a part of body; may be nil
}

func (c content) close() {
	if c.file != nil {
		c.file.Close()
	}
}

func bytesContent(contentType string, body []byte) content {
	return content{contentType: contentType, body: bytes.NewReader(body), length: int64(len(body))}
}

const jsonType = "application/json; charset=utf-8"

func jsonContent(value any) (content, error) {
	body, err := json.Marshal(value)
	return bytesContent(jsonType, body), err
}

// minUploadRate is the lowest rate of an upload in bytes a second; a slower one times out.
const minUploadRate = 100_000

// post makes one request and returns the answer. The error is ErrUnknown if the server may have acted on the request.
func (w Webhook) post(ctx context.Context, to string, header http.Header, sent content) (answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.Timeout+time.Duration(sent.length/minUploadRate)*time.Second)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { written.Store(i.Err == nil) }})
	request, err := newRequest(ctx, cmp.Or(w.Method, http.MethodPost), to, sent.body)
	if err != nil {
		return nil, err
	}
	request.ContentLength = sent.length
	request.Header.Set("Content-Type", sent.contentType)
	request.Header.Set("User-Agent", "callsheet")
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := do(request)
	if err != nil {
		if written.Load() {
			return nil, unknown(err)
		}
		return nil, err
	}
	defer response.Body.Close()
	answer = readAnswer(response)
	if err := checkStatus(response, answer); err != nil {
		return nil, err
	}
	if err := w.pageError(answer); err != nil {
		return nil, err
	}
	return answer, refusal(answer, requestSecrets(request))
}
