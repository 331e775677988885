package atomicfile

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// localFileSystems are those whose files are opened through this kernel only. Elsewhere, as on NFS, another machine may have a file open.
var localFileSystems = []int64{unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC}

// exclusiveFile is an open file with a write lease.
type exclusiveFile struct {
	osFile
	expired <-chan time.Time // receives once others that open the file may not have to wait any longer
}

// OpenExclusive takes a write lease, which the kernel grants only while nothing else has the file open or mapped, locked or not.
func (OS) OpenExclusive(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	expired := time.After(leaseBreakTime())
	if err := lease(f); err != nil {
		return nil, errors.Join(ErrNotExclusive, err, f.Close())
	}
	return exclusiveFile{osFile{File: f}, expired}, nil
}

func lease(f *os.File) error {
	var system unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &system); err != nil {
		return os.NewSyscallError("fstatfs", err)
	}
	if !slices.Contains(localFileSystems, int64(system.Type)) || exportsFiles() {
		return errors.ErrUnsupported
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		return os.NewSyscallError("setlease", err)
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Nlink != 1 {
		return errors.New("the file has another name")
	}
	return nil
}

// Sync fails if someone may have read the file while it was written. Until an opener has waited for as long as it has to, F_GETLEASE
// returns the same as afterwards.
func (f exclusiveFile) Sync() error {
	if err := f.osFile.Sync(); err != nil {
		return err
	}
	held, err := unix.FcntlInt(f.Fd(), unix.F_GETLEASE, 0)
	if err != nil {
		return os.NewSyscallError("getlease", err)
	}
	if held == unix.F_WRLCK {
		return nil
	}
	select {
	case <-f.expired:
		return ErrNotExclusive
	default:
		return nil
	}
}

// leaseBreakTime is how long the kernel lets others wait, 0 if it does not say.
func leaseBreakTime() time.Duration {
	text, _ := os.ReadFile("/proc/sys/fs/lease-break-time")
	seconds, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return time.Duration(seconds) * time.Second
}

// exportsFiles reports whether this machine is an NFS server: clients of its version 3 read files that the kernel does not count as open.
func exportsFiles() bool {
	for _, path := range []string{"/proc/fs/nfsd/exports", "/proc/fs/nfs/exports"} {
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			if !bytes.HasPrefix(lines.Bytes(), []byte("#")) {
				return true
			}
		}
	}
	return false
}

func (OS) Clone(to, from File) error {
	target, ok := to.(osFile)
	source, isFile := from.(osFile)
	if !ok || !isFile { // wrapped by a test
		return errors.ErrUnsupported
	}
	return os.NewSyscallError("ficlone", unix.IoctlFileClone(int(target.Fd()), int(source.Fd())))
}
