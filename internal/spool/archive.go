package spool

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/atomicfile"
)

// archiveAfter is how long a file must be unchanged before it is archived: just after midnight the last deliveries of the previous day
// may still be written.
const archiveAfter = time.Hour

// ArchiveOptions configure Archive.
type ArchiveOptions struct {
	Dir    string
	Before string // a day, 2006-01-02; the files of earlier days are archived
	Now    time.Time
	// Compare compares a file with what was loaded from it. It returns ErrNotLoaded if the file was not loaded completely, and another
	// error if they differ.
	Compare func(File) error
	// Left is called with each file that is not compressed and stays so for now, though nothing is wrong with it. It may be nil.
	Left func(name, reason string)

	files atomicfile.FS
}

// ErrNotLoaded is returned by a comparison if the file was not loaded, or not to its end.
var ErrNotLoaded = errors.New("not loaded to its end")

// Archived is a file that Archive compressed.
type Archived struct {
	Name          string
	Before, After int64 // bytes on disk
}

// NotArchived is a file that Archive did not compress, since its content is not known to be intact.
type NotArchived struct {
	Name    string
	Reason  error
	Damaged bool // or not the file that was loaded; if false, it can be archived after a load
}

// Archive compresses the files of the days before options.Before. It reads each archive back before it renames it: its content must be
// that of the file, every checksum in it must match, and its lines must be those that were loaded. It removes the plain file last. If
// it is killed at any step, the file exists plain, compressed or both, and both count as one. Files whose name does not begin with a
// day are written by other programs and are not archived.
func Archive(ctx context.Context, options ArchiveOptions) (done []Archived, skipped []NotArchived, err error) {
	if options.files == nil {
		options.files = atomicfile.OS{}
	}
	if options.Left == nil {
		options.Left = func(string, string) {}
	}
	files, err := list(options.files, options.Dir)
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		if ctx.Err() != nil {
			return done, skipped, ctx.Err()
		}
		if file.Compressed() {
			continue
		}
		if reason := options.reasonToLeave(file); reason != "" {
			options.Left(file.Name, reason)
			continue
		}
		if file.Durable < file.Size {
			skipped = append(skipped, NotArchived{file.Name, errors.New("its last lines are not synced; they are once the collector runs again"), false})
			continue
		}
		if slices.ContainsFunc(files, func(other File) bool { return other.Path == file.archivePath() }) {
			reason := fmt.Errorf("there is a file %s with other lines\nhint: give one of them another name", filepath.Base(file.archivePath()))
			skipped = append(skipped, NotArchived{file.Name, reason, true})
			continue
		}
		size, err := file.compress(options.Compare)
		if differs, ok := errors.AsType[*contentError](err); ok {
			skipped = append(skipped, NotArchived{file.Name, differs.reason, differs.damaged})
			continue
		}
		if err != nil {
			return done, skipped, fmt.Errorf("archiving %s: %w", file.Name, err)
		}
		done = append(done, Archived{file.Name, file.Size, size})
	}
	return done, skipped, nil
}

// reasonToLeave says why a file is not archived now, empty if it is.
func (o ArchiveOptions) reasonToLeave(file File) string {
	switch {
	case !isDay(file.Name):
		return "its name does not begin with a day"
	case file.Name[:len(time.DateOnly)] >= o.Before:
		return "its day is not before " + o.Before
	case o.Now.Sub(file.ModTime) < archiveAfter:
		return "it was written less than an hour ago"
	}
	return ""
}

// contentError is the reason not to archive a file.
type contentError struct {
	reason  error
	damaged bool
}

func (e *contentError) Error() string { return e.reason.Error() }

// isDay reports whether a file's name begins with a day.
func isDay(name string) bool {
	if len(name) < len(time.DateOnly) {
		return false
	}
	_, err := time.Parse(time.DateOnly, name[:len(time.DateOnly)])
	return err == nil
}

func (f File) archivePath() string { return f.Path + ".zst" }

// compress replaces a file by its archive and returns the archive's size.
func (f File) compress(compare func(File) error) (size int64, err error) {
	archive := f.archivePath()
	var sum [sha256.Size]byte
	write := func(w io.Writer) (err error) {
		sum, err = f.compressTo(w)
		return err
	}
	check := func(hidden string) error {
		written := f
		written.Path = hidden // its extension is that of an archive
		if err := written.sameContent(sum); err != nil {
			return err
		}
		if err := written.mayReplace(compare); err != nil {
			return err
		}
		info, err := f.files.Stat(f.Path)
		if err != nil || info.Size() != f.Size || !info.ModTime().Equal(f.ModTime) {
			return errors.Join(errors.New("it was changed meanwhile"), err)
		}
		return nil
	}
	if err := atomicfile.WriteChecked(f.files, archive, write, check); err != nil {
		return 0, err
	}
	info, err := f.files.Stat(archive)
	if err != nil {
		return 0, err
	}
	if err := atomicfile.RemoveIfExists(f.files, f.Path); err != nil {
		return 0, err
	}
	return info.Size(), f.files.SyncDir(filepath.Dir(f.Path))
}

// compressTo writes the file's content compressed and returns the content's hash.
func (f File) compressTo(w io.Writer) (sum [sha256.Size]byte, err error) {
	content, err := f.content()
	if err != nil {
		return sum, err
	}
	defer content.Close()
	compressor, err := zstd.NewWriter(w)
	if err != nil {
		return sum, err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(compressor, hash), content)
	hash.Sum(sum[:0])
	return sum, errors.Join(err, compressor.Close())
}

// sameContent reads an archive and compares the hash of its content.
func (f File) sameContent(sum [sha256.Size]byte) error {
	content, err := f.content()
	if err != nil {
		return err
	}
	defer content.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return fmt.Errorf("reading it back: %w", err)
	}
	if !bytes.Equal(hash.Sum(nil), sum[:]) {
		return errors.New("its content is not what was written")
	}
	return nil
}

// mayReplace returns a contentError unless each line is known to be intact: by its checksum, or because it was loaded.
func (f File) mayReplace(compare func(File) error) error {
	lines, err := f.Open(0)
	if err != nil {
		return err
	}
	defer lines.Close()
	checked := true // every line has a checksum
	for number := int64(1); ; number++ {
		line, err := lines.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		has, err := checkLine(line.Text)
		if err != nil && !line.TooLong {
			return &contentError{fmt.Errorf("line %d at byte %d: %w", number, line.Offset, err), true}
		}
		checked = checked && (has || len(line.Text) == 0)
	}
	switch err := compare(f); {
	case errors.Is(err, ErrNotLoaded) && checked, err == nil:
		return nil
	case errors.Is(err, ErrNotLoaded):
		return &contentError{err, false}
	default:
		return &contentError{err, true}
	}
}
