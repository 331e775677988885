package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/lazyregexp"
)

// Open begins a workbook with the sheets of an existing file, which stay as they are.
func Open(path string, options Options) (*Workbook, error) {
	file, err := excelize.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w\nhint: save it as .xlsx, without a password", err)
	}
	w := newWorkbook(file, options)
	if err := errors.Join(checkBase(file), w.reserveNames()); err != nil {
		file.Close()
		return nil, err
	}
	w.baseCharts = w.chartParts()
	// Formulas of the existing sheets may refer to new ones, so they are computed when the workbook is opened.
	recompute := true
	return w, w.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recompute})
}

// reserveNames keeps new tables from taking the name of an existing one.
func (w *Workbook) reserveNames() error {
	for _, name := range w.file.GetDefinedName() {
		w.tables[strings.ToLower(name.Name)] = true
	}
	for _, sheet := range w.file.GetSheetList() {
		tables, err := w.file.GetTables(sheet)
		if err != nil {
			return err
		}
		for _, table := range tables {
			w.tables[strings.ToLower(table.Name)] = true
		}
	}
	return nil
}

// numberedPart matches the parts of which a workbook can have many. excelize numbers a new one by how many there are.
var numberedPart = lazyregexp.New(`^(xl/(?:drawings/drawing|charts/chart|tables/table))(\d+)\.xml$`)

// checkBase reports what would be lost if sheets were added to a file.
func checkBase(file *excelize.File) error {
	const saveAgain = "\nhint: open it in Excel and save it as a workbook (.xlsx)"
	if file.Styles == nil || file.Styles.CellXfs == nil {
		return errors.New("has no styles" + saveAgain)
	}
	if file.WorkBook != nil && file.WorkBook.WorkbookPr != nil && file.WorkBook.WorkbookPr.Date1904 {
		return errors.New("counts days from 1904\nhint: turn off the 1904 date system in Excel's options of the workbook, and save it again")
	}
	counts, highest := map[string]int{}, map[string]int{}
	lastSheet := 0
	for id := range file.GetSheetMap() {
		lastSheet = max(lastSheet, id)
	}
	var unsafe error
	file.Pkg.Range(func(key, value any) bool {
		name, _ := key.(string)
		if part := numberedPart().FindStringSubmatch(name); part != nil {
			number, _ := strconv.Atoi(part[2]) // digits
			counts[part[1]]++
			highest[part[1]] = max(highest[part[1]], number)
		}
		var sheet int
		if _, err := fmt.Sscanf(name, "xl/worksheets/sheet%d.xml", &sheet); err == nil && sheet > lastSheet {
			unsafe = fmt.Errorf("has a part %s, which a new sheet would overwrite%s", name, saveAgain)
		}
		if text, ok := value.([]byte); ok && name == contentTypes && !bytes.Contains(text, []byte("spreadsheetml.sheet.main+xml")) {
			unsafe = errors.New("is a template or has macros" + saveAgain)
		}
		return true
	})
	for kind, count := range counts {
		if highest[kind] > count {
			unsafe = fmt.Errorf("has a part %s%d.xml, which a new one would overwrite%s", kind, highest[kind], saveAgain)
		}
	}
	return unsafe
}
