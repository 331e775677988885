// Package report builds an Excel workbook from a report definition (YAML) and the results of named queries.
//
// A definition lists sheets. Each sheet has a kind (summary, table, heatmap, trend, detail, notes …), and each kind has a file here. Every
// figure comes from a query, including totals. Go computes only the presentation: the change between two figures, the text around it, the
// width of a column. Package xlsx writes the file.
//
// The same definition, request and query results give the same bytes: nothing reads the clock.
package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"callsheet/internal/locale"
	"callsheet/internal/period"
)

// A Source runs named queries, as many at a time as Connections; Stream is for results of any length. header is called once, even if there are
// no rows. The slice passed to row is valid only during the call. Values are nil, string, bool, int64, float64, time.Time (in any zone),
// sqlvalue.Date, sqlvalue.LocalTime or []any.
type Source interface {
	Query(ctx context.Context, name string, args map[string]any,
		header func(columns []string) error, row func(values []any) error) error
	Stream(ctx context.Context, name string, args map[string]any,
		header func(columns []string) error, row func(values []any) error) error
}

// A Request selects the calls of a workbook.
type Request struct {
	Period  period.Period
	Zone    *time.Location    // of the times shown; UTC when nil
	Filters map[string]string // by name: group, agent, number, direction, campaign, source, hours
	Locale  locale.Locale
	AsOf    time.Time     // when the source's data is from; zero for the latest
	Now     time.Time     // until when there can be deliveries of a period that is not over; zero if it is
	Version string        // of the program, for the footer and Notes
	Timeout time.Duration // of the build; none when 0
}

// A Result describes a finished workbook.
type Result struct {
	Title        string
	Brief                 // the summary, for a message
	DataQuality  string   // how complete the data is
	Checked      string   // how the data compares with the vendor's own list; empty without vendor_api
	DataWarnings []string // what may be missing
	Calls        int64    // in the period, after the filters
	Rows         int64    // on the detail sheets
	Bytes        int64    // of the file
	SHA256       string   // of the file, in hex
	Sheets       []string
	Remarks      []string // what was truncated or left out
}

// errTimeout is the cause of the cancellation of a build that takes too long.
var errTimeout = errors.New("the build timed out")

// explainTimeout names the sheet that was being filled when the build timed out.
func (b *book) explainTimeout(err error) error {
	if context.Cause(b.data.ctx) != errTimeout {
		return err
	}
	what := "loading the data of all sheets"
	if b.currentSheet != "" {
		what, err = "sheet "+b.currentSheet, errors.Unwrap(err) // err names the sheet, too
	}
	return fmt.Errorf("%s took longer than %s: %w\nhint: report a shorter period, or use a template without the sheet", what, b.req.Timeout, err)
}

// Build writes the workbook to path, completely or not at all.
func (d *Definition) Build(ctx context.Context, src Source, req Request, path string) (Result, error) {
	if req.Zone == nil {
		req.Zone = time.UTC
	}
	if req.Timeout > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, req.Timeout, errTimeout)
		defer cancel()
		ctx = limited
	}
	b, err := newBook(ctx, d, src, req, filepath.Dir(path))
	if err != nil {
		return Result{}, err
	}
	defer b.close()
	if err := b.startQueries(); err != nil {
		return Result{}, b.explainTimeout(err)
	}
	if err := cmp.Or(b.fillSheets(), b.data.unasked); err != nil {
		return Result{}, b.explainTimeout(err)
	}
	saved, err := b.workbook.Save(path)
	if err != nil {
		return Result{}, err
	}
	b.inMessage = true
	brief, err := b.brief()
	if err = cmp.Or(err, b.data.unasked); err != nil {
		return Result{}, err
	}
	return Result{
		Title: d.Title, Brief: brief, DataQuality: b.dataQuality(), Checked: b.checked(), DataWarnings: b.dataWarnings(),
		Calls: b.calls(), Rows: b.detailRows, Bytes: saved.Bytes, SHA256: saved.SHA256,
		Sheets: b.workbook.SheetNames(), Remarks: b.remarks,
	}, nil
}
