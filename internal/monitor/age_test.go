package monitor

import (
	"testing"
	"time"
)

func TestDeliveriesWaitSinceTheLastPublicationAtTheEarliest(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 10, 5, 12, minute, 0, 0, time.UTC) }
	for _, c := range []struct{ received, published, want time.Time }{
		{time.Time{}, at(0), time.Time{}},
		{at(10), at(0), at(10)},
		{at(10), at(20), at(20)},
	} {
		if got := WaitsSince(c.received, c.published); !got.Equal(c.want) {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
