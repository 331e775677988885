package atomicfile

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncData syncs the content and the length, without the modification time.
func syncData(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
