package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile"
	"callsheet/internal/atomicfile/crashfs"
)

// A share is a file system that refuses operations.
type share struct {
	atomicfile.OS
	access, rename, syncDir, remove, sync, close, write error
	writes                                              int // that succeed before write
}

type shareFile struct {
	atomicfile.File
	*share
}

func (s *share) SetAccess(path string, mode fs.FileMode, gid int) error {
	if s.access != nil {
		return s.access
	}
	return s.OS.SetAccess(path, mode, gid)
}

func (s *share) Rename(from, to string) error {
	if s.rename != nil {
		return s.rename
	}
	return s.OS.Rename(from, to)
}

func (s *share) SyncDir(dir string) error { return s.syncDir }

func (s *share) Remove(path string) error {
	if s.remove != nil {
		return s.remove
	}
	return s.OS.Remove(path)
}

func (s *share) wrap(file atomicfile.File, err error) (atomicfile.File, error) {
	if err != nil {
		return nil, err
	}
	return shareFile{file, s}, nil
}

func (s *share) Create(path string) (atomicfile.File, error) { return s.wrap(s.OS.Create(path)) }

func (s *share) OpenAppend(path string) (atomicfile.File, error) {
	return s.wrap(s.OS.OpenAppend(path))
}

func (f shareFile) Write(p []byte) (int, error) {
	if f.share.write != nil && f.share.writes <= 0 {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, f.share.write
	}
	f.share.writes--
	return f.File.Write(p)
}

func (f shareFile) Sync() error { return f.share.sync }

func (f shareFile) Close() error { return errors.Join(f.File.Close(), f.share.close) }

func TestWriteSharedWritesWhereAShareRefusesWhatIsNotNeeded(t *testing.T) {
	for name, test := range map[string]struct {
		share
		warning string
	}{
		"chmod":                       {share{access: syscall.EPERM}, "its mode cannot be changed, so others may not be able to read it: operation not permitted"},
		"sync of a folder":            {share{syncDir: syscall.EINVAL}, "its folder cannot be synced, so a crash may lose it: invalid argument"},
		"sync of a folder, by rights": {share{syncDir: &fs.PathError{Op: "open", Path: "/dir", Err: syscall.EACCES}}, "a crash may lose it: permission denied"},
		"sync of a file":              {share{sync: os.NewSyscallError("fdatasync", syscall.ENOTSUP)}, ""},
		"rename":                      {share{rename: syscall.EPERM}, "written in place, where a reader may have seen a part of it: operation not permitted"},
		"rename over a file":          {share{rename: syscall.EEXIST}, "written in place"},
		"everything":                  {share{access: syscall.EPERM, rename: syscall.ENOSYS, syncDir: syscall.ENOTSUP, sync: syscall.EINVAL, remove: syscall.EPERM}, "a temporary file stays beside it"},
	} {
		for _, old := range []string{"", before, strings.Repeat(before, 100000)} {
			t.Run(name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "file")
				if old != "" {
					if err := os.WriteFile(path, []byte(old), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				warning, err := atomicfile.WriteShared(&test.share, path, func(w io.Writer) error { _, err := io.WriteString(w, after); return err })
				if err != nil || !strings.Contains(warning, test.warning) || test.warning == "" && warning != "" {
					t.Errorf("warning %q, %v", warning, err)
				}
				if got, err := os.ReadFile(path); err != nil || string(got) != after {
					t.Errorf("%d bytes, %v", len(got), err)
				}
				if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 && test.share.remove == nil {
					t.Errorf("in the folder: %v", entries)
				}
			})
		}
	}
}

func TestWriteSharedDoesNotWarnOfModesThatAShareGivesAllFiles(t *testing.T) {
	shared := &allReadable{share{access: syscall.EPERM}}
	warning, err := atomicfile.WriteShared(shared, filepath.Join(t.TempDir(), "file"), func(io.Writer) error { return nil })
	if warning != "" || err != nil {
		t.Errorf("warning %q, %v", warning, err)
	}
}

type allReadable struct{ share }

func (s *allReadable) Create(path string) (atomicfile.File, error) {
	file, err := s.share.Create(path)
	if err == nil {
		err = os.Chmod(path, 0o777)
	}
	return file, err
}

// TestWriteSharedLeavesNoFileThatLooksWhole fails each operation of a share that renames, and of one that does not.
func TestWriteSharedLeavesNoFileThatLooksWhole(t *testing.T) {
	for name, s := range map[string]share{
		"full":                     {write: syscall.ENOSPC},
		"quota":                    {write: syscall.EDQUOT},
		"full at the sync":         {sync: syscall.ENOSPC},
		"error of the disk":        {sync: syscall.EIO},
		"quota at close":           {close: syscall.EDQUOT},
		"error at close":           {close: syscall.EIO},
		"full in place":            {write: syscall.ENOSPC, writes: 1, rename: syscall.EPERM},
		"full in place, no remove": {write: syscall.ENOSPC, writes: 1, rename: syscall.EPERM, remove: syscall.EPERM},
		"error at the rename":      {rename: syscall.EIO},
		"stale":                    {write: syscall.ESTALE},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			want := s.write
			for _, err := range []error{s.sync, s.close, s.rename} {
				if want == nil {
					want = err
				}
			}
			writes := s.writes
			for _, old := range []string{"", before} {
				if old != "" {
					if err := os.WriteFile(path, []byte(old), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				s.writes = writes
				_, err := atomicfile.WriteShared(&s, path, func(w io.Writer) error { _, err := io.WriteString(w, after); return err })
				if !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				got, _ := os.ReadFile(path)
				if content := string(got); content != "" && content != old || s.write == nil && content != old {
					t.Errorf("after %v it has %.20q, before %.20q", err, content, old)
				}
				if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) > 1 && s.remove == nil {
					t.Errorf("in the folder: %v", entries)
				}
			}
		})
	}
}

// TestWriteSharedInACrash shows that a crash leaves the old content or the new wherever the share renames.
func TestWriteSharedInACrash(t *testing.T) {
	for at := 1; at <= 7; at++ {
		for seed := range uint64(20) {
			disk := crashfs.New(seed)
			disk.Put(path, before)
			disk.CrashAt = at
			warning, err := atomicfile.WriteShared(disk, path, func(w io.Writer) error { _, err := io.WriteString(w, after); return err })
			finished := err == nil && warning == ""
			disk = disk.Crash(0.5)
			if got := disk.Node(path).Written(); got != after && (got != before || finished) {
				t.Fatalf("crash in operation %d: the file has %.20q after %q, %v", at, got, warning, err)
			}
		}
	}
}
