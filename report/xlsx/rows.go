package xlsx

import (
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// Rows are the rows of a long sheet. They are encoded as XML at once, which is much faster than building cells in excelize, and other
// goroutines compress them. Only the compressed bytes are kept, in memory or in a temporary file, and go into the sheet's part when the
// workbook is written. After an error elsewhere, Workbook.Close releases them.
type Rows struct {
	sheet     *Sheet
	columns   []*columnMarkup
	styled    map[styledColumn]*columnMarkup // of cells with another style than their column's
	pending   []byte                         // encoded rows that are not yet compressed
	rowNumber []byte                         // of the current row
	column    int                            // index of the next cell
	last      int                            // number of the last row
	links     links

	compressor *compressor
	crc        uint32 // of all rows, once closed
	size       uint64 // before compression
	compressed spillBuffer
}

// columnMarkup is the markup of a column's cells: before the row number, and after it for each type of value.
type columnMarkup struct {
	prefix, empty, number, shared, text, spacedText, boolean string
	recent                                                   [128]sharedText
}

// A styledColumn is a style that a cell of a column, which counts from 0, may have.
type styledColumn struct {
	column int
	style  CellStyle
}

// A sharedText is a text of a column and its index in the table of shared texts.
type sharedText struct {
	text  string
	index int
}

// StreamRows begins rows of a sheet whose columns have these styles. No other cells of the sheet may lie in these rows.
func (s *Sheet) StreamRows(styles []CellStyle) *Rows {
	r := &Rows{sheet: s, compressed: spillBuffer{dir: s.workbook.options.TempDir}, pending: newBlockBuffer(),
		styled: map[styledColumn]*columnMarkup{}}
	for i, style := range styles {
		r.columns = append(r.columns, s.columnMarkup(i+1, style))
	}
	s.workbook.streamed = append(s.workbook.streamed, r)
	r.compressor = startCompressor(&r.compressed)
	return r
}

func (s *Sheet) columnMarkup(column int, style CellStyle) *columnMarkup {
	name, err := excelize.ColumnNumberToName(column)
	s.Check(err)
	attributes := `"`
	if style != (CellStyle{}) {
		attributes = `" s="` + strconv.Itoa(s.styleID(style)) + `"`
	}
	return &columnMarkup{
		prefix: `<c r="` + name, empty: attributes + `/>`, number: attributes + `><v>`,
		shared: attributes + ` t="s"><v>`, boolean: attributes + ` t="b"><v>`,
		text:       attributes + ` t="inlineStr"><is><t>`,
		spacedText: attributes + ` t="inlineStr"><is><t xml:space="preserve">`,
	}
}

// BeginRow begins a row; row numbers start at 1.
func (r *Rows) BeginRow(row int) {
	r.rowNumber = strconv.AppendInt(r.rowNumber[:0], int64(row), 10)
	r.column, r.last = 0, row
	r.pending = append(append(append(r.pending, `<row r="`...), r.rowNumber...), `">`...)
}

// AddCell adds the row's next cell: nil, a string, a bool, an int64, a float64 or a time, which shows the clock of its own zone. A string
// must be clean (see CleanText).
func (r *Rows) AddCell(value any) {
	r.addCell(r.columns[r.column], value)
}

// AddStyledCell is AddCell for a cell with another style than its column's.
func (r *Rows) AddStyledCell(value any, style CellStyle) {
	key := styledColumn{r.column, style}
	c := r.styled[key]
	if c == nil {
		c = r.sheet.columnMarkup(r.column+1, style)
		r.styled[key] = c
	}
	r.addCell(c, value)
}

func (r *Rows) addCell(c *columnMarkup, value any) {
	r.column++
	r.pending = append(append(r.pending, c.prefix...), r.rowNumber...)
	switch v := value.(type) {
	case string:
		r.addText(c, v)
	case int64:
		r.pending = append(r.pending, c.number...)
		r.pending = strconv.AppendInt(r.pending, v, 10)
		r.pending = append(r.pending, "</v></c>"...)
	case float64:
		r.pending = append(r.pending, c.number...)
		r.pending = appendNumber(r.pending, v)
		r.pending = append(r.pending, "</v></c>"...)
	case time.Time:
		r.pending = append(r.pending, c.number...)
		r.pending = appendSerialTime(r.pending, v)
		r.pending = append(r.pending, "</v></c>"...)
	case bool:
		digit := byte('0')
		if v {
			digit = '1'
		}
		r.pending = append(append(append(r.pending, c.boolean...), digit), "</v></c>"...)
	default:
		r.pending = append(r.pending, c.empty...)
	}
}

// addText adds the rest of a cell with a text: its index in the table of shared texts or, once that is full, the text itself.
func (r *Rows) addText(c *columnMarkup, text string) {
	if index, ok := r.sharedString(c, text); ok {
		r.pending = append(r.pending, c.shared...)
		r.pending = strconv.AppendInt(r.pending, int64(index), 10)
		r.pending = append(r.pending, "</v></c>"...)
		return
	}
	if text != "" && text[0] != ' ' && text[len(text)-1] != ' ' { // a clean text has no other white space
		r.pending = append(r.pending, c.text...)
	} else {
		r.pending = append(r.pending, c.spacedText...)
	}
	r.pending = appendEscaped(r.pending, text)
	r.pending = append(r.pending, "</t></is></c>"...)
}

// sharedString is that of the workbook. Most columns have few texts, which are found among the recent ones of the column.
func (r *Rows) sharedString(c *columnMarkup, text string) (index int, ok bool) {
	n := len(text)
	if n < 2 {
		return r.sheet.workbook.sharedString(text)
	}
	recent := &c.recent[(int(text[n-1])+10*int(text[n-2])+n)%len(c.recent)]
	if recent.text == text {
		r.sheet.workbook.file.SharedStrings.Count++
		return recent.index, true
	}
	if index, ok = r.sheet.workbook.sharedString(text); ok {
		*recent = sharedText{text, index}
	}
	return index, ok
}

// EndRow ends the row.
func (r *Rows) EndRow() {
	r.pending = append(r.pending, "</row>"...)
	if len(r.pending) >= blockSize {
		r.pending = r.compressor.add(r.pending)
	}
}

// Insert adds the rows to the sheet.
func (r *Rows) Insert() error {
	r.compressor.add(r.pending)
	r.pending = nil
	if err := r.stop(); err != nil {
		return err
	}
	s := r.sheet
	w, part := s.workbook, s.part()
	w.patches[part] = append(w.patches[part], patch{rows: r})
	if r.last > 0 {
		s.extendUsedRange(1, r.last, max(1, len(r.columns)), r.last)
	}
	return s.Err()
}

// Close adds the rows to the sheet as its last, with the links, and sets the range in use. The range table, unless it is empty, becomes a
// native table; a sheet with links to addresses must have one.
func (r *Rows) Close(used, table string) error {
	if err := r.Insert(); err != nil {
		return err
	}
	s := r.sheet
	delete(s.workbook.usedRanges, s.Name)
	s.Check(s.workbook.file.SetSheetDimension(s.Name, used))
	if table != "" {
		s.AddTable(s.Name, table)
	}
	if r.links.cells.Len() > 0 {
		r.writeLinks(s.part())
	}
	return s.Err()
}

// stop waits for the compressor.
func (r *Rows) stop() (err error) {
	r.crc, r.size, err = r.compressor.close()
	r.compressor = nil
	return err
}

// discard releases the rows, whether or not they were closed.
func (r *Rows) discard() {
	if r.compressor != nil {
		_ = r.stop() // the error is not that of a file that anyone gets
	}
	r.compressed.discard()
}
