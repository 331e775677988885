package collector

import "fmt"

// The memory of each source is bounded: of large bodies by their total size, of requests that expand to much more than their body by
// their number, and of all others by both. So large requests delay only requests of the same source.
const (
	smallBody    = 16 << 10 // larger bodies count as large
	largeBodies  = 2        // total size of a source's large bodies in memory, in units of max_body
	maxExpanding = 2        // requests of a source that are over smallLimits and in memory
)

const maxFields = 10_000 // of a form or query

// limits limit what one request may expand to. Over a limit, the sender gets 413 with the limit.
type limits struct {
	body       int64 // bytes
	inflated   int64 // bytes of a gzip body
	deliveries int   // elements of an array
	fields     int   // of a form or query
}

var smallLimits = limits{body: 1 << 20, inflated: 64 << 10, deliveries: 100, fields: 1000}

// limits returns the limits of every request. They bound its lines in the spool as well: a line has some 200 bytes besides its payload,
// and a payload is at most twice as long as it was sent.
func (o Options) limits() limits {
	return limits{body: o.MaxBody, inflated: o.MaxBody, deliveries: o.MaxDeliveries, fields: maxFields}
}

// small returns smallLimits, or the limits where they are smaller.
func (l limits) small() limits {
	s := smallLimits
	return limits{min(s.body, l.body), min(s.inflated, l.inflated), min(s.deliveries, l.deliveries), min(s.fields, l.fields)}
}

// tooLargeError is the limit that a request exceeds.
type tooLargeError struct {
	format string
	limit  int64
}

func (e tooLargeError) Error() string { return fmt.Sprintf(e.format, e.limit) }

func bodyTooLarge(limit int64) error {
	return tooLargeError{"the body is larger than %d bytes", limit}
}

func tooManyDeliveries(limit int) error {
	if limit == 1 {
		return tooLargeError{"more than %d delivery in one request", 1}
	}
	return tooLargeError{"more than %d deliveries in one request", int64(limit)}
}
