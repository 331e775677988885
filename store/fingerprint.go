package store

import (
	"bytes"

	"github.com/cespare/xxhash/v2"

	"callsheet/spool"
)

// Fingerprint is equal for spool lines that would be duplicates of each other once they are loaded: the same report or live
// event of the same call, or the same other event, whenever it came. A line without a source is of defaultSource.
func Fingerprint(text []byte, defaultSource string) uint64 {
	l := line{text: text}
	l.prepare()
	var identity []byte
	add := func(part []byte) { identity = append(append(identity, part...), 0x1f) }
	if l.reason != "" {
		add(l.text)
		return xxhash.Sum64(identity)
	}
	if len(l.source) == 0 {
		l.source = []byte(defaultSource)
	}
	add([]byte(l.kind))
	add(l.source)
	if l.kind == spool.KindOther {
		add(l.payload)
		return xxhash.Sum64(identity)
	}
	add(bytes.ToUpper(bytes.TrimSpace(l.values[directionField])))
	add(bytes.TrimSpace(l.values[sidField]))
	for shift := 0; shift < 64; shift += 8 {
		identity = append(identity, byte(l.contentHash>>shift))
	}
	return xxhash.Sum64(identity)
}
