package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/job"
	"callsheet/internal/period"
	"callsheet/internal/spool"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

// status is how things are, as `callsheet status` tells it. What is not known is left out.
type status struct {
	Sources []sourceStatus `json:"sources"`
	Spool   spoolStatus    `json:"spool"`
	Data    *dataStatus    `json:"data,omitempty"` // nil before the first load
	Reports []reportStatus `json:"reports"`
	Days    []dayStatus    `json:"days"`
	Look    []string       `json:"look"` // what needs a look

	Alarms map[string]string `json:"alarms"` // what is urgent of it, by a name that stays when its words change
}

// sourceStatus is of a source of the configuration.
type sourceStatus struct {
	Source       string     `json:"source"`
	LastReceived *time.Time `json:"last_received,omitempty"`
	Silent       bool       `json:"silent"` // for longer than in the weeks before
}

type spoolStatus struct {
	Files    int        `json:"files"`
	Bytes    int64      `json:"bytes"` // on disk
	Waiting  int        `json:"waiting"`
	LastSeen *time.Time `json:"last_seen,omitempty"` // when a file was last written
}

type dataStatus struct {
	Path            string     `json:"path"`
	PublishedAt     time.Time  `json:"published_at"`
	LoadedAt        *time.Time `json:"loaded_at,omitempty"`
	CompleteThrough *time.Time `json:"complete_through,omitempty"`
	Calls           int64      `json:"calls"`
	Rejects         int64      `json:"rejects"`
	FileProblems    []string   `json:"file_problems"` // of spool files that something may be missing of
}

type reportStatus struct {
	Report string     `json:"report"`
	LastAt *time.Time `json:"last_at,omitempty"`
	Period string     `json:"period,omitempty"`
	State  string     `json:"state,omitempty"`
	Error  string     `json:"error,omitempty"`
	NextAt time.Time  `json:"next_at"`
}

type dayStatus struct {
	Day     string `json:"day"`
	Calls   int64  `json:"calls"`
	Content string `json:"content"`
}

func statusCommand(a *app) *cobra.Command {
	var asJSON bool
	var days int
	command := &cobra.Command{
		Use:   "status",
		Short: "Show how fresh the data is, what ran and what failed",
		Long: `status shows when each source last sent something, what came in, what of it is loaded, how the scheduled reports ended, and a hash of each of the last days'
calls: two databases with the same calls have the same hashes. The exit code is 3 if something needs a look.`,
		Example: `  callsheet status
  callsheet status --days 400
  callsheet status --json | jq .data.complete_through`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			s, err := a.status(c.Context(), cfg, days)
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(a.stdout).Encode(s); err != nil {
					return err
				}
			} else if err := s.print(display.EscapingWriter{W: a.stdout}, cfg.Zone()); err != nil {
				return err
			}
			if len(s.Look) > 0 {
				return needsALook(errors.New(strings.Join(s.Look, "\n")))
			}
			return nil
		},
	}
	command.Flags().IntVar(&days, "days", 7, "so many of the last days, today included")
	command.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return command
}

func (a *app) status(ctx context.Context, c *config.Config, days int) (*status, error) {
	s := &status{Sources: []sourceStatus{}, Reports: []reportStatus{}, Days: []dayStatus{}, Look: []string{}, Alarms: map[string]string{}}
	files, err := spool.List(spoolDir(c))
	if err != nil {
		s.Look = append(s.Look, err.Error())
	}
	for _, file := range files {
		if rest := file.Size - file.Durable; rest > 0 && a.now().Sub(file.ModTime) > notDurableAfter {
			s.alarm("not durable "+file.Name, fmt.Sprintf("the last %s bytes of %s were written and not synced; they are loaded once the collector runs again\nhint: start the collector: callsheet serve",
				display.Count(rest), display.Escape(file.Name)))
		}
		s.Spool.Files++
		s.Spool.Bytes += file.Size
		if s.Spool.LastSeen == nil || file.ModTime.After(*s.Spool.LastSeen) {
			s.Spool.LastSeen = &file.ModTime
		}
	}
	s.Spool.Waiting = s.Spool.Files
	if err := a.dataStatus(ctx, c, s, files, days); err != nil {
		return nil, err
	}
	if free, all, err := diskSpace(c.Path(c.DataDir)); err == nil && (free < leastFree || free < all/leastShare) {
		s.alarm("disk", fmt.Sprintf("the disk of %s has %s MB left\nhint: archive finished days with callsheet archive, or give it more room", c.Path(c.DataDir), display.Count(int64(free>>20))))
	}
	return s, a.reportStatus(c, s)
}

// notDurableAfter is how long bytes may wait for their sync: a collector that runs needs milliseconds.
const notDurableAfter = time.Minute

// What the disk of data_dir must have left: so many bytes, and so small a part of it.
const (
	leastFree  = 1 << 30
	leastShare = 50
)

// alarm is something that needs a look at once. name tells it from others, however its words change.
func (s *status) alarm(name, text string) {
	s.Look = append(s.Look, text)
	s.Alarms[name] = text
}

