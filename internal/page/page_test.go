package page

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/live"
	"callsheet/internal/locale"
	"callsheet/internal/password"
	"callsheet/internal/spool"
)

// site is a running page with a spool.
type site struct {
	t       *testing.T
	options Options
	spool   *spool.Writer
	url     string
	log     *syncedBuffer
	stop    func()
}

// syncedBuffer can be written by several goroutines.
type syncedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *syncedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

func (b *syncedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

const goodPassword = "correct horse"

var goodHash = sync.OnceValue(func() password.Hash {
	h, err := password.Parse(password.New(goodPassword))
	if err != nil {
		panic(err)
	}
	return h
})

// users are one of each kind.
func users() []User {
	return []User{{"sales", Viewer, []string{"Sales"}, goodHash()}, {"both", Viewer, []string{"Sales", "Support"}, goodHash()}, {"all", Analyst, nil, goodHash()}, {"operator", Operator, nil, goodHash()}}
}

// startSite serves the page. Options that are not set have values for tests.
func startSite(t *testing.T, o Options) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{t: t, log: &syncedBuffer{}}
	var err error
	s.spool, err = spool.Open(spool.Options{Dir: filepath.Join(dir, "spool"), Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.spool.Close() })
	if o.Locale, err = locale.Parse(""); err != nil {
		t.Fatal(err)
	}
	o.SessionFile, o.SessionTime, o.Target, o.Zone = filepath.Join(dir, "sessions.json"), time.Hour, 20*time.Second, time.UTC
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Log = slog.New(slog.NewTextHandler(s.log, nil))
	s.options = o
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// start starts the server, also after stop.
func (s *site) start() {
	s.t.Helper()
	o := s.options
	o.Spool = spool.Follow(filepath.Join(filepath.Dir(o.SessionFile), "spool"), time.Now().Add(-time.Hour))
	o.Board = live.NewBoard(live.Options{LongestCall: time.Hour, MaskNumbers: true, Groups: []string{"Sales", "Support"}})
	restored := make(chan struct{})
	o.Restored = func() { close(restored) }
	server, err := New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	s.url, s.stop = "http://"+listener.Addr().String(), sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	})
	<-restored
}

// deliver stores a live event, or a report if status is empty.
func (s *site) deliver(sid, group, agent, status string) {
	s.t.Helper()
	kind, end := spool.KindLiveCall, ""
	if status == "" {
		kind, end = spool.KindCallReport, `,"EndTime":"2026-10-05 10:20:00"`
	}
	payload := fmt.Sprintf(`{"SourceNumber":"0987654%s","DialWhomNumber":%q,"Status":%q,"CallSid":%q,"Direction":"IVR","call_group":%q%s}`, sid, agent, status, sid, group, end)
	e := spool.Envelope{Source: "main", Kind: kind, Encoding: spool.EncodingJSON, Payload: []byte(payload)}
	if err := s.spool.Append(s.t.Context(), []spool.Envelope{e}, nil); err != nil {
		s.t.Fatal(err)
	}
}

// browser is a client with cookies that follows no redirect.
type browser struct {
	*http.Client
	site   *site
	header http.Header
}

// secureJar sends cookies as to this machine, where browsers take HTTP for secure.
type secureJar struct{ *cookiejar.Jar }

func (j secureJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.Jar.SetCookies(asHTTPS(u), cookies)
}
func (j secureJar) Cookies(u *url.URL) []*http.Cookie { return j.Jar.Cookies(asHTTPS(u)) }

func asHTTPS(u *url.URL) *url.URL { return &url.URL{Scheme: "https", Host: u.Host, Path: u.Path} }

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{&http.Client{Jar: secureJar{jar}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s, http.Header{}}
}

// answer is a response that was read.
type answer struct {
	*http.Response
	text string
}

