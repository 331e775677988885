package monitor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

// reconciledDays is the number of days that status compares with the vendor's list.
const reconciledDays = 14

// ReconciledStatus is how the calls of a source compare with the vendor's own list. Days are those of the source, of the last two weeks.
type ReconciledStatus struct {
	LastFetched     *time.Time `json:"last_fetched,omitempty"` // the newest list of these days
	LastEnded       *time.Time `json:"last_ended,omitempty"`   // when serve last finished a reconciliation
	NextAt          *time.Time `json:"next_at,omitempty"`      // on the schedule, or after a failure
	Error           string     `json:"error,omitempty"`        // why the last attempt of serve failed
	Complete        int        `json:"complete"`               // days
	Incomplete      []string   `json:"incomplete"`             // days that were compared and differ
	Missing         int64      `json:"missing"`                // calls
	UnknownToVendor int64      `json:"unknown_to_vendor"`
	Differing       int64      `json:"differing"`
}

// alarmingFailures is how many attempts fail before an alert is sent: the API may be down for a moment.
const alarmingFailures = 3

// readReconciled reads how the days of a source compare, nil if it has no vendor_api.
func (s *Status) readReconciled(ctx context.Context, p *pipeline.Pipeline, reader *store.Reader, source config.Source) (*ReconciledStatus, error) {
	if source.VendorAPI == nil {
		return nil, nil
	}
	record, err := pipeline.ReadReconciled(p.Config, source.Name)
	if err != nil {
		s.warn(err.Error())
	}
	status := &ReconciledStatus{Incomplete: []string{}, Error: record.Error}
	if !record.EndedAt.IsZero() {
		status.LastEnded = &record.EndedAt
	}
	yesterday := period.Day(p.Now().In(p.Config.Zone())).AddDate(0, 0, -1)
	span := period.Period{From: yesterday.AddDate(0, 0, 1-reconciledDays), To: yesterday}
	arguments := pipeline.QueryArguments(span, map[string]string{"source": source.Name})
	lists := map[string]time.Time{} // when the list of each day was fetched
	var lasting []string            // days that differ though serve has imported what it could
	var listed, ours float64        // coins of these days
	err = reader.Query(ctx, "completeness_days", arguments, ignoreHeader, func(values []any) error {
		fetched := timePointer(values[3])
		if fetched == nil {
			return nil
		}
		if status.LastFetched == nil || fetched.After(*status.LastFetched) {
			status.LastFetched = fetched
		}
		day := values[1].(sqlvalue.Date).String()
		lists[day] = *fetched
		switch values[2] {
		case "complete":
			status.Complete++
		case "incomplete":
			status.Incomplete = append(status.Incomplete, day)
			status.Missing += values[6].(int64)
			status.UnknownToVendor += values[8].(int64)
			status.Differing += values[9].(int64)
			if record.Days[day].After(*fetched) {
				lasting = append(lasting, day)
				vendorCoins, _ := values[10].(float64)
				ourCoins, _ := values[11].(float64)
				listed, ours = listed+vendorCoins, ours+ourCoins
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	coins := ""
	if listed != ours {
		coins = say("coins_differ", listed, ours)
	}
	s.warnOfDays(source.Name, status, lasting, coins)
	s.warnOfSchedule(p, source, status, record, lists)
	s.warnOfDamagedLists(p, source.Name, span)
	return status, nil
}

// warnOfDamagedLists reads the lists of the days, which loads leave out if they are damaged.
func (s *Status) warnOfDamagedLists(p *pipeline.Pipeline, source string, span period.Period) {
	for day := span.From; !day.After(span.To); day = day.AddDate(0, 0, 1) {
		list, err := spool.VendorFileAt(p.Config.Data(), source, day.Format(time.DateOnly))
		if err == nil {
			err = list.Lines(func(spool.Line) error { return nil })
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.warn(say("warn_damaged_list", source, err.Error()))
		}
	}
}

// warnOfDays reports days that are not complete. What stays after serve has imported what it could is urgent.
func (s *Status) warnOfDays(source string, status *ReconciledStatus, lasting []string, coins string) {
	if len(lasting) > 0 {
		s.addAlarm("incomplete "+source, say("warn_days_last",
			source, someDays(lasting), coins, say("hint_differences", source, lasting[0], lasting[len(lasting)-1])))
	} else if days := status.Incomplete; len(days) > 0 {
		first, last := days[0], days[len(days)-1]
		hint := say("hint_fix", source, first, last)
		if status.Missing == 0 && status.Differing == 0 { // nothing that --fix could change
			hint = say("hint_differences", source, first, last)
		}
		s.warn(say("warn_days",
			source, someDays(days), count("calls", status.Missing), display.Count(status.UnknownToVendor), display.Count(status.Differing), hint))
	}
}

// someDays names at most three days.
func someDays(days []string) string {
	const named = 3
	text := strings.Join(days[:min(named, len(days))], ", ")
	if more := len(days) - named; more > 0 {
		text = say("some_days", text, count("more_days", int64(more)))
	}
	return text
}

// warnOfSchedule reports a source that could not be reconciled, or that was not when it was due. lists has the times at which the lists of
// days were fetched.
func (s *Status) warnOfSchedule(p *pipeline.Pipeline, source config.Source, status *ReconciledStatus, record pipeline.Reconciled, lists map[string]time.Time) {
	now, zone := p.Now(), p.Config.Zone()
	if times := pipeline.ReconcileSchedule(source); times != nil {
		next, last := times.Next(now), times.Last(now.Add(-2*maxDelay)) // it may be due again since, and has its time to run
		status.NextAt = &next
		info, err := os.Stat(p.ConfigPath)
		configured := err == nil && info.ModTime().Before(last)
		elsewhere := p.Config.Store.Lake.Enabled() && status.LastFetched != nil && !status.LastFetched.Before(last) // by another machine
		if configured && record.Failures == 0 && record.EndedAt.Before(last) && !elsewhere {
			s.addAlarm("reconcile "+source.Name, say("warn_not_reconciled", source.Name, display.ZonedTime(last)))
		}
	}
	byHand := func(day string) bool { return lists[day].After(record.FailedAt) }
	if record.Failures == 0 || len(record.FailedDays) > 0 && !slices.ContainsFunc(record.FailedDays, func(day string) bool { return !byHand(day) }) {
		return
	}
	if record.RetryAt.After(now) {
		status.NextAt = &record.RetryAt
	}
	text := say("warn_reconcile_failed", source.Name, display.ZonedTime(record.FailedAt.In(zone)), record.Error)
	if record.Failures >= alarmingFailures {
		s.addAlarm("reconcile "+source.Name, text)
	} else {
		s.warn(text)
	}
}