// How many deliveries a source must have sent in the same hours of each of so many weeks before, for its silence to be strange.
const (
	usualWeeks      = 2
	usualDeliveries = 5
)

// sourceStatus tells of the sources of the configuration.
func (a *app) sourceStatus(ctx context.Context, c *config.Config, s *status, reader *store.Reader, files []spool.File) error {
	last, err := spool.LastReceived(files)
	if err != nil {
		return err
	}
	now := a.now()
	for _, source := range c.Collector.Sources {
		one := sourceStatus{Source: source.Name}
		arguments := map[string]any{"source": source.Name, "now": now}
		if at, known := last[source.Name]; known {
			arguments["since"] = at
		}
		err := reader.Query(ctx, "silence", arguments, ignoreHeader, func(values []any) error {
			one.LastReceived = instant(values[0])
			weeks, fewest := values[1].(int64), values[2]
			one.Silent = weeks >= usualWeeks && fewest != nil && fewest.(int64) >= usualDeliveries
			if one.Silent {
				s.alarm("source "+source.Name, fmt.Sprintf("source %s has sent nothing since %s; in the same hours of each of the last %d weeks it sent %d deliveries or more\nhint: see whether the vendor still has the right URL, and whether /readyz answers 200",
					source.Name, moment(one.LastReceived.In(c.Zone())), weeks, fewest))
			}
			return nil
		})
		if err != nil {
			return err
		}
		s.Sources = append(s.Sources, one)
	}
	return nil
}

// How many lines of a day may be rejected before somebody is told: some, and so small a part of what came.
const (
	fewRejects  = 10
	rejectShare = 100
)

func (a *app) rejectStatus(ctx context.Context, s *status, reader *store.Reader) error {
	return reader.Query(ctx, "rejected", map[string]any{"since": a.now().AddDate(0, 0, -1)}, ignoreHeader, func(values []any) error {
		lines, rejects := values[0].(int64), values[1].(int64)
		if rejects > fewRejects && rejects > lines/rejectShare {
			s.alarm("rejects", fmt.Sprintf("%s of %s lines of the last day were rejected\nhint: callsheet sql \"from rejects order by rejected_at desc limit 20\" shows them",
				display.Count(rejects), display.Count(lines)))
		}
		return nil
	})
}

// shownDamage is how many damaged lines status names.
const shownDamage = 10

// damageStatus names the lines of the spool that are damaged.
func damageStatus(ctx context.Context, s *status, reader *store.Reader) error {
	var damaged []string
	err := reader.Query(ctx, "damaged_lines", nil, ignoreHeader, func(values []any) error {
		line := spool.Damage{File: values[0].(string), Line: values[1].(int64), Offset: values[2].(int64), Reason: values[3].(string)}
		damaged = append(damaged, line.String())
		return nil
	})
	if err != nil || len(damaged) == 0 {
		return err
	}
	text := strings.Join(damaged[:min(shownDamage, len(damaged))], "\n")
	if more := len(damaged) - shownDamage; more > 0 {
		text += fmt.Sprintf("\nand %s more damaged lines", display.Count(int64(more)))
	}
	s.alarm("damaged lines", text+"\nhint: restore the file from a backup and run callsheet load --retry-rejects")
	return nil
}

// dataStatus looks into the published copy, if there is one.
func (a *app) dataStatus(ctx context.Context, c *config.Config, s *status, files []spool.File, days int) error {
	path := readFrom(c)
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		s.Look = append(s.Look, "nothing was loaded yet\nhint: run callsheet load")
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.checkCopy(c); err != nil {
		s.alarm("published copy", err.Error())
		s.Spool.Waiting = 0 // unknown
		return nil
	}
	reader, err := a.reader(ctx, c, time.Time{}, readerMemory, 1)
	if err != nil {
		return err
	}
	defer reader.Close()
	s.Data = &dataStatus{Path: path, PublishedAt: info.ModTime()}
	if s.Spool.Waiting, err = reader.Waiting(ctx, files); err != nil {
		return err
	}
	if s.Data.FileProblems, err = reader.Problems(ctx, files); err != nil {
		return err
	}
	for _, problem := range s.Data.FileProblems {
		s.alarm("spool file "+problem, problem)
	}
	if err := errors.Join(a.sourceStatus(ctx, c, s, reader, files), a.rejectStatus(ctx, s, reader), damageStatus(ctx, s, reader)); err != nil {
		return err
	}
	err = reader.Query(ctx, "freshness", nil, ignoreHeader, func(values []any) error {
		s.Data.CompleteThrough, s.Data.LoadedAt = instant(values[0]), instant(values[1])
		s.Data.Calls, s.Data.Rejects = values[2].(int64), values[3].(int64)
		return nil
	})
	if err != nil {
		return err
	}
	today := period.Day(a.now().In(c.Zone()))
	span, err := period.Between(today.AddDate(0, 0, 1-max(days, 1)), today)
	if err != nil {
		return err
	}
	return reader.Query(ctx, "content", queryArguments(span), ignoreHeader, func(values []any) error {
		day, calls, content := values[0].(sqlvalue.Date), values[1].(int64), values[2].(string)
		s.Days = append(s.Days, dayStatus{day.String(), calls, content})
		return nil
	})
}

