package scheduler

import (
	"context"
	"sync"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/catalog"
	"callsheet/internal/pipeline"
)

// standbyInterval is how often a second scheduler checks whether the first has ended.
const standbyInterval = time.Minute

// Serve loads, reconciles, runs the reports and watches the status, once no other process does so on the same data folder.
func (s *Scheduler) Serve(ctx context.Context) error {
	c, log := s.first.Config, s.first.Log
	if err := pipeline.MakeDataDir(c); err != nil {
		return err
	}
	logged := ""
	for wait := time.Duration(0); ; wait = standbyInterval {
		lock, err := atomicfile.TakeLock(ctx, c.Data(".schedule.lock"), "the schedule of "+c.Data(), wait)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			s.run(ctx)
			return lock.Release()
		}
		if err.Error() != logged {
			log.Warn("the scheduler stands by; only the collector runs", "error", err)
			logged = err.Error()
		}
		sleep(ctx, retryInterval)
	}
}

func (s *Scheduler) run(ctx context.Context) {
	discard(s.pipelines)
	current := s.current.Load()
	var tasks sync.WaitGroup
	tasks.Go(func() { s.alerts.Watch(ctx) })
	tasks.Go(func() { s.alerts.Deliver(ctx) })
	tasks.Go(func() { s.loads.Serve(ctx, current.pipeline, s.pipelines) })
	tasks.Go(func() { s.onOneMachine(ctx, pipeline.ReconcileLock, (*plan).hasVendorAPI, s.serveReconciles) })
	tasks.Go(func() {
		pipeline.ServeMaintenance(ctx, func() *pipeline.Pipeline { return s.current.Load().pipeline },
			func() { s.alerts.Metrics.ChildFailed("maintain") })
	})
	tasks.Go(func() { s.onOneMachine(ctx, pipeline.ScheduleLock, (*plan).hasSchedule, s.serveReports) })
	tasks.Wait()
}

func (p *plan) hasSchedule() bool { return p.runner.HasSchedule() }

// hasVendorAPI reports whether calls are compared with the lists of a vendor.
func (p *plan) hasVendorAPI() bool { return p.pipeline.HasVendorAPI() }

// retryInterval is how often the lock file of the schedule is tried after an error, and how often onOneMachine checks the configuration and tries
// again.
const retryInterval = 5 * time.Second

// onOneMachine runs serve while the configuration wants it; serve ends when it does not, or with an error, after which it is tried again. Of the
// machines that share a lake, only the one that holds the lock runs it; another takes over when that one is gone. A machine whose configuration does
// not want it leaves the lock to others.
func (s *Scheduler) onOneMachine(ctx context.Context, lock string, wants func(*plan) bool, serve func(ctx context.Context) error) {
	logged := ""
	for ctx.Err() == nil {
		current := s.current.Load()
		log := current.pipeline.Log
		var err error
		switch {
		case !wants(current):
		case !current.pipeline.Config.Store.Lake.Enabled():
			err = serve(ctx)
		default:
			err = current.pipeline.HoldLock(ctx, lock, func(ctx context.Context) error {
				if logged != "" {
					log.Info("this machine runs " + lock + " now")
				}
				logged = ""
				return serve(ctx)
			})
		}
		switch {
		case err == nil || ctx.Err() != nil || err.Error() == logged:
		case catalog.IsHeld(err):
			log.Info("another machine runs "+lock+"; this one stands by", "error", err)
		default:
			log.Error(lock+" stops; trying again", "error", err)
		}
		if err != nil {
			logged = err.Error()
		}
		sleep(ctx, retryInterval)
	}
}

// sleep waits for a time, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// serveReports runs the reports at their due times.
func (s *Scheduler) serveReports(ctx context.Context) error {
	discard(s.runners)
	current := s.current.Load()
	if current.pipeline.Config.Store.Lake.Enabled() {
		if err := current.pipeline.ShareRuns(); err != nil {
			return err
		}
	}
	return current.runner.Serve(ctx, s.runners)
}

// serveReconciles compares calls with the lists of vendors.
func (s *Scheduler) serveReconciles(ctx context.Context) error {
	discard(s.reconciles)
	reconciles := &pipeline.ReconcileLoop{OnFinished: func(err error) {
		if pipeline.IsChildFailure(err) {
			s.alerts.Metrics.ChildFailed("reconcile")
		}
		s.alerts.Again()
	}}
	reconciles.Serve(ctx, s.current.Load().pipeline, s.reconciles)
	return nil
}
