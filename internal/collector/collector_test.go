package collector

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/spool"
)

// memory is an in-memory spool that can fail.
type memory struct {
	mu    sync.Mutex
	lines []spool.Envelope
	err   error
}

func (m *memory) Append(_ context.Context, envelopes []spool.Envelope, _ func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.lines = append(m.lines, envelopes...)
	}
	return m.err
}

func (m *memory) Err() error { return m.err }

func (m *memory) OldestUncommitted() time.Duration { return 0 }

const secret = "a-token-that-is-secret"

func testCollector(options Options) (*collector, *memory) {
	m := &memory{}
	options.Spool, options.Registry, options.Now = m, prometheus.NewRegistry(), time.Now
	options.Log = slog.New(slog.DiscardHandler)
	if options.Sources == nil {
		options.Sources = []Source{{Name: "main", Tokens: []string{secret, "the-next-token"}}}
	}
	return newCollector(options), m
}

func send(c *collector, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.handler().ServeHTTP(w, r)
	return w
}

func post(body string) *http.Request {
	return httptest.NewRequest("POST", "/hooks/main/"+secret, strings.NewReader(body))
}

// show returns an envelope as text: kind, encoding and content.
func show(e spool.Envelope) string {
	if e.Payload != nil {
		return e.Kind + " " + e.Encoding + " " + string(e.Payload)
	}
	return e.Kind + " " + e.Encoding + " bytes " + string(e.Body)
}

// decoded returns the envelopes of a request within all limits.
func decoded(t *testing.T, contentType, contentEncoding, query, body string) []spool.Envelope {
	t.Helper()
	envelopes, err := decode(contentType, contentEncoding, query, []byte(body), Options{MaxBody: 1 << 20, MaxDeliveries: math.MaxInt}.limits())
	if err != nil {
		t.Fatal(err)
	}
	return envelopes
}

