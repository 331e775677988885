package vendor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"callsheet/internal/remote"
)

// Limits of a request.
const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 16 << 20 // after decompression
	maxHeader      = 1 << 20
)

// pauses are those between the attempts of a request.
var pauses = []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second}

// maxWait is the longest pause that a server may ask for.
const maxWait = 5 * time.Minute

// client sends the requests of an account.
type client struct {
	Options
	transport http.RoundTripper
	pauses    []time.Duration // between the attempts of a request
	last      time.Time       // of the last request
	isDown    bool            // the last request failed however often it was sent; the next one is sent once
}

// temporaryError is an error that another attempt may not meet. after is how long the server wants no further attempt.
type temporaryError struct {
	error
	after time.Duration
}

func (e temporaryError) Unwrap() error { return e.error }

// IsTemporary reports whether a request may succeed later without any change, as when the vendor's server is down.
func IsTemporary(err error) bool {
	_, ok := errors.AsType[temporaryError](err)
	return ok
}

// serverError is an error that another request would probably meet too: the server is down, or it refuses what the account asks.
type serverError struct{ error }

func (e serverError) Unwrap() error { return e.error }

// IsOfServer reports whether a request failed for a reason that has nothing to do with the day that was asked for.
func IsOfServer(err error) bool {
	_, ok := errors.AsType[serverError](err)
	return ok
}

// post sends a form with the authcode and passes the answer to read. It tries again after temporary errors, unless those of the request
// before did not pass either.
func (c *client) post(ctx context.Context, name string, form url.Values, read func(object) error) error {
	for attempt := 0; ; attempt++ {
		if err := c.pace(ctx); err != nil {
			return err
		}
		answer, err := c.attempt(ctx, name, form)
		if err != nil {
			err = serverError{err}
		} else {
			err = read(answer)
		}
		switch {
		case err == nil:
			c.isDown = false
			return nil
		case errors.Is(ctx.Err(), context.Canceled):
			return ctx.Err()
		case ctx.Err() != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
		temporary, ok := errors.AsType[temporaryError](err)
		switch {
		case temporary.after > maxWait:
			return fmt.Errorf("%s: %w; it wants no further request for %s", name, err, temporary.after.Round(time.Second))
		case !ok:
			return fmt.Errorf("%s: %w", name, err)
		case c.isDown || attempt == len(c.pauses) || attempt > 0 && errors.Is(err, remote.ErrTimeout): // each took long enough
			c.isDown = true
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := c.Sleep(ctx, max(c.pauses[attempt], temporary.after)); err != nil {
			return err
		}
	}
}

// pace waits until the next request is allowed.
func (c *client) pace(ctx context.Context) error {
	if !c.last.IsZero() {
		next := c.last.Add(time.Minute / time.Duration(c.RequestsPerMinute))
		if wait := next.Sub(c.Now()); wait > 0 {
			if err := c.Sleep(ctx, wait); err != nil {
				return err
			}
		}
	}
	c.last = c.Now()
	return ctx.Err()
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// attempt sends one request. Its errors have neither the form nor anything of a secret in the server's text.
func (c *client) attempt(ctx context.Context, name string, form url.Values) (object, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	sent := url.Values{"authcode": {c.Authcode}}
	for key, values := range form {
		sent[key] = values
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/"+name, strings.NewReader(sent.Encode()))
	if err != nil {
		return nil, errors.New("the url is not an address that begins with https://")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	if c.Secret != "" {
		request.SetBasicAuth(c.Authcode, c.Secret)
	}
	// An http.Client would follow a redirect and send the authcode to another server.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, networkError(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.MaxBody+1))
	if statusErr := c.checkStatus(response, body); statusErr != nil {
		return nil, statusErr
	}
	switch {
	case err != nil:
		return nil, temporaryError{error: fmt.Errorf("the answer broke off: %w", remote.Redact(err))}
	case int64(len(body)) > c.MaxBody:
		return nil, fmt.Errorf("the answer is larger than %d MB\nhint: lower vendor_api.per_page", c.MaxBody>>20)
	}
	return readObject(body)
}

// networkError returns the reason why there was no answer.
func networkError(err error) error {
	reason := remote.Redact(err)
	if isCertificate(reason) {
		return fmt.Errorf("%w\nhint: url must be the name in the server's certificate, and the system must know who signed it", reason)
	}
	return temporaryError{error: reason}
}

// checkStatus returns nil for a status of success.
func (c *client) checkStatus(response *http.Response, body []byte) error {
	code := response.StatusCode
	err := fmt.Errorf("the server answered %d %s", code, http.StatusText(code))
	var answer object
	if json.Unmarshal(body, &answer) == nil {
		if message := c.clean(text(answer["message"])); message != "" {
			err = fmt.Errorf("%w: %s", err, message)
		}
	}
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 3:
		return fmt.Errorf("%w\nhint: redirects are not followed, since they would send the authcode elsewhere; set url to the address of the API itself", err)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w\nhint: check authcode, and whether the account needs secret", err)
	case code == http.StatusNotFound:
		return fmt.Errorf("%w\nhint: url is the address up to the name of a request, such as https://app.example.com/api; if other requests are answered, the account does not have this one", err)
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code/100 == 5:
		return temporaryError{err, remote.RetryAfter(response.Header)}
	}
	return err
}
