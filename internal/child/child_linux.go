package child

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// self returns the path of this program: of the running file, even if another one has been installed at its path.
func self() string {
	const running = "/proc/self/exe"
	path, err := os.Executable()
	if err != nil {
		return running
	}
	installed, err := os.Stat(path)
	if current, errRunning := os.Stat(running); err != nil || errRunning == nil && !os.SameFile(installed, current) {
		return running
	}
	return path
}

func attributes(group bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: group}
}

// lowNice is how much nicer a child of low priority is: beside one busy thread of its parent, a thread of it gets a quarter of a core.
const lowNice = 5

// lower makes all threads of a process group nicer, and those that they start. Best effort: a sandbox may not allow it.
func lower(group int) {
	own, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err == nil {
		_ = unix.Setpriority(unix.PRIO_PGRP, group, 20-own+lowNice) // the system call returns 20 - nice
	}
}

// A child may map mappedFactor times its memory limit plus mappedExtra: stacks, unused arenas and released memory count as mapped. The
// parent watches the memory that is used; this limit is for a child that fills memory faster than the parent checks.
const (
	mappedFactor = 2
	mappedExtra  = 2 << 30
)

// limit limits the memory of this process, and makes the kernel kill it before its parent if the machine runs out of memory.
func limit(memory int64) error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0) // a container may not allow it
	if memory == 0 {
		return nil
	}
	var mapped unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_DATA, &mapped)
	if err == nil {
		// Only the soft limit: a child of this process may have a higher one.
		mapped.Cur = min(uint64(memory)*mappedFactor+mappedExtra, mapped.Max)
		err = unix.Setrlimit(unix.RLIMIT_DATA, &mapped)
	}
	if err != nil {
		return fmt.Errorf("limiting memory: %w", err)
	}
	return nil
}

// memoryOf returns the memory that a process uses, without mapped files.
func memoryOf(pid int) (bytes int64, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return 0, false
	}
	resident, err1 := strconv.ParseInt(fields[1], 10, 64)
	shared, err2 := strconv.ParseInt(fields[2], 10, 64)
	return (resident - shared) * int64(os.Getpagesize()), err1 == nil && err2 == nil
}
