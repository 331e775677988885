package monitor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

// readData reads the published database, if there is one, or the lake.
func (s *Status) readData(ctx context.Context, p *pipeline.Pipeline, files []spool.File, days int) error {
	data, reader, err := s.openData(ctx, p)
	if err != nil || reader == nil {
		return err
	}
	defer reader.Close()
	s.Data = data
	waiting, err := reader.Waiting(ctx, files)
	if err != nil {
		return err
	}
	s.Spool.Waiting = waiting.Files
	s.setAge(waiting.Since, p)
	if err := s.readFileProblems(ctx, p, reader, files); err != nil {
		return err
	}
	for _, report := range p.Config.Reports {
		if err := pipeline.CheckReportFilters(ctx, reader, report); err != nil {
			s.warn(say("warn_report", report.Name, err))
		}
	}
	if err := pipeline.CheckGoals(ctx, reader, p.Config.Business); err != nil {
		s.warn(say("warn_goals", err))
	}
	if err := pipeline.CheckSources(ctx, reader); err != nil {
		s.warn(err.Error())
	}
	if err := errors.Join(s.readSources(ctx, p, reader, files), s.readRejects(ctx, reader, p.Now()), s.readDamage(ctx, reader), s.readEvents(ctx, reader), s.readWords(ctx, reader), s.readRecomputed(ctx, reader, p.Now()),
		s.readBalances(ctx, p, reader)); err != nil {
		return err
	}
	if err := s.readFreshness(ctx, reader); err != nil {
		return err
	}
	if p.Config.Store.Lake.Enabled() {
		if s.Data.LoadedAt == nil {
			s.Data = nil
			s.Warnings = append(s.Warnings, say("warn_nothing_loaded"))
			return nil
		}
		s.Data.PublishedAt = *s.Data.LoadedAt // what is committed can be read at once
	}
	return s.readDays(ctx, reader, period.Day(p.Now().In(p.Config.Zone())), days)
}

// openData opens the published database or the lake. The reader is nil if nothing is loaded yet, which is a warning, or if the data cannot be
// read, which is an alarm.
func (s *Status) openData(ctx context.Context, p *pipeline.Pipeline) (*DataStatus, *store.Reader, error) {
	data := &DataStatus{Path: p.Config.ReadDatabase(), Events: []Event{}, UnknownWords: []Word{}, Recomputed: []Recomputation{}}
	if p.Config.Store.Lake.Enabled() {
		data.Path = p.Config.LakeName()
		reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
		if err != nil {
			s.addAlarm("lake", err.Error())
			s.Spool.Waiting = 0 // unknown
			return nil, nil, nil
		}
		return data, reader, nil
	}
	info, err := os.Stat(data.Path)
	if _, link := os.Lstat(data.Path); link != nil && errors.Is(err, os.ErrNotExist) {
		s.Warnings = append(s.Warnings, say("warn_nothing_loaded"))
		return nil, nil, nil
	}
	if err := checkChecksum(p.Config); err != nil {
		s.addAlarm("published copy", err.Error())
		s.Spool.Waiting = 0 // unknown
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	data.PublishedAt = info.ModTime()
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	return data, reader, err
}

// readFreshness reads up to when the data is complete, when it was loaded, and how much there is.
func (s *Status) readFreshness(ctx context.Context, reader *store.Reader) error {
	return reader.Query(ctx, "freshness", nil, ignoreHeader, func(values []any) error {
		s.Data.CompleteThrough, s.Data.LoadedAt = timePointer(values[0]), timePointer(values[1])
		s.Data.Calls, s.Data.Rejects = values[2].(int64), values[3].(int64)
		return nil
	})
}

// readFileProblems reads which spool files calls may be missing from.
func (s *Status) readFileProblems(ctx context.Context, p *pipeline.Pipeline, reader *store.Reader, files []spool.File) error {
	if _, err := spool.List(p.Config.SpoolDir()); errors.Is(err, fs.ErrPermission) { // nothing is known of the files
		s.addAlarm("spool folder", err.Error())
		s.Data.FileProblems = []string{err.Error()}
		return nil
	}
	undone, err := spool.Undone(p.Config.SpoolDir(), files)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(undone)) {
		s.warn(say("warn_undone", strings.TrimSuffix(name, ".ndjson")))
	}
	if s.Data.FileProblems, err = reader.Problems(ctx, files, undone); err != nil {
		return err
	}
	for _, problem := range display.GroupFiles(s.Data.FileProblems) {
		s.addAlarm("spool file "+problem, problem)
	}
	return nil
}

