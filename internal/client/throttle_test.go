package client

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestThrottleTreatsAnIPv6NetworkAsOneAddress(t *testing.T) {
	now := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)
	limit := Throttle[netip.Prefix]{Burst: 20, Interval: 6 * time.Second}
	take := func(address string) time.Duration { return limit.Take(Network(netip.MustParseAddr(address)), now) }
	for i := range limit.Burst {
		if wait := take(fmt.Sprintf("2001:db8::%x", i)); wait > 0 {
			t.Fatalf("attempt %d waits %s", i, wait)
		}
	}
	if take("2001:db8::ffff") == 0 {
		t.Error("the 64 bits of a host are not counted together")
	}
	if take("2001:db8:0:1::1") != 0 {
		t.Error("another network is throttled as well")
	}
}

func TestThrottleForgetsOldAddresses(t *testing.T) {
	now := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)
	limit := Throttle[netip.Prefix]{Burst: 20, Interval: 6 * time.Second}
	for i := range 3 * maxThrottled {
		limit.Take(Network(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})), now)
	}
	if held := len(limit.current) + len(limit.previous); held > maxThrottled {
		t.Errorf("%d addresses are held, more than %d", held, maxThrottled)
	}
}

func TestWaitCountsNothing(t *testing.T) {
	now := time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)
	limit := Throttle[string]{Burst: 2, Interval: 6 * time.Second}
	for range 10 {
		if wait := limit.Wait("asha", now); wait != 0 {
			t.Fatalf("waits %s before the first event", wait)
		}
	}
	limit.Take("asha", now)
	limit.Take("asha", now)
	if wait := limit.Wait("asha", now); wait != 6*time.Second {
		t.Errorf("waits %s at the limit", wait)
	}
	if wait := limit.Wait("asha", now.Add(6*time.Second)); wait != 0 {
		t.Errorf("waits %s later", wait)
	}
	if wait := limit.Wait("ravi", now); wait != 0 {
		t.Errorf("another key waits %s", wait)
	}
}