func (b *browser) do(method, path string, form url.Values) answer {
	b.site.t.Helper()
	request, err := http.NewRequest(method, b.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.site.t.Fatal(err)
	}
	request.Header = b.header.Clone()
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.Do(request)
	if err != nil {
		b.site.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return answer{response, string(text)}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

func (b *browser) signIn(name, password string) answer {
	return b.do(http.MethodPost, "/sign-in", url.Values{"name": {name}, "password": {password}, "next": {"/wall?group=Sales"}})
}

// signedIn is a browser of a user.
func (s *site) signedIn(name string) *browser {
	s.t.Helper()
	b := s.browser()
	if a := b.signIn(name, goodPassword); a.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("%s cannot sign in: %s\n%s", name, a.Status, a.text)
	}
	return b
}

// stream is an open stream.
type stream struct {
	t      *testing.T
	events chan [2]string // name and text; closed at the end
	close  func()
}

func (b *browser) stream(path string) *stream {
	b.site.t.Helper()
	ctx, cancel := context.WithCancel(b.site.t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.site.url+path, nil)
	if err != nil {
		b.site.t.Fatal(err)
	}
	request.Header = b.header.Clone()
	response, err := b.Do(request)
	if err != nil {
		b.site.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		b.site.t.Fatalf("%s: %s", path, response.Status)
	}
	s := &stream{b.site.t, make(chan [2]string), cancel}
	b.site.t.Cleanup(cancel)
	go func() {
		defer close(s.events)
		defer response.Body.Close()
		var event [2]string
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			line := lines.Text()
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				event[0] = name
			}
			if text, ok := strings.CutPrefix(line, "data: "); ok {
				event[1] += text + "\n"
			}
			if line == "" {
				select {
				case s.events <- event:
				case <-ctx.Done():
					return
				}
				event = [2]string{}
			}
		}
	}()
	return s
}

// until waits for a state in which the pattern is, or is not there.
func (s *stream) until(pattern string, want bool) (text string) {
	s.t.Helper()
	end := time.After(30 * time.Second)
	for {
		select {
		case event, open := <-s.events:
			if !open {
				s.t.Fatalf("the stream ended before %s", pattern)
			}
			if event[0] == "board" && regexp.MustCompile(pattern).MatchString(event[1]) == want {
				return event[1]
			}
		case <-end:
			s.t.Fatalf("timed out waiting for %s", pattern)
		}
	}
}

func TestACallAppearsChangesAndLeaves(t *testing.T) {
	s := startSite(t, Options{})
	live, wall := s.browser().stream("/live/stream?view=live"), s.browser().stream("/live/stream?view=wall")
	live.until("No calls in progress", true)
	s.deliver("1001", "Sales", "", "Ringing")
	live.until(`(?s)class="waiting".*•••1001`, true)
	wall.until(`(?s)Sales</h2>\s*<p class="level">Within 20 s`, true)
	s.deliver("1001", "Sales", "9280000001", "Transfer to agent")
	live.until(`(?s)class="ringing".*9280000001`, true)
	s.deliver("1001", "Sales", "9280000001", "Picked")
	live.until(`(?s)class="talking".*9280000001`, true)
	wall.until(`Nobody waits`, true)
	s.deliver("1001", "Sales", "9280000001", "")
	live.until("1001", false)
	// A page that is opened later shows the same, and so does one after a restart.
	s.deliver("1002", "Sales", "9280000002", "Picked")
	s.browser().stream("/live/stream?view=live").until("9280000002", true)
	s.stop()
	s.start()
	if a := s.browser().get("/"); !strings.Contains(a.text, "9280000002") || strings.Contains(a.text, "1001") || strings.Contains(a.text, "9876541002") {
		t.Errorf("after a restart:\n%s", a.text)
	}
}

func TestWithoutUsersOnlyThisMachineMayLook(t *testing.T) {
	s := startSite(t, Options{})
	for _, path := range []string{"/", "/wall", "/live/stream?view=live", "/assets/page.css", "/sign-in"} {
		for header, value := range map[string]string{"Host": "calls.example.com", "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "Via": "1.1 proxy"} {
			b := s.browser()
			b.header.Set(header, value)
			if a := b.get(path); a.StatusCode != http.StatusForbidden || strings.Contains(a.text, "Sales") {
				t.Errorf("%s with %s: %s: %s", path, header, value, a.Status)
			}
		}
	}
	for _, host := range []string{"localhost:8081", "127.0.0.1", "[::1]:8081"} {
		b := s.browser()
		b.header.Set("Host", host)
		if a := b.get("/"); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", host, a.Status)
		}
	}
}

