package collector

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/client"
	"callsheet/internal/spool"
)

// retryAfter is the Retry-After header if nothing can be stored, in seconds.
const retryAfter = "10"

var (
	contentJSON = []string{"application/json"}
	oneStored   = []byte(`{"stored":1}` + "\n")
)

// errResponded is returned for a delivery whose response is already sent.
var errResponded = errors.New("the response is sent")

// hook handles one request: a delivery, or an array of deliveries.
func (c *Collector) hook(w http.ResponseWriter, r *http.Request, name, token string) {
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
		c.refuse(w, nil, http.StatusMethodNotAllowed, "use POST or GET")
		return
	}
	rules := c.rules.Load()
	from, status, reason := rules.authenticate(r, name, token)
	if status != 0 {
		c.refuseSender(w, client.Address(r, rules.trustedProxies), from, status, reason)
		return
	}
	body, acquired, err := rules.readBody(w, r, from)
	if acquired > 0 {
		defer from.bodies.Release(acquired)
	}
	var stored int
	if err == nil {
		stored, err = c.store(w, r, rules, from, body)
	}
	if errors.Is(err, errResponded) {
		return
	}
	if err != nil {
		c.refuseDelivery(w, from, err)
		return
	}
	w.Header()["Content-Type"] = contentJSON
	response := oneStored
	if stored != 1 {
		response = []byte(`{"stored":` + strconv.Itoa(stored) + "}\n")
	}
	w.Write(response)
}

// store makes the deliveries of a request durable, within the configured wait.
func (c *Collector) store(w http.ResponseWriter, r *http.Request, rules *rules, from *source, body []byte) (deliveries int, err error) {
	// A connection that was closed to make room gets no response, so its delivery is not stored.
	if !keepConnection(r.Context()) {
		return 0, errOverloaded
	}
	wait := rules.waits.context()
	if err := acquire(wait, r.Context(), from.slots); err != nil {
		return 0, err
	}
	defer release(from.slots)
	envelopes, err := decodeRequest(r, body, rules.limits.small())
	if err != nil {
		if err := acquire(wait, r.Context(), from.expanding); err != nil {
			return 0, err
		}
		defer release(from.expanding)
		if envelopes, err = decodeRequest(r, body, rules.limits); err != nil {
			return 0, err
		}
	}
	for i := range envelopes {
		envelopes[i].Source = from.name
	}
	responded := false
	err = c.options.Spool.Append(wait, envelopes, func() {
		// The disk hangs and this request's goroutine with it. Its connection cannot be used again before that is over.
		responded = true
		w.Header().Set("Connection", "close")
		c.refuseDelivery(w, from, wait.Err())
		http.NewResponseController(w).Flush()
	})
	if responded {
		return 0, errResponded
	}
	if err != nil {
		return 0, err
	}
	from.metrics.stored(envelopes, c.options.Now())
	return len(envelopes), nil
}

// refuseDelivery responds why a delivery of an authenticated sender is not stored. Only a size limit gives a 4xx, after which senders do
// not retry.
func (c *Collector) refuseDelivery(w http.ResponseWriter, from *source, err error) {
	if tooLarge, ok := errors.AsType[tooLargeError](err); ok {
		c.refuse(w, from, http.StatusRequestEntityTooLarge, tooLarge.Error())
		return
	}
	if tooLarge, ok := errors.AsType[*spool.TooLargeError](err); ok {
		c.refuse(w, from, http.StatusRequestEntityTooLarge, tooLarge.Error())
		return
	}
	reason := "cannot store now"
	if errors.Is(err, errOverloaded) || errors.Is(err, errIncompleteBody) {
		reason = err.Error()
	}
	w.Header().Set("Retry-After", retryAfter)
	c.refuse(w, from, http.StatusServiceUnavailable, reason)
}

// refuse responds with an error. Its text and the metrics contain neither token nor content.
func (c *Collector) refuse(w http.ResponseWriter, from *source, status int, reason string) {
	c.metrics.refused(from, status)
	respond(w, status, reason)
}

