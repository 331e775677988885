package store

import (
	"bytes"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// lineHash is XXH64 of a line, seeded with its number. Files with the same sum of line hashes have the same lines in the same order,
// and a single line can be subtracted from the sum.
func lineHash(number int64, text []byte) uint64 {
	var digest xxhash.Digest
	digest.ResetWithSeed(uint64(number))
	digest.Write(text)
	return digest.Sum64()
}

// knownDirections are the words of the vendor that always mean the same direction, which is part of a report's identity beside its hash.
var knownDirections = map[string]bool{"": true, "IVR": true, "WEBOBD": true}

// hashContent is XXH64 of the payload's values without the call's identity, and of the unknown members sorted by key: the same
// report has the same hash as JSON and as a form, with empty fields and without them. A direction in another word than the vendor's is
// part of the content, since a setting can give it a meaning. So are the problems of the fields. Values are separated as in a packed line, so the encoding is unambiguous.
func (l *line) hashContent(unknown []member, problems []byte) uint64 {
	var text [1024]byte
	content := text[:0]
	add := func(value []byte) {
		if l.needsEscaping {
			content = append(appendEscaped(content, value), fieldEnd)
		} else {
			content = append(append(content, value...), fieldEnd)
		}
	}
	if word := bytes.ToUpper(bytes.TrimSpace(l.values[directionField])); !knownDirections[string(word)] {
		add(word)
	}
	for i, value := range l.values {
		switch {
		case payloadFields[i].identity || payloadFields[i].undocumented:
		case len(value) == 0:
			content = append(content, nullMark, fieldEnd)
		default:
			add(value)
		}
	}
	slices.SortStableFunc(unknown, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	for _, m := range unknown {
		add(m.key)
		add(columnText(m.value))
	}
	if problems != nil { // a wrapper may have had the same unknown members beside the call
		add(problems)
	}
	return xxhash.Sum64(content)
}

// callKey is XXH64 of a call's source and id.
func callKey(source, sid []byte) uint64 {
	var text [128]byte
	return xxhash.Sum64(append(append(appendEscaped(text[:0], source), fieldEnd), sid...))
}
