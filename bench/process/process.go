// Package process measures programs.
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

// Result is the cost of a process.
type Result struct {
	Took, CPU time.Duration
	Memory    int64 // peak resident memory, in bytes
	Written   int64 // to the disk, in bytes
}

// Results are the results of several rounds.
type Results []Result

// Median returns the result with the median time.
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
	return Result{took, process.ProcessState.UserTime() + process.ProcessState.SystemTime(), usage.Maxrss << 10, usage.Oublock << 9}, nil
}
