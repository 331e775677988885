//go:build unix

package collector

import (
	"math"

	"golang.org/x/sys/unix"
)

// openFileLimit returns how many files this process may have open. The Go runtime has raised it to the hard limit.
func openFileLimit() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(limit.Cur)
}
