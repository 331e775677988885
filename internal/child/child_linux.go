package child

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is the path of this program: of the file that runs, even when another has been installed in its place since.
func self() string {
	const running = "/proc/self/exe"
	path, err := os.Executable()
	if err != nil {
		return running
	}
	installed, err := os.Stat(path)
	if now, errRunning := os.Stat(running); err != nil || errRunning == nil && !os.SameFile(installed, now) {
		return running
	}
	return path
}

func attributes(group bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: group}
}

// What may be mapped beyond the memory that is asked for: stacks, arenas that are not filled, memory that was given back. The
// parent watches what is used; this limit is there for what fills memory faster than the parent looks.
const (
	mappedShare   = 2
	mappedBesides = 2 << 30
)

// limit bounds the memory of this process, and has the kernel end it before its parent when the machine has none left.
func limit(memory int64) error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0) // a container may forbid it
	if memory == 0 {
		return nil
	}
	most := uint64(memory)*mappedShare + mappedBesides
	if err := unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: most, Max: most}); err != nil {
		return fmt.Errorf("limiting memory: %w", err)
	}
	return nil
}

// memoryOf is the memory that a process uses, without files that it has mapped.
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
