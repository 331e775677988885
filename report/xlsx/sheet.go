package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A Sheet writes cells of one sheet. It keeps the first error, so that the code that lays out a sheet needs to look at Err only once.
type Sheet struct {
	Name     string
	workbook *Workbook
	err      error
}

// Sheet returns a writer for an existing sheet.
func (w *Workbook) Sheet(name string) *Sheet { return &Sheet{Name: name, workbook: w} }

// Err returns the first error.
func (s *Sheet) Err() error { return s.err }

// Check keeps err if it is the first error.
func (s *Sheet) Check(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Put writes a value with a style. nil leaves the cell empty but styled.
func (s *Sheet) Put(column, row int, v any, style CellStyle) {
	s.Set(column, row, v)
	s.SetStyle(column, row, column, row, style)
}

// Set writes a value without a style. nil leaves the cell empty.
func (s *Sheet) Set(column, row int, v any) {
	if v == nil {
		return
	}
	s.extendUsedRange(column, row, column, row)
	if text, ok := v.(string); ok {
		s.Check(s.workbook.file.SetCellStr(s.Name, Cell(column, row), escapeSequences(text))) // excelize reads such sequences, but writes none
		return
	}
	s.Check(s.workbook.file.SetCellValue(s.Name, Cell(column, row), v))
}

// SetStyle styles a range.
func (s *Sheet) SetStyle(fromColumn, fromRow, toColumn, toRow int, style CellStyle) {
	if toColumn < fromColumn || toRow < fromRow {
		return // excelize would take the corners in the other order
	}
	s.Check(s.workbook.file.SetCellStyle(s.Name, Cell(fromColumn, fromRow), Cell(toColumn, toRow), s.styleID(style)))
	s.extendUsedRange(fromColumn, fromRow, toColumn, toRow)
}

// Merge makes one cell of a range.
func (s *Sheet) Merge(fromColumn, fromRow, toColumn, toRow int) {
	s.Check(s.workbook.file.MergeCell(s.Name, Cell(fromColumn, fromRow), Cell(toColumn, toRow)))
}

// SetHeight sets the height of a row in points, at most to Excel's limit. The end of a longer text is in the cell, and not shown.
func (s *Sheet) SetHeight(row int, points float64) {
	s.Check(s.workbook.file.SetRowHeight(s.Name, row, min(points, excelize.MaxRowHeight)))
}

// SetWidth sets the width of a column in characters.
func (s *Sheet) SetWidth(column int, characters float64) {
	name, err := excelize.ColumnNumberToName(column)
	s.Check(err)
	s.Check(s.workbook.file.SetColWidth(s.Name, name, name, characters))
}

// Width returns the width of a column in characters, 0 if it is hidden.
func (s *Sheet) Width(column int) float64 {
	name, err := excelize.ColumnNumberToName(column)
	s.Check(err)
	if visible, _ := s.workbook.file.GetColVisible(s.Name, name); !visible {
		return 0
	}
	width, err := s.workbook.file.GetColWidth(s.Name, name)
	s.Check(err)
	return width
}

// LastRow returns the last row with a value or a style.
func (s *Sheet) LastRow() int { return s.workbook.usedRanges[s.Name].bottom }

// HideColumns hides a range of columns.
func (s *Sheet) HideColumns(from, to int) {
	first, err := excelize.ColumnNumberToName(from)
	s.Check(err)
	last, err := excelize.ColumnNumberToName(to)
	s.Check(err)
	s.Check(s.workbook.file.SetColVisible(s.Name, first+":"+last, false))
}

// Link makes a cell a link to a sheet of the workbook.
func (s *Sheet) Link(column, row int, sheet string) {
	s.Check(s.workbook.file.SetCellHyperLink(s.Name, Cell(column, row), quote(sheet)+"!A1", "Location"))
}

// LinkTo makes a cell a hyperlink to an address of at most MaxLinkAddress bytes.
func (s *Sheet) LinkTo(column, row int, address string) {
	s.Check(s.workbook.file.SetCellHyperLink(s.Name, Cell(column, row), address, "External"))
}

// LinkToRow makes a cell a link to a row of a sheet of the workbook.
func (s *Sheet) LinkToRow(column, row int, sheet string, target int) {
	s.Check(s.workbook.file.SetCellHyperLink(s.Name, Cell(column, row), quote(sheet)+"!"+Cell(1, target), "Location"))
}

// SetTabColour colours the sheet's tab.
func (s *Sheet) SetTabColour(colour string) {
	colour = "FF" + colour // opaque
	s.Check(s.workbook.file.SetSheetProps(s.Name, &excelize.SheetPropsOptions{TabColorRGB: &colour}))
}

// AllowDigitsAsText keeps Excel from marking the cells of a range whose text is a number, such as a phone's.
func (s *Sheet) AllowDigitsAsText(ref string) {
	s.workbook.digits[s.Name] = append(s.workbook.digits[s.Name], ref)
}

// HideGridLines hides the grid lines.
func (s *Sheet) HideGridLines() {
	visible, zoom := false, 100.0
	s.Check(s.workbook.file.SetSheetView(s.Name, 0, &excelize.ViewOptions{ShowGridLines: &visible, ZoomScale: &zoom}))
}

// Zoom sets the scale on screen in percent.
func (s *Sheet) Zoom(percent float64) {
	s.Check(s.workbook.file.SetSheetView(s.Name, 0, &excelize.ViewOptions{ZoomScale: &percent}))
}

// Freeze keeps the first columns and rows in view.
func (s *Sheet) Freeze(columns, rows int) {
	corner := Cell(columns+1, rows+1)
	panes := &excelize.Panes{
		Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: corner, ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: "bottomRight"}},
	}
	switch {
	case columns == 0:
		panes.ActivePane, panes.Selection[0].Pane = "bottomLeft", "bottomLeft"
	case rows == 0:
		panes.ActivePane, panes.Selection[0].Pane = "topRight", "topRight"
	}
	s.Check(s.workbook.file.SetPanes(s.Name, panes))
}

