package collector

import (
	"errors"
	"io"
	"net/http"
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
func (c *collector) hook(w http.ResponseWriter, r *http.Request, name, token string) {
	if c.draining.Load() { // the next request on this connection could come while it is being closed
		w.Header().Set("Connection", "close")
	}
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
		stored, err = c.appendDeliveries(w, r, rules, from, body)
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

// appendDeliveries appends the deliveries of a request to the spool and waits until they are durable, within the configured wait.
func (c *collector) appendDeliveries(w http.ResponseWriter, r *http.Request, rules *rules, from *source, body []byte) (deliveries int, err error) {
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
func (c *collector) refuseDelivery(w http.ResponseWriter, from *source, err error) {
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
func (c *collector) refuse(w http.ResponseWriter, from *source, status int, reason string) {
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
