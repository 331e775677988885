package collector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/spool"
)

// Text that is not a form must not be decoded as one, which would change + and %.
func TestTextThatIsNotAFormIsKeptExactly(t *testing.T) {
	for _, body := range []string{"<a b=\"1+1\"/>", "a=1+1\nb=2", "CallSid=1\x00", "CallSid=%00"} {
		got := decoded(t, "", "", "", body)
		if len(got) != 1 || got[0].Payload != nil || string(got[0].Body) != body {
			t.Errorf("%q became %s", body, show(got[0]))
		}
	}
	if got := decoded(t, "", "", "", "CallSid=1\r\n"); show(got[0]) != `live_call form {"CallSid":"1"}` {
		t.Errorf("a form from a file: %s", show(got[0]))
	}
}

func TestQueryIsReadIfTheBodyIsBlank(t *testing.T) {
	for _, body := range []string{" \r\n", "\xef\xbb\xbf"} {
		got := decoded(t, "", "", "CallSid=1", body)
		if len(got) != 1 || show(got[0]) != `live_call query {"CallSid":"1"}` {
			t.Errorf("%q: %v", body, got)
		}
	}
}

// Webhook senders do not follow redirects and do not retry after a 4xx.
func TestExtraSlashesAreAccepted(t *testing.T) {
	for path, want := range map[string]int{
		"/hooks/main/" + secret + "/": 200,
		"//hooks/main/" + secret:      200,
		"/hooks//main/" + secret:      200,
		"/hooks/main/":                401,
		"/hooks/main//":               401,
		"/hooks/main/x/" + secret:     401,
	} {
		c, m := testCollector(Options{})
		r := post(`{"CallSid":"1"}`)
		r.URL.Path = path
		if w := send(c, r); w.Code != want || (len(m.lines) == 1) != (want == 200) {
			t.Errorf("%s: %d, %d stored", strings.ReplaceAll(path, secret, "TOKEN"), w.Code, len(m.lines))
		}
	}
}

func TestIncompleteBodyCanBeRetried(t *testing.T) {
	c, m := testCollector(Options{})
	r := httptest.NewRequest("POST", "/hooks/main/"+secret, io.MultiReader(strings.NewReader(`{"CallSid"`), broken{}))
	w := send(c, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || len(m.lines) != 0 {
		t.Errorf("%d, Retry-After %q, %d stored", w.Code, w.Header().Get("Retry-After"), len(m.lines))
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

func TestForwardedAddresses(t *testing.T) {
	inside := netip.MustParsePrefix("10.0.0.0/8")
	options := Options{
		Sources:        []Source{{Name: "main", Tokens: []string{secret}, Allow: []netip.Prefix{inside, netip.MustParsePrefix("203.0.113.0/24")}}},
		TrustedProxies: []netip.Prefix{inside},
	}
	for forwarded, want := range map[string]int{
		"203.0.113.9:4711":             200, // some proxies add the port
		"[::ffff:203.0.113.9]:4711":    200,
		"[::ffff:203.0.113.9]":         200,
		"::ffff:203.0.113.9":           200,
		"203.0.113.9, ::ffff:10.0.0.2": 200, // two proxies
		"unknown":                      403, // the proxy's address must not be used instead
		"203.0.113.9, ":                403, // without an address from the proxy; anything further left is from the sender
		"203.0.113.9,,10.0.0.2":        403,
		"2001:db8::9":                  403,
		"":                             200, // the proxy itself
	} {
		c, _ := testCollector(options)
		r := post(`{"CallSid":"1"}`)
		r.RemoteAddr = "[::ffff:10.0.0.1%eth0]:1"
		r.Header.Set("X-Forwarded-For", forwarded)
		if w := send(c, r); w.Code != want {
			t.Errorf("%q: %d, want %d", forwarded, w.Code, want)
		}
	}
}

// stuck is a spool that blocks until letGo is closed.
type stuck struct {
	memory
	entered chan struct{}
	letGo   chan struct{}
}

func (s *stuck) Append(ctx context.Context, envelopes []spool.Envelope, timedOut func()) error {
	s.entered <- struct{}{}
	<-s.letGo
	return s.memory.Append(ctx, envelopes, timedOut)
}

func TestOverloadWaitsForASlotAndThenReturnsRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := testCollector(Options{InFlight: 1, Wait: 10 * time.Second})
		s := &stuck{entered: make(chan struct{}, 3), letGo: make(chan struct{})}
		c.options.Spool = s
		answers := make(chan int, 3)
		deliver := func() { answers <- send(c, post(`{"CallSid":"1"}`)).Code }
		go deliver()
		<-s.entered
		begun := time.Now()
		go deliver()
		if code := <-answers; code != http.StatusServiceUnavailable || time.Since(begun) != 10*time.Second {
			t.Errorf("status %d after %s", code, time.Since(begun))
		}
		go deliver()
		synctest.Wait()
		close(s.letGo) // within the wait
		if one, other := <-answers, <-answers; one != 200 || other != 200 || len(s.lines) != 2 {
			t.Errorf("status %d and %d, %d stored", one, other, len(s.lines))
		}
	})
}

// hung is a spool whose disk hangs, before it reports that.
type hung struct{ memory }

func (*hung) Append(ctx context.Context, _ []spool.Envelope, _ func()) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestHungDiskDelaysRequestsAtMostAsConfigured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := testCollector(Options{InFlight: 2, Wait: 3 * time.Second})
		c.options.Spool = &hung{}
		answers := make(chan *httptest.ResponseRecorder, 5)
		begun := time.Now()
		for range cap(answers) { // some have a slot, some wait for one
			go func() { answers <- send(c, post(`{"CallSid":"1"}`)) }()
		}
		for range cap(answers) {
			w := <-answers
			if took := time.Since(begun); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || took > 3*time.Second {
				t.Errorf("status %d after %s, Retry-After %q", w.Code, took, w.Header().Get("Retry-After"))
			}
		}
	})
}
