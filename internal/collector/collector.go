// Package collector receives deliveries over HTTP: it authenticates the sender, decodes the payload, appends it to the spool, and
// responds with 200 once it is durable.
//
//	POST or GET /hooks/{source}/{token}    a delivery; the token may be sent as Authorization: Bearer instead
//	/healthz  alive      /readyz  able to store      /metrics  Prometheus
//
// The content of an authenticated delivery is never refused, since senders do not retry after a 4xx. A payload that cannot be decoded is
// stored as it is.
package collector

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"callsheet/internal/client"
	"callsheet/internal/spool"
)

// Source is an account that sends deliveries.
type Source struct {
	Name   string
	Tokens []string       // accepted tokens
	Allow  []netip.Prefix // accepted addresses; all if empty
}

// Appender stores deliveries; a spool.Writer is one.
type Appender interface {
	// Append returns nil once all of the envelopes are durable, and ctx's error if that takes too long. If it cannot return then, since
	// it is writing itself, it calls timedOut in another goroutine; it returns ctx's error after both.
	Append(ctx context.Context, envelopes []spool.Envelope, timedOut func()) error
	// Err returns why nothing can be stored now, nil if it can.
	Err() error
	// OldestUncommitted returns the age of the oldest delivery that is not durable, 0 if there is none.
	OldestUncommitted() time.Duration
}

// Options configure a collector.
type Options struct {
	Sources        []Source
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is trusted
	MaxBody        int64          // bytes, compressed and inflated; defaultMaxBody if 0
	MaxDeliveries  int            // in one request; defaultMaxDeliveries if 0
	InFlight       int            // in-flight limit of a source; defaultInFlight if 0
	Wait           time.Duration  // for an in-flight slot; defaultWait if 0
	Spool          Appender
	Log            *slog.Logger
	Registry       *prometheus.Registry
	Now            func() time.Time
	SeparateAdmin  bool // handler does not serve health and metrics
}

// defaultMaxBody and defaultMaxDeliveries allow arrays of several thousand reports.
const (
	defaultMaxBody       = 8 << 20
	defaultMaxDeliveries = 10_000
)

// A request acquires its slot after its body is read, so that slow senders hold none. More than defaultInFlight requests at once are
// not faster (bench/collect) and delay other sources. defaultWait is less than the usual timeout of webhook senders.
const (
	defaultInFlight = 256
	defaultWait     = 10 * time.Second
)

// collector is the HTTP front end of a spool.
type collector struct {
	options  Options // its sources, proxies and limits are those of the start; rules has the current ones
	rules    atomic.Pointer[rules]
	metrics  *metrics
	refusals client.Throttle[netip.Prefix]
	draining atomic.Bool
}

// newCollector returns a collector.
func newCollector(options Options) *collector {
	c := &collector{options: options, metrics: newMetrics(options.Registry)}
	c.refusals.Burst, c.refusals.Interval = refusalBurst, refusalInterval
	c.metrics.watch(options.Registry, options.Spool)
	c.reload(options)
	return c
}

// resume takes over when each source sent its last delivery before the start, so that its silence is not forgotten. From a source without
// tokens nothing is expected.
func (c *collector) resume(last map[string]time.Time) {
	for name, at := range last {
		if from := c.rules.Load().sources[name]; from != nil && len(from.hashes) > 0 {
			from.metrics.delivered(at)
		}
	}
}

// admin serves health and metrics.
func (c *collector) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", c.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(c.options.Registry, promhttp.HandlerOpts{}))
	return mux
}

// handler serves deliveries, and health and metrics unless SeparateAdmin is set.
func (c *collector) handler() http.Handler {
	others := c.admin()
	if c.options.SeparateAdmin {
		others = http.NotFoundHandler()
	}
	// Not a ServeMux: it redirects paths with extra slashes, and webhook senders do not follow redirects.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, rest := segment(r.URL.Path)
		source, token := segment(rest)
		if first != "hooks" || source == "" {
			others.ServeHTTP(w, r)
			return
		}
		c.hook(w, r, source, strings.Trim(token, "/"))
	})
}

// segment splits a path after its first segment, ignoring leading slashes.
func segment(path string) (first, rest string) {
	first, rest, _ = strings.Cut(strings.TrimLeft(path, "/"), "/")
	return first, rest
}

// server returns a server for a handler, with timeouts for slow senders.
func (c *collector) server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ConnContext:       withConnection,
		ConnState:         connectionState,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      45 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(c.options.Log.Handler(), slog.LevelDebug),
	}
}

// drain makes readyz report that the collector is closing; deliveries are still stored.
func (c *collector) drain() { c.draining.Store(true) }

// ready responds whether a delivery sent now would be stored.
func (c *collector) ready(w http.ResponseWriter, _ *http.Request) {
	if c.draining.Load() {
		respond(w, http.StatusServiceUnavailable, "closing")
		return
	}
	if err := c.options.Spool.Err(); err != nil {
		respond(w, http.StatusServiceUnavailable, "cannot store: "+storageReason(err))
		return
	}
	respond(w, http.StatusOK, "ready")
}

// storageReason returns why the spool cannot store, without paths and other details: anyone can read it.
func storageReason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	for _, known := range []error{spool.ErrStalled, spool.ErrClosed} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "see the log"
}
