package page

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"callsheet/internal/password"
)

func TestSignInAndOut(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	b := s.browser()
	for path, want := range map[string]string{"/": "/sign-in", "/wall?group=Sales": "/sign-in?next=%2Fwall%3Fgroup%3DSales"} {
		if a := b.get(path); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != want || strings.Contains(a.text, "Sales</") {
			t.Errorf("%s without a session: %s to %s", path, a.Status, a.Header.Get("Location"))
		}
	}
	if a := b.do(http.MethodHead, "/", nil); a.StatusCode != http.StatusSeeOther { // by which an open page learns that it has to ask
		t.Errorf("HEAD without a session: %s", a.Status)
	}
	if a := b.get("/live/stream?view=live"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stream without a session: %s", a.Status)
	}
	for _, try := range [][2]string{{"sales", "wrong horse"}, {"sales", ""}, {"nobody", goodPassword}, {"", ""}, {"*", goodPassword}} {
		if a := b.signIn(try[0], try[1]); a.StatusCode != http.StatusUnauthorized || len(a.Cookies()) > 0 || !strings.Contains(a.text, "is wrong") {
			t.Errorf("%q: %s", try, a.Status)
		}
	}
	a := b.signIn("sales", goodPassword)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/wall?group=Sales" || len(a.Cookies()) != 1 {
		t.Fatalf("%s %v", a.Status, a.Header)
	}
	cookie := a.Cookies()[0]
	if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || !strings.HasPrefix(cookie.Name, "__Host-") {
		t.Errorf("%+v", cookie)
	}
	if a := b.get("/"); a.StatusCode != http.StatusOK || !strings.Contains(a.text, "Sign out") {
		t.Errorf("signed in: %s", a.Status)
	}
	s.stop()
	s.start() // nobody is signed out
	if a := b.get("/"); a.StatusCode != http.StatusOK {
		t.Errorf("after a restart: %s", a.Status)
	}
	open := b.stream("/live/stream?view=live")
	open.until("No calls", true)
	b.do(http.MethodPost, "/sign-out", url.Values{})
	for event := range open.events {
		if event[0] == "board" {
			t.Error("a stream goes on after its session has ended")
		}
	}
	// The browser has no cookie any more, but somebody may have copied it.
	b.Jar.SetCookies(&url.URL{Scheme: "https", Host: strings.TrimPrefix(s.url, "http://"), Path: "/"}, []*http.Cookie{cookie})
	if a := b.get("/"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the session did not end: %s", a.Status)
	}
	kept, err := os.ReadFile(s.options.SessionFile)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.options.SessionFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, secret := range []string{cookie.Value, goodPassword, "wrong horse", goodHash().String()} {
		if strings.Contains(s.log.String(), secret) || bytes.Contains(kept, []byte(secret)) {
			t.Errorf("%s is in the log or in the file of the sessions:\n%s\n%s", secret, s.log.String(), kept)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	advance := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	s := startSite(t, Options{Users: users(), Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}})
	b := s.signedIn("sales")
	for range 3 {
		advance(59 * time.Minute)
		if a := b.get("/"); a.StatusCode != http.StatusOK {
			t.Fatalf("after less than the time: %s", a.Status)
		}
	}
	advance(61 * time.Minute)
	if a := b.get("/"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("after the time: %s", a.Status)
	}
	changed, err := password.Parse(password.New("another horse"))
	if err != nil {
		t.Fatal(err)
	}
	sales, both, all := s.signedIn("sales"), s.signedIn("both"), s.signedIn("all")
	s.stop()
	s.options.Users = []User{{"sales", Viewer, nil, changed}, {"all", Analyst, nil, goodHash()}}
	s.start()
	if a := sales.get("/"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a user with another password: %s", a.Status)
	}
	if a := both.get("/"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a user who was removed: %s", a.Status)
	}
	if a := all.get("/"); a.StatusCode != http.StatusOK {
		t.Errorf("another user: %s", a.Status)
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	proxy := netip.MustParsePrefix("127.0.0.1/32")
	s := startSite(t, Options{Users: users(), TrustedProxies: []netip.Prefix{proxy}})
	from := func(address string) *browser {
		b := s.browser()
		b.header.Set("X-Forwarded-For", address)
		return b
	}
	guess := from("203.0.113.9")
	for i := range addressBurst {
		if a := guess.signIn(fmt.Sprint("user-", i), "wrong horse"); a.StatusCode != http.StatusUnauthorized {
			t.Fatalf("attempt %d: %s", i, a.Status)
		}
	}
	if a := guess.signIn("sales", goodPassword); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || len(a.Cookies()) > 0 {
		t.Errorf("beyond the limit: %s", a.Status)
	}
	if a := from("203.0.113.10").signIn("sales", goodPassword); a.StatusCode != http.StatusSeeOther {
		t.Errorf("from another address: %s", a.Status)
	}
	for i := range nameBurst {
		from(fmt.Sprint("198.51.100.", i)).signIn("both", "wrong horse")
	}
	if a := from("198.51.100.99").signIn("both", goodPassword); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a name that was tried from many addresses: %s", a.Status)
	}
	if strings.Contains(s.log.String(), "user-3") || !strings.Contains(s.log.String(), "address=203.0.113.9") {
		t.Errorf("the log has names that are no users, or no addresses:\n%s", s.log.String())
	}
}
