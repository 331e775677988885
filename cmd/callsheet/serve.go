package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/job"
	"callsheet/internal/monitor"
	"callsheet/internal/pipeline"
)

func serveCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Collect deliveries and run the scheduled reports",
		Long: `serve runs the collector and the scheduler in one process, until it is interrupted. Deliveries are answered with 200 once they
are on disk; reports run at the configured times.`,
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
