package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/internal/locale"
	"callsheet/report/xlsx"
)

// limits are Excel's limits for a detail sheet. Tests lower them.
type limits struct {
	rows  int // data rows under the header
	links int // hyperlinks
}

var excelLimits = limits{rows: xlsx.MaxRows - headerRow, links: xlsx.MaxLinks}

// A book is one workbook being built.
type book struct {
	def     *Definition
	req     Request
	theme   Theme
	locale  locale.Locale
	data    *queryCache
	catalog catalog
	limits  limits
	cancel  func() // ends the queries
	tempDir string // for content that is too large for memory

	workbook     *xlsx.Workbook
	displayNames map[string]*displayNames // by column

	currentSheet string // name of the sheet being filled
	totals       row    // of the period
	evidence     row
	complete     row // by the vendors' lists; empty if no source has vendor_api
	compared     comparison
	settings     row
	findings     querySpec // of the summary
	detailRows   int64
	remarks      []string // what was truncated or left out, for Notes
	inMessage    bool     // texts are for a message, not for a sheet
	omitted      []string // which sheets there would be if they had rows, for Notes
}

// fillers fill the sheets of each kind. The sheet exists and is empty.
var fillers = map[string]func(*book, Sheet) error{
	"summary":   (*book).fillSummary,
	"table":     (*book).fillTable,
	"ranked":    (*book).fillRanked,
	"cards":     (*book).fillCards,
	"evidence":  (*book).fillEvidence,
	"heatmap":   (*book).fillHeatmap,
	"timetable": (*book).fillTimetable,
	"trend":     (*book).fillTrend,
	"detail":    (*book).fillDetail,
	"notes":     (*book).fillNotes,
}

// newBook begins a workbook.
func newBook(ctx context.Context, d *Definition, src Source, req Request, tempDir string) (*book, error) {
	ctx, cancel := context.WithCancel(ctx)
	b := &book{
		cancel: cancel, tempDir: tempDir, def: d, req: req, theme: d.Theme, locale: req.Locale, limits: d.limits, displayNames: map[string]*displayNames{},
		data: &queryCache{ctx: ctx, src: src, req: req, mask: d.MaskCustomers, results: map[string]func() (*resultSet, error){}},
	}
	if err := b.openWorkbook(); err != nil {
		cancel()
		return nil, err
	}
	return b, nil
}

// close ends the queries that are still running, and releases the workbook.
func (b *book) close() {
	b.cancel()
	b.data.workers.Wait()
	b.workbook.Close()
}

// openWorkbook begins an empty workbook, or one with the sheets of the base workbook, and adds the first sheet.
func (b *book) openWorkbook() error {
	path, first, options := b.def.path(b.def.Base), b.def.Sheets[0].Name, b.theme.options(b.tempDir)
	if path == "" {
		workbook, err := xlsx.New(first, options)
		if err == nil {
			b.workbook = workbook
		}
		return err
	}
	workbook, err := xlsx.Open(path, options)
	if err != nil {
		return fmt.Errorf("base workbook %s: %w", path, err)
	}
	for _, sheet := range workbook.SheetNames() {
		for _, s := range b.def.Sheets {
			if strings.EqualFold(sheet, s.Name) {
				workbook.Close()
				return fmt.Errorf("base workbook %s has a sheet %q, and so has the report\nhint: rename one of them", path, sheet)
			}
		}
	}
	b.workbook = workbook
	return b.workbook.AddSheet(first)
}

// startQueries starts the queries of all sheets, and reads the results that every sheet needs.
func (b *book) startQueries() (err error) {
	b.findings = b.def.findingsSpec(b.def.Sheets[0], b.req.Period)
	b.data.prefetch(b.def.needs(b.req.Period))
	if b.catalog, err = b.data.loadCatalog(); err != nil {
		return err
	}
	return b.loadComparison()
}

// loadTotals reads the results that all sheets but detail sheets need.
func (b *book) loadTotals() (err error) {
	b.currentSheet = ""
	for query, into := range map[string]*row{
		"total": &b.totals, "evidence": &b.evidence, "settings": &b.settings,
	} {
		if *into, err = b.data.singleRow(querySpec{query, b.req.Period, nil}); err != nil {
			return err
		}
	}
	return b.loadCompleteness()
}