func TestAnswersHaveAStrictPolicy(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	b := s.signedIn("all")
	for _, path := range []string{"/", "/wall", "/sign-in", "/nowhere", "/assets/live.js", "/assets/page.css"} {
		a := b.get(path)
		policy := a.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, a.Header)
		}
		if inline := regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|(src|href)="(https?:)?//`).FindString(a.text); inline != "" && strings.Contains(a.Header.Get("Content-Type"), "html") {
			t.Errorf("%s has %q", path, inline)
		}
		if isAsset := strings.HasPrefix(path, "/assets/"); !isAsset && a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored", path)
		}
	}
}

func TestSignInAndOut(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	b := s.browser()
	for path, want := range map[string]string{"/": "/sign-in", "/wall?group=Sales": "/sign-in?next=%2Fwall%3Fgroup%3DSales"} {
		if a := b.get(path); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != want || strings.Contains(a.text, "Sales</") {
			t.Errorf("%s without a session: %s to %s", path, a.Status, a.Header.Get("Location"))
		}
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

func TestRequestsOfOtherSitesAreRefused(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	b := s.signedIn("sales")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		b.header = http.Header{header: {value}}
		for _, path := range []string{"/sign-out", "/sign-in"} {
			if a := b.do(http.MethodPost, path, url.Values{"name": {"all"}, "password": {goodPassword}}); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s: %s", path, header, a.Status)
			}
		}
	}
	b.header = http.Header{}
	if a := b.get("/"); a.StatusCode != http.StatusOK {
		t.Errorf("another site has signed the user out: %s", a.Status)
	}
}

func TestNextLeadsNowhereElse(t *testing.T) {
	for address, want := range map[string]string{
		"": "/", "/wall": "/wall", "/wall?group=R%26D": "/wall?group=R%26D", "//elsewhere.example": "/", "https://elsewhere.example/": "/",
		"/\\elsewhere.example": "/", "\\\\elsewhere.example": "/", "elsewhere.example": "/", "javascript:alert(1)": "/", "/\t/elsewhere.example": "/",
		"//user@elsewhere.example/": "/", "/%2f/elsewhere": "/",
	} {
		if got := localPath(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestViewersSeeNothingOfOtherGroups(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	s.deliver("2001", "Sales", "9280000001", "Picked")
	s.deliver("2002", "Support", "9280000002", "Picked")
	s.deliver("2003", "", "9280000003", "Picked")
	s.deliver("2004", "R&D", "9280000004", "Picked")
	marks := map[string][]string{"Sales": {"2001", "9280000001", "Sales"}, "Support": {"2002", "9280000002", "Support"}, "": {"2003", "9280000003"}, "R&D": {"2004", "9280000004", "R&amp;D"}}
	wait := s.signedIn("all").stream("/live/stream?view=live")
	wait.until("9280000004", true)
	for name, sees := range map[string][]string{"sales": {"Sales"}, "both": {"Sales", "Support"}, "all": {"Sales", "Support", "", "R&D"}} {
		b := s.signedIn(name)
		texts := map[string]string{"/": b.get("/").text, "stream": b.stream("/live/stream?view=live").until("9280000001", true)}
		for _, path := range []string{"/wall", "/live/stream?view=wall", "/nowhere"} {
			if strings.HasPrefix(path, "/live") {
				texts[path] = b.stream(path).until("Sales", true)
			} else {
				texts[path] = b.get(path).text
			}
		}
		for where, text := range texts {
			for group, of := range marks {
				for _, mark := range of {
					isSeen, shouldSee := strings.Contains(text, mark), slices.Contains(sees, group)
					if isSeen && !shouldSee || !isSeen && shouldSee && (where == "/" || where == "stream") {
						t.Errorf("%s at %s: %q is there: %t", name, where, mark, isSeen)
					}
				}
			}
		}
		for _, group := range []string{"Sales", "Support", "R&D", "No such group"} {
			want := http.StatusOK
			if name != "all" && !slices.Contains(sees, group) {
				want = http.StatusNotFound
			}
			query := url.Values{"group": {group}}.Encode()
			for _, path := range []string{"/?" + query, "/wall?" + query} {
				a := b.get(path)
				if a.StatusCode != want {
					t.Errorf("%s at %s: %s", name, path, a.Status)
				}
				if want == http.StatusNotFound && a.text != b.get("/nowhere").text {
					t.Errorf("%s at %s: the answer differs from that of an address that does not exist", name, path)
				}
			}
			if want == http.StatusNotFound {
				if a := b.get("/live/stream?view=live&" + query); a.StatusCode != want {
					t.Errorf("%s, stream of %s: %s", name, group, a.Status)
				}
			} else if text := b.stream("/live/stream?view=live&"+query).until("<h2", true); group != "Support" && strings.Contains(text, "9280000002") {
				t.Errorf("%s, stream of %s:\n%s", name, group, text)
			}
		}
	}
}

func TestOnlyAnalystsSeeTheStateOfTheData(t *testing.T) {
	var reads atomic.Int64
	s := startSite(t, Options{Users: users(), Data: func(context.Context) (*Data, error) {
		reads.Add(1)
		return &Data{Problems: []Problem{{"<disk> is full", "free it"}}, Sections: []Section{{"spool", []string{"7 files"}}},
			Rejects: []Reject{{time.Now(), "a.ndjson", "not JSON", "{torn", 12}}}, nil
	}})
	viewer, analyst := s.signedIn("sales"), s.signedIn("all")
	if a := viewer.get("/data"); a.StatusCode != http.StatusNotFound || a.text != viewer.get("/nowhere").text || strings.Contains(viewer.get("/").text, "/data") {
		t.Errorf("a viewer: %s", a.Status)
	}
	if a := s.browser().get("/data"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("without a session: %s", a.Status)
	}
	if reads.Load() != 0 {
		t.Error("it was read for others")
	}
	for range 3 {
		a := analyst.get("/data")
		for _, want := range []string{"&lt;disk&gt; is full", "free it", "7 files", "a.ndjson:12", "not JSON", "{torn"} {
			if a.StatusCode != http.StatusOK || !strings.Contains(a.text, want) {
				t.Errorf("an analyst: %s lacks %s\n%s", a.Status, want, a.text)
			}
		}
	}
	if n := reads.Load(); n != 1 {
		t.Errorf("it was read %d times", n)
	}
	if a := analyst.get("/"); !strings.Contains(a.text, `href="/data"`) {
		t.Error("the navigation has no link to it")
	}
}

func TestReports(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) File {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return File{Path: path, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(text)))}
	}
	if err := os.MkdirAll(filepath.Join(dir, "reports", "daily"), 0o700); err != nil {
		t.Fatal(err)
	}
	good, replaced, outside := write("reports/daily/daily-2026-10-05.xlsx", "workbook"), write("reports/daily/daily-2026-10-04.xlsx", "old"), write("secrets.xlsx", "secret")
	write("reports/daily/daily-2026-10-04.xlsx", "new")
	gone := File{Path: filepath.Join(dir, "reports", "gone.xlsx"), SHA256: good.SHA256}
	link := File{Path: filepath.Join(dir, "reports", "link.xlsx"), SHA256: outside.SHA256}
	if err := os.Symlink(outside.Path, link.Path); err != nil {
		t.Fatal(err)
	}
	var ran atomic.Int64
	finish := make(chan struct{})
	s := startSite(t, Options{
		Users: users(), ReportsDir: filepath.Join(dir, "reports"),
		Reports: func() ([]Report, error) {
			return []Report{{Name: "daily", Schedule: "0 8 * * *", Period: "yesterday", Next: time.Now(), Runs: []Run{
				{Period: "2026-10-05", State: "partly", Error: "the server is <down>", Files: []File{good, replaced, outside, gone, link},
					Recipients: []Recipient{{Name: "boss@example.com", State: "failed", Error: "mailbox full"}}},
			}}, {Name: "weekly"}}, nil
		},
		RunReport: func(_ context.Context, name string) (string, error) {
			ran.Add(1)
			<-finish
			return "sent to boss@example.com", nil
		},
	})
	address := func(f File) string { return "/reports/daily/" + f.SHA256 + "/" + f.Name() }
	viewer, analyst, operator := s.signedIn("sales"), s.signedIn("all"), s.signedIn("operator")
	nowhere := viewer.get("/nowhere").text
	for _, path := range []string{"/reports", "/reports/daily", "/reports/other", address(good), address(outside)} {
		if a := viewer.get(path); a.StatusCode != http.StatusNotFound || a.text != nowhere {
			t.Errorf("a viewer at %s: %s", path, a.Status)
		}
	}
	for path, want := range map[string][]string{
		"/reports":        {"daily", "Partly sent", "the server is &lt;down&gt;", "0 8 * * *", "weekly", "Never ran"},
		"/reports/daily":  {"2026-10-05", "boss@example.com", "mailbox full", "daily-2026-10-05.xlsx"},
		"/reports/weekly": {"Never ran", "By hand only"},
	} {
		a := analyst.get(path)
		for _, text := range want {
			if a.StatusCode != http.StatusOK || !strings.Contains(a.text, text) {
				t.Errorf("%s: %s, lacks %s\n%s", path, a.Status, text, a.text)
			}
		}
	}
	if a := analyst.get(address(good)); a.StatusCode != http.StatusOK || a.text != "workbook" || a.Header.Get("Content-Type") != workbookType ||
		a.Header.Get("Content-Disposition") != "attachment; filename=daily-2026-10-05.xlsx" {
		t.Errorf("a workbook: %s %v %q", a.Status, a.Header, a.text)
	}
	for what, f := range map[string]File{"replaced": replaced, "gone": gone, "outside": outside, "a link": link, "another hash": {Path: good.Path, SHA256: outside.SHA256}} {
		if a := analyst.get(address(f)); a.StatusCode == http.StatusOK || strings.Contains(a.text, "secret") || strings.Contains(a.text, "new") {
			t.Errorf("%s: %s %q", what, a.Status, a.text)
		}
	}
	for name, b := range map[string]*browser{"viewer": viewer, "analyst": analyst} {
		if a := b.do(http.MethodPost, "/reports/daily/run", url.Values{}); a.StatusCode != http.StatusNotFound || strings.Contains(b.get("/reports/daily").text, "Run now") {
			t.Errorf("%s runs a report: %s", name, a.Status)
		}
	}
	operator.header.Set("Sec-Fetch-Site", "cross-site")
	if a := operator.do(http.MethodPost, "/reports/daily/run", url.Values{}); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site runs a report: %s", a.Status)
	}
	operator.header.Del("Sec-Fetch-Site")
	for range 2 { // the second while the first runs
		if a := operator.do(http.MethodPost, "/reports/daily/run", url.Values{}); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/reports/daily" {
			t.Errorf("an operator: %s", a.Status)
		}
	}
	if a := operator.get("/reports/daily"); !strings.Contains(a.text, "Running since") || strings.Contains(a.text, "Run now") {
		t.Errorf("while it runs:\n%s", a.text)
	}
	close(finish)
	for end := time.Now().Add(30 * time.Second); !strings.Contains(operator.get("/reports/daily").text, "sent to boss@example.com"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the outcome is not shown")
		}
	}
	if n := ran.Load(); n != 1 {
		t.Errorf("it ran %d times", n)
	}
}

