package main

import (
	"context"
	"errors"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"callsheet/internal/pipeline"
	"callsheet/internal/scheduler"
)

func serveCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Collect deliveries and run the scheduled reports",
		Long: `serve runs the collector and the scheduler in one process, until it is interrupted. Deliveries are answered with 200 once they
are on disk. New ones are loaded and published every store.load_every; reports run at the configured times, on one of the machines that
share a lake. With page.listen, the page on which people watch the calls in progress runs in a child process.

On SIGHUP it reads the configuration again, without refusing a delivery or stopping a report; docs/operations.md says what can change.`,
		Example: `  callsheet serve
  callsheet --config /etc/callsheet/callsheet.yaml serve
  kill -HUP PID                                   # or systemctl reload callsheet`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			hangups := a.catchHangups()
			p, err := a.open()
			if err != nil {
				return err
			}
			return a.serve(c.Context(), p, hangups, nil)
		},
	}
}

// serve runs the collector, the scheduler and the page until ctx ends. started is called, in a goroutine, once deliveries are accepted; it may
// be nil.
func (a *app) serve(ctx context.Context, p *pipeline.Pipeline, hangups hangups, started func(ctx context.Context)) error {
	registry := prometheus.NewRegistry()
	s := scheduler.New(p, registry)
	first, err := s.Prepare(p.Config)
	if err != nil {
		return err
	}
	first()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var scheduled chan error // nil if the collector does not start
	var others sync.WaitGroup
	err = a.collect(ctx, p.Config, collecting{
		command: "serve", hangups: hangups, registry: registry, prepare: s.Prepare,
		started: func() {
			scheduled = make(chan error, 1)
			go func() { scheduled <- s.Serve(ctx) }()
			others.Go(func() { s.ServePage(ctx) })
			if started != nil {
				others.Go(func() { started(ctx) })
			}
		},
	})
	stop()
	others.Wait()
	if scheduled != nil {
		err = errors.Join(err, <-scheduled)
	}
	return err
}
