package report

import (
	"context"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/locale"
)

// Excel's own limits. They are fields of a book so that a test can lower them.
type limits struct {
	rows  int // data rows of one detail sheet, under its header
	links int // hyperlinks of one sheet
}

var excelLimits = limits{rows: 1_048_575 - headerRow + 1, links: 65_530}

// A book is one workbook being made.
type book struct {
	def     *Definition
	req     Request
	theme   Theme
	locale  locale.Locale
	data    *queryCache
	catalog catalog
	limits

	file         *excelize.File
	styles       map[cellStyle]int
	tables       map[string]bool          // names given to native tables, in lower case
	displayNames map[string]*displayNames // by column
	baseCharts   []string                 // charts of the base workbook, which stay as they are

	currentSheet string // name of the sheet that is being made
	summary      row    // the whole period, and before_… for the period compared with
	evidence     row
	settings     row
	detailRows   int64
	remarks      []string             // what was shortened or left out, for Notes
	usedRanges   map[string]usedRange // of the sheets that are not streamed
	patches      map[string][]patch   // by part of the file, in the order they come in it
	tempDir      string               // for what is too large to hold
}

// fillers is what makes each kind of sheet. The sheet exists and is empty.
var fillers = map[string]func(*book, Sheet) error{
	"summary":  (*book).fillSummary,
	"table":    (*book).fillTable,
	"ranked":   (*book).fillRanked,
	"cards":    (*book).fillCards,
	"evidence": (*book).fillEvidence,
	"heatmap":  (*book).fillHeatmap,
	"trend":    (*book).fillTrend,
	"detail":   (*book).fillDetail,
	"notes":    (*book).fillNotes,
}

func newBook(ctx context.Context, d *Definition, src Source, req Request) (*book, error) {
	b := &book{
		def: d, req: req, theme: d.Theme, locale: req.Locale, limits: d.limits,
		data:   &queryCache{ctx: ctx, src: src, req: req, mask: d.MaskCustomers, results: map[string]func() (*resultSet, error){}},
		styles: map[cellStyle]int{}, tables: map[string]bool{}, displayNames: map[string]*displayNames{}, patches: map[string][]patch{}, usedRanges: map[string]usedRange{},
	}
	if err := b.openWorkbook(); err != nil {
		return nil, err
	}
	return b, nil
}

// ask begins to ask all that the sheets will show, and waits for what every one of them needs.
func (b *book) loadData() (err error) {
	b.data.prefetch(b.def.querySpecs(b.req.Period))
	if b.catalog, err = b.data.loadCatalog(); err != nil {
		return err
	}
	for query, into := range map[string]*row{
		"summary": &b.summary, "evidence": &b.evidence, "settings": &b.settings,
	} {
		if *into, err = b.data.singleRow(querySpec{query, b.req.Period, nil}); err != nil {
			return err
		}
	}
	return nil
}

// fill makes the sheets in the order of the definition. Notes come to the file where the definition has
// them, but are written last: they tell what the others had to leave out.
func (b *book) fillSheets() error {
	first, err := b.file.GetSheetIndex(b.def.Sheets[0].Name)
	if err != nil {
		return err
	}
	b.file.SetActiveSheet(first)
	for _, notes := range []bool{false, true} {
		for i, s := range b.def.Sheets {
			if i > 0 && !notes {
				if _, err := b.file.NewSheet(s.Name); err != nil {
					return fmt.Errorf("sheet %s: %w", s.Name, err)
				}
			}
			if (s.Kind == "notes") != notes {
				continue
			}
			b.currentSheet = s.Name
			if err := fillers[s.Kind](b, s); err != nil {
				return fmt.Errorf("sheet %s: %w", s.Name, err)
			}
		}
	}
	if err := b.writeDimensions(); err != nil {
		return err
	}
	return b.setProperties()
}

// properties are what a file manager shows. Their time is the data's: the clock would change the bytes.
func (b *book) setProperties() error {
	made := b.dataTime().UTC().Format(time.RFC3339)
	return b.file.SetDocProps(&excelize.DocProperties{
		Title:          b.def.Title + ", " + b.req.Period.Words(),
		Subject:        b.scope(),
		Creator:        "callsheet " + b.req.Version,
		LastModifiedBy: "callsheet " + b.req.Version,
		Description:    b.dataQuality(),
		Language:       "en-GB",
		Created:        made,
		Modified:       made,
	})
}

// dataTime is when the newest delivery came, or the end of the period where nothing ever did.
func (b *book) dataTime() time.Time {
	if t, ok := b.evidence.get("complete_through").(time.Time); ok {
		return t
	}
	end := b.req.Period.To.AddDate(0, 0, 1)
	return time.Date(end.Year(), end.Month(), end.Day(), 0, 0, 0, 0, b.req.Zone)
}

// close gives back what the book holds.
func (b *book) close() {
	for _, swaps := range b.patches {
		for _, s := range swaps {
			if s.rows != nil {
				s.rows.compressed.discard()
			}
		}
	}
	b.file.Close()
}

func (b *book) calls() int64 { return b.summary.count("calls") }

// cell is a cell's reference; columns and rows count from 1.
func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // only a column or row below 1 or beyond Excel's can get here
	}
	return name
}

func span(fromColumn, fromRow, toColumn, toRow int) string {
	return cell(fromColumn, fromRow) + ":" + cell(toColumn, toRow)
}