func TestAProxyNamesTheUser(t *testing.T) {
	here, elsewhere := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("203.0.113.0/24")
	o := Options{Users: []User{{Name: "asha", Groups: []string{"Sales"}}, {Name: Everyone, Groups: []string{"Support"}}}, UserHeader: "X-User", TrustedProxies: []netip.Prefix{here}}
	s := startSite(t, o)
	as := func(names ...string) answer {
		b := s.browser()
		b.header["X-User"] = names
		return b.get("/")
	}
	if a := as("asha"); a.StatusCode != http.StatusOK || !strings.Contains(a.text, "Sales") || strings.Contains(a.text, "Support") || strings.Contains(a.text, "Sign out") {
		t.Errorf("a user: %s\n%s", a.Status, a.text)
	}
	if a := as("ravi"); a.StatusCode != http.StatusOK || strings.Contains(a.text, "Sales") || !strings.Contains(a.text, "Support") || !strings.Contains(a.text, "ravi") {
		t.Errorf("everyone else: %s", a.Status)
	}
	for _, names := range [][]string{nil, {""}, {"*"}, {"asha", "ravi"}} {
		if a := as(names...); a.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %s", names, a.Status)
		}
	}
	if a := s.browser().signIn("asha", ""); a.StatusCode != http.StatusNotFound {
		t.Errorf("a password: %s", a.Status)
	}
	o.TrustedProxies = []netip.Prefix{elsewhere}
	s = startSite(t, o)
	if a := as("asha"); a.StatusCode != http.StatusForbidden {
		t.Errorf("from an address that is no proxy: %s", a.Status)
	}
	s = startSite(t, Options{Users: users(), OnlyProxies: true, TrustedProxies: []netip.Prefix{elsewhere}})
	if a := s.browser().get("/sign-in"); a.StatusCode != http.StatusForbidden {
		t.Errorf("only proxies: %s", a.Status)
	}
}

