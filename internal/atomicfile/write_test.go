package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile"
	"callsheet/internal/atomicfile/crashfs"
)

const (
	before = "before"
	path   = "/dir/file"
)

var after = strings.Repeat("after", crashfs.BlockSize)

func TestWriteIsAtomicInACrash(t *testing.T) {
	for at := 1; at <= 6; at++ {
		for _, share := range []float64{0, 0.3, 0.7, 1} {
			for seed := range uint64(20) {
				disk := crashfs.New(seed)
				disk.Put(path, before)
				disk.CrashAt = at
				err := atomicfile.WriteFile(disk, path, []byte(after))
				if finished := disk.Operations < at; finished != (err == nil) {
					t.Fatalf("crash in operation %d of %d: %v", at, disk.Operations, err)
				}
				disk = disk.Crash(share)
				if got := disk.Node(path).Written(); got != after && (got != before || err == nil) {
					t.Fatalf("crash in operation %d, share %v: the file has %.20q after %v", at, share, got, err)
				}
				if err := atomicfile.WriteFile(disk, path, []byte(after)); err != nil {
					t.Fatalf("after a crash in operation %d: %v", at, err)
				}
			}
		}
	}
}

func TestWriteLeavesNothingBehindAfterAFailure(t *testing.T) {
	for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
		for at := 1; at <= 5; at++ {
			disk := crashfs.New(1)
			disk.Put(path, before)
			disk.Failing = func(operation int) error {
				if operation == at {
					return failure
				}
				return nil
			}
			err := atomicfile.WriteFile(disk, path, []byte(after))
			want := before
			if err == nil {
				want = after
			}
			if files := disk.Files(""); len(files) != 1 || files[path] != want {
				t.Errorf("%v in operation %d: %d files, %.20q after %v", failure, at, len(files), files[path], err)
			}
		}
	}
}

func TestWriteCreatesAFileForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, content := range []string{before, after} {
		if err := atomicfile.WriteFile(atomicfile.OS{}, path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(got) != content || info.Mode() != 0o600 {
			t.Errorf("%.20q, %v, %v", got, info.Mode(), err)
		}
	}
}

func TestWriteCheckedKeepsTheOldFileIfTheCheckFails(t *testing.T) {
	disk := crashfs.New(1)
	disk.Put(path, before)
	write := func(w io.Writer) error { _, err := io.WriteString(w, after); return err }
	wrong := errors.New("wrong content")
	err := atomicfile.WriteChecked(disk, path, write, func(hidden string) error {
		if got := disk.Node(hidden).Synced(); got != after {
			t.Errorf("checked %.20q", got)
		}
		return wrong
	})
	if files := disk.Files(""); !errors.Is(err, wrong) || len(files) != 1 || files[path] != before {
		t.Errorf("%d files, %.20q after %v", len(files), files[path], err)
	}
}

func TestWriteReadableReplacesTheFileOrLeavesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no more")
	for _, failure := range []error{broken, nil} {
		err := atomicfile.WriteReadable(path, func(w io.Writer) error {
			io.WriteString(w, after)
			return failure
		})
		content, mode := before, os.FileMode(0o600)
		if failure == nil {
			content, mode = after, atomicfile.Readable
		}
		got, _ := os.ReadFile(path)
		info, _ := os.Stat(path)
		if !errors.Is(err, failure) || string(got) != content || info.Mode() != mode {
			t.Errorf("%.20q, %v after %v", got, info.Mode(), err)
		}
		if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
			t.Errorf("in the folder: %v", entries)
		}
	}
}
