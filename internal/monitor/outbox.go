package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/backoff"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/notify"
)

const (
	maxAlertAge      = 7 * 24 * time.Hour // then it is given up
	alertLockTimeout = time.Minute
)

// alertBackoff is the wait before an alert that cannot be sent is retried.
var alertBackoff = backoff.Policy{Initial: 15 * time.Second, Max: time.Hour}

// pendingAlert is an alert that some recipient has not been sent. It is a file in data_dir/alerts, so that it is sent after a restart as
// well, by whichever process is there. Sending it twice is better than not at all: an attempt whose end is not known is repeated.
type pendingAlert struct {
	Message  notify.Message `json:"message"`
	At       time.Time      `json:"at"`
	Told     []string       `json:"told,omitempty"` // recipients that have it
	Attempts int            `json:"attempts"`
	RetryAt  time.Time      `json:"retry_at"`
	Error    string         `json:"error,omitempty"` // of the last attempt

	path string
}

func alertDir(c *config.Config) string { return c.Data("alerts") }

// readPending returns the alerts in data_dir, oldest first, and the paths of files that are damaged.
func readPending(c *config.Config) (alerts []*pendingAlert, damaged []string) {
	for _, path := range atomicfile.Glob(alertDir(c), "*.json") {
		alert := &pendingAlert{path: path}
		text, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // sent meanwhile
		case err != nil || json.Unmarshal(text, alert) != nil:
			damaged = append(damaged, path)
		default:
			alerts = append(alerts, alert)
		}
	}
	slices.SortStableFunc(alerts, func(a, b *pendingAlert) int { return a.At.Compare(b.At) })
	return alerts, damaged
}

func (p *pendingAlert) save() error {
	text, err := json.Marshal(p)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(p.path), 0o700)
	}
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(atomicfile.OS{}, p.path, text)
}

// send keeps an alert until every recipient of alert_to has been sent it, and tries to send it now. An alert of the same name replaces
// an earlier one. Its content is in the log as well.
func (a *Alerts) send(ctx context.Context, name string, message notify.Message) {
	p := a.pipeline()
	if len(p.Config.AlertTo) == 0 {
		return
	}
	now := p.Now().In(p.Config.Zone())
	message.ID = notify.NewID()
	message.Notes = append(slices.Clone(message.Notes), "Noticed "+display.ZonedTime(now))
	alert := &pendingAlert{Message: message, At: now, RetryAt: now, path: filepath.Join(alertDir(p.Config), name+".json")}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if err := alert.save(); err != nil {
		p.Log.Error("alert cannot be kept, and is lost if it cannot be sent before the process ends", "about", message.Title, "error", err)
		a.unsaved = append(a.unsaved, alert)
	}
	a.sendPending(ctx)
}

// maxCollected is the number of notes from which an alert names no more failures.
const maxCollected = 100

// collect adds a failure to the alert about a report that is sent at a time, with the others since the one before.
func (a *Alerts) collect(failure notify.Message, at time.Time) {
	p := a.pipeline()
	a.mutex.Lock()
	defer a.mutex.Unlock()
	path := filepath.Join(alertDir(p.Config), fmt.Sprintf("run-%s-%d.json", failure.Report, at.UnixNano()))
	pending, _ := readPending(p.Config)
	pending = append(pending, a.unsaved...)
	i := slices.IndexFunc(pending, func(alert *pendingAlert) bool { return alert.path == path })
	if i < 0 {
		i, pending = len(pending), append(pending, &pendingAlert{At: p.Now(), RetryAt: at, path: path, Message: notify.Message{
			Report: failure.Report, Title: "Report " + failure.Report + ": more failures", When: "since the last alert", ID: notify.NewID(),
		}})
	}
	alert := pending[i]
	alert.Message.Period, alert.Told = failure.Period, nil
	if len(alert.Message.Notes) >= maxCollected {
		return
	}
	failure.Notes[0] = "For " + failure.Period + ": " + failure.Notes[0]
	if alert.Message.Notes = append(alert.Message.Notes, failure.Notes...); len(alert.Message.Notes) >= maxCollected {
		alert.Message.Notes = append(alert.Message.Notes, "Runs that failed after that are in the log.")
	}
	a.unsaved = slices.DeleteFunc(a.unsaved, func(other *pendingAlert) bool { return other == alert })
	if err := alert.save(); err != nil {
		p.Log.Error("alert cannot be kept, and is lost if the process ends before it is sent", "about", alert.Message.Title, "error", err)
		a.unsaved = append(a.unsaved, alert)
	}
}

// Retry sends the alerts that could not be sent before, as far as their next attempt is due.
func (a *Alerts) Retry(ctx context.Context) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.sendPending(ctx)
}

