package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
)

// runAlerts counts ended runs, sends an alert for each that failed and calls the heartbeat of each that did not.
type runAlerts struct {
	app       *app
	config    *config.Config
	log       *slog.Logger
	lastAlert sync.Map // time of the last alert, by the name of a report that fails
}

// finished handles a run that reached a terminal state.
func (r *runAlerts) finished(ctx context.Context, entry job.Entry, runs []job.Run) {
	summary := runs[0]
	r.app.metrics.count(summary)
	last, failedBefore := r.lastAlert.Load(entry.Report)
	switch {
	case summary.Succeeded():
		r.lastAlert.Delete(entry.Report)
		if err := heartbeat(ctx, r.app.reportConfig(r.config, entry.Report)); err != nil {
			r.log.Warn("heartbeat failed", "report", entry.Report, "error", err)
		}
	case failedBefore && r.app.now().Sub(last.(time.Time)) < runAlertInterval:
		// It fails every few minutes, and the operator knows.
	default:
		r.lastAlert.Store(entry.Report, r.app.now())
		notes := []string{summary.Error}
		for _, run := range runs[1:] {
			if run.Recipient != "" && run.State != job.Sent {
				notes = append(notes, fmt.Sprintf("%s %s: %s: %s", run.Part, run.Recipient, run.State, run.Error))
			}
		}
		r.app.mailAlert(ctx, r.config, r.log, notify.Message{
			Report: entry.Report, Title: fmt.Sprintf("Report %s: %s", entry.Report, summary.State),
			Period: summary.Period, When: "for " + summary.Period, Notes: notes,
		})
	}
}

// missed sends an alert for due times that are skipped, newest first.
func (r *runAlerts) missed(ctx context.Context, entry job.Entry, due []time.Time) {
	notes := []string{"Nothing ran when it was due, and catch_up is used up. callsheet run " + entry.Report + " --for DUE makes up for one."}
	for _, t := range due {
		notes = append(notes, "Skipped: "+moment(t))
	}
	r.app.mailAlert(ctx, r.config, r.log, notify.Message{
		Report: entry.Report, Title: fmt.Sprintf("Report %s: missed", entry.Report), Period: moment(due[0]), When: "due " + moment(due[0]), Notes: notes,
	})
}

// publishRuns publishes how a run ended: report_runs is a table.
func (a *app) publishRuns(ctx context.Context, c *config.Config, log *slog.Logger, entry job.Entry) {
	err := a.step(ctx, c, "loading", func(ctx context.Context) error {
		_, err := a.refresh(ctx, c, false, nil)
		return err
	})
	if err != nil {
		log.Warn("the database does not know of the run yet", "report", entry.Report, "error", err)
	}
}

// runAlertInterval is how long a report that goes on failing is not told of again.
const runAlertInterval = 6 * time.Hour

// How often the watch looks, and how long it does not say the same again.
const (
	watchInterval       = 5 * time.Minute
	alertRepeatInterval = 24 * time.Hour
)

// watch tells the operator of what status finds, until ctx ends: each thing when it appears, and again after a day.
func (a *app) watch(ctx context.Context, c *config.Config, log *slog.Logger) {
	path := c.Data("alerts.json")
	for {
		alarms, err := a.statusChild(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.metrics.childFailed("status")
			log.Error("watch failed", "error", err)
		} else if err := a.sendAlerts(ctx, c, log, path, alarms); err != nil {
			log.Error("alerts could not be remembered", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchInterval):
		}
	}
}

// statusLimit bounds the memory of the process that finds out the status.
const statusLimit = 4 << 30

// statusChild has a child process find out the status, and gives what is urgent of it by name.
func (a *app) statusChild(ctx context.Context) (alarms map[string]string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, watchInterval, fmt.Errorf("it took longer than %s and was stopped", watchInterval))
	defer cancel()
	var out bytes.Buffer
	err = a.runCommand(ctx, child.Command{Args: []string{"status", "--days", "1", "--json"}, Stdout: &out, Memory: statusLimit, Group: true})
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil && exitcode.Of(err) != exitcode.Warnings {
		return nil, err
	}
	var s status
	if err = json.Unmarshal(out.Bytes(), &s); err == nil {
		a.metrics.setFileProblems(s)
	}
	return s.Alarms, err
}

// sendAlerts sends the alarms that were not told of lately; the file remembers which were.
func (a *app) sendAlerts(ctx context.Context, c *config.Config, log *slog.Logger, path string, alarms map[string]string) error {
	sentBefore := map[string]time.Time{}
	if text, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(text, &sentBefore) // at worst something is told twice
	}
	sent := map[string]time.Time{}
	for _, name := range slices.Sorted(maps.Keys(alarms)) {
		sent[name] = sentBefore[name]
		if a.now().Sub(sentBefore[name]) < alertRepeatInterval {
			continue
		}
		sent[name] = a.now()
		log.Warn("needs a look", "what", alarms[name])
		a.mailAlert(ctx, c, log, notify.Message{
			Report: "alert", Title: "callsheet needs a look", When: name, Period: a.now().Format(time.DateTime), Notes: strings.Split(alarms[name], "\n"),
		})
	}
	if maps.Equal(sentBefore, sent) {
		return nil
	}
	text, err := json.Marshal(sent)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(atomicfile.OS{}, path, text)
}

// heartbeat calls the URL that waits for a report's good runs.
func heartbeat(ctx context.Context, entry config.Report) error {
	if entry.Heartbeat == "" {
		return nil
	}
	url, err := entry.Heartbeat.Resolve("heartbeat")
	if err != nil {
		return err
	}
	return notify.Ping(ctx, url, sendTimeout)
}

// mailAlert mails the operator. What it says is in the log as well.
func (a *app) mailAlert(ctx context.Context, c *config.Config, log *slog.Logger, message notify.Message) {
	if len(c.AlertTo) == 0 {
		return
	}
	channel, err := a.mailChannel(c)
	if err != nil {
		log.Error("alert could not be sent", "error", err)
		return
	}
	channel.To = c.AlertTo
	channel.Server.AllowedDomains = nil // the configuration names them itself
	for _, address := range c.AlertTo {
		if _, err := channel.Send(ctx, message, address); err != nil {
			log.Error("alert could not be sent", "to", address, "about", message.Title, "error", err)
		}
	}
}
