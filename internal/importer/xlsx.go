package importer

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/exitcode"
	"callsheet/internal/suggest"
)

// serialMark precedes the number of a cell that is shown as a date, a time or a duration, serialMark1904 that of a workbook whose days
// count from 1904 on. Text in a sheet cannot contain them. dateOnly follows the number of a cell that is shown without a time of day.
const (
	serialMark     = "\x02"
	serialMark1904 = "\x03"
	dateOnly       = "d"
)

// sheetReader reads the rows of a sheet. Cells have their values, and not the text that their number formats show: 46300.427 as
// 05-10 10:15 would lose its year and seconds. Numbers have at most 15 digits, as in the program that wrote them.
type sheetReader struct {
	file     *excelize.File
	rows     *excelize.Rows
	number   int64
	extent   extent
	unread   []string // the other sheets that are shown, if no sheet was named
	progress func(done, total int64)
}

// openSheet opens a sheet of the workbook at path, the first that is not hidden if name is empty.
func openSheet(path, name, tempDir string) (*sheetReader, error) {
	if err := checkParts(path); err != nil {
		return nil, err
	}
	file, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: maxWorkbook, TmpDir: tempDir})
	if err != nil {
		return nil, fmt.Errorf("%w\nhint: open it in a spreadsheet program and save it as .xlsx or CSV", err)
	}
	s := &sheetReader{file: file}
	if err := s.open(path, name); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *sheetReader) open(path, name string) error {
	sheet, err := s.choose(name)
	if err != nil {
		return err
	}
	if err := s.showValues(); err != nil {
		return err
	}
	if s.extent, err = extentOf(path, sheet); err != nil {
		return err
	}
	s.rows, err = s.file.Rows(sheet)
	return err
}

// choose returns the sheet of a name, or the first that is not hidden.
func (s *sheetReader) choose(name string) (sheet string, err error) {
	sheets := s.file.GetSheetList()
	if len(sheets) == 0 {
		return "", errEmpty
	}
	if name == "" {
		shown := slices.DeleteFunc(slices.Clone(sheets), func(sheet string) bool {
			visible, err := s.file.GetSheetVisible(sheet)
			return err == nil && !visible
		})
		if len(shown) == 0 {
			shown = sheets
		}
		s.unread = shown[1:]
		return shown[0], nil
	}
	if i := slices.IndexFunc(sheets, func(sheet string) bool { return strings.EqualFold(sheet, name) }); i >= 0 {
		return sheets[i], nil
	}
	return "", exitcode.UsageError(fmt.Errorf("there is no sheet %q%s", name, suggest.Hint(name, sheets, "the sheets are")))
}

// checkMerged returns an error for cells that are merged over rows below the headings: only the first of the rows has the value.
func (s *sheetReader) checkMerged(headings int64) error {
	if s.extent.merged.firstRow > headings {
		return fmt.Errorf("the cells %s are merged, so only the first of these rows has their value\nhint: unmerge them in a spreadsheet program, and fill the value into each row", s.extent.merged.name)
	}
	return nil
}

// otherSheets returns a hint to other sheets, for a sheet that is no table of calls.
func (s *sheetReader) otherSheets() string {
	if sheets := s.file.GetSheetList(); len(sheets) > 1 {
		return "\nhint: the sheets are " + strings.Join(sheets, ", ") + "; --sheet names the one with the calls"
	}
	return ""
}

// showValues replaces the number formats of the workbook in memory: those of dates, times and durations by one that shows the serial
// number after serialMark, the others by none.
func (s *sheetReader) showValues() error {
	properties, err := s.file.GetWorkbookProps()
	if err != nil {
		return err
	}
	mark := serialMark
	if properties.Date1904 != nil && *properties.Date1904 {
		mark = serialMark1904
		no := false
		if err := s.file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &no}); err != nil {
			return err
		}
	}
	withTime, plain := `"`+mark+`"0.000000000000`, math.MaxInt32
	marked, err := s.numberFormat(withTime)
	if err != nil {
		return err
	}
	markedDate, err := s.numberFormat(withTime + `"` + dateOnly + `"`)
	if err != nil {
		return err
	}
	styles := s.file.Styles
	codes := map[int]string{}
	if styles.NumFmts != nil {
		for _, custom := range styles.NumFmts.NumFmt {
			codes[custom.NumFmtID] = custom.FormatCode
		}
	}
	for i := range styles.CellXfs.Xf {
		id := &styles.CellXfs.Xf[i].NumFmtID
		if *id == nil {
			continue
		}
		isTime, hasClock := builtInTimeFormat(**id)
		if code, custom := codes[**id]; custom {
			isTime, hasClock = timeFormat(code)
		}
		switch {
		case isTime && hasClock:
			*id = &marked
		case isTime:
			*id = &markedDate
		default:
			*id = &plain
		}
	}
	return nil
}

