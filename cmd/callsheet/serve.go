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
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/monitor"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
)

// After a stop was asked for, noticeTime is how long deliveries are still taken in while readyz says that it is closing, and
// drainTime how long requests under way may take then. Together with the rest they stay below the 10 s that supervisors
// commonly wait.
const (
	lameDuckTime = time.Second
	drainTime    = 7 * time.Second
)

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
			p, err := a.open()
			if err != nil {
				return err
			}
			registry := prometheus.NewRegistry()
			alerts := &monitor.Alerts{Pipeline: p, Metrics: monitor.NewMetrics(registry)}
			runner, err := newRunner(p, alerts)
			if err != nil {
				return err
			}
			for _, report := range p.Config.Reports { // find mistakes at the start and not at the first due time
				if _, _, err := pipeline.Definition(p.Config, report.Name); err != nil {
					return err
				}
			}
			p.NoDatabase = true
			p.UseChildren(runner, func() { alerts.Metrics.ChildFailed("run") })
			runner.OnFinished = alerts.RunFinished // the child publishes the ledger
			ctx, stop := context.WithCancel(c.Context())
			defer stop()
			scheduled := make(chan error, 1)
			go func() { scheduled <- schedule(ctx, runner, alerts) }()
			err = a.collect(ctx, p.Config, registry)
			stop()
			return errors.Join(err, <-scheduled)
		},
	}
}

// standbyInterval is how often a second scheduler checks whether the first has ended.
const standbyInterval = time.Minute

// schedule runs the reports and watches the status, once no other process does so on the same data folder.
func schedule(ctx context.Context, runner *job.Runner, alerts *monitor.Alerts) error {
	c := alerts.Pipeline.Config
	if err := pipeline.MakeDataDir(c); err != nil {
		return err
	}
	for logged, wait := false, time.Duration(0); ; logged, wait = true, standbyInterval {
		lock, err := atomicfile.TakeLock(ctx, c.Data(".schedule.lock"), "the schedule of "+c.Data(), wait)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			var watch sync.WaitGroup
			watch.Go(func() { alerts.Watch(ctx) })
			err := runner.Serve(ctx)
			<-ctx.Done() // Serve returns at once if no report has a schedule
			watch.Wait()
			return errors.Join(err, lock.Release())
		}
		if !logged {
			runner.Log.Warn("another scheduler runs on this data folder; this one stands by", "error", err)
		}
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
			return a.collect(c.Context(), cfg, prometheus.NewRegistry())
		},
	}
}

// collect runs the collector until ctx ends, then lets requests in flight finish.
func (a *app) collect(ctx context.Context, c *config.Config, registry *prometheus.Registry) error {
	log := a.logger(c)
	raiseGOMAXPROCS()
	raiseGOGC()
	running, err := startCollector(c, log, a.now, registry)
	if err != nil {
		return err
	}
	log.Info("collecting", "listen", running.address, "spool", c.SpoolDir(), "sources", len(c.Collector.Sources))
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return running.stop(lameDuckTime)
	case err := <-running.failed:
		return errors.Join(err, running.stop(0))
	}
}

// raiseGOMAXPROCS adds a thread, since one is always waiting for the disk. The environment variable has precedence.
func raiseGOMAXPROCS() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}

// raiseGOGC makes garbage collections rare, for work with much garbage and a small heap. The environment variables have precedence.
func raiseGOGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(gcMemoryLimit)
	}
}

// gcMemoryLimit is the memory above which garbage collections become frequent, since large requests create much garbage at once.
// Thousands of connections use half of it.
const gcMemoryLimit = 512 << 20

// runningCollector is a collector that listens.
type runningCollector struct {
	address   string
	servers   []*http.Server
	collector *collector.Collector
	spool     *spool.Writer
	failed    chan error // receives the error of a server that stops by itself
}

// startCollector opens the spool and listens.
func startCollector(c *config.Config, log *slog.Logger, now func() time.Time, registry *prometheus.Registry) (_ *runningCollector, err error) {
	options, err := collectorOptions(c)
	if err != nil {
		return nil, exitcode.UsageError(err)
	}
	var closers []func() error // run when a later step fails
	defer func() {
		if err != nil {
			for _, closer := range closers {
				err = errors.Join(err, closer())
			}
		}
	}()
	listener, err := listen("collector.listen", c.Collector.Listen)
	if err != nil {
		return nil, err
	}
	closers = append(closers, listener.Close)
	accepting := collector.LimitConnections(listener, connectionLimit(c.Collector.Limits.Connections, log), time.Now)
	if files := c.Collector.TLS; files.CertFile != "" {
		pair, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), log)
		if err != nil {
			return nil, exitcode.UsageError(err)
		}
		accepting = tls.NewListener(accepting, pair.Config())
	}
	var admin net.Listener
	if options.SeparateAdmin {
		if admin, err = listen("collector.admin_listen", c.Collector.AdminListen); err != nil {
			return nil, err
		}
		closers = append(closers, admin.Close)
		admin = collector.LimitConnections(admin, adminConnections, time.Now)
	}
	if err := pipeline.MakeDataDir(c); err != nil {
		return nil, err
	}
	running := &runningCollector{address: listener.Addr().String(), failed: make(chan error, 2)}
	running.spool, err = spool.Open(spool.Options{
		Dir: c.SpoolDir(), CollectorID: c.Collector.ID, Zone: c.Zone(), Now: now, Log: log,
		Committed: func(lines, bytes int, took time.Duration) { running.collector.Committed(lines, bytes, took) },
	})
	if err != nil {
		return nil, err
	}
	options.Spool, options.Log, options.Registry, options.Now = running.spool, log, registry, now
	running.collector = collector.New(options)
	running.serve(accepting, running.collector.Handler())
	if admin != nil {
		running.serve(admin, running.collector.Admin())
	}
	return running, nil
}

const (
	adminConnections = 100 // to collector.admin_listen
	spareFiles       = 200 // for these, the spool and child processes
)

// connectionLimit returns the configured number of connections, or fewer if this process may not open that many files: a collector
// without a free descriptor can neither accept a connection nor open the next day's file.
func connectionLimit(configured int, log *slog.Logger) int {
	files := openFileLimit()
	limit := min(configured, max(files-spareFiles, files/2))
	if limit < configured {
		log.Warn("connection limit reduced to fit the open file limit", "connections", limit, "configured", configured, "files", files)
	}
	return limit
}

// listen listens on the address of a configuration key.
func listen(key, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program\nhint: stop it, or choose another %s", address, key)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w\nhint: %s must be an address of this machine", address, err, key)
	}
	return listener, nil
}

func (r *runningCollector) serve(listener net.Listener, handler http.Handler) {
	server := r.collector.Server(handler)
	r.servers = append(r.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			r.failed <- err
		}
	}()
}

// stop reports not ready for a while, so that a load balancer stops sending before connections are refused. Then it waits for
// requests in flight and closes the spool.
func (r *runningCollector) stop(lameDuck time.Duration) error {
	r.collector.Drain()
	time.Sleep(lameDuck)
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var errs []error
	for _, server := range r.servers {
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, r.spool.Close())...)
}

// collectorOptions returns the collector's options from the configuration.
func collectorOptions(c *config.Config) (collector.Options, error) {
	limits := c.Collector.Limits
	options := collector.Options{
		MaxBody: int64(limits.MaxBody), MaxDeliveries: limits.MaxDeliveries, InFlight: limits.InFlight, Wait: limits.Wait, SeparateAdmin: c.Collector.AdminListen != "",
	}
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
		tokens, err := c.ResolveTokens(source)
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
