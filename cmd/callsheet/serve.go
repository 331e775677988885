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
	"callsheet/internal/job"
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
			a.scheduler(cfg, runner)
			a.noDatabase = true
			registry := prometheus.NewRegistry()
			a.metrics = newRunMetrics(registry)
			ctx, stop := context.WithCancel(c.Context())
			defer stop()
			scheduled := make(chan error, 1)
			go func() { scheduled <- a.schedule(ctx, cfg, runner) }()
			err = a.collect(ctx, cfg, registry)
			stop()
			return errors.Join(err, <-scheduled)
		},
	}
}

// standby is how often a second scheduler looks whether the first is gone.
const standby = time.Minute

// schedule runs the reports and the watch, once no other does on the same data folder.
func (a *app) schedule(ctx context.Context, c *config.Config, runner *job.Runner) error {
	if err := makeDataDir(c); err != nil {
		return err
	}
	for said, wait := false, time.Duration(0); ; said, wait = true, standby {
		lock, err := atomicfile.TakeLock(ctx, c.Data(".schedule.lock"), "the schedule of "+c.Data(), wait)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			var watching sync.WaitGroup
			watching.Go(func() { a.watch(ctx, c, runner.Log) })
			err := runner.Serve(ctx)
			<-ctx.Done() // without schedules there is nothing to wait for
			watching.Wait()
			return errors.Join(err, lock.Release())
		}
		if !said {
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
			a.noDatabase = true
			return a.collect(c.Context(), cfg, prometheus.NewRegistry())
		},
	}
}

// collect listens until ctx ends, then lets requests under way finish.
func (a *app) collect(ctx context.Context, c *config.Config, registry *prometheus.Registry) error {
	log := a.logger(c)
	addThread()
	collectRarely()
	running, err := a.startCollector(c, log, a.now, registry)
	if err != nil {
		return err
	}
	log.Info("collecting", "listen", running.address, "spool", spoolDir(c), "sources", len(c.Collector.Sources))
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return running.stop(lameDuckTime)
	case err := <-running.failed:
		return errors.Join(err, running.stop(0))
	}
}

// addThread gives a collector a thread more than there are processors, since one is always waiting for the disk; unless the
// environment says otherwise.
func addThread() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}

// collectRarely is for work that makes much garbage beside a heap of a few megabytes; unless the environment says otherwise.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(rareCollections)
	}
}

// rareCollections is the memory beyond which garbage is collected more often: large requests make much of it at once. Thousands
// of connections take half of it.
const rareCollections = 512 << 20

// runningCollector is a collector that is listening.
type runningCollector struct {
	address   string
	servers   []*http.Server
	collector *collector.Collector
	spool     *spool.Writer
	failed    chan error // why a server ended by itself
}

// startCollector opens the spool and listens.
func (a *app) startCollector(c *config.Config, log *slog.Logger, now func() time.Time, registry *prometheus.Registry) (_ *runningCollector, err error) {
	options, err := collectorOptions(c)
	if err != nil {
		return nil, usage(err)
	}
	var closers []func() error // of what is open when something else fails
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
			return nil, usage(err)
		}
		accepting = tls.NewListener(accepting, pair.Config())
	}
	var admin net.Listener
	if options.AdminApart {
		if admin, err = listen("collector.admin_listen", c.Collector.AdminListen); err != nil {
			return nil, err
		}
		closers = append(closers, admin.Close)
		admin = collector.LimitConnections(admin, adminConnections, time.Now)
	}
	if err := makeDataDir(c); err != nil {
		return nil, err
	}
	running := &runningCollector{address: listener.Addr().String(), failed: make(chan error, 2)}
	running.spool, err = spool.Open(spool.Options{
		Dir: spoolDir(c), CollectorID: c.Collector.ID, Zone: c.Zone(), Now: now, Log: log,
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
	spareFiles       = 200 // kept for these, the spool and child processes
)

// connectionLimit is the configured number of connections, or fewer if this process may not open so many files: a collector
// without a free descriptor can neither accept a connection nor open the next day's file.
func connectionLimit(configured int, log *slog.Logger) int {
	files := openFileLimit()
	limit := min(configured, max(files-spareFiles, files/2))
	if limit < configured {
		log.Warn("fewer connections than configured, since this process may open few files", "connections", limit, "configured", configured, "files", files)
	}
	return limit
}

// listen opens an address that a key of the configuration gives.
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

// stop says for a while that it is not ready any more, which a balancer must see before it is refused a connection, then
// waits for requests under way and closes the spool.
func (r *runningCollector) stop(notice time.Duration) error {
	r.collector.Drain()
	time.Sleep(notice)
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

// collectorOptions are the collector's, as the configuration says.
func collectorOptions(c *config.Config) (collector.Options, error) {
	limits := c.Collector.Limits
	options := collector.Options{
		MaxBody: int64(limits.MaxBody), MaxDeliveries: limits.MaxDeliveries, InFlight: limits.InFlight, Wait: limits.Wait, AdminApart: c.Collector.AdminListen != "",
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