func (s *Status) readDays(ctx context.Context, reader *store.Reader, today time.Time, days int) error {
	span, err := period.Between(today.AddDate(0, 0, 1-max(days, 1)), today)
	if err != nil {
		return err
	}
	return reader.Query(ctx, "content", pipeline.QueryArguments(span, nil), ignoreHeader, func(values []any) error {
		day, calls, content := values[0].(sqlvalue.Date), values[1].(int64), values[2].(string)
		s.Days = append(s.Days, DayStatus{day.String(), calls, content})
		return nil
	})
}

// A source is silent if it usually sends something: at least minDeliveries in the same hours of each of the last weeks, of which
// there are at least minWeeks.
const (
	minWeeks      = 2
	minDeliveries = 5
)

// maxAhead is how far the clocks of two machines that share a spool may differ.
const maxAhead = 15 * time.Minute

func (s *Status) readSources(ctx context.Context, p *pipeline.Pipeline, reader *store.Reader, files []spool.File) error {
	lastReceived, unreadable := spool.LastReceived(files)
	if unreadable != nil {
		s.warn(unreadable.Error())
	}
	for _, source := range p.Config.Collector.Sources {
		status := SourceStatus{Source: source.Name}
		arguments := map[string]any{"source": source.Name, "now": p.Now()}
		if t, ok := lastReceived[source.Name]; ok {
			arguments["since"] = t
		}
		err := reader.Query(ctx, "silence", arguments, ignoreHeader, func(values []any) error {
			status.LastReceived = timePointer(values[0])
			weeks, fewest := values[1].(int64), values[2]
			status.Silent = !source.IsClosed() && weeks >= minWeeks && fewest != nil && fewest.(int64) >= minDeliveries
			if status.LastReceived != nil && status.LastReceived.Sub(p.Now()) > maxAhead {
				s.warn(say("warn_ahead", source.Name, display.ZonedTime(status.LastReceived.In(p.Config.Zone()))))
			}
			if status.Silent {
				s.addAlarm("source "+source.Name, say("warn_silent",
					source.Name, display.ZonedTime(status.LastReceived.In(p.Config.Zone())), weeks, count("deliveries", fewest.(int64))))
			}
			return nil
		})
		if err != nil {
			return err
		}
		if status.Reconciled, err = s.readReconciled(ctx, p, reader, source); err != nil {
			return err
		}
		s.Sources = append(s.Sources, status)
	}
	return nil
}

// Rejected lines of the last day raise an alarm if there are more than maxRejects and more than one in maxRejectShare lines.
const (
	maxRejects     = 10
	maxRejectShare = 100
)

// RejectsHint is how to see rejected lines.
const RejectsHint = `hint: the table rejects has them, with file, line and reason: callsheet sql "from rejects order by rejected_at desc limit 20"`

func (s *Status) readRejects(ctx context.Context, reader *store.Reader, now time.Time) error {
	return reader.Query(ctx, "rejected", map[string]any{"since": now.AddDate(0, 0, -1)}, ignoreHeader, func(values []any) error {
		lines, rejects := values[0].(int64), values[1].(int64)
		if rejects > maxRejects && rejects > lines/maxRejectShare {
			s.addAlarm("rejects", say("warn_rejects", display.Count(rejects), count("lines", lines), RejectsHint))
		}
		return nil
	})
}

