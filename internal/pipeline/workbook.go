package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/locale"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/queries"
	"callsheet/report"
	"callsheet/store"
)

// WorkbookRequest describes a workbook to build.
type WorkbookRequest struct {
	Report  string
	Period  period.Period
	Filters map[string]string // beside those of the configuration
	Part    string            // of a burst; empty without one
	// Names are the values of filters, and parts, whose file name is not that of notify.SafeName.
	Names   map[string]string
	AsOf    time.Time // with the data as it was known then; the zero time is now
	Out     string    // a file or a folder; in the data folder when empty
	PDF     string    // a path for the first sheet as PDF; none is made when empty
	ForMail bool      // also write the summary that the report's mails have
}

// buildTimeout is far above what a workbook needs: a year of a million calls takes a minute or two.
const buildTimeout = 10 * time.Minute

// Build builds a workbook from the published database and returns its path.
func (p *Pipeline) Build(ctx context.Context, w WorkbookRequest) (path string, result report.Result, err error) {
	c := p.Config
	definition, entry, err := Definition(c, w.Report)
	if err != nil {
		return "", result, err
	}
	filters := map[string]string{}
	maps.Copy(filters, entry.Filters)
	maps.Copy(filters, w.Filters)
	if w.Part != "" {
		filters[config.Bursts[entry.Burst]] = w.Part
	}
	connections := report.Connections
	if !w.AsOf.IsZero() { // each computes the calls as of then, which takes longer than all queries
		connections = 1
	}
	reader, err := p.OpenReader(ctx, ReaderOptions{AsOf: w.AsOf, Connections: connections})
	if err != nil {
		return "", result, err
	}
	defer reader.Close()
	source := report.Source(reader)
	if w.PDF != "" || w.ForMail {
		source = summarySource{report.NewCachedSource(reader), reader}
	}
	if w.Names == nil {
		if w.Names, err = filterNames(ctx, reader, w.Filters); err != nil {
			return "", result, err
		}
	}
	if path, err = w.path(c); err != nil {
		return "", result, err
	}
	if hasOtherEnding(w.PDF, ".pdf") {
		return "", result, exitcode.UsageError(fmt.Errorf("%s does not end in .pdf, and --pdf is the path of a PDF\nhint: --out is the path of the workbook", w.PDF))
	}
	if err := atomicfile.MkdirReadable(filepath.Dir(path)); err != nil {
		return "", result, err
	}
	loc, err := locale.Parse(c.Locale)
	if err != nil {
		return "", result, err
	}
	now := w.AsOf
	if now.IsZero() {
		now = p.Now()
	}
	request := report.Request{
		Period: w.Period, Zone: c.Zone(), Locale: loc, Filters: filters, AsOf: w.AsOf, Now: now, Version: p.Version, Timeout: buildTimeout,
	}
	if w.PDF != "" {
		if err := definition.PDF(ctx, source, request, w.PDF); err != nil {
			return "", result, fmt.Errorf("report %s as %s: %w", w.Report, w.PDF, err)
		}
	}
	if err := removeSummaries(path); err != nil {
		return "", result, err
	}
	result, err = definition.Build(ctx, source, request, path)
	if err != nil {
		return "", result, fmt.Errorf("report %s for %s: %w", w.Report, w.Period, err)
	}
	if w.ForMail {
		p.buildSummaries(ctx, definition, entry, source, request, path)
	}
	return path, result, nil
}

func (w WorkbookRequest) path(c *config.Config) (string, error) {
	path := w.Out
	switch path {
	case "":
		path = c.Data("reports", w.Report, w.fileName())
	case "-":
		return "", exitcode.UsageError(errors.New("a workbook is not written to standard output\nhint: --out takes a path; callsheet query NAME --format xlsx writes to standard output"))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, w.fileName())
	} else if err == nil && !info.Mode().IsRegular() {
		return "", exitcode.UsageError(fmt.Errorf("%s is not a regular file, which a workbook could replace", path))
	} else if hasOtherEnding(path, ".xlsx") {
		return "", exitcode.UsageError(fmt.Errorf("%s does not end in .xlsx, and --out is the path of a workbook\nhint: --pdf makes a PDF of its first sheet", path))
	}
	return path, nil
}

