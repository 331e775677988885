package spool

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"
)

// ids creates ULIDs that increase even when the clock is set back.
type ids struct {
	entropy *ulid.MonotonicEntropy
	last    uint64 // milliseconds
}

func newIDs() *ids { return &ids{entropy: ulid.Monotonic(rand.Reader, 0)} }

// after makes every following id greater than this one.
func (s *ids) after(id string) {
	if last, err := ulid.ParseStrict(id); err == nil {
		s.last = max(s.last, last.Time()+1)
	}
}

func (s *ids) next(now time.Time) (string, error) {
	s.last = max(s.last, ulid.Timestamp(now))
	id, err := ulid.New(s.last, s.entropy)
	if err != nil { // the random part overflowed: use the next millisecond
		s.last++
		id, err = ulid.New(s.last, s.entropy)
	}
	return id.String(), err
}
