// Package scheduler is what callsheet serve runs beside the collector: loads, reconciliations, scheduled reports, maintenance of a lake, the page
// and alerts. It opens no database: each of these runs in a child process, except alerts, which are sent by this one.
package scheduler

import (
	"fmt"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/monitor"
	"callsheet/internal/pipeline"
)

// Scheduler loads, reconciles, runs the reports, watches the status and runs the page, each with the configuration that was applied last.
type Scheduler struct {
	alerts  *monitor.Alerts
	loads   *pipeline.LoadLoop
	page    *pageProcess
	first   *pipeline.Pipeline
	current atomic.Pointer[plan]

	runners    chan *job.Runner        // the latest, while it has not taken over
	pipelines  chan *pipeline.Pipeline // the latest, while it has not taken over for loads
	reconciles chan *pipeline.Pipeline // the same for reconciliations
}

// plan is what a scheduler makes of a configuration.
type plan struct {
	pipeline *pipeline.Pipeline
	runner   *job.Runner
}

// New returns a scheduler, whose metrics are added to a registry. It has no configuration until one is prepared and applied.
func New(p *pipeline.Pipeline, registry *prometheus.Registry) *Scheduler {
	metrics := monitor.NewMetrics(registry, p.Now)
	p.NoDatabase = true
	p.Loads = &pipeline.LoadLoop{
		OnLoaded: func(p *pipeline.Pipeline) { metrics.Loaded(p.Config) },
		OnFailed: func(err error) {
			if pipeline.IsChildFailure(err) {
				metrics.ChildFailed("load")
			}
		},
	}
	return &Scheduler{
		alerts: monitor.NewAlerts(p, metrics), loads: p.Loads, first: p,
		page:    newPageProcess(func() { metrics.ChildFailed("page") }),
		runners: make(chan *job.Runner, 1), pipelines: make(chan *pipeline.Pipeline, 1), reconciles: make(chan *pipeline.Pipeline, 1),
	}
}

// Prepare finds mistakes of a configuration now and not at the first due time. What it returns applies the configuration.
func (s *Scheduler) Prepare(c *config.Config) (apply func(), err error) {
	p := *s.first
	p.Config = c
	runner, err := s.alerts.Runner(&p)
	if err != nil {
		return nil, err
	}
	if _, err := p.AlertChannels(); err != nil {
		return nil, exitcode.UsageError(fmt.Errorf("alert_to: %w", err))
	}
	for _, report := range c.Reports {
		if _, _, err := pipeline.Definition(c, report.Name); err != nil {
			return nil, err
		}
	}
	if err := s.page.check(&p); err != nil {
		return nil, err
	}
	if running := s.current.Load(); running != nil {
		if err := s.page.checkReload(&p, running.pipeline.Config.Page); err != nil {
			return nil, err
		}
	}
	p.UseChildren(runner, func() { s.alerts.Metrics.ChildFailed("run") })
	runner.OnFinished = s.alerts.RunFinished // the child publishes the ledger
	return func() {
		s.current.Store(&plan{&p, runner})
		s.alerts.Reload(&p)
		replace(s.runners, runner)
		replace(s.pipelines, &p)
		replace(s.reconciles, &p)
		replace(s.page.next, &p)
	}, nil
}

// replace puts the latest value into a channel for one. It has one sender.
func replace[T any](latest chan T, value T) {
	discard(latest)
	latest <- value
}

// discard empties a channel with a buffer of one.
func discard[T any](latest chan T) {
	select {
	case <-latest:
	default:
	}
}