func TestDecodeKeepsTheContent(t *testing.T) {
	var zipped, deflated, form bytes.Buffer
	d := zlib.NewWriter(&deflated)
	if _, err := d.Write([]byte(`{"CallSid":"z"}`)); err != nil || d.Close() != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, `{"CallSid":"z"}`)
	z.Close()
	m := multipart.NewWriter(&form)
	m.WriteField("CallSid", "m")
	m.WriteField("Status", "Ringing")
	m.Close()
	cases := []struct {
		name, contentType, encoding, query, body string
		want                                     []string
	}{
		{name: "numbers and key order", body: "{ \"coins\": 1.50,\n\"CallSid\":1672649960.9604120 }",
			want: []string{`live_call json {"coins":1.50,"CallSid":1672649960.9604120}`}},
		{name: "wrong content type", contentType: "application/x-www-form-urlencoded", body: `{"EndTime":"x"}`,
			want: []string{`call_report json {"EndTime":"x"}`}},
		{name: "form called json", contentType: "application/json", body: "EndTime=a+b&call_group=%E0%A4%86",
			want: []string{`call_report form {"EndTime":"a b","call_group":"आ"}`}},
		{name: "array", body: `[{"CallSid":"1"}, {"type":"add_member"}, 5, "x"]`,
			want: []string{`live_call json {"CallSid":"1"}`, `other json {"type":"add_member"}`, `unreadable json bytes 5`, `unreadable json bytes "x"`}},
		{name: "empty array", body: `[]`},
		{name: "empty request"},
		{name: "query", query: "CallSid=1.10&Status=No%20Answer&a=1", want: []string{`live_call query {"CallSid":"1.10","Status":"No Answer","a":"1"}`}},
		{name: "body and query", query: "a=1", body: `{"CallSid":"1"}`, want: []string{`live_call json {"CallSid":"1","a":"1"}`}},
		{name: "form and query", query: "CallSid=1&Status=a", body: "EndTime=x&Status=b",
			want: []string{`call_report form {"EndTime":"x","Status":"b","CallSid":"1","Status":"a"}`}},
		{name: "multipart and query", contentType: m.FormDataContentType(), query: "EndTime=x", body: form.String(),
			want: []string{`call_report form {"CallSid":"m","Status":"Ringing","EndTime":"x"}`}},
		{name: "a type in the query", query: "type=ivr", body: "CallSid=1", want: []string{`live_call form {"CallSid":"1","type":"ivr"}`}},
		{name: "array and query", query: "a=1", body: `[{"CallSid":"1"},{},5]`,
			want: []string{`live_call json {"CallSid":"1","a":"1"}`, `other json {"a":"1"}`, `unreadable json bytes 5`}},
		{name: "wrapper and query", query: "a=1", body: `{"data":[{"CallSid":"1"},{"CallSid":"2"}]}`,
			want: []string{`live_call json {"data":[{"CallSid":"1"}],"a":"1"}`, `live_call json {"data":[{"CallSid":"2"}],"a":"1"}`}},
		{name: "query with the call", query: "CallSid=1", body: `{"n":1}`, want: []string{`live_call json {"n":1,"CallSid":"1"}`}},
		{name: "words and query", query: "CallSid=1", body: "hello there",
			want: []string{`unreadable form bytes hello there`, `live_call query {"CallSid":"1"}`}},
		{name: "form and unreadable query", query: "a=%zz", body: "CallSid=1",
			want: []string{`live_call form {"CallSid":"1"}`, `unreadable query bytes a=%zz`}},
		{name: "empty array and query", query: "a=1", body: "[]", want: []string{`other query {"a":"1"}`}},
		{name: "blank body and query", query: "a=1", body: " \n", want: []string{`other query {"a":"1"}`}},
		{name: "repeated key", body: "Status=a&CallSid=1&Status=b", want: []string{`live_call form {"Status":["a","b"],"CallSid":"1"}`}},
		{name: "key without a value", query: "CallSid=1&x", want: []string{`live_call query {"CallSid":"1","x":""}`}},
		{name: "html in a form", body: "Status=<b>&CallSid=1", want: []string{`live_call form {"Status":"<b>","CallSid":"1"}`}},
		{name: "repeated key in json", body: `{"CallSid":"1","CallSid":"2"}`, want: []string{`live_call json {"CallSid":"1","CallSid":"2"}`}},
		{name: "wrapper", body: `{"event": "call", "data": {"call_sid": 1.50, "EndTime": "x"}}`,
			want: []string{`call_report json {"event":"call","data":{"call_sid":1.50,"EndTime":"x"}}`}},
		{name: "array in a wrapper", body: `{"data": [{"CallSid":"1"}, {"CallSid":"2","EndTime":"x"}], "page": 1}`,
			want: []string{`live_call json {"data":[{"CallSid":"1"}],"page":1}`, `call_report json {"data":[{"CallSid":"2","EndTime":"x"}],"page":1}`}},
		{name: "wrappers in an array", body: `[{"CallSid":"0"},{"a":[{"CallSid":"1"},{"n":2}]},{"n":3}]`,
			want: []string{`live_call json {"CallSid":"0"}`, `live_call json {"a":[{"CallSid":"1"}]}`, `other json {"a":[{"n":2}]}`, `other json {"n":3}`}},
		{name: "json in a field of a form", body: `n=1&payload=[{"CallSid":"1"},{"CallSid":"2"}]`,
			want: []string{`live_call form {"n":"1","payload":"[{\"CallSid\":\"1\"}]"}`, `live_call form {"n":"1","payload":"[{\"CallSid\":\"2\"}]"}`}},
		{name: "wrapper of several calls", body: `{"a":{"CallSid":"1"},"b":{"CallSid":"2"}}`,
			want: []string{`other json {"a":{"CallSid":"1"},"b":{"CallSid":"2"}}`}},
		{name: "byte order mark", body: "\xef\xbb\xbf{\"CallSid\":\"1\"}", want: []string{`live_call json {"CallSid":"1"}`}},
		{name: "gzip", encoding: "gzip", body: zipped.String(), want: []string{`live_call json {"CallSid":"z"}`}},
		{name: "gzip in capital letters", encoding: "GZIP", body: zipped.String(), want: []string{`live_call json {"CallSid":"z"}`}},
		{name: "x-gzip", encoding: "x-gzip", body: zipped.String(), want: []string{`live_call json {"CallSid":"z"}`}},
		{name: "gzip without a Content-Encoding", body: zipped.String(), want: []string{`live_call json {"CallSid":"z"}`}},
		{name: "gzip cut short", encoding: "gzip", body: zipped.String()[:zipped.Len()-9], want: []string{"unreadable json bytes " + zipped.String()[:zipped.Len()-9]}},
		{name: "called gzip", encoding: "gzip", body: `{"CallSid":"1"}`, want: []string{`live_call json {"CallSid":"1"}`}},
		{name: "deflate", encoding: "Deflate", body: deflated.String(), want: []string{`live_call json {"CallSid":"z"}`}},
		{name: "called deflate", encoding: "deflate", body: `{"CallSid":"1"}`, want: []string{`live_call json {"CallSid":"1"}`}},
		{name: "multipart", contentType: m.FormDataContentType(), body: form.String(), want: []string{`live_call form {"CallSid":"m","Status":"Ringing"}`}},
		{name: "cut short", body: `{"CallSid":"1"`, want: []string{`unreadable json bytes {"CallSid":"1"`}},
		{name: "trailing garbage", body: `{"CallSid":"1"} x`, want: []string{`unreadable json bytes {"CallSid":"1"} x`}},
		{name: "array cut short", body: `[{"CallSid":"1"},`, want: []string{`unreadable json bytes [{"CallSid":"1"},`}},
		{name: "array with a comma too many", body: `[{"CallSid":"1"},]`, want: []string{`unreadable json bytes [{"CallSid":"1"},]`}},
		{name: "array without a comma", body: `[{"CallSid":"1"}{}]`, want: []string{`unreadable json bytes [{"CallSid":"1"}{}]`}},
		{name: "array with the wrong end", body: `[{"CallSid":"1"}}`, want: []string{`unreadable json bytes [{"CallSid":"1"}}`}},
		{name: "array and more", body: `[{}] []`, want: []string{`unreadable json bytes [{}] []`}},
		{name: "array in the wrong brackets", body: `[{]`, want: []string{`unreadable json bytes [{]`}},
		{name: "array of an open string", body: `["\`, want: []string{`unreadable json bytes ["\`}},
		{name: "empty array with space", body: " [ \n] "},
		{name: "scalar", body: `42`, want: []string{`unreadable json bytes 42`}},
		{name: "words", body: "hello there", want: []string{`unreadable form bytes hello there`}},
		{name: "invalid utf-8", body: "{\"CallSid\":\"\xff\"}", want: []string{"unreadable json bytes {\"CallSid\":\"\xff\"}"}},
		{name: "invalid utf-8 in a form", body: "CallSid=%ff", want: []string{"unreadable form bytes CallSid=%ff"}},
		{name: "bad escape", body: "CallSid=%zz", want: []string{"unreadable form bytes CallSid=%zz"}},
		{name: "zeros", body: "\x00\x00", want: []string{"unreadable form bytes \x00\x00"}},
		{name: "deep nesting", body: strings.Repeat("[", 200_000), want: []string{"unreadable json bytes " + strings.Repeat("[", 200_000)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, e := range decoded(t, c.contentType, c.encoding, c.query, c.body) {
				got = append(got, show(e))
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestSamplesAreRead(t *testing.T) {
	want := map[string]string{"live_answered.json": "live_call", "live_transfer.json": "live_call", "other_event.json": "other",
		"report_answered.form": "call_report", "report_answered.json": "call_report", "report_answered.query": "call_report",
		"report_missed.json": "call_report", "report_outgoing_answered.json": "call_report", "report_outgoing_customer_busy.json": "call_report"}
	for name, kind := range want {
		body, err := os.ReadFile(filepath.Join("testdata/samples", name))
		if err != nil {
			t.Fatal(err)
		}
		c, m := testCollector(Options{})
		r := post(string(body))
		if strings.HasSuffix(name, ".query") {
			r = httptest.NewRequest("GET", "/hooks/main/"+secret+"?"+strings.TrimSpace(string(body)), nil)
		}
		w := send(c, r)
		if w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"stored":1}` {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if len(m.lines) != 1 || m.lines[0].Kind != kind || m.lines[0].Source != "main" || !json.Valid(m.lines[0].Payload) {
			t.Errorf("%s: stored as %+v", name, m.lines)
		}
	}
}

func TestOnlyAuthorizedSendersAreAccepted(t *testing.T) {
	network := netip.MustParsePrefix("203.0.113.0/24")
	options := Options{
		Sources:        []Source{{Name: "main", Tokens: []string{secret, "the-next-token"}}, {Name: "walled", Tokens: []string{secret}, Allow: []netip.Prefix{network}}},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		MaxBody:        100,
	}
	cases := []struct {
		name, method, path, bearer, peer, forwarded, body string
		want                                              int
	}{
		{name: "token in the path", path: "/hooks/main/" + secret, want: 200},
		{name: "second token", path: "/hooks/main/the-next-token", want: 200},
		{name: "bearer", path: "/hooks/main", bearer: "Bearer " + secret, want: 200},
		{name: "wrong token", path: "/hooks/main/other", want: 401},
		{name: "wrong token, right bearer", path: "/hooks/main/other", bearer: "Bearer " + secret, want: 401},
		{name: "no token", path: "/hooks/main", want: 401},
		{name: "no token, slash", path: "/hooks/main/", want: 401},
		{name: "unknown source", path: "/hooks/other/" + secret, want: 404},
		{name: "another method", method: "PUT", path: "/hooks/main/" + secret, want: 405},
		{name: "too large", path: "/hooks/main/" + secret, body: strings.Repeat("x", 101), want: 413},
		{name: "allowed address", path: "/hooks/walled/" + secret, peer: "203.0.113.9:1", want: 200},
		{name: "address not allowed", path: "/hooks/walled/" + secret, peer: "198.51.100.1:1", want: 403},
		{name: "forwarded by an untrusted proxy", path: "/hooks/walled/" + secret, peer: "198.51.100.1:1", forwarded: "203.0.113.9", want: 403},
		{name: "forwarded by a trusted proxy", path: "/hooks/walled/" + secret, peer: "10.0.0.1:1", forwarded: "203.0.113.9", want: 200},
		{name: "the last untrusted address counts", path: "/hooks/walled/" + secret, peer: "10.0.0.1:1", forwarded: "203.0.113.9, 198.51.100.1", want: 403},
		{name: "through two trusted proxies", path: "/hooks/walled/" + secret, peer: "10.0.0.1:1", forwarded: "203.0.113.9, 10.0.0.2", want: 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			collector, m := testCollector(options)
			r := httptest.NewRequest(cmp.Or(c.method, "POST"), c.path, strings.NewReader(cmp.Or(c.body, `{"CallSid":"1"}`)))
			r.RemoteAddr = cmp.Or(c.peer, "192.0.2.1:1")
			r.Header.Set("Authorization", c.bearer)
			r.Header.Set("X-Forwarded-For", c.forwarded)
			w := send(collector, r)
			if w.Code != c.want {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.want)
			}
			if stored := len(m.lines) == 1; stored != (c.want == 200) {
				t.Errorf("status %d, stored %v", w.Code, stored)
			}
			if w.Code == 405 && w.Header().Get("Allow") != "GET, POST" {
				t.Errorf("Allow: %q", w.Header().Get("Allow"))
			}
		})
	}
}

func TestChunkedBodyHasALimitToo(t *testing.T) {
	c, m := testCollector(Options{MaxBody: 1000})
	server := httptest.NewServer(c.handler())
	defer server.Close()
	// A body of unknown length is sent in chunks.
	response, err := http.Post(server.URL+"/hooks/main/"+secret, "", io.MultiReader(strings.NewReader(strings.Repeat("x", 1001))))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge || len(m.lines) != 0 {
		t.Errorf("got %d, %d stored", response.StatusCode, len(m.lines))
	}
}

func TestFailedStoresAreNotAcknowledged(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "/var/lib/callsheet/spool/2026-10-05.ndjson", Err: syscall.ENOSPC}
	for _, c := range []struct {
		err    error
		reason string
	}{
		{fmt.Errorf("writing 2026-10-05.ndjson: %w", full), "cannot store: no space left on device\n"},
		{spool.ErrStalled, "cannot store: the disk does not respond\n"},
		{fmt.Errorf("odd: %w", errors.New("/var/lib/callsheet is odd")), "cannot store: see the log\n"},
	} {
		collector, m := testCollector(Options{})
		m.err = c.err
		w := send(collector, post(`{"CallSid":"1"}`))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Body.String() != "cannot store now\n" {
			t.Errorf("got %d %s, Retry-After %q", w.Code, w.Body, w.Header().Get("Retry-After"))
		}
		if w := send(collector, httptest.NewRequest("GET", "/readyz", nil)); w.Code != 503 || w.Body.String() != c.reason {
			t.Errorf("readyz: %d %s", w.Code, w.Body)
		}
		if w := send(collector, httptest.NewRequest("GET", "/healthz", nil)); w.Code != 200 {
			t.Errorf("healthz: %d", w.Code)
		}
		if text := send(collector, httptest.NewRequest("GET", "/metrics", nil)).Body.String(); !strings.Contains(text, "callsheet_spool_failing 1") {
			t.Error("the metrics do not report that the spool fails")
		}
	}
}

func TestDrainingIsNotReadyAndStillStores(t *testing.T) {
	c, m := testCollector(Options{})
	c.drain()
	if w := send(c, httptest.NewRequest("GET", "/readyz", nil)); w.Code != 503 {
		t.Errorf("readyz: %d", w.Code)
	}
	w := send(c, post(`{"CallSid":"1"}`))
	if w.Code != 200 || len(m.lines) != 1 {
		t.Errorf("a delivery: %d", w.Code)
	}
	// The next delivery of its sender would come on a connection that is about to be closed.
	if got := w.Header().Get("Connection"); got != "close" {
		t.Errorf("its connection is kept: %q", got)
	}
}

func TestMetricsContainNoSecrets(t *testing.T) {
	c, _ := testCollector(Options{})
	send(c, post(`{"CallSid":"1","SourceNumber":"09876543210"}`))
	send(c, httptest.NewRequest("POST", "/hooks/main/wrong-token", nil))
	send(c, httptest.NewRequest("POST", "/hooks/nobody/x", nil))
	c.committed(3, 700, time.Millisecond)
	text := send(c, httptest.NewRequest("GET", "/metrics", nil)).Body.String()
	for _, want := range []string{
		`callsheet_deliveries_total{encoding="json",kind="live_call",source="main"} 1`,
		`callsheet_refused_requests_total{code="401",source="main"} 1`,
		`callsheet_refused_requests_total{code="404",source=""} 1`,
		"callsheet_last_delivery_timestamp_seconds",
		"callsheet_spool_group_deliveries_sum 3",
		"callsheet_spool_bytes_total 700",
		"callsheet_spool_oldest_uncommitted_seconds 0",
		"callsheet_spool_failing 0",
		"callsheet_spool_commit_seconds_count 1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for _, hidden := range []string{secret, "wrong-token", "9876543210", "nobody"} {
		if strings.Contains(text, hidden) {
			t.Errorf("the metrics contain %s", hidden)
		}
	}
}

// A source that has never sent anything has no time of its last delivery, which would be 1970. After a restart it has that of before.
func TestTimeOfTheLastDelivery(t *testing.T) {
	c, _ := testCollector(Options{})
	const metric = `callsheet_last_delivery_timestamp_seconds{source="main"}`
	metrics := func() string { return send(c, httptest.NewRequest("GET", "/metrics", nil)).Body.String() }
	if strings.Contains(metrics(), metric) {
		t.Error("there is one before the first delivery")
	}
	send(c, post("{}"))
	c.reload(Options{Sources: []Source{{Name: "main", Tokens: []string{secret}}}})
	if !strings.Contains(metrics(), metric) {
		t.Error("there is none after a delivery and a reload")
	}
	c, _ = testCollector(Options{Sources: []Source{{Name: "main", Tokens: []string{secret}}, {Name: "closed"}}})
	at := time.Unix(1_790_000_000, 500_000_000)
	c.resume(map[string]time.Time{"main": at, "closed": at, "removed": at})
	if got := metrics(); !strings.Contains(got, metric+" 1.7900000005e+09") || strings.Count(got, "callsheet_last_delivery_timestamp_seconds{") != 1 {
		t.Errorf("after a restart:\n%s", got)
	}
}

func TestHealthAndMetricsOnASeparateAddress(t *testing.T) {
	c, _ := testCollector(Options{SeparateAdmin: true})
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		for name, handler := range map[string]http.Handler{"deliveries": c.handler(), "admin": c.admin()} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if want := map[string]int{"deliveries": http.StatusNotFound, "admin": http.StatusOK}[name]; w.Code != want {
				t.Errorf("%s of %s: %d, want %d", path, name, w.Code, want)
			}
		}
	}
}
