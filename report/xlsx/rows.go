package xlsx

import (
	"hash/crc32"
	"strconv"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// Rows are the rows of a long sheet. They are encoded as XML at once, which is much faster than building cells in excelize, and a
// second goroutine compresses them. Only the compressed bytes are kept, in memory or in a temporary file, and go into the sheet's part
// when the workbook is written. After an error elsewhere, Workbook.Close releases them.
type Rows struct {
	sheet     *Sheet
	columns   []columnMarkup
	pending   []byte // encoded rows that are not yet compressed
	rowNumber []byte // of the current row
	column    int    // index of the next cell
	links     links

	crc        uint32
	size       uint64 // before compression
	compressed spillBuffer
	chunks     chan []byte // to the compressor; nil once closed
	recycled   chan []byte // buffers that the compressor has finished with
	done       chan error
}

// columnMarkup is the markup of a column's cells: before the row number, and after it for each type of value.
type columnMarkup struct{ prefix, empty, number, shared, text, boolean string }

// chunkSize is the amount of XML that is compressed at a time.
const chunkSize = 1 << 18

// StreamRows begins the rows of a sheet whose columns have these styles. The sheet's other cells must lie above them.
func (s *Sheet) StreamRows(styles []CellStyle) *Rows {
	r := &Rows{
		sheet: s, compressed: spillBuffer{dir: s.workbook.options.TempDir},
		chunks: make(chan []byte, 8), recycled: make(chan []byte, 10), done: make(chan error, 1),
		pending: make([]byte, 0, chunkSize+chunkSize/4),
	}
	for i, style := range styles {
		name, err := excelize.ColumnNumberToName(i + 1)
		s.Check(err)
		attributes := `"`
		if style != (CellStyle{}) {
			attributes = `" s="` + strconv.Itoa(s.styleID(style)) + `"`
		}
		r.columns = append(r.columns, columnMarkup{
			prefix: `<c r="` + name, empty: attributes + `/>`, number: attributes + `><v>`,
			shared: attributes + ` t="s"><v>`,
			text:   attributes + ` t="inlineStr"><is><t xml:space="preserve">`, boolean: attributes + ` t="b"><v>`,
		})
	}
	s.workbook.streamed = append(s.workbook.streamed, r)
	go r.compress(r.chunks)
	return r
}

// compress writes the chunks as a sequence of complete deflate blocks, none of them the final one.
func (r *Rows) compress(chunks <-chan []byte) {
	w, err := flate.NewWriter(&r.compressed, deflateLevel)
	for chunk := range chunks {
		if err == nil {
			_, err = w.Write(chunk)
		}
		select {
		case r.recycled <- chunk[:0]:
		default:
		}
	}
	if err == nil {
		err = w.Flush()
	}
	r.done <- err
}

// BeginRow begins a row; row numbers start at 1.
func (r *Rows) BeginRow(row int) {
	r.rowNumber = strconv.AppendInt(r.rowNumber[:0], int64(row), 10)
	r.column = 0
	r.pending = append(append(append(r.pending, `<row r="`...), r.rowNumber...), `">`...)
}

// AddCell adds the row's next cell: nil, a string, a bool, an int64 or a float64. A string must be clean (see CleanText).
func (r *Rows) AddCell(value any) {
	c := &r.columns[r.column]
	r.column++
	r.pending = append(append(r.pending, c.prefix...), r.rowNumber...)
	switch v := value.(type) {
	case string:
		if index, ok := r.sheet.workbook.sharedString(v); ok {
			r.pending = append(r.pending, c.shared...)
			r.pending = strconv.AppendInt(r.pending, int64(index), 10)
			r.pending = append(r.pending, "</v></c>"...)
			return
		}
		r.pending = append(r.pending, c.text...)
		r.pending = appendEscaped(r.pending, v)
		r.pending = append(r.pending, "</t></is></c>"...)
	case int64:
		r.pending = append(r.pending, c.number...)
		r.pending = strconv.AppendInt(r.pending, v, 10)
		r.pending = append(r.pending, "</v></c>"...)
	case float64:
		r.pending = append(r.pending, c.number...)
		r.pending = appendNumber(r.pending, v)
		r.pending = append(r.pending, "</v></c>"...)
	case bool:
		r.pending = append(r.pending, c.boolean...)
		r.pending = append(r.pending, map[bool]string{true: "1</v></c>", false: "0</v></c>"}[v]...)
	default:
		r.pending = append(r.pending, c.empty...)
	}
}

// EndRow ends the row.
func (r *Rows) EndRow() {
	r.pending = append(r.pending, "</row>"...)
	if len(r.pending) >= chunkSize {
		r.flush()
	}
}

// flush hands the encoded rows to the compressor.
func (r *Rows) flush() {
	r.crc = crc32.Update(r.crc, crc32.IEEETable, r.pending)
	r.size += uint64(len(r.pending))
	r.chunks <- r.pending
	select {
	case r.pending = <-r.recycled:
	default:
		r.pending = make([]byte, 0, chunkSize+chunkSize/4)
	}
}

// Close adds the rows to the sheet, of which the range used is in use. The range table, unless it is empty, becomes a native table;
// a sheet with links to addresses must have one.
func (r *Rows) Close(used, table string) error {
	r.flush()
	if err := r.stop(); err != nil {
		return err
	}
	s := r.sheet
	const end = "</sheetData>"
	w, part := s.workbook, s.part()
	w.patches[part] = append(w.patches[part], patch{old: []byte(end), rows: r, new: []byte(end)})
	delete(w.usedRanges, s.Name)
	s.Check(w.file.SetSheetDimension(s.Name, used))
	if table != "" {
		s.AddTable(s.Name, table)
	}
	if r.links.cells.Len() > 0 {
		r.writeLinks(part)
	}
	return s.Err()
}

// stop waits for the compressor.
func (r *Rows) stop() error {
	close(r.chunks)
	r.chunks = nil
	return <-r.done
}

// discard releases the rows, whether or not they were closed.
func (r *Rows) discard() {
	if r.chunks != nil {
		r.stop()
	}
	r.compressed.discard()
}
