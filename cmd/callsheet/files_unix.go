//go:build unix

package main

import (
	"math"

	"golang.org/x/sys/unix"
)

// openFileLimit is how many files this process may have open. Go has raised it to the hard limit at the start.
func openFileLimit() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(limit.Cur)
}
