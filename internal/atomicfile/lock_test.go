package atomicfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile"
)

func TestALockIsTakenOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, 1<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	path := filepath.Join(dir, ".lock")
	lock, err := atomicfile.TakeLock(t.Context(), path, "the folder", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if _, err := atomicfile.TakeLock(t.Context(), path, "the folder", 0); err == nil || !strings.Contains(err.Error(), "the folder is in use by another process") {
		t.Errorf("taken twice: %v", err)
	}
}
