// Package xlsx writes Excel workbooks: cells, styles, native tables, charts, data bars and print settings.
//
// excelize builds the parts of the file. This package writes the zip archive itself, encodes long sheets itself, and patches the
// markup that excelize leaves incomplete. Equal calls give equal bytes: the parts have a fixed order and a fixed time.
package xlsx

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Excel's limits.
const (
	MaxRows        = excelize.TotalRows
	MaxText        = excelize.TotalCellChars // UTF-16 code units of a cell
	MaxLinks       = 65_530                  // hyperlinks of a sheet
	MaxLinkAddress = 2079                    // bytes of a hyperlink
)

// Options are what all sheets of a workbook share.
type Options struct {
	Font       string // of every cell and chart
	TextColour string // of cells whose style has none
	TempDir    string // for content that is too large for memory
}

// A Workbook is a workbook being written. Close releases it.
type Workbook struct {
	options    Options
	file       *excelize.File
	styles     map[CellStyle]int
	tables     map[string]bool      // names in use, in lower case
	usedRanges map[string]usedRange // by sheet; sheets with streamed rows write theirs at once
	digits     map[string][]string  // ranges whose text may be a number, by sheet
	streamed   []*Rows
	shared     map[string]int     // indexes of the texts that streamed rows share
	maxShared  int                // maxSharedStrings, or fewer in tests
	patches    map[string][]patch // by part, in the order in which they occur
	baseCharts []string           // chart parts of the base workbook, which stay unchanged
}

// New begins a workbook of one empty sheet.
func New(sheet string, options Options) (*Workbook, error) {
	w := newWorkbook(excelize.NewFile(), options)
	if err := w.file.SetDefaultFont(w.options.Font); err != nil {
		return nil, fmt.Errorf("set the font: %w", err)
	}
	return w, w.file.SetSheetName("Sheet1", sheet)
}

func newWorkbook(file *excelize.File, options Options) *Workbook {
	return &Workbook{
		options: options, file: file, styles: map[CellStyle]int{}, tables: map[string]bool{},
		usedRanges: map[string]usedRange{}, shared: map[string]int{}, digits: map[string][]string{}, maxShared: maxSharedStrings, patches: map[string][]patch{},
	}
}

// Close releases memory and temporary files.
func (w *Workbook) Close() {
	for _, rows := range w.streamed {
		rows.discard()
	}
	w.file.Close()
}

// AddSheet adds an empty sheet at the end.
func (w *Workbook) AddSheet(name string) error {
	_, err := w.file.NewSheet(name)
	return err
}

// AddSheetAfter adds an empty sheet after another. The sheets after it are empty, since excelize would not move what refers to them.
func (w *Workbook) AddSheetAfter(before, name string) error {
	next := slices.Index(w.SheetNames(), before) + 1
	if err := w.AddSheet(name); err != nil {
		return err
	}
	return w.file.MoveSheet(name, w.SheetNames()[next])
}

// RemoveSheet removes an empty sheet.
func (w *Workbook) RemoveSheet(name string) error { return w.file.DeleteSheet(name) }

// SheetNames returns the names of all sheets in order.
func (w *Workbook) SheetNames() []string { return w.file.GetSheetList() }

// Activate makes a sheet the one that is shown when the workbook is opened.
func (w *Workbook) Activate(sheet string) error {
	index, err := w.file.GetSheetIndex(sheet)
	if err != nil {
		return err
	}
	w.file.SetActiveSheet(index)
	return nil
}

// Properties are what a file manager shows of the workbook.
type Properties struct {
	Title, Subject, Author, Description, Language string
	Time                                          time.Time
}

// SetProperties sets the properties of the workbook.
func (w *Workbook) SetProperties(p Properties) error {
	stamp := p.Time.UTC().Format(time.RFC3339)
	return w.file.SetDocProps(&excelize.DocProperties{
		Title: p.Title, Subject: p.Subject, Creator: p.Author, LastModifiedBy: p.Author, Description: p.Description,
		Language: p.Language, Created: stamp, Modified: stamp,
	})
}

// Cell returns a cell's reference, such as B5. Columns and rows count from 1.
func Cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // a column or row out of range is a mistake of the caller
	}
	return name
}

// Range returns a range's reference, such as B5:D9.
func Range(fromColumn, fromRow, toColumn, toRow int) string {
	return Cell(fromColumn, fromRow) + ":" + Cell(toColumn, toRow)
}

// quote returns a sheet's name as references write it.
func quote(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }
