package xlsx

import (
	"bytes"
	"regexp"
	"slices"
)

// A patch replaces markup in a part that excelize writes: markup that excelize cannot write, writes slowly, or writes before its
// content is known. old is markup, so the text of a cell, in which < is escaped, never matches it.
type patch struct {
	old  []byte
	rows *Rows // inserted before new, if not nil
	new  []byte
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
		at := bytes.Index(p.pending, next.old)
		if at < 0 {
			safe := max(0, len(p.pending)-len(next.old)+1)
			err := p.compress(p.pending[:safe])
			p.pending = append(p.pending[:0], p.pending[safe:]...)
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
		p.pending, p.patches = p.pending[at+len(next.old):], p.patches[1:]
	}
	err := p.compress(p.pending)
	p.pending = nil
	return n, err
}

var defaultType = regexp.MustCompile(`<Default [^>]*></Default>`)

// sortDefaults sorts the default content types, which excelize writes in an order that differs from run to run.
func sortDefaults(text []byte) []byte {
	all := defaultType.FindAll(text, -1)
	slices.SortFunc(all, bytes.Compare)
	next := 0
	return defaultType.ReplaceAllFunc(text, func([]byte) []byte { next++; return all[next-1] })
}

// patch adds a replacement to a part. Patches of a part apply in the order in which they are added.
func (w *Workbook) patch(part, old, new string) {
	w.patches[part] = append(w.patches[part], patch{old: []byte(old), new: []byte(new)})
}
