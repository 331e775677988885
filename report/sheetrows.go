package report

import (
	"hash/crc32"
	"math"
	"strconv"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// sheetRows are the rows of one long sheet. They are written as XML right away, which is much quicker than to have excelize build
// cells, and deflated meanwhile on another core; only the result is kept, in memory or in a file. When the workbook is written,
// they go to where their sheet's rows end.
type rowWriter struct {
	columns    []columnMarkup
	pending    []byte // of the rows that are not handed over
	rowNumber  []byte // of the row being written
	column     int    // that the next cell goes to
	crc        uint32 // of all XML so far
	size       uint64
	compressed spillBuffer

	chunks   chan []byte // to the deflater
	recycled chan []byte // back from it
	done     chan error
}

// columnMarkup is what precedes a cell's row number and what follows it.
type columnMarkup struct{ prefix, empty, number, text, boolean string }

// chunkSize is how much XML is handed over at once.
const chunkSize = 1 << 18

// newSheetRows begins the rows of a sheet whose columns have these styles; large results go to a file in dir.
func newRowWriter(styles []int, dir string) *rowWriter {
	r := &rowWriter{
		compressed: spillBuffer{dir: dir}, chunks: make(chan []byte, 8), recycled: make(chan []byte, 10), done: make(chan error, 1),
		pending: make([]byte, 0, chunkSize+chunkSize/4),
	}
	for i, style := range styles {
		name, _ := excelize.ColumnNumberToName(i + 1) // i is a column
		mark := `"`
		if style > 0 {
			mark = `" s="` + strconv.Itoa(style) + `"`
		}
		r.columns = append(r.columns, columnMarkup{
			prefix: `<c r="` + name, empty: mark + `/>`, number: mark + `><v>`,
			text: mark + ` t="inlineStr"><is><t xml:space="preserve">`, boolean: mark + ` t="b"><v>`,
		})
	}
	go r.deflate()
	return r
}

// deflate compresses what comes until there is no more, into a run of whole blocks of which none is the last.
func (r *rowWriter) deflate() {
	w, err := flate.NewWriter(&r.compressed, deflateLevel)
	for chunk := range r.chunks {
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

// begin begins a row, counted from 1.
func (r *rowWriter) beginRow(row int) {
	r.rowNumber = strconv.AppendInt(r.rowNumber[:0], int64(row), 10)
	r.column = 0
	r.pending = append(append(append(r.pending, `<row r="`...), r.rowNumber...), `">`...)
}

// cell writes the row's next cell: nil, a string, a bool, an int64 or a float64. Texts must be clean.
func (r *rowWriter) addCell(value any) {
	c := &r.columns[r.column]
	r.column++
	r.pending = append(append(r.pending, c.prefix...), r.rowNumber...)
	switch v := value.(type) {
	case string:
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

// end ends the row.
func (r *rowWriter) endRow() {
	r.pending = append(r.pending, "</row>"...)
	if len(r.pending) >= chunkSize {
		r.handOver()
	}
}

func (r *rowWriter) handOver() {
	r.crc = crc32.Update(r.crc, crc32.IEEETable, r.pending)
	r.size += uint64(len(r.pending))
	r.chunks <- r.pending
	select {
	case r.pending = <-r.recycled:
	default:
		r.pending = make([]byte, 0, chunkSize+chunkSize/4)
	}
}

// close waits until all is deflated.
func (r *rowWriter) close() error {
	r.handOver()
	close(r.chunks)
	return <-r.done
}

// appendNumber writes a number as short as it can be read back exactly: whole numbers without an exponent.
func appendNumber(to []byte, v float64) []byte {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.AppendInt(to, int64(v), 10)
	}
	return strconv.AppendFloat(to, v, 'g', -1, 64)
}

// appendEscaped writes a text as XML has it. Excel reads _x0041_ as a character's number, so an underscore before such is written
// as its own number.
func appendEscaped(to []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var escaped string
		switch s[i] {
		case '&':
			escaped = "&amp;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '_':
			if !isCharacterNumber(s[i:]) {
				continue
			}
			escaped = "_x005F_"
		default:
			continue
		}
		to = append(append(to, s[from:i]...), escaped...)
		from = i + 1
	}
	return append(to, s[from:]...)
}

// isCharacterNumber tells whether a text begins like _x0041_.
func isCharacterNumber(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	for _, c := range []byte(s[2:6]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// combineCRC is the CRC-32 of two texts, one after the other, from that of each and the length of the second: as many zero bits
// as the second has are put after the first, by squaring the matrix that adds one.
func combineCRC(first, second uint32, length uint64) uint32 {
	type matrix [32]uint32
	times := func(m *matrix, v uint32) (sum uint32) {
		for i := 0; v != 0; i, v = i+1, v>>1 {
			if v&1 != 0 {
				sum ^= m[i]
			}
		}
		return sum
	}
	squared := func(m *matrix) (square matrix) {
		for i := range m {
			square[i] = times(m, m[i])
		}
		return square
	}
	zero := matrix{crc32.IEEE} // a zero bit more
	for i := 1; i < 32; i++ {
		zero[i] = 1 << (i - 1)
	}
	for range 3 {
		zero = squared(&zero) // a zero byte more
	}
	for ; length > 0; length >>= 1 {
		if length&1 != 0 {
			first = times(&zero, first)
		}
		zero = squared(&zero)
	}
	return first ^ second
}