// maxListedDamage is how many damaged lines status lists.
const maxListedDamage = 10

func (s *Status) readDamage(ctx context.Context, reader *store.Reader) error {
	var damaged []string
	err := reader.Query(ctx, "damaged_lines", nil, ignoreHeader, func(values []any) error {
		line := spool.Damage{File: values[0].(string), Line: values[1].(int64), Offset: values[2].(int64), Reason: values[3].(string)}
		damaged = append(damaged, line.String())
		return nil
	})
	if err != nil || len(damaged) == 0 {
		return err
	}
	text := strings.Join(damaged[:min(maxListedDamage, len(damaged))], "\n")
	if more := len(damaged) - maxListedDamage; more > 0 {
		text += "\n" + count("more_damaged", int64(more))
	}
	s.addAlarm("damaged lines", say("warn_damaged", text))
	return nil
}

func (s *Status) readEvents(ctx context.Context, reader *store.Reader) error {
	deliveries := map[string]int64{} // by kind
	err := reader.Query(ctx, "events", nil, ignoreHeader, func(values []any) error {
		event := Event{Kind: values[0].(string), Name: fmt.Sprint(values[1]), Deliveries: values[2].(int64)}
		s.Data.Events = append(s.Data.Events, event)
		deliveries[event.Kind] += event.Deliveries
		return nil
	})
	if reports := deliveries["report"]; reports > 0 {
		s.Warnings = append(s.Warnings, count("warn_reports", reports))
	}
	if wrappers := deliveries["wrapper"]; wrappers > 0 {
		s.Warnings = append(s.Warnings, count("warn_wrappers", wrappers))
	}
	return err
}

// maxListedWords is how many unknown words status lists.
const maxListedWords = 10

// readWords offers the unknown words for the configuration.
func (s *Status) readWords(ctx context.Context, reader *store.Reader) error {
	err := reader.Query(ctx, "unknown_words", nil, ignoreHeader, func(values []any) error {
		s.Data.UnknownWords = append(s.Data.UnknownWords,
			Word{Kind: values[0].(string), Source: values[1].(string), Word: values[2].(string), Calls: values[3].(int64)})
		return nil
	})
	words := s.Data.UnknownWords
	if err != nil || len(words) == 0 {
		return err
	}
	var text strings.Builder
	for _, word := range words[:min(maxListedWords, len(words))] {
		unknown := map[string]string{"status": "unknown_status", "direction": "unknown_direction"}[word.Kind]
		text.WriteString(say(unknown, word.Source, strconv.Quote(word.Word), count("calls", word.Calls)) + "\n")
	}
	if more := len(words) - maxListedWords; more > 0 {
		text.WriteString(say("more_words", display.Count(int64(more))) + "\n")
	}
	meaning := map[string]string{"status": "abandoned", "direction": "outgoing"}[words[0].Kind]
	s.Warnings = append(s.Warnings, say("warn_words", text.String(), words[0].Kind, strconv.Quote(words[0].Word), meaning))
	return nil
}

// shownRecomputed is how long status shows that figures were recomputed.
const shownRecomputed = 30 * 24 * time.Hour

func (s *Status) readRecomputed(ctx context.Context, reader *store.Reader, now time.Time) error {
	return reader.Query(ctx, "recomputations", nil, ignoreHeader, func(values []any) error {
		if at := values[0].(time.Time); now.Sub(at) <= shownRecomputed {
			s.Data.Recomputed = append(s.Data.Recomputed, Recomputation{at, values[1].(string)})
		}
		return nil
	})
}

// timePointer returns the time of a query's column, nil for NULL.
func timePointer(value any) *time.Time {
	if t, ok := value.(time.Time); ok {
		return &t
	}
	return nil
}

func ignoreHeader([]string) error { return nil }
