package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/garbage"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
)

func collectCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "collect",
		Short: "Run the collector alone",
		Long: `collect runs the collector without the scheduler, until it is interrupted. Deliveries are answered with 200 once they are on
disk. A load from cron makes them visible: callsheet load.

On SIGHUP it reads the configuration again, without refusing a delivery; docs/operations.md says what can change.`,
		Example: `  callsheet collect`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			hangups := a.catchHangups()
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.collect(c.Context(), cfg, collecting{command: "collect", hangups: hangups, registry: prometheus.NewRegistry()})
		},
	}
}

// lameDuckTime is how long a stopping collector stores deliveries while readyz reports that it is closing. With the time for requests
// in flight it stays below the 10 s that supervisors commonly wait.
const lameDuckTime = time.Second

// collecting is how a command runs the collector.
type collecting struct {
	command  string
	hangups  hangups
	registry *prometheus.Registry
	started  func() // called when deliveries are accepted; may be nil
	// prepare returns how to apply another configuration to the rest of the process, or why that is not possible; may be nil.
	prepare func(c *config.Config) (apply func(), err error)
}

// collect runs the collector until ctx ends, then lets requests in flight finish.
func (a *app) collect(ctx context.Context, c *config.Config, how collecting) error {
	a.collects = true
	log := a.logger(c)
	raiseGOMAXPROCS()
	garbage.AtLeast(40) // not more: thousands of slow senders take tens of megabytes, and 400 would add four times as much
	server, address, err := startCollector(c, log, a.now, how.registry)
	if err != nil {
		return err
	}
	log.Info("collecting", "listen", address, "spool", c.SpoolDir(), "sources", len(c.Collector.Sources))
	r, err := a.newReloader(ctx, c, how, server, log)
	if err != nil {
		return errors.Join(err, server.Stop(0))
	}
	defer r.close()
	if how.started != nil {
		how.started()
	}
	for {
		select {
		case <-ctx.Done():
			log.Info("stopping")
			return server.Stop(lameDuckTime)
		case err := <-server.Failed:
			return errors.Join(err, server.Stop(0))
		case <-how.hangups.signals:
			if r.terminalIsGone() {
				log.Info("stopping: the terminal was closed")
				return server.Stop(0)
			}
			r.reload()
		case <-r.again:
			r.recorded(r.process.Write())
		}
	}
}

// startCollector starts a collector with a clock for what it receives, and returns the address it listens on.
func startCollector(c *config.Config, log *slog.Logger, now func() time.Time, registry *prometheus.Registry) (*collector.Server, string, error) {
	options, err := collectorOptions(c)
	if err != nil {
		return nil, "", exitcode.UsageError(err)
	}
	options.Log, options.Registry, options.Now = log, registry, now
	listeners, err := collector.Listen(listenOptions(c, log))
	if err != nil {
		return nil, "", err
	}
	if err := pipeline.MakeDataDir(c); err != nil {
		return nil, "", errors.Join(err, listeners.Close())
	}
	server, err := collector.Serve(listeners, options, spool.Options{
		Dir: c.SpoolDir(), CollectorID: c.Collector.ID, Zone: c.Zone(), Now: now, Log: log,
	})
	return server, listeners.Address, err
}

// listenOptions returns the collector's addresses from the configuration.
func listenOptions(c *config.Config, log *slog.Logger) collector.ListenOptions {
	listen := collector.ListenOptions{
		Address: c.Collector.Listen, AdminAddress: c.Collector.AdminListen, MaxConnections: c.Collector.Limits.Connections, Log: log, Now: time.Now,
	}
	if files := c.Collector.TLS; files.CertFile != "" {
		listen.CertFile, listen.KeyFile = c.Path(files.CertFile), c.Path(files.KeyFile)
	}
	return listen
}

// collectorOptions returns the collector's options from the configuration.
func collectorOptions(c *config.Config) (collector.Options, error) {
	limits := c.Collector.Limits
	options := collector.Options{
		MaxBody: int64(limits.MaxBody), MaxDeliveries: limits.MaxDeliveries, InFlight: limits.InFlight, Wait: limits.Wait,
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

// raiseGOMAXPROCS adds a thread, since one is always waiting for the disk. The environment variable has precedence.
func raiseGOMAXPROCS() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}