// TestAStuckBrowserDelaysNobody has a browser that never reads, while others get large states.
func TestAStuckBrowserDelaysNobody(t *testing.T) {
	s := startSite(t, Options{})
	stuck, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	if err := stuck.(*net.TCPConn).SetReadBuffer(1 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(stuck, "GET /live/stream?view=live HTTP/1.1\r\nHost: localhost\r\n\r\n")
	open := s.browser().stream("/live/stream?view=live")
	for i := range 300 {
		s.deliver(fmt.Sprint(3000+i), strings.Repeat("Sales ", 300), "", "Ringing")
		if i%20 == 19 && i < 200 { // as many as are shown
			open.until(fmt.Sprint(3000+i-19), true)
		}
	}
	open.until("And 100 more calls", true)
}

func TestTextsOfDeliveriesAreEscaped(t *testing.T) {
	s := startSite(t, Options{})
	const group = `<script>alert(1)</script>"'>`
	e := spool.Envelope{Source: "main", Kind: spool.KindLiveCall, Encoding: spool.EncodingJSON}
	e.Payload, _ = json.Marshal(map[string]string{"CallSid": "1", "Status": "Picked", "call_group": group, "DialWhomNumber": group, "SourceNumber": group, "DestinationNumber": group})
	if err := s.spool.Append(t.Context(), []spool.Envelope{e}, nil); err != nil {
		t.Fatal(err)
	}
	text := s.browser().stream("/live/stream?view=live").until("alert", true)
	for _, text := range []string{text, s.browser().get("/").text, s.browser().get("/wall").text, s.browser().get("/?" + url.Values{"group": {group}}.Encode()).text} {
		if strings.Contains(text, "<script>alert") || !strings.Contains(text, "&lt;script&gt;") {
			t.Errorf("a text is not escaped:\n%s", text)
		}
	}
}

func TestASpoolThatCannotBeReadIsShown(t *testing.T) {
	s := startSite(t, Options{})
	open := s.browser().stream("/live/stream?view=live")
	open.until("No calls", true)
	dir := filepath.Join(filepath.Dir(s.options.SessionFile), "spool")
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	open.until("Deliveries cannot be read since [0-9]+:", true)
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	open.until("cannot be read", false)
}

// TestEveryTextIsThereAndUsed compares the keys in templates and code with those of the texts.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	texts := map[string]string{}
	if err := json.Unmarshal(textsEN, &texts); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	call := regexp.MustCompile(`\bt "([a-z_]+)"|\.text\("([a-z_]+)"|"([a-z_]+)"\)|Error = "([a-z_]+)"|return "([a-z_]+)"`)
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || ext != ".go" && ext != ".html" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range call.FindAllStringSubmatch(string(text), -1) {
			for _, key := range match[1:] {
				used[key] = true
			}
			if key := match[1] + match[2]; key != "" && texts[key] == "" {
				t.Errorf("%s uses the text %s, which is missing", path, key)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range runStates {
		used["run_state_"+state] = true
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("nothing uses the text %s", key)
		}
	}
}
