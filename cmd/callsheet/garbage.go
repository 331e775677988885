package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// raiseGOGC makes garbage collections rare, for work with much garbage and a small heap. The environment variables have precedence.
func raiseGOGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(gcMemoryLimit)
	}
}

// gcMemoryLimit is the memory above which garbage collections become frequent, since large requests create much garbage at once.
// Thousands of connections use half of it.
const gcMemoryLimit = 512 << 20

// maxGarbage is how much garbage a small heap has between two collections, in bytes.
const maxGarbage = 32 << 20

// The least GOGC that limitGarbage sets.
const (
	collectorGOGC = 40  // not more: thousands of slow senders take tens of megabytes, and GOGC 400 would add four times as much
	workbookGOGC  = 100 // Go's default, since the memory is mostly DuckDB's
)

// limitGarbage makes collections rare while the heap is small: it sets GOGC after each one, so that there are maxGarbage until the next or,
// for a large heap, least percent of it. GOGC in the environment has precedence.
func limitGarbage(least int) {
	if os.Getenv("GOGC") != "" {
		return
	}
	// Nothing refers to the object, so its cleanup runs after the next collection. Smaller objects may be allocated together, and kept.
	runtime.AddCleanup(new([16]byte), func(struct{}) {
		base := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
		metrics.Read(base)
		sum := uint64(1)
		for _, part := range base {
			sum += part.Value.Uint64()
		}
		debug.SetGCPercent(max(least, int(100*maxGarbage/sum)))
		limitGarbage(least)
	}, struct{}{})
}
