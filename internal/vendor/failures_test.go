package vendor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/demo/vendorapi"
	"callsheet/internal/spool"
)

// shows returns a form of a secret that a text shows.
func shows(text string) string {
	for _, secret := range []string{authcode, strings.ToUpper(authcode), url.QueryEscape(authcode), secret, authcode[:9], authcode[8:],
		base64.StdEncoding.EncodeToString([]byte(authcode + ":" + secret))} {
		if strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}

// TestFailuresAreSaid checks that each failure of the API is an error that says what is wrong, that the old list stays, that errors
// which pass are tried again, and that no error shows a secret.
func TestFailuresAreSaid(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the request followed to another server: %s %s", r.Method, r.URL)
	}))
	defer elsewhere.Close()
	const attempts = 4
	const page = "<!DOCTYPE html><html><body><form>Log in</form></body></html>"
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"message":"bad request ` + r.Form.Encode() + ` by ` + r.Header.Get("Authorization") + `"}`))
	}
	for name, c := range map[string]struct {
		reply    func(answer map[string]any) vendorapi.Reply
		want     string
		attempts int
	}{
		"down":              {always(vendorapi.Body(503, "<html>")), "503 Service Unavailable", attempts},
		"gateway":           {always(vendorapi.Body(502, page)), "502 Bad Gateway", attempts},
		"busy":              {always(vendorapi.RetryAfter(429, 40)), "429 Too Many Requests", attempts},
		"busy for long":     {always(vendorapi.RetryAfter(429, 7200)), "no further request for 2h0m0s", 1},
		"login page":        {always(vendorapi.Body(200, page)), "a web page instead of JSON", attempts},
		"text":              {always(vendorapi.Body(200, "Warning: mysqli_connect()")), "not JSON", attempts},
		"nothing":           {always(vendorapi.Body(200, "")), "not JSON", attempts},
		"cut off":           {vendorapi.CutOff, "the answer broke off", attempts},
		"half":              {vendorapi.Half, "only a part", attempts},
		"dropped":           {always(vendorapi.Drop()), "closed the connection", attempts},
		"slow":              {always(vendorapi.Hang()), "did not answer in time", 2},
		"a list":            {always(vendorapi.Body(200, "[]")), "unknown form", 1},
		"null":              {always(vendorapi.Body(200, "null")), "unknown form", 1},
		"a number":          {always(vendorapi.Body(200, "7")), "unknown form", 1},
		"huge":              {always(vendorapi.Body(200, `{"x":"`+strings.Repeat("x", 3<<20)+`"}`)), "larger than 1 MB", 1},
		"moved":             {always(vendorapi.Redirect(elsewhere.URL + "/?authcode=" + authcode)), "redirects are not followed", 1},
		"not allowed":       {always(vendorapi.Body(401, "")), "hint: check authcode", 1},
		"forbidden":         {always(vendorapi.Body(403, page)), "hint: check authcode", 1},
		"not there":         {always(vendorapi.Body(404, page)), "/api; if other requests are answered, the account does not have this one", 1},
		"expired":           {always(vendorapi.Body(200, `{"type":"error","message":"Authcode `+authcode+` expired"}`)), "the vendor refused: Authcode *** expired", 1},
		"expired, shouting": {always(vendorapi.Body(200, `{"type":"ERROR","message":"INVALID KEY `+strings.ToUpper(authcode)+`"}`)), "INVALID KEY ***", 1},
		"part of a secret":  {always(vendorapi.Body(200, `{"type":"error","message":"unknown key `+authcode[:9]+`..."}`)), "unknown key ***", 1},
		"echo":              {always(echo), "bad request", 1},
		"unknown error":     {always(vendorapi.Body(200, `{"type":"error","message":"No records found for your plan"}`)), "the vendor refused: No records found for your plan", 1},
		"error in a page":   {always(vendorapi.Body(200, `{"type":"error","message":"<b>SQL</b> \u001b[31merror"}`)), `\x1b[31merror`, 1},
		"error, no message": {always(vendorapi.Body(200, `{"type":"error"}`)), "did not say why", 1},
		"busy in words":     {always(vendorapi.Body(200, `{"type":"error","message":"Too many requests, try again later"}`)), "Too many requests", attempts},
	} {
		timeout := 30 * time.Second // a busy machine is not a slow server
		if name == "slow" {
			timeout = 300 * time.Millisecond
		}
		s := newStand(t, func(o *Options) { o.Secret, o.MaxBody, o.Timeout = secret, 1<<20, timeout })
		s.server.Update(func(a *vendorapi.Account) { a.Secret = secret })
		if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(spool.VendorListPath(s.dir, "main", day))
		if err != nil {
			t.Fatal(err)
		}
		for i, ask := range []func() error{
			func() error { _, err := s.FetchCalls(t.Context(), day, nil); return err },
			func() error { _, err := s.Directory(t.Context()); return err },
			func() error { _, err := s.Balance(t.Context()); return err },
			func() error { return s.Check(t.Context()) },
		} {
			asked := len(s.server.Requests())
			s.server.Answer = func(_ string, _ url.Values, answer map[string]any) vendorapi.Reply { return c.reply(answer) }
			err := ask()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if shown := shows(err.Error()); shown != "" {
				t.Errorf("%s: the error shows %q: %v", name, shown, err)
			}
			if i > 0 {
				c.attempts = 1 // it is known to be down; Check never tries again
			}
			if asked = len(s.server.Requests()) - asked; asked != c.attempts {
				t.Errorf("%s: %d requests, want %d", name, asked, c.attempts)
			}
		}
		if after, err := os.ReadFile(spool.VendorListPath(s.dir, "main", day)); err != nil || string(after) != string(before) {
			t.Errorf("%s: the list changed, %v", name, err)
		}
		_, err = s.Balance(t.Context())
		t.Logf("%s: %v", name, err)
	}
}

func always(reply vendorapi.Reply) func(map[string]any) vendorapi.Reply {
	return func(map[string]any) vendorapi.Reply { return reply }
}

// TestFailuresThatPassAreOvercome checks a fetch during which requests fail, once each.
func TestFailuresThatPassAreOvercome(t *testing.T) {
	s := newStand(t)
	s.pageAnswer(func(nth, number int, answer map[string]any) vendorapi.Reply {
		switch nth {
		case 1:
			return vendorapi.RetryAfter(503, 90)
		case 3:
			return vendorapi.CutOff(answer)
		case 4:
			return vendorapi.Body(200, "<html>")
		case 5, 6:
			return vendorapi.Gzip(answer)
		}
		return nil
	})
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Fatal(err)
	}
	s.checkWhole(t, ofDay())
	if s.waits[0] != 90*time.Second {
		t.Errorf("waits %v", s.waits)
	}
	s.server.Answer = func(string, url.Values, map[string]any) vendorapi.Reply { return vendorapi.Body(503, "") }
	if _, err := s.Balance(t.Context()); err == nil {
		t.Error("no error")
	}
	s.server.Answer = nil
	if _, err := s.Balance(t.Context()); err != nil { // it is up again
		t.Error(err)
	}
	s.pageAnswer(func(nth, _ int, _ map[string]any) vendorapi.Reply {
		if nth == 1 {
			return vendorapi.Body(503, "")
		}
		return nil
	})
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Errorf("a failure after one that passed is final: %v", err)
	}
}

// TestTextInAnotherEncodingIsReplaced checks an answer with a byte order mark and a name that is not UTF-8.
func TestTextInAnotherEncodingIsReplaced(t *testing.T) {
	s := newStand(t)
	s.pageAnswer(func(_, number int, answer map[string]any) vendorapi.Reply {
		if number > 1 {
			return nil
		}
		rowsOf(answer)[0].CallerName = "Jos_"
		text, err := json.Marshal(answer)
		if err != nil {
			t.Error(err)
		}
		return vendorapi.Body(200, "\ufeff"+strings.Replace(string(text), "Jos_", "Jos\xe9", 1))
	})
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Fatal(err)
	}
	s.checkWhole(t, ofDay())
	first := ofDay()[0]
	if name := s.calls(t)[first.FlowType+first.SidID]["caller_name"]; name != "Jos\ufffd" {
		t.Errorf("name %q", name)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	s := newStand(t)
	for url, want := range map[string]string{"http://" + address: "connection refused", "http://vendor.invalid/api": "no such host", "http://%zz": "not an address"} {
		s.open(t, url)
		if _, err := s.FetchCalls(t.Context(), day, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestCertificateIsChecked(t *testing.T) {
	s := newStand(t)
	secure := httptest.NewUnstartedServer(s.server)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(s.server)
	defer plain.Close()
	for url, want := range map[string]string{secure.URL: "certificate", strings.Replace(plain.URL, "http:", "https:", 1): "does not support TLS"} {
		s.open(t, url)
		s.waits = nil
		if _, err := s.Balance(t.Context()); err == nil || !strings.Contains(err.Error(), want) || len(s.waits) > 0 {
			t.Errorf("%s: %v, waits %v", url, err, s.waits)
		}
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(secure.Certificate())
	s.open(t, secure.URL, func(o *Options) { o.TLS = &tls.Config{RootCAs: trusted} })
	if _, err := s.Balance(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFetchCanBeStopped checks that a fetch ends soon after its context, in a request and between two.
func TestFetchCanBeStopped(t *testing.T) {
	for _, hangs := range []bool{true, false} {
		s := newStand(t, func(o *Options) { o.Sleep = nil; o.RequestsPerMinute = 1 }) // the second request is a minute away
		ctx, stop := context.WithCancel(t.Context())
		var asked atomic.Int32
		s.pageAnswer(func(int, int, map[string]any) vendorapi.Reply {
			asked.Add(1)
			time.AfterFunc(50*time.Millisecond, stop)
			if hangs {
				return vendorapi.Hang()
			}
			return nil
		})
		if _, err := s.FetchCalls(ctx, day, nil); !errors.Is(err, context.Canceled) || asked.Load() != 1 {
			t.Errorf("hangs %v: %v, %d requests", hangs, err, asked.Load())
		}
	}
}

func TestUnknownKindAndDay(t *testing.T) {
	if _, err := New(Options{Kind: "other"}); err == nil {
		t.Error("an unknown kind has an API")
	}
	s := newStand(t)
	for _, day := range []string{"", "yesterday", "../2026-10-05", "2026-13-01"} {
		if _, err := s.FetchCalls(t.Context(), day, nil); err == nil {
			t.Errorf("%q is a day", day)
		}
	}
}
