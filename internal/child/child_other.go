//go:build !linux

package child

import (
	"os"
	"syscall"
)

func self() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

func attributes(group bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: group} }

func limit(int64) error { return nil }

// memoryOf is implemented on Linux only; elsewhere the memory of a child process is not limited by its parent.
func memoryOf(int) (bytes int64, ok bool) { return 0, false }

// lower is implemented on Linux only.
func lower(int) {}