// A Picture is an image over the cells.
type Picture struct {
	Format           string // png or jpeg
	Image            []byte
	Scale            float64
	OffsetX, OffsetY int // pixels from the corner of its cell
	AltText          string
}

// AddPicture puts a picture at a cell.
func (s *Sheet) AddPicture(column, row int, p Picture) {
	s.Check(s.workbook.file.AddPictureFromBytes(s.Name, Cell(column, row), &excelize.Picture{
		Extension: "." + p.Format, File: p.Image,
		Format: &excelize.GraphicOptions{
			ScaleX: p.Scale, ScaleY: p.Scale, OffsetX: p.OffsetX, OffsetY: p.OffsetY,
			LockAspectRatio: true, Positioning: "oneCell", AltText: p.AltText,
		},
	}))
}

// A usedRange is the part of a sheet that has values or styles.
type usedRange struct{ left, top, right, bottom int }

func (s *Sheet) extendUsedRange(fromColumn, fromRow, toColumn, toRow int) {
	used, ok := s.workbook.usedRanges[s.Name]
	if !ok {
		used = usedRange{fromColumn, fromRow, toColumn, toRow}
	}
	s.workbook.usedRanges[s.Name] = usedRange{
		min(used.left, fromColumn), min(used.top, fromRow), max(used.right, toColumn), max(used.bottom, toRow),
	}
}

// writeUsedRanges writes each sheet's used range, because excelize writes A1 for every sheet.
func (w *Workbook) writeUsedRanges() error {
	for sheet, used := range w.usedRanges {
		if err := w.file.SetSheetDimension(sheet, Range(used.left, used.top, used.right, used.bottom)); err != nil {
			return fmt.Errorf("sheet %s: %w", sheet, err)
		}
	}
	return nil
}

// writeDigits writes the ranges of AllowDigitsAsText as one element a sheet: validators allow few.
func (w *Workbook) writeDigits() error {
	for sheet, refs := range w.digits {
		if err := w.file.AddIgnoredErrors(sheet, strings.Join(refs, " "), excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return fmt.Errorf("sheet %s: %w", sheet, err)
		}
	}
	return nil
}

// part returns the name of the sheet's part of the file.
func (s *Sheet) part() string {
	for id, name := range s.workbook.file.GetSheetMap() {
		if name == s.Name {
			return fmt.Sprintf("xl/worksheets/sheet%d.xml", id)
		}
	}
	return ""
}
