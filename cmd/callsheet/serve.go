package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"golang.org/x/net/netutil"

	"callsheet/collector"
	"callsheet/config"
	"callsheet/spool"
)

// drainTime is how long requests under way may take after a stop was asked for.
const drainTime = 8 * time.Second

func serveCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Collect deliveries and run the scheduled reports",
		Long: `serve runs the collector and the scheduler in one process, until it is interrupted. Deliveries are answered with 200
once they are on disk; reports run at the times of the configuration.`,
		Example: `  callsheet serve
  callsheet --config /etc/callsheet/callsheet.yaml serve`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			runner, err := a.runner(cfg)
			if err != nil {
				return err
			}
			for _, report := range cfg.Reports { // better now than at eight in the morning
				if _, _, err := a.definition(cfg, report.Name); err != nil {
					return err
				}
			}
			ctx, stop := context.WithCancel(c.Context())
			defer stop()
			scheduled := make(chan error, 1)
			go func() { scheduled <- runner.Serve(ctx) }()
			err = a.collect(ctx, cfg)
			stop()
			return errors.Join(err, <-scheduled)
		},
	}
}

func collectCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "collect",
		Short:   "Run the collector alone",
		Example: `  callsheet collect`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.collect(c.Context(), cfg)
		},
	}
}

// collect listens until ctx ends, then lets requests under way finish.
func (a *app) collect(ctx context.Context, c *config.Config) error {
	log := a.logger(c)
	tuneRuntime()
	running, err := a.startCollector(c, log, a.now)
	if err != nil {
		return err
	}
	log.Info("collecting", "listen", running.address, "spool", spoolDir(c), "sources", len(c.Collector.Sources))
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return running.stop()
	case err := <-running.failed:
		return errors.Join(err, running.stop())
	}
}

// tuneRuntime fits Go's runtime to a collector, unless the environment says otherwise: a thread more than there are
// processors, since one is always waiting for the disk, and, with a heap of a few megabytes, a rarer garbage collection.
func tuneRuntime() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// runningCollector is a collector that is listening.
type runningCollector struct {
	address   string
	server    *http.Server
	collector *collector.Collector
	spool     *spool.Writer
	failed    chan error
}

// startCollector opens the spool and listens.
func (a *app) startCollector(c *config.Config, log *slog.Logger, now func() time.Time) (*runningCollector, error) {
	options, err := collectorOptions(c)
	if err != nil {
		return nil, usage(err)
	}
	listener, err := net.Listen("tcp", c.Collector.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program\nhint: stop it, or choose another collector.listen", c.Collector.Listen)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w\nhint: collector.listen must be an address of this machine", c.Collector.Listen, err)
	}
	if err := makeDataDir(c); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	running := &runningCollector{address: listener.Addr().String(), failed: make(chan error, 1)}
	running.spool, err = spool.Open(spool.Options{
		Dir: spoolDir(c), CollectorID: c.Collector.ID, Zone: c.Zone(), Now: now, Log: log,
		Committed: func(lines, bytes int, took time.Duration) { running.collector.Committed(lines, bytes, took) },
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	options.Spool, options.Log, options.Registry, options.Now = running.spool, log, prometheus.NewRegistry(), now
	running.collector = collector.New(options)
	running.server = running.collector.Server()
	accepting := netutil.LimitListener(listener, c.Collector.Limits.Connections)
	if files := c.Collector.TLS; files.CertFile != "" {
		pair, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), log)
		if err != nil {
			return nil, errors.Join(usage(err), running.spool.Close(), listener.Close())
		}
		accepting = tls.NewListener(accepting, pair.Config())
	}
	go func() {
		if err := running.server.Serve(accepting); !errors.Is(err, http.ErrServerClosed) {
			running.failed <- err
		}
	}()
	return running, nil
}

// stop says it is not ready any more, waits for requests under way and closes the spool.
func (r *runningCollector) stop() error {
	r.collector.Drain()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err := r.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = r.server.Close()
	}
	return errors.Join(err, r.spool.Close())
}

// collectorOptions are the collector's, as the configuration says.
func collectorOptions(c *config.Config) (collector.Options, error) {
	limits := c.Collector.Limits
	options := collector.Options{MaxBody: int64(limits.MaxBody), InFlight: limits.InFlight, Wait: limits.Wait}
	if len(c.Collector.Sources) == 0 {
		return options, errors.New("the configuration has no collector.sources\nhint: callsheet init writes one with a fresh token")
	}
	for _, proxy := range c.Collector.TrustedProxies {
		network, err := config.ParseNetwork(proxy)
		if err != nil {
			return options, err
		}
		options.TrustedProxies = append(options.TrustedProxies, network)
	}
	for _, source := range c.Collector.Sources {
		tokens, err := c.RevealTokens(source)
		if err != nil {
			return options, err
		}
		accepted := collector.Source{Name: source.Name, Tokens: tokens}
		for _, allowed := range source.Allow {
			network, err := config.ParseNetwork(allowed)
			if err != nil {
				return options, err
			}
			accepted.Allow = append(accepted.Allow, network)
		}
		options.Sources = append(options.Sources, accepted)
	}
	return options, nil
}
