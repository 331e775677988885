package report

import (
	"bytes"
	"regexp"
	"slices"
)

// A swap replaces what excelize wrote into a part by what was not known then, or what it would be slow to
// tell it. before is markup, so no text of a cell can equal it: there, < is written &lt;.
type swap struct {
	before []byte
	rows   *sheetRows // that go before after, if not nil
	after  []byte
}

// Write compresses a piece of the part, swapped. What is sought may lie across two pieces, so the end of a
// piece waits for the next.
func (p *part) Write(piece []byte) (int, error) {
	n := len(piece)
	if p.name == contentTypes {
		piece = sortDefaults(piece)
	}
	if len(p.swaps) == 0 {
		return n, p.compress(piece)
	}
	p.held = append(p.held, piece...)
	for len(p.swaps) > 0 {
		s := p.swaps[0]
		at := bytes.Index(p.held, s.before)
		if at < 0 {
			safe := max(0, len(p.held)-len(s.before)+1)
			err := p.compress(p.held[:safe])
			p.held = append(p.held[:0], p.held[safe:]...)
			return n, err
		}
		if err := p.compress(p.held[:at]); err != nil {
			return 0, err
		}
		if s.rows != nil {
			if err := p.include(s.rows); err != nil {
				return 0, err
			}
		}
		if err := p.compress(s.after); err != nil {
			return 0, err
		}
		p.held, p.swaps = p.held[at+len(s.before):], p.swaps[1:]
	}
	err := p.compress(p.held)
	p.held = nil
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
