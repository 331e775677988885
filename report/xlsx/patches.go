package xlsx

import (
	"bytes"
	"slices"
	"strconv"

	"callsheet/internal/lazyregexp"
)

// A patch replaces markup in a part that excelize writes: markup that excelize cannot write, writes slowly, or writes before its
// content is known. old is markup, so the text of a cell, in which < is escaped, never matches it.
type patch struct {
	old, new []byte
	rows     *Rows // or streamed rows, which go before the first row below them
}

// find returns where a patch applies in a part's text and how many bytes it replaces. If it does not yet, at is -1, and the text up to
// searched will not matter.
func (p *patch) find(text []byte) (at, length, searched int) {
	if p.rows == nil {
		return bytes.Index(text, p.old), len(p.old), max(0, len(text)-len(p.old)+1)
	}
	for pos := 0; ; pos++ {
		i := bytes.IndexByte(text[pos:], '<')
		if i < 0 {
			return -1, 0, len(text)
		}
		pos += i
		tag, _, complete := bytes.Cut(text[pos:], []byte(">"))
		if !complete {
			return -1, 0, pos
		}
		number, isRow := bytes.CutPrefix(tag, []byte(`<row r="`))
		number, _, _ = bytes.Cut(number, []byte(`"`))
		if row, _ := strconv.Atoi(string(number)); isRow && row > p.rows.last || string(tag) == "</sheetData" {
			return pos, 0, pos
		}
	}
}

// Write patches a piece of the part and compresses it. A match may span two pieces, so the end of a piece is kept until the next.
func (p *part) Write(piece []byte) (int, error) {
	n := len(piece)
	if p.name == contentTypes {
		piece = sortDefaults(piece)
	}
	if len(p.patches) == 0 {
		return n, p.compress(piece)
	}
	p.pending = append(p.pending, piece...)
	for len(p.patches) > 0 {
		next := p.patches[0]
		at, length, searched := next.find(p.pending)
		if at < 0 {
			err := p.compress(p.pending[:searched])
			p.pending = append(p.pending[:0], p.pending[searched:]...)
			return n, err
		}
		if err := p.compress(p.pending[:at]); err != nil {
			return 0, err
		}
		if next.rows != nil {
			if err := p.appendRows(next.rows); err != nil {
				return 0, err
			}
		}
		if err := p.compress(next.new); err != nil {
			return 0, err
		}
		p.pending, p.patches = p.pending[at+length:], p.patches[1:]
	}
	err := p.compress(p.pending)
	p.pending = nil
	return n, err
}

var defaultType = lazyregexp.New(`<Default [^>]*></Default>`)

// sortDefaults sorts the default content types, which excelize writes in an order that differs from run to run.
func sortDefaults(text []byte) []byte {
	all := defaultType().FindAll(text, -1)
	slices.SortFunc(all, bytes.Compare)
	next := 0
	return defaultType().ReplaceAllFunc(text, func([]byte) []byte { next++; return all[next-1] })
}

// patch adds a replacement to a part. Patches of a part apply in the order in which they are added.
func (w *Workbook) patch(part, old, new string) {
	w.patches[part] = append(w.patches[part], patch{old: []byte(old), new: []byte(new)})
}
