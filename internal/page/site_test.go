package page

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
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
	server  *Server
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
	if o.Published == nil {
		o.Published = func() string { return "" }
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
	s.server = server
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
		server.FinishRuns(ctx)
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

// stuckBrowser opens a stream and never reads from it.

// TestAStuckBrowserDelaysNobody has a browser that never reads, while others get large states.

// TestAStuckBrowserIsDropped has a clock by which browsers have a fifth of a second to take what is sent to them.

// TestEveryTextIsThereAndUsed compares the keys in templates and code with those of the texts.
