package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cost is what a load takes in this process and in PostgreSQL.
type cost struct{ took, cpu, postgres time.Duration }

// String returns the cells of a table.
func (c cost) String() string {
	return fmt.Sprintf("%v | %v | %v", c.took.Round(time.Millisecond), c.cpu.Round(time.Millisecond), c.postgres)
}

func (o options) costOf(do func() error) (cost, error) {
	started, cpu, postgres := time.Now(), processorTime(), o.postgresTime()
	err := do()
	return cost{time.Since(started), processorTime() - cpu, o.postgresTime() - postgres}, err
}

func medians(costs []cost) cost {
	median := func(of func(cost) time.Duration) time.Duration {
		var list []time.Duration
		for _, c := range costs {
			list = append(list, of(c))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	return cost{median(func(c cost) time.Duration { return c.took }), median(func(c cost) time.Duration { return c.cpu }),
		median(func(c cost) time.Duration { return c.postgres })}
}

// processorTime is that of this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// postgresTime is that of PostgreSQL: of its main process, of those that it has started and of those that have ended.
func (o options) postgresTime() (total time.Duration) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after)
		if parent := fields[1]; parent == strconv.Itoa(o.postmaster) || path == fmt.Sprintf("/proc/%d/stat", o.postmaster) {
			for i, field := range fields[11:15] { // user and system time, and those of ended children
				if ticks, err := strconv.Atoi(field); err == nil && (i < 2 || parent != strconv.Itoa(o.postmaster)) {
					total += time.Duration(ticks) * 10 * time.Millisecond
				}
			}
		}
	}
	return total
}
