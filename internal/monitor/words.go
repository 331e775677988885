package monitor

import (
	_ "embed"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/texts"
)

// wordsEN has the words of the status, by key.
//
//go:embed words.en.json
var wordsEN []byte

var words = func() texts.Texts {
	t, err := texts.Parse(wordsEN)
	if err != nil {
		panic(err) // the file is embedded, so this is a programming error
	}
	return t
}()

// say returns words with values in their places.
func say(key string, values ...any) string { return must(words.Text(key, values...)) }

// count returns the words for a number of things.
func count(key string, n int64) string { return must(words.Count(key, n)) }

// must panics for a key without words; a test compares the keys.
func must(text string, err error) string {
	if err != nil {
		panic(err)
	}
	return text
}

// duration returns the words for a duration.
func duration(d time.Duration) string {
	n, unit := display.Units(d)
	return count(unit, n)
}

// Section is a part of a status in words: a heading with its lines.
type Section struct {
	Heading string
	Lines   []string
}

// Words returns the status in words, without the warnings, with times in a zone.
func (s *Status) Words(zone *time.Location) (sections []Section) {
	format := timeFormat(zone)
	add := func(heading string, lines ...string) {
		if len(lines) > 0 {
			sections = append(sections, Section{heading, lines})
		}
	}
	if p := s.Process; p != nil {
		add(say("heading_process"), say("process", p.Command, p.PID, format(&p.StartedAt), format(&p.ReadAt)))
	}
	var sources []string
	for _, source := range s.Sources {
		key := "source"
		if source.Silent {
			key = "source_silent"
		}
		sources = append(sources, say(key, source.Source, format(source.LastReceived)))
		if r := source.Reconciled; r != nil {
			sources = append(sources, r.words(format))
		}
	}
	add(say("heading_sources"), sources...)
	files := []string{say("spool", count("files", int64(s.Spool.Files)), count("bytes", s.Spool.Bytes), format(s.Spool.LastSeen))}
	if s.Spool.Waiting > 0 {
		files = append(files, count("spool_waiting", int64(s.Spool.Waiting)))
	}
	add(say("heading_spool"), files...)
	if s.Disk != nil {
		add(say("heading_disk"), say("disk", display.Count(int64(s.Disk.Free>>20)), display.Count(int64(s.Disk.Total>>20))))
	}
	if s.Data != nil {
		add(say("heading_data"), s.dataWords(format)...)
		add(say("heading_other"), eventWords(s.Data.Events)...)
	}
	var balances []string
	for _, balance := range s.Balances {
		balances = append(balances, say("balance", balance.Source, format(&balance.FetchedAt), balance))
	}
	add(say("heading_balance"), balances...)
	var reports []string
	for _, report := range s.Reports {
		reports = append(reports, report.words())
	}
	add(say("heading_reports"), reports...)
	var days []string
	for _, day := range s.Days {
		days = append(days, say("day", day.Day, day.Content, count("calls", day.Calls)))
	}
	add(say("heading_days"), days...)
	return sections
}

// Freshness says how new the published data is, which there must be, with times in a zone.
func (s *Status) Freshness(zone *time.Location) []string { return s.freshness(timeFormat(zone)) }

func (s *Status) freshness(format func(*time.Time) string) []string {
	d := s.Data
	published := say("published", format(&d.PublishedAt))
	switch {
	case d.WaitingSince != nil:
		published = say("published_late", format(&d.PublishedAt), format(d.WaitingSince), duration(time.Duration(d.AgeSeconds)*time.Second))
	case s.Spool.Waiting == 0 && len(d.FileProblems) == 0:
		published = say("published_all", format(&d.PublishedAt))
	}
	return []string{say("complete", format(d.CompleteThrough), format(d.LoadedAt)), published}
}

// timeFormat returns how times are written.
func timeFormat(zone *time.Location) func(*time.Time) string {
	return func(t *time.Time) string {
		if t == nil || t.IsZero() {
			return say("never")
		}
		return display.Time(t.In(zone))
	}
}

func (s *Status) dataWords(format func(*time.Time) string) []string {
	d := s.Data
	lines := append(s.freshness(format), say("content", count("calls", d.Calls), count("rejected_lines", d.Rejects)))
	if len(d.Recomputed) > 0 { // the newest
		lines = append(lines, say("recomputed", format(&d.Recomputed[0].At), d.Recomputed[0].Reason))
	}
	return lines
}

// words says how a source compares with the vendor's list.
func (r *ReconciledStatus) words(format func(*time.Time) string) string {
	text := say("list_never")
	if r.LastFetched != nil {
		text = say("list", format(r.LastFetched), count("day", int64(r.Complete)), len(r.Incomplete))
	}
	if r.NextAt != nil {
		text = say("list_next", text, format(r.NextAt))
	}
	return text
}

// eventWords lists what is stored, but belongs to no call.
func eventWords(events []Event) (lines []string) {
	const listed = 10
	for _, event := range events[:min(listed, len(events))] {
		key := "event"
		switch event.Kind {
		case "report":
			key = "unknown_report"
		case "wrapper":
			key = "wrapper"
		}
		lines = append(lines, say(key, event.Name, display.Count(event.Deliveries)))
	}
	if more := len(events) - listed; more > 0 {
		lines = append(lines, say("more_events", display.Count(int64(more))))
	}
	return lines
}

func (r ReportStatus) words() string {
	format := timeFormat(r.NextAt.Location())
	last := say("report_never")
	switch {
	case r.LastAt != nil && r.WaitsUntil != nil:
		last = say("report_waits", r.Period, display.Time(*r.WaitsUntil))
	case r.LastAt != nil:
		last = say("report_last", r.Period, r.State, display.Time(*r.LastAt))
	}
	return say("report", r.Report, last, format(&r.NextAt))
}
