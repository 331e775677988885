package collector

import (
	"encoding/base64"
	"fmt"

	"callsheet/spool"
)

// The memory that a source can take is bounded, whatever it sends: that of large bodies by their size, that of requests
// which become much more than their body by their number, that of all others by both. So a source holds up its own large
// requests and nobody else's.
const (
	smallBody      = 16 << 10 // a larger one needs room among the large bodies
	largeBodies    = 2        // of max_body, that a source may have in memory at once
	largeExpanding = 2        // requests beyond smallLimits that a source may have in memory at once
)

const (
	maxFields    = 10_000 // of a form or query
	lineOverhead = 256    // more than a line in the spool has besides its payload
)

// limits bound what one request may become. The sender gets 413 with the limit.
type limits struct {
	inflated   int64 // bytes of a gzip body
	deliveries int   // elements of an array
	fields     int   // of a form or query
	written    int64 // bytes in the spool
}

var smallLimits = limits{inflated: 64 << 10, deliveries: 100, fields: 1000, written: 1 << 20}

// limits hold for every request. With the default of MaxDeliveries no request comes near the limit of what is written.
func (o Options) limits() limits {
	return limits{inflated: o.MaxBody, deliveries: o.MaxDeliveries, fields: maxFields, written: 2*o.MaxBody + 4<<20}
}

// tooLargeError names the limit that a request is beyond.
type tooLargeError struct {
	format string
	limit  int64
}

func (e tooLargeError) Error() string { return fmt.Sprintf(e.format, e.limit) }

// check checks what the envelopes of a request take in the spool.
func (l limits) check(envelopes []spool.Envelope) error {
	var written int64
	for i := range envelopes {
		line := lineOverhead + len(envelopes[i].Payload) + base64.StdEncoding.EncodedLen(len(envelopes[i].Body))
		if line > spool.MaxLine {
			return tooLargeError{"a delivery takes more than %d bytes in the spool", spool.MaxLine}
		}
		written += int64(line)
	}
	if written > l.written {
		return l.tooMuchWritten()
	}
	return nil
}

func (l limits) tooMuchWritten() error {
	return tooLargeError{"the request takes more than %d bytes in the spool", l.written}
}
