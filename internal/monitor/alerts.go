package monitor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/pipeline"
)

const (
	runAlertInterval = 6 * time.Hour // minimum interval between alerts about a report that keeps failing
	heartbeatTimeout = 30 * time.Second
)

// Alerts sends alerts to the operator: about runs, and about what Watch finds.
type Alerts struct {
	Pipeline *pipeline.Pipeline
	Metrics  *Metrics // may be nil
	RetryNow bool     // try alerts again that wait for their next attempt, because no later one is certain

	lastAlert sync.Map                          // time of the last alert, which may be one that waits until then, by the name of a failing report
	reloaded  atomic.Pointer[pipeline.Pipeline] // with the configuration in force; nil before a reload
	again     chan struct{}                     // has an element when the status is to be read at once
	mutex     sync.Mutex                        // while alerts are sent
	unsaved   []*pendingAlert                   // which could not be written
	sent      map[string]time.Time              // what alerts.json should have, if it could not be written; otherwise nil
}

// NewAlerts returns alerts for a scheduler.
func NewAlerts(p *pipeline.Pipeline, m *Metrics) *Alerts {
	return &Alerts{Pipeline: p, Metrics: m, again: make(chan struct{}, 1)}
}

// Reload makes later alerts go by another configuration.
func (a *Alerts) Reload(p *pipeline.Pipeline) {
	for _, report := range a.pipeline().Config.Reports {
		if _, ok := p.Config.FindReport(report.Name); !ok {
			a.Metrics.forget(report.Name)
		}
	}
	a.reloaded.Store(p)
	a.Again()
}

// Again makes Watch read the status at once.
func (a *Alerts) Again() {
	select {
	case a.again <- struct{}{}:
	default:
	}
}

func (a *Alerts) pipeline() *pipeline.Pipeline {
	if p := a.reloaded.Load(); p != nil {
		return p
	}
	return a.Pipeline
}

// Runner returns the runner of a pipeline, which publishes the run ledger after each run; it counts finished runs and sends alerts, too.
func (a *Alerts) Runner(p *pipeline.Pipeline) (*job.Runner, error) {
	runner, err := p.Runner()
	if err != nil {
		return nil, err
	}
	publish := runner.OnFinished
	runner.OnFinished = func(ctx context.Context, entry job.Entry, runs []job.Run) {
		a.RunFinished(ctx, entry, runs)
		publish(ctx, entry, runs)
	}
	runner.OnMissed = a.RunsMissed
	return runner, nil
}

// RunFinished counts a run in a terminal state, sends an alert if it failed and calls the heartbeat URL if it succeeded.
func (a *Alerts) RunFinished(ctx context.Context, entry job.Entry, runs []job.Run) {
	summary, now := runs[0], a.pipeline().Now()
	a.Metrics.runFinished(summary)
	switch {
	case summary.Succeeded():
		a.lastAlert.Delete(entry.Report)
		if err := a.heartbeat(ctx, entry.Report); err != nil {
			a.pipeline().Log.Warn("heartbeat failed", "report", entry.Report, "error", err)
		}
	case len(a.pipeline().Config.AlertTo) > 0: // otherwise there is no alert
		message := notify.Message{
			Report: entry.Report, Title: fmt.Sprintf("Report %s: %s", entry.Report, summary.State),
			Period: summary.Period, When: "for " + summary.Period, Notes: append(failures(runs), remedy(entry, summary)),
		}
		last, failed := a.lastAlert.Load(entry.Report)
		if !failed || now.Sub(last.(time.Time)) >= runAlertInterval {
			a.lastAlert.Store(entry.Report, now)
			a.send(ctx, fmt.Sprintf("run-%s-%d", entry.Report, now.UnixNano()), message)
			return
		}
		at := last.(time.Time)
		if !now.Before(at) { // no alert waits
			at = at.Add(runAlertInterval)
			a.lastAlert.Store(entry.Report, at)
		}
		a.collect(message, at)
	}
	a.Retry(ctx)
}

// failures returns the error of a run and those of its recipients. A run with one such recipient has no other error.
func failures(runs []job.Run) (texts []string) {
	same := false
	for _, run := range runs[1:] {
		if run.Recipient != "" && run.State != job.Sent {
			texts = append(texts, fmt.Sprintf("%s: %s: %s", strings.TrimSpace(run.Part+" "+run.Recipient), run.State, run.Error))
			same = strings.HasSuffix(runs[0].Error, ": "+run.Error)
		}
	}
	if same && len(texts) == 1 {
		return texts
	}
	return append([]string{runs[0].Error}, texts...)
}

// remedy says what to do about a run that failed.
func remedy(entry job.Entry, run job.Run) string {
	command := fmt.Sprintf("callsheet run %s --for %s", entry.Report, run.DueAt.In(entry.Zone).Format(time.RFC3339Nano))
	switch run.State {
	case job.Unknown:
		return "Ask the recipients whether it arrived. To send it again to those who may not have it: " + command + " --resend"
	case job.Incomplete:
		return "callsheet load says what could not be loaded. To send the report again once it is: " + command + " --resend"
	}
	return "To send what was not sent, once the cause is removed: " + command
}

// RunsMissed sends an alert about skipped due times, newest first.
func (a *Alerts) RunsMissed(ctx context.Context, entry job.Entry, due []time.Time) {
	notes := []string{"Nothing ran at the due time, and catch_up allows no more runs. To run one now: callsheet run " + entry.Report + " --for DUE"}
	for _, t := range due {
		notes = append(notes, "Skipped: "+display.ZonedTime(t))
	}
	last := display.ZonedTime(due[0])
	a.send(ctx, fmt.Sprintf("missed-%s-%d", entry.Report, due[0].UnixNano()), notify.Message{
		Report: entry.Report, Title: fmt.Sprintf("Report %s: missed", entry.Report), Period: last, When: "due " + last, Notes: notes,
	})
}

// heartbeat calls the URL that a monitoring service expects to be called after each successful run of a report.
func (a *Alerts) heartbeat(ctx context.Context, report string) error {
	entry, _ := a.pipeline().Config.FindReport(report)
	if entry.Heartbeat == "" {
		return nil
	}
	url, err := entry.Heartbeat.Resolve("heartbeat")
	if err != nil {
		return err
	}
	return notify.Ping(ctx, url, heartbeatTimeout)
}
