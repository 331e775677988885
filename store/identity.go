package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"time"

	"github.com/cespare/xxhash/v2"

	"callsheet/internal/spool"
)

// Identifier returns a function that returns the identity of a spool line. Its content is equal for lines that a load treats as
// duplicates. Lines without a source belong to defaultSource.
func Identifier(settings Settings, defaultSource string) func(line []byte) spool.Identity {
	sources := newLineSources(settings, defaultSource)
	return func(line []byte) spool.Identity { return identify(line, sources) }
}

func identify(text []byte, sources lineSources) spool.Identity {
	l := line{text: text}
	l.parse(sources)
	id := spool.Identity{Source: string(l.source), Imported: l.reportedAt != nil}
	reported := l.receivedAt
	if id.Imported {
		reported = l.reportedAt
	}
	if at, err := time.Parse(time.RFC3339, string(reported)); err == nil {
		id.ReportedAt = at.UnixMicro()
	}
	var identity []byte
	add := func(part []byte) { identity = append(append(identity, part...), 0x1f) }
	deliveries := append([]line{l}, l.more...)
	if l.reason != "" {
		add(withoutHead(l.text))
		deliveries = nil
	}
	for _, delivery := range deliveries {
		add([]byte(delivery.kind))
		add(delivery.source)
		if delivery.kind == spool.KindOther {
			add(delivery.payload)
			continue
		}
		identity = binary.LittleEndian.AppendUint64(identity, delivery.callKey)
		if len(deliveries) == 1 {
			id.Call = xxhash.Sum64(identity) // whatever its direction: reports of one call name it differently, or not at all
		}
		id.LegA = id.LegA || delivery.values[legAField] != nil
		add(bytes.ToUpper(bytes.TrimSpace(delivery.values[directionField])))
		identity = binary.LittleEndian.AppendUint64(identity, delivery.contentHash)
	}
	id.Content = xxhash.Sum64(identity)
	id.Call = cmp.Or(id.Call, id.Content)
	return id
}

// withoutHead returns a line without its id, times and checksum.
func withoutHead(text []byte) []byte {
	if _, rest, ok := bytes.Cut(text, []byte(`,"source":`)); ok && bytes.HasPrefix(text, []byte(`{"id":"`)) {
		rest, _, _ = bytes.Cut(rest, []byte(`,"crc":"`))
		return rest
	}
	return text
}
