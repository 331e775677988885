package monitor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/child"
	"callsheet/internal/exitcode"
	"callsheet/internal/notify"
	"callsheet/internal/pipeline"
)

const (
	watchInterval       = 5 * time.Minute
	alertRepeatInterval = 24 * time.Hour
	statusMemory        = 4 << 30 // of the process that reads the status
)

// alertRetryInterval is how often Deliver looks for alerts to send again.
const alertRetryInterval = 15 * time.Second

// Deliver sends the alerts that could not be sent before, of this process and of others, until ctx ends.
func (a *Alerts) Deliver(ctx context.Context) {
	for {
		a.Retry(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(alertRetryInterval):
		}
	}
}

// Watch reads the status at intervals, and after Again, until ctx ends. It sends an alert about each problem when it appears, and again after a day.
func (a *Alerts) Watch(ctx context.Context) {
	log := a.pipeline().Log
	for {
		select {
		case <-a.again:
		default:
		}
		alarms, err := a.childStatus(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.Metrics.ChildFailed("status")
			log.Error("watch failed", "error", err)
		} else if err := a.SendAlarms(ctx, alarms); err != nil {
			log.Error("the times of alerts could not be saved", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-a.again:
		case <-time.After(watchInterval):
		}
	}
}

// childStatus reads the status in a child process and returns its alarms by name.
func (a *Alerts) childStatus(ctx context.Context) (alarms map[string]string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, watchInterval, fmt.Errorf("status took longer than %s and was stopped", watchInterval))
	defer cancel()
	s, err := ReadStatusInChild(ctx, a.pipeline(), 1)
	if err != nil {
		return nil, err
	}
	a.Metrics.setData(s)
	return s.Alarms, nil
}

// ReadStatusInChild is ReadStatus in a child process, so that neither a crash in DuckDB nor its memory touches this process.
func ReadStatusInChild(ctx context.Context, p *pipeline.Pipeline, days int) (*Status, error) {
	var out bytes.Buffer
	err := p.RunChild(ctx, child.Command{Args: []string{"status", "--days", strconv.Itoa(days), "--json"}, Stdout: &out, Memory: statusMemory, Group: true})
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil && exitcode.Of(err) != exitcode.Warnings {
		return nil, err
	}
	s := &Status{}
	return s, json.Unmarshal(out.Bytes(), s)
}

// SendAlarms sends the alarms that were not sent within the last day. alerts.json keeps the times, and the outbox the alarms that cannot
// be sent now; the times are kept in memory while it cannot be written. What was only logged, without alert_to, has a name of its own there.
func (a *Alerts) SendAlarms(ctx context.Context, alarms map[string]string) error {
	p := a.pipeline()
	path, now := p.Config.Data("alerts.json"), p.Now()
	previous := a.sent
	if text, err := os.ReadFile(path); err == nil && previous == nil {
		_ = json.Unmarshal(text, &previous) // a damaged file only repeats alerts
	}
	sent := map[string]time.Time{}
	for _, name := range slices.Sorted(maps.Keys(alarms)) {
		key := name
		if len(p.Config.AlertTo) == 0 {
			key = "logged: " + name
		}
		sent[key] = previous[key]
		if now.Sub(previous[key]) < alertRepeatInterval {
			continue
		}
		sent[key] = now
		p.Log.Warn("needs attention", "what", alarms[name])
		a.send(ctx, fmt.Sprintf("alarm-%x", sha256.Sum256([]byte(name))), notify.Message{
			Report: "alert", Title: "callsheet needs attention", When: name, Period: now.Format(time.DateTime), Notes: strings.Split(alarms[name], "\n"),
		})
	}
	if a.sent == nil && maps.Equal(previous, sent) {
		return nil
	}
	a.sent = sent
	text, err := json.Marshal(sent)
	if err == nil {
		err = atomicfile.WriteFile(atomicfile.OS{}, path, text)
	}
	if err == nil {
		a.sent = nil
	}
	return err
}
