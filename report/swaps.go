package report

import (
	"bytes"
	"regexp"
	"slices"
)

// A swap replaces what excelize wrote into a part by what was not known then, or what it would be slow to
// tell it. before is markup, so no text of a cell can equal it: there, < is written &lt;.
type patch struct {
	old  []byte
	rows *rowWriter // that go before after, if not nil
	new  []byte
}

// Write compresses a piece of the part, swapped. What is sought may lie across two pieces, so the end of a
// piece waits for the next.
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
		s := p.patches[0]
		at := bytes.Index(p.pending, s.old)
		if at < 0 {
			safe := max(0, len(p.pending)-len(s.old)+1)
			err := p.compress(p.pending[:safe])
			p.pending = append(p.pending[:0], p.pending[safe:]...)
			return n, err
		}
		if err := p.compress(p.pending[:at]); err != nil {
			return 0, err
		}
		if s.rows != nil {
			if err := p.appendRows(s.rows); err != nil {
				return 0, err
			}
		}
		if err := p.compress(s.new); err != nil {
			return 0, err
		}
		p.pending, p.patches = p.pending[at+len(s.old):], p.patches[1:]
	}
	err := p.compress(p.pending)
	p.pending = nil
	return n, err
}

var defaultType = regexp.MustCompile(`<Default [^>]*></Default>`)

// sortDefaults orders the default content types, which excelize writes in an order that differs from run to
// run.
func sortDefaults(piece []byte) []byte {
	all := defaultType.FindAll(piece, -1)
	slices.SortFunc(all, bytes.Compare)
	next := 0
	return defaultType.ReplaceAllFunc(piece, func([]byte) []byte { next++; return all[next-1] })
}
