package collector

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"callsheet/spool"
)

// retryAfter is what a sender is told to wait when nothing can be stored, in seconds.
const retryAfter = "10"

var contentJSON = []string{"application/json"}

// firstRead is how much room a body gets before any of it is there: one that is announced large may never come.
const firstRead = 64 << 10

// hook takes one request: a delivery, or an array of them.
func (c *Collector) hook(w http.ResponseWriter, r *http.Request, name, token string) {
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
		c.refuse(w, nil, http.StatusMethodNotAllowed, "use POST or GET")
		return
	}
	from, status, reason := c.authenticate(r, name, token)
	if status != 0 {
		c.refuseSender(w, r, from, status, reason)
		return
	}
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), firstRead)) + bytes.MinRead)
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, c.options.MaxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			c.refuse(w, from, http.StatusRequestEntityTooLarge, "the body is larger than "+strconv.FormatInt(c.options.MaxBody, 10)+" bytes")
			return
		}
		// Not a 4xx: if anybody is still there to read it, it must not give up.
		w.Header().Set("Retry-After", retryAfter)
		c.refuse(w, from, http.StatusServiceUnavailable, "the body did not arrive whole")
		return
	}
	// A connection that was closed for another one gets no answer, so its delivery is not stored.
	if !keepConnection(r.Context()) || !from.enter(r.Context(), c.options.Wait) {
		w.Header().Set("Retry-After", retryAfter)
		c.refuse(w, from, http.StatusServiceUnavailable, "overloaded")
		return
	}
	defer from.leave()
	envelopes := decode(r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"), r.URL.RawQuery, body.Bytes(), c.options.MaxBody)
	for i := range envelopes {
		envelopes[i].Source = from.name
	}
	if err := c.options.Spool.Append(envelopes); err != nil {
		w.Header().Set("Retry-After", retryAfter)
		c.refuse(w, from, http.StatusServiceUnavailable, "cannot store now")
		return
	}
	from.metrics.stored(envelopes, c.options.Now())
	w.Header()["Content-Type"] = contentJSON
	io.WriteString(w, `{"stored":`+strconv.Itoa(len(envelopes))+"}\n")
}

// refuse answers with an error. Its text and the metrics name neither token nor content.
func (c *Collector) refuse(w http.ResponseWriter, from *source, status int, reason string) {
	c.metrics.refused(from, status)
	answer(w, status, reason)
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, strings.TrimSuffix(text, "\n")+"\n")
}

// decode makes envelopes of a request, without source. It never fails: what cannot be read is kept as it is.
func decode(contentType, contentEncoding, query string, body []byte, maxBody int64) []spool.Envelope {
	if len(bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))) == 0 {
		if query == "" {
			return nil // somebody tries the URL
		}
		return decodeForm(spool.EncodingQuery, []byte(query))
	}
	plain, ok := inflate(contentEncoding, body, maxBody)
	if !ok {
		return []spool.Envelope{unreadable(spool.EncodingJSON, body)}
	}
	if envelopes, ok := decodeMultipart(contentType, plain); ok {
		return envelopes
	}
	// What the Content-Type says is often wrong, so the body speaks for itself.
	if looksLikeJSON(plain) {
		return decodeJSON(plain)
	}
	return decodeForm(spool.EncodingForm, plain)
}

func unreadable(encoding string, body []byte) spool.Envelope {
	return spool.Envelope{Kind: spool.KindUnreadable, Encoding: encoding, Body: body}
}
