package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"callsheet/config"
	"callsheet/deliver"
	"callsheet/job"
)

// ended is done when a run has ended: the database is told, somebody is told when it did not go well, and the heartbeat is called
// when it did.
func (a *app) ended(ctx context.Context, c *config.Config, log *slog.Logger, entry job.Entry, runs []job.Run) {
	whole := runs[0]
	if whole.State == job.Sent || whole.State == job.Skipped {
		if err := heartbeat(ctx, a.configured(c, entry.Report)); err != nil {
			log.Warn("heartbeat failed", "report", entry.Report, "error", err)
		}
	} else {
		notes := []string{whole.Error}
		for _, run := range runs[1:] {
			if run.Recipient != "" && run.State != job.Sent {
				notes = append(notes, fmt.Sprintf("%s %s: %s: %s", run.Part, run.Recipient, run.State, run.Error))
			}
		}
		a.alert(ctx, c, log, deliver.Parcel{
			Report: entry.Report, Title: fmt.Sprintf("Report %s: %s", entry.Report, whole.State), Period: whole.Period, When: "for " + whole.Period, Notes: notes,
		})
	}
	if _, err := a.refresh(ctx, c, false, nil); err != nil { // report_runs is part of what is published
		log.Warn("the database does not know of the run yet", "report", entry.Report, "error", err)
	}
}

// heartbeat calls the URL that waits for a report's good runs.
func heartbeat(ctx context.Context, entry config.Report) error {
	if entry.Heartbeat == "" {
		return nil
	}
	url, err := entry.Heartbeat.Reveal("heartbeat")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return deliver.WithoutURL(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("it answered %s", response.Status)
	}
	return nil
}

// alert mails the operator. What it says is in the log as well.
func (a *app) alert(ctx context.Context, c *config.Config, log *slog.Logger, parcel deliver.Parcel) {
	if len(c.AlertTo) == 0 {
		return
	}
	way, err := a.mailWay(c)
	if err != nil {
		log.Error("alert could not be sent", "error", err)
		return
	}
	way.To = c.AlertTo
	way.Server.AllowedDomains = nil // the configuration names them itself
	for _, address := range c.AlertTo {
		if _, err := way.Send(ctx, parcel, address); err != nil {
			log.Error("alert could not be sent", "to", address, "about", parcel.Title, "error", err)
		}
	}
}
