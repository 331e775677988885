// Package collector takes deliveries in over HTTP: it authenticates a sender, reads a payload in whatever encoding it
// comes, hands it to the spool, and answers 200 once the spool says that it is on disk.
//
//	POST or GET /hooks/{source}/{token}    a delivery; the token may come as Authorization: Bearer instead
//	/healthz  alive      /readyz  able to store      /metrics  Prometheus
//
// The content of an authenticated delivery is never refused: senders do not try again after a 4xx. What cannot be
// read is stored as it is.
package collector

import (
	"cmp"
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

	"callsheet/internal/spool"
)

// Source is an account that may send.
type Source struct {
	Name   string
	Tokens []string       // any of them is accepted
	Allow  []netip.Prefix // of the sender's address; all when empty
}

// Appender stores deliveries; a spool.Writer is one.
type Appender interface {
	// Append returns nil once all of the envelopes are durable, and ctx's error if that takes too long.
	Append(ctx context.Context, envelopes []spool.Envelope) error
	// Err is why nothing can be stored now.
	Err() error
	// OldestUncommitted is the age of the oldest delivery that is not durable, 0 when there is none.
	OldestUncommitted() time.Duration
}

// Options say who may send what, and where it goes.
type Options struct {
	Sources        []Source
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	MaxBody        int64          // bytes, inflated ones too; DefaultMaxBody when 0
	MaxDeliveries  int            // in one request; DefaultMaxDeliveries when 0
	InFlight       int            // requests of a source being stored at once; DefaultInFlight when 0
	Wait           time.Duration  // for an in-flight slot; DefaultWait when 0
	Spool          Appender
	Log            *slog.Logger
	Registry       *prometheus.Registry
	Now            func() time.Time
	AdminApart     bool // Handler serves no health and metrics
}

// DefaultMaxBody and DefaultMaxDeliveries have room for an array of a thousand reports many times over.
const (
	DefaultMaxBody       = 8 << 20
	DefaultMaxDeliveries = 10_000
)

// A request waits for a slot only once its body is there, so that slow senders hold none. More than DefaultInFlight at once
// make nothing quicker (bench/collect) and hold up other sources; DefaultWait is less than senders of webhooks commonly wait
// for an answer.
const (
	DefaultInFlight = 256
	DefaultWait     = 10 * time.Second
)

// Collector is the HTTP side of a spool.
type Collector struct {
	options  Options
	sources  map[string]*source
	metrics  *metrics
	throttle throttle
	waits    waits
	draining atomic.Bool
}

// New makes a collector; its Handler serves it.
func New(options Options) *Collector {
	options.MaxBody = cmp.Or(options.MaxBody, DefaultMaxBody)
	options.MaxDeliveries = cmp.Or(options.MaxDeliveries, DefaultMaxDeliveries)
	options.InFlight = cmp.Or(options.InFlight, DefaultInFlight)
	options.Wait = cmp.Or(options.Wait, DefaultWait)
	c := &Collector{
		options: options, sources: map[string]*source{}, metrics: newMetrics(options.Registry),
		waits: waits{wait: options.Wait},
	}
	c.metrics.watch(options.Registry, options.Spool)
	for _, s := range options.Sources {
		c.sources[s.Name] = newSource(s, options, c.metrics)
	}
	return c
}

// Admin serves health and metrics.
func (c *Collector) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", c.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(c.options.Registry, promhttp.HandlerOpts{}))
	return mux
}

// Handler serves deliveries, and health and metrics unless they are apart.
func (c *Collector) Handler() http.Handler {
	others := c.Admin()
	if c.options.AdminApart {
		others = http.NotFoundHandler()
	}
	// Not by the mux: it answers a slash too many with a redirect, which no sender of webhooks follows.
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

// segment splits a path behind its first segment, however many slashes lie before it.
func segment(path string) (first, rest string) {
	first, rest, _ = strings.Cut(strings.TrimLeft(path, "/"), "/")
	return first, rest
}

// Server serves a handler with limits on how long a sender may take.
func (c *Collector) Server(handler http.Handler) *http.Server {
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

// Drain makes readyz say that the collector is closing; deliveries are still stored.
func (c *Collector) Drain() { c.draining.Store(true) }

// ready answers whether a delivery sent now would be stored.
func (c *Collector) ready(w http.ResponseWriter, _ *http.Request) {
	if c.draining.Load() {
		answer(w, http.StatusServiceUnavailable, "closing")
		return
	}
	if err := c.options.Spool.Err(); err != nil {
		answer(w, http.StatusServiceUnavailable, "cannot store: "+storageReason(err))
		return
	}
	answer(w, http.StatusOK, "ready")
}

// storageReason is why the spool cannot store, for anybody to read: without paths and other details, which the log has.
func storageReason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	for _, known := range []error{spool.ErrStalled, spool.ErrClosed} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "the log says why"
}
