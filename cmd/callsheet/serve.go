package main

import (
	"context"
	"errors"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
)

func serveCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Collect deliveries and run the scheduled reports",
		Long: `serve runs the collector and the scheduler in one process, until it is interrupted. Deliveries are answered with 200 once they
are on disk. New ones are loaded and published every store.load_every; reports run at the configured times. With page.listen, the page
on which people watch the calls in progress runs in a child process.

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
			s := newScheduler(p, prometheus.NewRegistry())
			first, err := s.prepare(p.Config)
			if err != nil {
				return err
			}
			first()
			ctx, stop := context.WithCancel(c.Context())
			defer stop()
			var scheduled chan error // nil if the collector does not start
			var page sync.WaitGroup
			err = a.collect(ctx, p.Config, collecting{
				command: "serve", hangups: hangups, registry: s.registry, prepare: s.prepare,
				started: func() {
					scheduled = make(chan error, 1)
					go func() { scheduled <- s.serve(ctx) }()
					page.Go(func() { s.page.serve(ctx) })
				},
			})
			stop()
			page.Wait()
			if scheduled != nil {
				err = errors.Join(err, <-scheduled)
			}
			return err
		},
	}
}