// numberFormat adds a number format to the workbook in memory and returns its id.
func (s *sheetReader) numberFormat(code string) (id int, err error) {
	style, err := s.file.NewStyle(&excelize.Style{CustomNumFmt: &code})
	if err != nil {
		return 0, err
	}
	return *s.file.Styles.CellXfs.Xf[style].NumFmtID, nil
}

// builtInTimeFormat reports whether a number format that every workbook has is one of dates, times or durations, in any language, and whether
// it shows a time of day.
func builtInTimeFormat(id int) (isTime, hasClock bool) {
	within := func(ranges ...int) bool {
		for i := 0; i < len(ranges); i += 2 {
			if ranges[i] <= id && id <= ranges[i+1] {
				return true
			}
		}
		return false
	}
	return within(14, 22, 27, 36, 45, 47, 50, 58, 71, 81), within(18, 22, 32, 35, 45, 47, 55, 56, 75, 81)
}

// timeFormat reports whether a number format has letters of dates and times, outside quotes, and no places of digits, and whether it shows
// a time of day or a duration.
func timeFormat(code string) (isTime, hasClock bool) {
	code, _, _ = strings.Cut(code, ";")
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return isTime, hasClock
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return isTime, hasClock
			}
			elapsed := strings.ToLower(code[i+1 : i+end])
			if elapsed != "" && strings.Trim(elapsed, elapsed[:1]) == "" && strings.Contains("hms", elapsed[:1]) {
				isTime, hasClock = true, true
			}
			i += end
		case '#', '?', '@', 'E', 'e':
			return false, false
		case '0': // of fractions of a second only
			if !isTime {
				return false, false
			}
		default:
			isLetter := strings.IndexByte("ymdhsYMDHS", c) >= 0 && !strings.EqualFold(code[i:], "general")
			isTime = isTime || isLetter
			hasClock = hasClock || isLetter && strings.IndexByte("hsHS", c) >= 0
		}
	}
	return isTime, hasClock
}

// next returns the next row. The library ends silently at a character that XML does not allow, as careless exports have.
func (s *sheetReader) next() (row, error) {
	if !s.rows.Next() {
		switch err := s.rows.Error(); {
		case err != nil:
			return row{}, err
		case s.number < s.extent.lastRow:
			return row{}, fmt.Errorf("row %d of %d cannot be read\nhint: open the workbook in a spreadsheet program, and save it again", s.number+1, s.extent.lastRow)
		}
		return row{}, io.EOF
	}
	s.number++
	if s.progress != nil && s.number%1000 == 0 {
		s.progress(s.number, s.extent.lastRow)
	}
	cells, err := s.rows.Columns()
	if err != nil {
		return row{}, fmt.Errorf("row %d: %w", s.number, err)
	}
	return row{number: s.number, cells: cells}, nil
}

func (s *sheetReader) close() error {
	var err error
	if s.rows != nil {
		err = s.rows.Close()
	}
	return errors.Join(err, s.file.Close())
}

// cellText returns the text of a cell for a field: a serial number becomes seconds in a field of durations, else a local time, or a date. A number
// that is not a time within a millisecond stays a number, which the loader cannot read as one.
func cellText(field, cell string) string {
	number, ok := strings.CutPrefix(cell, serialMark)
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if !ok {
		if number, ok = strings.CutPrefix(cell, serialMark1904); !ok {
			return cell
		}
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	number, isDate := strings.CutSuffix(number, dateOnly)
	serial, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(serial) || serial < 0 || serial > 100_000 {
		return number
	}
	milliseconds := int64(math.Round(serial * 86_400_000))
	if slices.Contains(durationFields, field) {
		return strconv.FormatFloat(float64(milliseconds)/1000, 'f', -1, 64)
	}
	clock := time.Duration(milliseconds) * time.Millisecond
	if clock < 24*time.Hour {
		return time.Time{}.Add(clock).Format("15:04:05.999")
	}
	if isDate && clock%(24*time.Hour) == 0 { // the call did not begin at midnight
		return epoch.Add(clock).Format(time.DateOnly)
	}
	return epoch.Add(clock).Format("2006-01-02 15:04:05.999")
}

// dateText and timeText return the date and the clock time of a cell that may have both.
func dateText(cell string) string {
	text := cellText("", cell)
	if text != cell {
		text, _, _ = strings.Cut(text, " ")
	}
	return strings.TrimSuffix(text, " 00:00:00")
}

func timeText(cell string) string {
	text := cellText("", cell)
	if _, clock, ok := strings.Cut(text, " "); ok && text != cell {
		return clock
	}
	return text
}
