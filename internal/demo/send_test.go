package demo

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const token = "a-secret-token"

func TestSendDeliversEverythingInTimeOrder(t *testing.T) {
	deliveries := Generate(fortnight(300))
	want := map[string]int{}
	for _, d := range deliveries {
		want[key(d.Method, d.ContentType, d.Query, d.Body)]++
	}
	var mu sync.Mutex
	var clock time.Time
	var connected atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/hooks/main/"+token {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		want[key(r.Method, r.Header.Get("Content-Type"), r.URL.RawQuery, body)]--
		if clock.IsZero() {
			t.Error("sent before the clock was set")
		}
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connected.Add(1)
		}
	}
	server.Start()
	defer server.Close()

	sent, last := 0, 0
	setClock := func(at time.Time) {
		mu.Lock()
		defer mu.Unlock()
		if !at.After(clock) {
			t.Errorf("clock went from %s to %s", clock, at)
		}
		if at.Before(deliveries[sent].At) {
			t.Errorf("delivery %d of %s sent at %s", sent, deliveries[sent].At, at)
		}
		clock = at
	}
	progress := func(done int) {
		if done <= last {
			t.Errorf("progress went from %d to %d", last, done)
		}
		sent, last = min(done, len(deliveries)-1), done
	}
	if err := Send(t.Context(), nil, server.URL+"/hooks/main/"+token, deliveries, setClock, progress); err != nil {
		t.Fatal(err)
	}
	if last != len(deliveries) {
		t.Errorf("progress ended at %d of %d", last, len(deliveries))
	}
	for k, n := range want {
		if n != 0 {
			t.Errorf("off by %d: %s", n, k)
		}
	}
	if n := connected.Load(); n > connections {
		t.Errorf("%d connections for %d deliveries", n, len(deliveries))
	}
}

func key(method, contentType, query string, body []byte) string {
	return strings.Join([]string{method, contentType, query, string(body)}, "\x00")
}

func TestSendErrorsNameTheDeliveryAndHideTheToken(t *testing.T) {
	deliveries := Generate(fortnight(20))
	bad := deliveries[5]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.RawQuery == bad.Query && string(body) == string(bad.Body) {
			http.Error(w, "what the body says", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	hook := server.URL + "/hooks/main/" + token

	err := Send(t.Context(), server.Client(), hook, deliveries, nil, nil)
	if err == nil || err.Error() != "send delivery 5: the collector responded with 503 Service Unavailable" {
		t.Errorf("error: %v", err)
	}
	server.Close()
	err = Send(t.Context(), nil, hook, deliveries, nil, nil)
	if err == nil || !strings.HasPrefix(err.Error(), "send delivery 0: ") || strings.Contains(err.Error(), token) {
		t.Errorf("error without a collector: %v", err)
	}
}

func TestSendTreatsARedirectAsAFailure(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	defer server.Close()
	err := Send(t.Context(), nil, server.URL, Generate(fortnight(1)), nil, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "302 Found") {
		t.Errorf("error: %v", err)
	}
}

func TestSendStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var got atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer server.Close()
	deliveries := Generate(fortnight(300))
	err := Send(ctx, nil, server.URL, deliveries, nil, func(int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	if int(got.Load()) == len(deliveries) {
		t.Error("went on to the end")
	}
}