// sendPending tries each alert whose attempt is due. A recipient that fails is not tried again for the other alerts.
func (a *Alerts) sendPending(ctx context.Context) {
	p := a.pipeline()
	log, lockPath := p.Log, p.Config.Data(".alerts.lock")
	notDue := func(alert *pendingAlert) bool { return !a.RetryNow && p.Now().Before(alert.RetryAt) }
	alerts, damaged := readPending(p.Config)
	for _, path := range damaged {
		kept := path + ".damaged"
		if err := os.Rename(path, kept); err != nil {
			log.Error("alert cannot be read, is not sent and cannot be set aside", "file", path, "error", err)
			continue
		}
		log.Error("alert cannot be read and is not sent", "kept", kept)
	}
	if len(slices.DeleteFunc(slices.Concat(alerts, a.unsaved), notDue)) == 0 {
		return
	}
	lock, err := atomicfile.TakeLock(ctx, lockPath, "the alerts of "+p.Config.Data(), alertLockTimeout)
	if err != nil {
		if held, _ := atomicfile.IsHeld(lockPath); held {
			log.Warn("alerts wait, because another process is sending some", "error", err)
			return
		}
		log.Error("alerts are sent without a lock", "error", err) // on a full disk, say
	} else {
		defer lock.Release()
	}
	alerts, _ = readPending(p.Config) // another process may have sent some
	channels, channelErr := p.AlertChannels()
	failed := map[string]error{}
	due := slices.DeleteFunc(slices.Concat(alerts, a.unsaved), notDue)
	a.unsaved = slices.DeleteFunc(a.unsaved, func(alert *pendingAlert) bool { return !notDue(alert) })
	for _, alert := range due {
		failure := a.attempt(ctx, alert, channels, failed)
		if a.finish(alert, errors.Join(channelErr, failure)) {
			continue
		}
		if err := alert.save(); err != nil {
			a.unsaved = append(a.unsaved, alert)
		}
	}
}

// attempt sends an alert to the recipients that do not have it. failed has those that failed before, by id.
func (a *Alerts) attempt(ctx context.Context, alert *pendingAlert, channels []notify.Channel, failed map[string]error) error {
	var errs []error
	for _, channel := range channels {
		recipients, err := channel.Recipients(ctx, "")
		errs = append(errs, err)
		for _, recipient := range recipients {
			id := notify.RecipientID(channel, recipient)
			if slices.Contains(alert.Told, id) {
				continue
			}
			err := failed[id]
			if err == nil {
				_, err = channel.Send(ctx, alert.Message, recipient)
			}
			if err != nil && !errors.Is(err, notify.ErrWarning) {
				failed[id] = err
				errs = append(errs, fmt.Errorf("%s: %w", recipient, err))
				continue
			}
			alert.Told = append(alert.Told, id)
		}
	}
	return errors.Join(errs...)
}

// finish reports whether an alert was delivered or given up, and removes its file. Otherwise it sets the time of the next attempt.
func (a *Alerts) finish(alert *pendingAlert, failure error) bool {
	p := a.pipeline()
	now, log := p.Now(), p.Log.With("about", alert.Message.Title, "when", alert.Message.When)
	if failure == nil {
		switch {
		case len(p.Config.AlertTo) == 0:
			log.Warn("alert dropped, because alert_to is empty")
		case alert.Attempts > 0:
			log.Info("alert sent after retries", "attempts", alert.Attempts+1)
		}
		return a.remove(alert, log)
	}
	wait := alertBackoff.Wait(alert.Attempts)
	alert.Attempts, alert.RetryAt, alert.Error = alert.Attempts+1, now.Add(max(wait, notify.RetryAfter(failure))), failure.Error()
	if now.Sub(alert.At) > maxAlertAge {
		log.Error("alert could not be sent and is given up", "error", failure)
		return a.remove(alert, log)
	}
	log.Error("alert could not be sent", "error", failure, "next_attempt", alert.RetryAt)
	return false
}

func (a *Alerts) remove(alert *pendingAlert, log *slog.Logger) bool {
	if err := atomicfile.RemoveIfExists(atomicfile.OS{}, alert.path); err != nil {
		log.Error("alert that was sent cannot be removed", "error", err)
		return false
	}
	return true
}

// Unsent returns an error if an alert could not be sent to everyone yet.
func Unsent(c *config.Config) error {
	alerts, damaged := readPending(c)
	alerts = slices.DeleteFunc(alerts, func(alert *pendingAlert) bool { return alert.Attempts == 0 }) // being sent
	switch {
	case len(damaged) > 0:
		return fmt.Errorf("alert %s cannot be read\nhint: callsheet serve and each callsheet run set it aside as .damaged; look into it, it is sent to nobody", damaged[0])
	case len(alerts) == 0:
		return nil
	}
	last := slices.MaxFunc(alerts, func(a, b *pendingAlert) int { return a.RetryAt.Compare(b.RetryAt) })
	return fmt.Errorf("%s could not be sent, the oldest of %s; the last error: %s\nhint: callsheet serve goes on trying, and so does each callsheet run",
		display.Plural(len(alerts), "alert"), display.ZonedTime(alerts[0].At.In(c.Zone())), strings.ReplaceAll(last.Error, "\n", "; "))
}
