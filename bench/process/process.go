// Package process measures programs from their start to their end.
package process

import (
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Result is what a process took.
type Result struct {
	Took, Processor time.Duration
	Memory          int64 // resident at most, in bytes
}

// Results are those of the rounds.
type Results []Result

// Median is that by time.
func (r Results) Median() Result {
	return slices.SortedFunc(slices.Values(r), func(a, b Result) int { return cmp.Compare(a.Took, b.Took) })[len(r)/2]
}

// Measure runs a program to its end.
func Measure(command ...string) (Result, error) {
	process := exec.Command(command[0], command[1:]...)
	start := time.Now()
	if out, err := process.CombinedOutput(); err != nil {
		return Result{}, fmt.Errorf("%s: %w\n%s", strings.Join(command[:min(4, len(command))], " "), err, out)
	}
	took := time.Since(start)
	usage := process.ProcessState.SysUsage().(*syscall.Rusage)
	return Result{took, process.ProcessState.UserTime() + process.ProcessState.SystemTime(), usage.Maxrss << 10}, nil
}
