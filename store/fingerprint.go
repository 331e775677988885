package store

import (
	"bytes"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"callsheet/internal/spool"
)

// Fingerprint returns the same value for spool lines that a load treats as duplicates: the same report or live event of the same
// call, or the same other event, regardless of the time of receipt. Lines without a source belong to defaultSource.
func Fingerprint(text []byte, defaultSource string) uint64 {
	l := line{text: text}
	l.parse([]byte(defaultSource))
	var identity []byte
	add := func(part []byte) { identity = append(append(identity, part...), 0x1f) }
	if l.reason != "" {
		add(l.text)
		return xxhash.Sum64(identity)
	}
	for _, delivery := range append([]line{l}, l.more...) {
		add([]byte(delivery.kind))
		add(delivery.source)
		if delivery.kind == spool.KindOther {
			add(delivery.payload)
			continue
		}
		add(bytes.ToUpper(bytes.TrimSpace(delivery.values[directionField])))
		identity = binary.LittleEndian.AppendUint64(identity, delivery.callKey)
		identity = binary.LittleEndian.AppendUint64(identity, delivery.contentHash)
	}
	return xxhash.Sum64(identity)
}
