// Package garbage makes garbage collections rare, since callsheet makes much garbage and keeps little: most of its memory is DuckDB's,
// which Go does not see. The environment variables GOGC and GOMEMLIMIT have precedence.
package garbage

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

const (
	// small is how much garbage a small heap has between two collections, in bytes.
	small = 32 << 20
	// limit is the memory above which collections become frequent, in bytes, since large requests create much garbage at once.
	// Thousands of connections use half of it.
	limit = 512 << 20
	// firstHeap is the heap at which Go collects first with GOGC 100, in bytes.
	firstHeap = 4 << 20
)

// percent is the least GOGC. Go's default is 100.
var percent atomic.Int64

// Go initializes packages in the order of their paths, so this runs before nearly all others: their tables reach the heap at
// which Go collects first, which would take a seventh of a start.
func init() {
	percent.Store(100)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100 * small / firstHeap)
		adjustAfterNext()
	}
}

// AtLeast sets the garbage that a large heap has between two collections, in percent of what is in use.
func AtLeast(n int) { percent.Store(int64(n)) }

// adjustAfterNext sets GOGC after each collection, so that there is the garbage of a small heap until the next or, for a large one, the least
// percentage of it.
func adjustAfterNext() {
	// Nothing refers to the object, so its cleanup runs after the next collection. Smaller objects may be allocated together, and kept.
	runtime.AddCleanup(new([16]byte), func(struct{}) {
		base := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
		metrics.Read(base)
		sum := uint64(1)
		for _, part := range base {
			sum += part.Value.Uint64()
		}
		debug.SetGCPercent(int(max(percent.Load(), int64(100*small/sum))))
		adjustAfterNext()
	}, struct{}{})
}