// hasOtherEnding reports whether a path has an ending, and not this one: the file would open in another program, or in none.
func hasOtherEnding(path, ending string) bool {
	ext := filepath.Ext(path)
	return ext != "" && !strings.EqualFold(ext, ending)
}

// fileName contains the report, the period, the part and the variant, so that different workbooks have different names.
func (w WorkbookRequest) fileName() string {
	name := w.Report + "-" + w.Period.String()
	if w.Part != "" {
		name += "-" + w.nameOf(w.Part)
	}
	return notify.TruncateName(name+w.variant(), ".xlsx")
}

// variant is what the filters and the as-of time add to file names.
func (w WorkbookRequest) variant() (name string) {
	for _, key := range queries.Filters {
		if value := w.Filters[key]; value != "" {
			name += "-" + key + "=" + w.nameOf(value)
		}
	}
	if !w.AsOf.IsZero() {
		name += "-as-of-" + w.AsOf.Format("2006-01-02-150405")
	}
	return name
}

// nameOf returns a value as it is in file names. A filter is written key=value, so it contains no =.
func (w WorkbookRequest) nameOf(value string) string {
	if unique, ok := w.Names[value]; ok && !strings.Contains(value, "=") {
		return unique
	}
	return notify.SafeName(strings.ReplaceAll(value, "=", "\x00"))
}

// filterNames returns the names of the values of filters that another value is like, for file systems that ignore case.
func filterNames(ctx context.Context, reader *store.Reader, filters map[string]string) (map[string]string, error) {
	names := map[string]string{}
	for filter, value := range filters {
		if slices.Contains([]string{"direction", "hours"}, filter) {
			continue
		}
		values, _, err := reader.FilterValues(ctx, filter, value)
		if err != nil {
			return nil, err
		}
		maps.Copy(names, notify.UniqueNames(append(values, value)))
	}
	return names, nil
}

// NewMessage returns the message that a finished workbook is sent with.
func (p *Pipeline) NewMessage(entry config.Report, w WorkbookRequest, path string, result report.Result) notify.Message {
	message := emptyMessage(p.Config, entry, w)
	message.Title, message.File, message.SHA256 = result.Title, path, result.SHA256
	message.PartName, message.Variant = w.Names[w.Part], w.variant()
	for _, figure := range result.Figures {
		message.Figures = append(message.Figures, notify.Figure(figure))
	}
	message.Headline, message.ComparedWith, message.NoComparison = result.Headline, result.ComparedWith, result.NoComparison
	message.NoFindings, message.Groups = result.NoFindings, (*notify.Table)(result.Ranking)
	for _, finding := range result.Findings {
		message.Findings = append(message.Findings, notify.Finding(finding))
	}
	quality := []string{result.DataQuality}
	if result.Checked != "" {
		quality = append(quality, result.Checked)
	}
	for _, note := range slices.Concat(result.DataWarnings, quality, result.Remarks) {
		message.Notes = append(message.Notes, strings.ReplaceAll(note, "  ·  ", " · "))
	}
	message.Link = message.ExpandLink(entry.Link)
	return message
}

// emptyMessage returns a message that says what a report is about.
func emptyMessage(c *config.Config, entry config.Report, w WorkbookRequest) notify.Message {
	filters := map[string]string{}
	maps.Copy(filters, entry.Filters)
	maps.Copy(filters, w.Filters)
	if w.Part != "" {
		delete(filters, config.Bursts[entry.Burst]) // the part is named beside the filters
	}
	loc, _ := locale.Parse(c.Locale) // validated
	return notify.Message{
		Report: w.Report, Title: w.Report, Period: w.Period.String(), When: w.Period.WordsIn(loc), Part: w.Part, Zone: c.Zone().String(),
		Filters: report.FilterWords(filters), Figures: []notify.Figure{}, Notes: []string{},
	}
}
