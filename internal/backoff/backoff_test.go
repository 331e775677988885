package backoff

import (
	"math"
	"testing"
	"time"
)

func TestWaitDoublesUpToTheMaximum(t *testing.T) {
	policy := Policy{Initial: 15 * time.Second, Max: time.Minute}
	for failures, want := range map[int]time.Duration{
		0: 15 * time.Second, 1: 30 * time.Second, 2: time.Minute, 3: time.Minute, math.MaxInt: time.Minute,
	} {
		if got := policy.Wait(failures); got != want {
			t.Errorf("after %d failures: %s, want %s", failures, got, want)
		}
	}
	if got := (Policy{Initial: time.Hour, Max: time.Minute}).Wait(0); got != time.Minute {
		t.Errorf("an initial wait above the maximum: %s", got)
	}
}