func respond(w http.ResponseWriter, status int, text string) {
	text = strings.TrimSuffix(text, "\n") + "\n"
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text))) // so that a flushed response is complete
	w.WriteHeader(status)
	io.WriteString(w, text)
}

func decodeRequest(r *http.Request, body []byte, l limits) ([]spool.Envelope, error) {
	return decode(r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"), r.URL.RawQuery, body, l)
}

// decode returns the envelopes of a request, without source. A payload that cannot be decoded is kept as it is; the only error is a
// tooLargeError.
func decode(contentType, contentEncoding, query string, body []byte, l limits) ([]spool.Envelope, error) {
	if int64(len(body)) > l.body {
		return nil, bodyTooLarge(l.body)
	}
	var envelopes, fromQuery []spool.Envelope // none of both is a manual test of the URL
	var err error
	if query != "" {
		if fromQuery, err = decodeForm(spool.EncodingQuery, []byte(query), l.fields); err != nil {
			return nil, err
		}
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))) > 0 {
		if envelopes, err = decodeBody(contentType, contentEncoding, body, l); err != nil {
			return nil, err
		}
	}
	for _, one := range fromQuery {
		envelopes = addQuery(envelopes, one)
	}
	return splitWrappers(envelopes, l.deliveries)
}

// maxAdded limits the bytes that the fields of a query string add to an array.
const maxAdded = 1 << 20

// addQuery adds the fields of a query string to each delivery of the body. Where it has none, or they are too long to be repeated, they
// are a delivery of their own.
func addQuery(envelopes []spool.Envelope, query spool.Envelope) []spool.Envelope {
	added := false
	for i, one := range envelopes {
		if one.Payload == nil || query.Payload == nil || len(envelopes)*len(query.Payload) > maxAdded+len(query.Payload) {
			continue
		}
		added = true
		with := query.Payload
		if len(one.Payload) > len("{}") {
			with = slices.Concat(one.Payload[:len(one.Payload)-1], []byte{','}, query.Payload[1:])
		}
		envelopes[i].Payload = with
		if kind := spool.Kind(with); kind != spool.KindOther { // type can be a parameter of the URL
			envelopes[i].Kind = kind
		}
	}
	if !added {
		envelopes = append(envelopes, query)
	}
	return envelopes
}

// splitWrappers replaces a wrapper of several deliveries by a wrapper of each.
func splitWrappers(envelopes []spool.Envelope, maxDeliveries int) ([]spool.Envelope, error) {
	var all []spool.Envelope // nil until the first wrapper
	for i, one := range envelopes {
		payloads, ok := [][]byte(nil), true
		if one.Payload != nil {
			payloads, ok = spool.Split(one.Payload, maxDeliveries)
		}
		if payloads != nil && all == nil {
			all = slices.Clone(envelopes[:i])
		}
		switch {
		case !ok || len(all)+len(payloads) > maxDeliveries:
			return nil, tooManyDeliveries(maxDeliveries)
		case payloads != nil:
			for _, payload := range payloads {
				all = append(all, readable(one.Encoding, payload))
			}
		case all != nil:
			all = append(all, one)
		}
	}
	if all == nil {
		return envelopes, nil
	}
	return all, nil
}

func decodeBody(contentType, contentEncoding string, body []byte, l limits) ([]spool.Envelope, error) {
	plain, ok, err := inflate(contentEncoding, body, l.inflated)
	if err != nil {
		return nil, err
	}
	if !ok {
		return []spool.Envelope{unreadable(spool.EncodingJSON, body)}, nil
	}
	if boundary := multipartBoundary(contentType); boundary != "" && !looksLikeJSON(plain) {
		return decodeMultipart(boundary, plain, l.fields)
	}
	// The Content-Type is often wrong, so the body decides.
	if looksLikeJSON(plain) {
		return decodeJSON(plain, l.deliveries)
	}
	return decodeForm(spool.EncodingForm, plain, l.fields)
}

func unreadable(encoding string, body []byte) spool.Envelope {
	return spool.Envelope{Kind: spool.KindUnreadable, Encoding: encoding, Body: body}
}
