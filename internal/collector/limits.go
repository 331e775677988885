package collector

import "fmt"

// The memory that a source can take is bounded, whatever it sends: that of large bodies by their size, that of requests
// which become much more than their body by their number, that of all others by both. So a source holds up its own large
// requests and nobody else's.
const (
	smallBody      = 16 << 10 // a larger one needs room among the large bodies
	largeBodies    = 2        // of max_body, that a source may have in memory at once
	largeExpanding = 2        // requests beyond smallLimits that a source may have in memory at once
)

const maxFields = 10_000 // of a form or query

// limits bound what one request may become. The sender gets 413 with the limit.
type limits struct {
	body       int64 // bytes
	inflated   int64 // bytes of a gzip body
	deliveries int   // elements of an array
	fields     int   // of a form or query
}

var smallLimits = limits{body: 1 << 20, inflated: 64 << 10, deliveries: 100, fields: 1000}

// limits hold for every request. So its lines in the spool are bounded as well: each has some 200 bytes besides its payload, and no
// payload is more than twice as long as it was sent.
func (o Options) limits() limits {
	return limits{body: o.MaxBody, inflated: o.MaxBody, deliveries: o.MaxDeliveries, fields: maxFields}
}

// tooLargeError names the limit that a request is beyond.
type tooLargeError struct {
	format string
	limit  int64
}

func (e tooLargeError) Error() string { return fmt.Sprintf(e.format, e.limit) }

func bodyTooLarge(limit int64) error {
	return tooLargeError{"the body is larger than %d bytes", limit}
}
