// Package report turns a report definition (YAML) and the answers to named queries into an Excel workbook.
//
// A definition lists sheets; each sheet has a kind (summary, table, heatmap, trend, detail, notes), and each
// kind is one file here. Every figure comes from a query: totals are asked for, never added up. What Go
// computes is presentation only: the change between two figures, the words around it, the width of a column.
//
// Equal definition, request and answers give equal bytes: nothing reads a clock, and the parts of the file
// are written in a fixed order with fixed times.
package report

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"callsheet/internal/locale"
	"callsheet/internal/period"
)

// Source answers named queries, two at once; Stream those of any length. header is called once, also when there are no rows; the
// slice given to row is valid only during the call. Values are nil, string, bool, int64, float64, time.Time (in any zone),
// sqlvalue.Date, sqlvalue.LocalTime or []any.
type Source interface {
	Query(ctx context.Context, name string, args map[string]any,
		header func(columns []string) error, row func(values []any) error) error
	Stream(ctx context.Context, name string, args map[string]any,
		header func(columns []string) error, row func(values []any) error) error
}

// Request says which calls a workbook is about.
type Request struct {
	Period  period.Period
	Zone    *time.Location    // in which instants are shown
	Filters map[string]string // group, agent, number, direction, campaign, source, hours: only those given
	Locale  locale.Locale
	AsOf    time.Time     // the source answers as of this moment; the zero time is now
	Version string        // of the program, for the footer and Notes
	Timeout time.Duration // of the time to build; none when 0
}

// Result is what a finished workbook holds.
type Result struct {
	Title        string
	Figures      []Figure // of the summary
	DataQuality  string   // how complete the data is, in words
	DataWarnings []string // what may be missing of it
	Calls        int64    // in the period, after the filters
	Rows         int64    // on the detail sheets
	Bytes        int64    // of the file
	SHA256       string   // of the file, in hex
	Sheets       []string
	Remarks      []string // what was cut or left out
}

// errLimit is why the queries of a build are interrupted that takes too long.
var errTimeout = errors.New("time limit of the build")

// explainLimit names the sheet that was being made when the time was over.
func (b *book) explainTimeout(err error) error {
	if context.Cause(b.data.ctx) != errTimeout {
		return err
	}
	what := "what every sheet needs"
	if b.currentSheet != "" {
		what, err = "sheet "+b.currentSheet, errors.Unwrap(err) // which names the sheet, too
	}
	return fmt.Errorf("%s took longer than %s: %w\nhint: ask for a shorter period, or leave the sheet out of a template of your own", what, b.req.Timeout, err)
}

// Build makes the workbook at path. The file appears whole or not at all.
func (d *Definition) Build(ctx context.Context, src Source, req Request, path string) (Result, error) {
	if req.Zone == nil {
		req.Zone = time.UTC
	}
	if req.Timeout > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, req.Timeout, errTimeout)
		defer cancel()
		ctx = limited
	}
	b, err := newBook(ctx, d, src, req)
	if err != nil {
		return Result{}, err
	}
	defer b.close()
	b.tempDir = filepath.Dir(path)
	if err := b.loadData(); err != nil {
		return Result{}, b.explainTimeout(err)
	}
	if err := b.fillSheets(); err != nil {
		return Result{}, b.explainTimeout(err)
	}
	if err := b.cacheCharts(); err != nil {
		return Result{}, err
	}
	saved, err := b.save(path)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Title: d.Title, Figures: b.summaryFigures(), DataQuality: b.dataQuality(), DataWarnings: b.dataWarnings(),
		Calls: b.calls(), Rows: b.detailRows, Bytes: saved.bytes, SHA256: saved.sha256,
		Sheets: b.file.GetSheetList(), Remarks: b.remarks,
	}, nil
}