// fillSheets fills the workbook. Names that look alike are numbered as they appear; if there were any, all sheets are filled again, so that
// those filled first show the numbers.
func (b *book) fillSheets() error {
	def := b.def
	for {
		known := b.numberedNames()
		if err := b.fillOnce(); err != nil {
			return err
		}
		if b.numberedNames() == known || !slices.ContainsFunc(def.Sheets, func(s Sheet) bool { return s.Kind == "detail" }) {
			return nil
		}
		b.workbook.Close()
		b.def, b.remarks, b.omitted, b.detailRows = def, nil, nil, 0
		if err := b.openWorkbook(); err != nil {
			return err
		}
	}
}

// fillOnce adds the sheets in the order of the definition. Detail sheets are filled first, while the queries of the others run, and Notes
// last, because they list what the other sheets leave out.
func (b *book) fillOnce() error {
	for _, step := range []func() error{
		b.addSheets,
		func() error { return b.fill(func(kind string) bool { return kind == "detail" }) },
		b.loadTotals,
		b.omitSheets,
		func() error { return b.fill(func(kind string) bool { return kind != "detail" && kind != "notes" }) },
		func() error { return b.fill(func(kind string) bool { return kind == "notes" }) },
		b.setProperties,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// addSheets adds the sheets, in the form for the directions of the calls.
func (b *book) addSheets() error {
	shown := *b.def
	shown.Sheets, shown.whole = nil, b.def.allSheets()
	for i, s := range b.def.Sheets {
		if i > 0 {
			if err := b.workbook.AddSheet(s.Name); err != nil {
				return fmt.Errorf("sheet %s: %w", s.Name, err)
			}
			if i >= b.firstReference() {
				b.newPage(s.Name).SetTabColour(b.theme.Volume)
			}
		}
		shown.Sheets = append(shown.Sheets, b.inForm(s))
	}
	b.def = &shown
	return b.workbook.Activate(b.def.Sheets[0].Name)
}

// omitSheets removes the sheets that have no rows and need not be there then, which Notes name.
func (b *book) omitSheets() error {
	shown := *b.def
	shown.Sheets, shown.whole = nil, b.def.allSheets()
	for _, s := range b.def.Sheets {
		if s.Omit {
			result, err := b.sheetRows(s, extendBack(b.req.Period, s.Days))
			if err != nil {
				return fmt.Errorf("sheet %s: %w", s.Name, err)
			}
			if len(result.rows) == 0 || b.hasOnlyNames(s, result) {
				if err := b.workbook.RemoveSheet(s.Name); err != nil {
					return fmt.Errorf("sheet %s: %w", s.Name, err)
				}
				b.omitted = append(b.omitted, "There is no sheet "+s.Name+". "+b.emptyMessage(s))
				continue
			}
		}
		shown.Sheets = append(shown.Sheets, s)
	}
	b.def = &shown
	return nil
}

// fill fills the sheets of some kinds.
func (b *book) fill(fits func(kind string) bool) error {
	for _, s := range b.def.Sheets {
		if !fits(s.Kind) {
			continue
		}
		b.currentSheet = s.Name
		if err := fillers[s.Kind](b, s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	return nil
}

// firstReference returns the index of the first sheet to look things up in. Their tabs have another colour.
func (b *book) firstReference() int {
	i := slices.IndexFunc(b.def.Sheets, func(s Sheet) bool { return slices.Contains([]string{"evidence", "notes", "detail"}, s.Kind) })
	if i < 0 {
		return len(b.def.Sheets)
	}
	return i
}

// setProperties sets what a file manager shows. Their time is that of the data, because the clock would change the bytes.
func (b *book) setProperties() error {
	return b.workbook.SetProperties(xlsx.Properties{
		Title: b.def.Title + ", " + b.req.Period.WordsIn(b.locale), Subject: b.scope(), Description: b.description(),
		Author: "callsheet " + b.req.Version, Language: "en-GB", Time: b.dataTime(),
	})
}

// dataTime is when the newest delivery arrived, or the end of the period if none ever did.
func (b *book) dataTime() time.Time {
	if t, ok := b.evidence.get("complete_through").(time.Time); ok {
		return t
	}
	return b.req.Period.End(b.req.Zone)
}

func (b *book) calls() int64 { return b.totals.count("calls") }