// instant is a time of a query's row; nil if there is none.
func instant(value any) *time.Time {
	if t, ok := value.(time.Time); ok {
		return &t
	}
	return nil
}

// overdue is how long after its due time a report that has not run is strange: others may run before it.
const overdue = time.Hour

func (a *app) reportStatus(c *config.Config, s *status) error {
	runner, err := a.runner(c)
	if err != nil {
		return err
	}
	runs, err := runner.Ledger.Runs()
	if err != nil {
		return err
	}
	damaged, err := runner.Ledger.DamagedLines()
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		s.alarm("run ledger", fmt.Sprintf("%s: line %d cannot be read, and %d others; what a crash cut short does no harm, but a damaged line may hide that a report was sent\nhint: see what became of the reports of that time; callsheet prune --runs 400 removes the lines",
			runLedger(c), damaged[0], len(damaged)-1))
	}
	for _, entry := range runner.Entries {
		one := reportStatus{Report: entry.Report, NextAt: entry.NextDue(a.now())}
		if run, ok := lastRun(runs, entry.Report, a.now()); ok {
			at := lastTime(run).In(entry.Zone)
			one.LastAt, one.Period, one.State, one.Error = &at, run.Period, string(run.State), run.Error
			due := entry.LastDue(a.now())
			switch {
			case entry.Schedule != nil && run.DueAt.Before(due) && a.now().Sub(due) > overdue+entry.WaitForData:
				s.alarm("report "+entry.Report, fmt.Sprintf("report %s was due %s and has not run\nhint: see whether callsheet serve is running, or run callsheet run %s",
					entry.Report, moment(due), entry.Report))
			case run.State == job.Retrying:
				s.Look = append(s.Look, fmt.Sprintf("report %s for %s failed and is retried until %s: %s\nhint: callsheet run %s tries it now",
					entry.Report, run.Period, moment(run.RetryUntil.In(entry.Zone)), run.Error, entry.Report))
			case !run.FinishedAt.IsZero() && !run.Succeeded():
				s.Look = append(s.Look, fmt.Sprintf("report %s for %s: %s: %s", entry.Report, run.Period, run.State, run.Error))
			case run.FinishedAt.IsZero() && a.now().Sub(run.StartedAt) > overdue+entry.WaitForData+entry.RetryFor:
				s.alarm("report "+entry.Report, fmt.Sprintf("report %s for %s is %s since %s\nhint: if nothing works on it, callsheet run %s goes on where it was",
					entry.Report, run.Period, run.State, moment(run.StartedAt.In(entry.Zone)), entry.Report))
			}
		}
		s.Reports = append(s.Reports, one)
	}
	return nil
}

func (s *status) print(w io.Writer, zone *time.Location) error {
	at := func(t *time.Time) string {
		if t == nil {
			return "never"
		}
		return moment(t.In(zone))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, source := range s.Sources {
		heading, silent := "", ""
		if i == 0 {
			heading = "sources"
		}
		if source.Silent {
			silent = ", which is longer than usual"
		}
		fmt.Fprintf(t, "%s\t%s: last delivery %s%s\n", heading, source.Source, at(source.LastReceived), silent)
	}
	fmt.Fprintf(t, "spool\t%s files, %s bytes, last written %s\n", display.Count(int64(s.Spool.Files)), display.Count(s.Spool.Bytes), at(s.Spool.LastSeen))
	if s.Spool.Waiting > 0 {
		fmt.Fprintf(t, "\t%s of them have something that is not loaded yet\n", display.Count(int64(s.Spool.Waiting)))
	}
	if s.Data != nil {
		fmt.Fprintf(t, "data\tcomplete through %s, loaded %s\n", at(s.Data.CompleteThrough), at(s.Data.LoadedAt))
		fmt.Fprintf(t, "\t%s calls, %s rejected lines\n", display.Count(s.Data.Calls), display.Count(s.Data.Rejects))
	}
	for i, report := range s.Reports {
		heading := ""
		if i == 0 {
			heading = "reports"
		}
		last := "never ran"
		if report.LastAt != nil {
			last = fmt.Sprintf("%s %s at %s", report.Period, report.State, moment(*report.LastAt))
		}
		fmt.Fprintf(t, "%s\t%s: %s, next %s\n", heading, report.Report, last, moment(report.NextAt))
	}
	for i, day := range s.Days {
		heading := ""
		if i == 0 {
			heading = "days"
		}
		fmt.Fprintf(t, "%s\t%s  %s  %s calls\n", heading, day.Day, day.Content, display.Count(day.Calls))
	}
	return t.Flush()
}
