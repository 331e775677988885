package spool

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/atomicfile"
)

// archiveAfter is how long a file must have been left alone: just after midnight the last deliveries of the day before may
// still be on their way into it.
const archiveAfter = time.Hour

// Archived is a file that Archive compressed.
type Archived struct {
	Name          string
	Before, After int64 // bytes on disk
}

// Archive compresses the files of days before a day (2006-01-02), each to a .zst beside it that is synced, read back and
// compared before it takes its name; the plain file goes last. Killed at any step, the file is there plain or compressed
// or both, and both count as one. Files that are not named by a day are somebody's own and stay as they are.
func Archive(dir, before string, now time.Time) ([]Archived, error) {
	return archive(dir, before, now, func(string) error { return nil })
}

// archive calls step before each thing it does, so that a test can stop it there.
func archive(dir, before string, now time.Time, step func(string) error) ([]Archived, error) {
	files, err := List(dir)
	if err != nil {
		return nil, err
	}
	var done []Archived
	for _, file := range files {
		if file.Compressed() || !isDay(file.Name) || file.Name[:len(time.DateOnly)] >= before ||
			now.Sub(file.ModTime) < archiveAfter {
			continue
		}
		size, err := file.compress(step)
		if err != nil {
			return done, fmt.Errorf("archiving %s: %w", file.Name, err)
		}
		done = append(done, Archived{file.Name, file.Size, size})
	}
	return done, nil
}

// isDay tells whether a file's name begins with a day.
func isDay(name string) bool {
	if len(name) < len(time.DateOnly) {
		return false
	}
	_, err := time.Parse(time.DateOnly, name[:len(time.DateOnly)])
	return err == nil
}

// compress puts a file's archive in its place and returns the archive's size.
func (f File) compress(step func(string) error) (size int64, err error) {
	dir, temporary := filepath.Dir(f.Path), filepath.Join(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".tmp")
	if err := step("write"); err != nil {
		return 0, err
	}
	sum, err := f.writeCompressed(temporary)
	if err != nil {
		return 0, errors.Join(err, os.Remove(temporary))
	}
	if err := step("verify"); err != nil {
		return 0, err
	}
	if err := verify(temporary, sum); err != nil {
		return 0, errors.Join(err, os.Remove(temporary))
	}
	info, err := os.Stat(f.Path)
	if err != nil || info.Size() != f.Size || !info.ModTime().Equal(f.ModTime) {
		return 0, errors.Join(errors.New("it changed meanwhile"), err, os.Remove(temporary))
	}
	if info, err = os.Stat(temporary); err != nil {
		return 0, err
	}
	for _, do := range []struct {
		what string
		do   func() error
	}{
		{"rename", func() error { return os.Rename(temporary, f.Path+".zst") }},
		{"sync the folder", func() error { return atomicfile.OS{}.SyncDir(dir) }},
		{"remove", func() error { return os.Remove(f.Path) }},
		{"sync the folder again", func() error { return atomicfile.OS{}.SyncDir(dir) }},
	} {
		if err := step(do.what); err != nil {
			return 0, err
		}
		if err := do.do(); err != nil {
			return 0, err
		}
	}
	return info.Size(), nil
}

// writeCompressed writes the file's content compressed to a path, durably, and returns the content's hash.
func (f File) writeCompressed(path string) (sum [sha256.Size]byte, err error) {
	content, err := f.Content()
	if err != nil {
		return sum, err
	}
	defer content.Close()
	target, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return sum, err
	}
	compressor, err := zstd.NewWriter(target)
	if err != nil {
		return sum, errors.Join(err, target.Close())
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(compressor, hash), content)
	hash.Sum(sum[:0])
	return sum, errors.Join(err, compressor.Close(), target.Sync(), target.Close())
}

// verify reads an archive back and compares its content's hash.
func verify(path string, sum [sha256.Size]byte) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	decompressor, err := zstd.NewReader(file)
	if err != nil {
		return err
	}
	defer decompressor.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, decompressor); err != nil {
		return fmt.Errorf("reading it back: %w", err)
	}
	if string(hash.Sum(nil)) != string(sum[:]) {
		return errors.New("what was read back is not what was written")
	}
	return nil
}
