package spool

// Identity is what tells a line from others.
type Identity struct {
	Source     string
	Call       uint64 // hash of the call and of the kind of line; of the content if the line belongs to no call
	Content    uint64 // hash of the call and of all that is said about it, without the time of receipt
	ReportedAt int64  // in microseconds; 0 if the line does not say
	Imported   bool   // it has a reported_at of its own
	LegA       bool   // it has the time of leg A, though perhaps empty, which the content does not tell from a missing one
}
