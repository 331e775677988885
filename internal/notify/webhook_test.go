package notify

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// startWebhook starts an HTTP server and returns the channel to it.
func startWebhook(t *testing.T, shape string, handle http.HandlerFunc) Webhook {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return Webhook{Shape: shape, Timeout: time.Second, URL: func() (string, error) { return server.URL + "/services/s3cret", nil }}
}

func TestWebhookPostsFiguresInEachFormat(t *testing.T) {
	for _, shape := range []string{"", "json", "slack", "teams", "googlechat"} {
		var got map[string]any
		w := startWebhook(t, shape, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if err := json.Unmarshal(body, &got); err != nil || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
				t.Errorf("%s: %s %v %v\n%s", shape, r.Method, r.Header, err, body)
			}
		})
		p := testMessage(t, "text")
		p.Link, p.Part = "https://files.example.com/d.xlsx", "Sales & <@everyone>"
		if _, err := w.Send(t.Context(), p, "there"); err != nil {
			t.Fatal(err)
		}
		flat, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(flat))
		for _, want := range []string{"Daily call report", "Sunday 4 October 2026", "Calls offered", "1,234", "▼ 2.5 points, worse", "Data complete through", p.Link} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q: %s", shape, want, text)
			}
		}
		var key string
		switch shape {
		case "", "json":
			key = "figures"
			if got["sha256"] != p.SHA256 || got["period"] != "2026-10-04" || got["part"] != p.Part {
				t.Errorf("%s: %s", shape, text)
			}
		case "slack":
			key = "blocks"
			if blocks, _ := json.Marshal(got["blocks"]); strings.Contains(string(blocks), `\u003c@everyone`) {
				t.Errorf("a name calls everyone: %s", blocks)
			}
		case "teams":
			key = "attachments"
		case "googlechat":
			key = "text"
		}
		if got[key] == nil {
			t.Errorf("%s: no %s in %s", shape, key, text)
		}
	}
}

func TestWebhookErrorsAreClassified(t *testing.T) {
	for name, c := range map[string]struct {
		handle             http.HandlerFunc
		permanent, unknown bool
		want               string
	}{
		"busy":   {func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.Path, http.StatusTooManyRequests) }, false, false, "429 Too Many Requests"},
		"broken": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusBadGateway) }, false, false, "502"},
		"gone":   {func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.Path, http.StatusNotFound) }, true, false, "404 Not Found"},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.Path, http.StatusMovedPermanently)
		}, true, false, "redirects are not followed"},
		"own words": {func(w http.ResponseWriter, r *http.Request) { writeRaw(w, "HTTP/1.1 403 "+r.URL.Path+"\r\n\r\n") }, true, false, "403 Forbidden"},
		"no HTTP":   {func(w http.ResponseWriter, r *http.Request) { writeRaw(w, r.URL.Path+"\r\n\r\n") }, false, true, "no valid answer"},
		"no header": {func(w http.ResponseWriter, r *http.Request) { writeRaw(w, "HTTP/1.1 200 OK\r\n"+r.URL.Path+"\r\n\r\n") }, false, true, "no valid answer"},
		"silent": {func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			time.Sleep(1200 * time.Millisecond)
		}, false, true, "not known"},
		"hangs up": {func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			conn, _, _ := http.NewResponseController(w).Hijack()
			conn.Close()
		}, false, true, "not known"},
	} {
		w := startWebhook(t, "json", c.handle)
		_, err := w.Send(t.Context(), testMessage(t, "text"), "there")
		if err == nil || errors.Is(err, ErrPermanent) != c.permanent || errors.Is(err, ErrUnknown) != c.unknown || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error has the secret: %v", name, err)
		}
	}
	w := Webhook{Timeout: time.Second, URL: func() (string, error) { return "http://127.0.0.1:1/s3cret", nil }}
	if _, err := w.Send(t.Context(), testMessage(t, "text"), "there"); err == nil || errors.Is(err, ErrUnknown) || errors.Is(err, ErrPermanent) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("nobody there: %v", err)
	}
	one, _ := w.Recipients(t.Context(), "")
	w.URL = func() (string, error) { return "http://127.0.0.1:1/other", nil }
	if other, _ := w.Recipients(t.Context(), ""); one[0] == other[0] || strings.Contains(one[0], "s3cret") {
		t.Errorf("recipients %q and %q", one, other)
	}
}

// writeRaw answers with bytes that need not be HTTP.
func writeRaw(w http.ResponseWriter, answer string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		io.WriteString(conn, answer)
		conn.Close()
	}
}

func TestPingErrorsHideTheURL(t *testing.T) {
	answer := map[string]http.HandlerFunc{
		"/s3cret/good":  func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) },
		"/s3cret/bad":   func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.Path, http.StatusBadRequest) },
		"/s3cret/moved": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/s3cret/good", http.StatusFound) },
		"/s3cret/raw":   func(w http.ResponseWriter, r *http.Request) { writeRaw(w, r.URL.Path) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer[r.URL.Path](w, r) }))
	defer server.Close()
	for url, want := range map[string]string{
		server.URL + "/s3cret/good": "", server.URL + "/s3cret/bad": "400 Bad Request", server.URL + "/s3cret/moved": "redirects are not followed",
		server.URL + "/s3cret/raw": "no valid answer", "http://127.0.0.1:1/s3cret": "connection refused", "http://s3cret:s3cret@127.0.0.1:1/": "connection refused",
		"s3cret": "invalid URL", "http://[s3cret": "invalid URL", "http://host:s3cret/": "invalid URL", "s3cret://host/": "invalid URL", "https" + server.URL[4:] + "/s3cret": "TLS",
	} {
		err := Ping(t.Context(), url, time.Second)
		if (err == nil) != strings.HasSuffix(url, "good") || err != nil && (strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
