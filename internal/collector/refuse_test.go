package collector

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"callsheet/internal/client"
)

// attempt sends a delivery from an address with a token.
func attempt(c *collector, address, source, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/hooks/"+source+"/"+token, strings.NewReader(`{"CallSid":"1"}`))
	r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(address), 4711).String()
	return send(c, r)
}

func TestWrongTokensAreThrottledByAddress(t *testing.T) {
	now := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)
	c, m := testCollector(Options{})
	c.options.Now = func() time.Time { return now }
	const from = "203.0.113.9"
	for i := range refusalBurst {
		source, want := "main", http.StatusUnauthorized
		if i%2 == 1 {
			source, want = "unknown", http.StatusNotFound
		}
		if w := attempt(c, from, source, fmt.Sprint("wrong-", i)); w.Code != want {
			t.Fatalf("attempt %d: %d", i, w.Code)
		}
	}
	w := attempt(c, from, "main", "wrong")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "6" {
		t.Errorf("beyond the limit: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := attempt(c, "203.0.113.10", "main", "wrong"); w.Code != http.StatusUnauthorized {
		t.Errorf("another address: %d", w.Code)
	}
	if w := attempt(c, from, "main", secret); w.Code != http.StatusOK || len(m.lines) != 1 {
		t.Errorf("a right token from the throttled address: %d", w.Code)
	}
	now = now.Add(refusalInterval)
	if w := attempt(c, from, "main", "wrong"); w.Code != http.StatusUnauthorized {
		t.Errorf("later: %d", w.Code)
	}
}

// Responses to an address that is not allowed are identical for correct and wrong tokens.
func TestForbiddenAddressGetsTheSameAnswerForEveryToken(t *testing.T) {
	c, _ := testCollector(Options{Sources: []Source{{Name: "main", Tokens: []string{secret}, Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}})
	right, wrong, none := attempt(c, "203.0.113.9", "main", secret), attempt(c, "203.0.113.9", "main", "wrong"), attempt(c, "203.0.113.9", "main", "")
	for _, w := range []*httptest.ResponseRecorder{wrong, none} {
		if right.Code != http.StatusForbidden || w.Code != right.Code || w.Body.String() != right.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(right.Header()) {
			t.Errorf("%d %s %v, and with the right token %d %s %v", w.Code, w.Body, w.Header(), right.Code, right.Body, right.Header())
		}
	}
}

// The lines in docs/install.md are the fail2ban filter.
func TestRefusedSendersAreLoggedForFail2ban(t *testing.T) {
	page, err := os.ReadFile("../../docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^(?:failregex =|           ) (.*<ADDR>.*)$`).FindAllStringSubmatch(string(page), -1)
	if len(lines) != 2 {
		t.Fatalf("%d expressions in the page", len(lines))
	}
	handlers := []func(*bytes.Buffer) slog.Handler{
		func(out *bytes.Buffer) slog.Handler { return slog.NewTextHandler(out, nil) },
		func(out *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(out, nil) },
	}
	for i, handler := range handlers {
		expression := regexp.MustCompile(strings.Replace(lines[i][1], "<ADDR>", `(\S+)`, 1))
		var log bytes.Buffer
		c, _ := testCollector(Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}})
		c.options.Log = slog.New(handler(&log))
		for _, from := range []string{"203.0.113.9", "::ffff:203.0.113.10", "2001:db8::1", "fe80::1%eth0"} {
			log.Reset()
			attempt(c, from, "main", "not-the-token")
			want := client.Canonical(netip.MustParseAddr(from)).String()
			if found := expression.FindStringSubmatch(log.String()); found == nil || found[1] != want {
				t.Errorf("%s is not found in %s", want, log.String())
			}
			log.Reset()
			attempt(c, from, "not-a-source", "not-the-token")
			if !expression.Match(log.Bytes()) || strings.Contains(log.String(), "not-a-source") || strings.Contains(log.String(), "not-the-token") {
				t.Errorf("an unknown source is logged as %s", log.String())
			}
		}
		// Neither the proxy nor an address that a sender wrote may be banned.
		log.Reset()
		r := httptest.NewRequest("POST", "/hooks/main/x", nil)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set("X-Forwarded-For", `msg="sender refused" address=203.0.113.77 , "msg":"sender refused","address":"203.0.113.77"`)
		send(c, r)
		if strings.Contains(log.String(), "10.0.0.1") || strings.Contains(log.String(), "203.0.113.77") {
			t.Errorf("logged as %s", log.String())
		}
		for range 2 * refusalBurst {
			attempt(c, "203.0.113.9", "main", "wrong")
		}
		if n := strings.Count(log.String(), "\n"); n > refusalBurst+1 {
			t.Errorf("%d lines for one address", n)
		}
	}
}
