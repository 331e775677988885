package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/monitor"
)

// hangups are the signals SIGHUP, which end a process that does not catch them.
type hangups struct {
	signals    <-chan os.Signal
	onTerminal bool // the process was started on one
}

// catchHangups is called before anything else, so that no signal ends the process.
func (a *app) catchHangups() hangups {
	signals := make(chan os.Signal, 1) // one reload is enough for several
	signal.Notify(signals, syscall.SIGHUP)
	return hangups{signals, display.IsTerminal(a.stderr)}
}

// reloader applies the configuration file to a running collector.
type reloader struct {
	app     *app
	running *config.Config
	how     collecting
	server  *collector.Server
	process *monitor.Process
	log     *slog.Logger
	again   <-chan time.Time // when to record the configuration in force again; nil if it is recorded
}

// recordInterval is the time between tries to record the configuration in force, for example while the disk is full.
const recordInterval = 10 * time.Second

func (a *app) newReloader(ctx context.Context, c *config.Config, how collecting, server *collector.Server, log *slog.Logger) (*reloader, error) {
	path, err := filepath.Abs(a.configPath)
	if err != nil {
		return nil, err
	}
	process, err := monitor.StartProcess(ctx, how.command, c, path, how.registry, a.now)
	if err != nil {
		return nil, err
	}
	r := &reloader{app: a, running: c, how: how, server: server, process: process, log: log}
	r.recorded(process.Applied(c, nil))
	return r, nil
}

// terminalIsGone reports whether the terminal was closed in which the process was started: that is a SIGHUP, too, and the terminal may be
// gone a moment later.
func (r *reloader) terminalIsGone() bool {
	for range 20 {
		if !r.how.hangups.onTerminal || !display.IsTerminal(r.app.stderr) {
			return r.how.hangups.onTerminal
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// reload reads the configuration file and applies it as a whole, except for what cannot change without a restart. One with which the
// process would not start is refused, and the earlier one stays.
func (r *reloader) reload() {
	next, err := config.Load(r.app.configPath)
	var notApplied []string
	if err == nil {
		notApplied = next.KeepFixed(r.running)
		err = r.apply(next)
	}
	if err != nil {
		r.recorded(r.process.Refused(r.app.configPath, err)) // before the log says so: status tells the same
		r.log.Error("the configuration is refused; the earlier one stays in force", "error", err)
		return
	}
	r.running = next
	r.recorded(r.process.Applied(next, notApplied))
	level := levelOf(next)
	r.app.level.Set(min(level, r.app.level.Level())) // a reload is logged if it is with either level
	defer r.app.level.Set(level)
	r.log.Info("the configuration was reloaded", "sources", len(next.Collector.Sources), "reports", len(next.Reports))
	if len(notApplied) > 0 {
		r.log.Warn("restart to apply the rest of the configuration", "not_applied", notApplied)
	}
}

// apply changes nothing unless all of it succeeds.
func (r *reloader) apply(next *config.Config) error {
	options, err := collectorOptions(next)
	if err != nil {
		return err
	}
	applyRest := func() {}
	if r.how.prepare != nil {
		if applyRest, err = r.how.prepare(next); err != nil {
			return err
		}
	}
	if err := r.server.Reload(options, listenOptions(next, r.log), next.Zone()); err != nil {
		return err
	}
	applyRest()
	return nil
}

// recorded logs that status cannot show the configuration in force, if there is an error, and sets when to try again.
func (r *reloader) recorded(err error) {
	r.again = nil
	if err != nil {
		r.log.Warn("callsheet status does not know the configuration in force", "error", err)
		r.again = time.After(recordInterval)
	}
}

func (r *reloader) close() { r.recorded(r.process.Close()) }
