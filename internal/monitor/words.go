package monitor

import (
	"fmt"
	"time"

	"callsheet/internal/display"
)

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
		add("process", fmt.Sprintf("callsheet %s, process %d, since %s, with the configuration of %s", p.Command, p.PID, format(&p.StartedAt), format(&p.ReadAt)))
	}
	var sources []string
	for _, source := range s.Sources {
		silent := ""
		if source.Silent {
			silent = ", longer ago than usual"
		}
		sources = append(sources, fmt.Sprintf("%s: last delivery %s%s", source.Source, format(source.LastReceived), silent))
		if r := source.Reconciled; r != nil {
			sources = append(sources, r.words(format))
		}
	}
	add("sources", sources...)
	files := []string{fmt.Sprintf("%s, %s, last written %s", display.Plural(s.Spool.Files, "file"), display.Plural(int(s.Spool.Bytes), "byte"), format(s.Spool.LastSeen))}
	if s.Spool.Waiting > 0 {
		files = append(files, display.Agree(int64(s.Spool.Waiting), "of them has", "of them have")+" lines that are not loaded yet")
	}
	add("spool", files...)
	if s.Disk != nil {
		add("disk", fmt.Sprintf("%s of %s MB are free", display.Count(int64(s.Disk.Free>>20)), display.Count(int64(s.Disk.Total>>20))))
	}
	if s.Data != nil {
		add("data", s.Data.words(format)...)
		add("other", eventWords(s.Data.Events)...)
	}
	var balances []string
	for _, balance := range s.Balances {
		balances = append(balances, fmt.Sprintf("%s on %s: %s", balance.Source, format(&balance.FetchedAt), balance))
	}
	add("balance", balances...)
	var reports []string
	for _, report := range s.Reports {
		reports = append(reports, report.words())
	}
	add("reports", reports...)
	var days []string
	for _, day := range s.Days {
		days = append(days, fmt.Sprintf("%s  %s  %s", day.Day, day.Content, display.Plural(int(day.Calls), "call")))
	}
	add("days", days...)
	return sections
}

// Freshness says how new the published data is, with times in a zone.
func (d *DataStatus) Freshness(zone *time.Location) []string { return d.freshness(timeFormat(zone)) }

func (d *DataStatus) freshness(format func(*time.Time) string) []string {
	return []string{
		fmt.Sprintf("complete through %s, loaded %s", format(d.CompleteThrough), format(d.LoadedAt)),
		fmt.Sprintf("published %s; %s", format(&d.PublishedAt), d.ageWords(format)),
	}
}

// timeFormat returns how times are written.
func timeFormat(zone *time.Location) func(*time.Time) string {
	return func(t *time.Time) string {
		if t == nil {
			return "never"
		}
		return display.Time(t.In(zone))
	}
}

func (d *DataStatus) words(format func(*time.Time) string) []string {
	lines := append(d.freshness(format), fmt.Sprintf("%s, %s", display.Plural(int(d.Calls), "call"), display.Plural(int(d.Rejects), "rejected line")))
	if len(d.Recomputed) > 0 { // the newest
		lines = append(lines, fmt.Sprintf("figures were computed again at %s: %s", format(&d.Recomputed[0].At), d.Recomputed[0].Reason))
	}
	return lines
}

// ageWords says how old the published data is.
func (d *DataStatus) ageWords(format func(*time.Time) string) string {
	if d.WaitingSince == nil {
		return "everything received is in it"
	}
	return fmt.Sprintf("it lacks what came since %s, %s ago", format(d.WaitingSince), display.Duration(time.Duration(d.AgeSeconds)*time.Second))
}

// words says how a source compares with the vendor's list.
func (r *ReconciledStatus) words(format func(*time.Time) string) string {
	text := "vendor's list: never fetched for the last two weeks"
	if r.LastFetched != nil {
		text = fmt.Sprintf("vendor's list: fetched %s; of the last two weeks, %s complete, %d not", format(r.LastFetched), display.Plural(r.Complete, "day"), len(r.Incomplete))
	}
	if r.NextAt != nil {
		text += ", next " + format(r.NextAt)
	}
	return text
}

// eventWords lists what is stored, but belongs to no call.
func eventWords(events []Event) (lines []string) {
	const listed = 10
	for _, event := range events[:min(listed, len(events))] {
		what := "event"
		if event.Kind == "wrapper" {
			what = "wrapper that cannot be opened"
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", what, event.Name, display.Count(event.Deliveries)))
	}
	if more := len(events) - listed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more: callsheet query events", display.Count(int64(more))))
	}
	return lines
}

func (r ReportStatus) words() string {
	last := "never ran"
	switch {
	case r.LastAt != nil && r.WaitsUntil != nil:
		last = fmt.Sprintf("%s waits until %s, when it is over", r.Period, display.Time(*r.WaitsUntil))
	case r.LastAt != nil:
		last = fmt.Sprintf("%s %s at %s", r.Period, r.State, display.Time(*r.LastAt))
	}
	return fmt.Sprintf("%s: %s, next %s", r.Report, last, display.Time(r.NextAt))
}
