package report

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // logos are either
	_ "image/png"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// openFile is the workbook that the sheets are put into: an empty one, or the definition's own, whose sheets stay as they are and
// come first.
func (b *book) openWorkbook() (err error) {
	path := b.def.path(b.def.Base)
	if path == "" {
		b.file = excelize.NewFile()
		if err := b.file.SetDefaultFont(b.theme.Font); err != nil {
			return fmt.Errorf("set the typeface: %w", err)
		}
		return b.file.SetSheetName("Sheet1", b.def.Sheets[0].Name)
	}
	if b.file, err = excelize.OpenFile(path); err != nil {
		return fmt.Errorf("base workbook %s: %w\nhint: save it as .xlsx, without a password", path, err)
	}
	if err := checkBase(b.file); err != nil {
		return fmt.Errorf("base workbook %s %w", path, err)
	}
	for _, name := range b.file.GetDefinedName() {
		b.tables[strings.ToLower(name.Name)] = true
	}
	for _, sheet := range b.file.GetSheetList() {
		for _, ours := range b.def.Sheets {
			if strings.EqualFold(sheet, ours.Name) {
				return fmt.Errorf("base workbook %s has a sheet %q, as the report has\nhint: rename one of them", path, sheet)
			}
		}
		tables, err := b.file.GetTables(sheet)
		if err != nil {
			return fmt.Errorf("base workbook %s: %w", path, err)
		}
		for _, table := range tables {
			b.tables[strings.ToLower(table.Name)] = true
		}
	}
	b.baseCharts = b.chartParts()
	// Its formulas may be about our sheets: they are computed when somebody opens the workbook.
	recompute := true
	if err := b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recompute}); err != nil {
		return err
	}
	_, err = b.file.NewSheet(b.def.Sheets[0].Name)
	return err
}

// numbered are the parts of which a workbook can have many; excelize gives new ones the number after the last.
var numberedPart = regexp.MustCompile(`^(xl/(?:drawings/drawing|charts/chart|tables/table))(\d+)\.xml$`)

// fitsUs says what of a base workbook would not survive that sheets are added to it.
func checkBase(file *excelize.File) error {
	const again = "\nhint: open it in Excel and save it as a workbook (.xlsx)"
	if file.Styles == nil || file.Styles.CellXfs == nil {
		return errors.New("has no styles" + again)
	}
	if file.WorkBook != nil && file.WorkBook.WorkbookPr != nil && file.WorkBook.WorkbookPr.Date1904 {
		return errors.New("counts days from 1904\nhint: switch that off in Excel's options of the workbook, and save it again")
	}
	counts, highest := map[string]int{}, map[string]int{}
	lastSheet := 0
	for id := range file.GetSheetMap() {
		lastSheet = max(lastSheet, id)
	}
	var odd error
	file.Pkg.Range(func(key, value any) bool {
		name, _ := key.(string)
		if part := numberedPart.FindStringSubmatch(name); part != nil {
			number, _ := strconv.Atoi(part[2]) // digits
			counts[part[1]]++
			highest[part[1]] = max(highest[part[1]], number)
		}
		var sheet int
		if _, err := fmt.Sscanf(name, "xl/worksheets/sheet%d.xml", &sheet); err == nil && sheet > lastSheet {
			odd = fmt.Errorf("has a part %s that a new sheet would take the place of%s", name, again)
		}
		if text, ok := value.([]byte); ok && name == contentTypes && !bytes.Contains(text, []byte("spreadsheetml.sheet.main+xml")) {
			odd = errors.New("is a template or has macros" + again)
		}
		return true
	})
	for kind, count := range counts {
		if highest[kind] > count {
			odd = fmt.Errorf("has a part %s%d.xml that a new one would take the place of%s", kind, highest[kind], again)
		}
	}
	return odd
}

// logoHeight is how high a logo may be beside the title, and logoWidth how wide, in pixels.
const logoHeight, logoWidth = 44, 220

// logo puts the definition's picture at the right of the title.
func (p *page) addLogo() {
	path := p.def.path(p.def.Logo)
	if path == "" || p.err != nil {
		return
	}
	picture, err := os.ReadFile(path)
	if err != nil {
		p.check(fmt.Errorf("logo: %w", err))
		return
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		p.check(fmt.Errorf("logo %s: %w\nhint: use a PNG or JPEG", path, err))
		return
	}
	scale := min(logoHeight/float64(size.Height), logoWidth/float64(size.Width))
	// It ends where the page does: the last columns are of gridWidth each, and what is beyond their first is the picture's.
	room := chartWidth - int(scale*float64(size.Width))
	column, offset := firstColumn, room
	for _, width := range p.gridPixels() {
		if offset < width {
			break
		}
		offset -= width
		column++
	}
	p.check(p.file.AddPictureFromBytes(p.name, cell(column, 1), &excelize.Picture{
		Extension: "." + kind, File: picture,
		Format: &excelize.GraphicOptions{
			ScaleX: scale, ScaleY: scale, OffsetX: offset, OffsetY: 2, LockAspectRatio: true, Positioning: "oneCell",
			AltText: "Logo, " + strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)),
		},
	}))
}

// gridPixels are the widths of the summary's columns from the first that holds something.
func (p *page) gridPixels() []int {
	var widths []int
	for column := firstColumn; column <= lastColumn; column++ {
		width := gapWidth
		for _, filled := range gridColumns {
			if filled == column {
				width = gridWidth
			}
		}
		widths = append(widths, int(width*7+5))
	}
	return widths
}
