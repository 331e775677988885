package spool

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// File is a spool file as it stands in its folder.
type File struct {
	Name    string // logical: 2026-10-05.ndjson, compressed or not
	Path    string
	Size    int64 // on disk
	ModTime time.Time
}

// endings of what is loaded. Where a file is there plain and compressed, the plain one counts: the archive was not
// finished.
var endings = []string{".ndjson", ".ndjson.zst", ".ndjson.gz"}

// List is the files of a spool folder, by name. What begins with a dot is passed over.
func List(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool folder %s does not exist\nhint: callsheet serve makes it; or make it and put .ndjson files into it", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	found := map[string]File{}
	for _, ending := range endings {
		for _, entry := range entries {
			stem, ok := strings.CutSuffix(entry.Name(), ending)
			if !ok || strings.HasPrefix(stem, ".") {
				continue
			}
			name := stem + ".ndjson"
			if _, taken := found[name]; taken {
				continue
			}
			info, err := os.Stat(filepath.Join(dir, entry.Name())) // of what a link leads to
			if errors.Is(err, fs.ErrNotExist) {
				continue // archived or removed meanwhile
			}
			if err != nil {
				return nil, fmt.Errorf("spool folder: %w", err)
			}
			if !info.Mode().IsRegular() && !info.IsDir() { // opening a pipe would wait for ever; a folder says what it is
				continue
			}
			found[name] = File{name, filepath.Join(dir, entry.Name()), info.Size(), info.ModTime()}
		}
	}
	files := make([]File, 0, len(found))
	for _, file := range found {
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// Compressed tells whether the file is an archive, which nobody appends to.
func (f File) Compressed() bool { return filepath.Ext(f.Path) != ".ndjson" }

// Content reads the file's content, uncompressed.
func (f File) Content() (io.ReadCloser, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(f.Path) {
	case ".gz":
		r, err := gzip.NewReader(file)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Path, err), file.Close())
		}
		return content{r, file}, nil
	case ".zst":
		r, err := zstd.NewReader(file)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Path, err), file.Close())
		}
		return content{r.IOReadCloser(), file}, nil
	}
	return file, nil
}

// content closes the decoder and the file under it.
type content struct {
	io.ReadCloser
	file *os.File
}

func (c content) Close() error { return errors.Join(c.ReadCloser.Close(), c.file.Close()) }

// Line is a line of a spool file.
type Line struct {
	Offset int64  // of its first byte in the uncompressed content
	Text   []byte // without its end; valid until the next line is read
}

// Reader reads whole lines.
type Reader struct {
	path    string
	content io.ReadCloser
	lines   *bufio.Reader
	offset  int64
	long    []byte // a line that the buffer could not hold
	whole   bool   // nobody is writing the content, so its last line needs no newline
}

// Open reads from an offset in the uncompressed content, which must be the beginning of a line.
func (f File) Open(offset int64) (*Reader, error) {
	c, err := f.Content()
	if err != nil {
		return nil, err
	}
	if seeker, ok := c.(io.Seeker); ok {
		_, err = seeker.Seek(offset, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, c, offset)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s at byte %d: %w", f.Path, offset, err), c.Close())
	}
	return &Reader{path: f.Path, content: c, lines: bufio.NewReaderSize(c, 1<<20), offset: offset, whole: f.Compressed()}, nil
}

// Next is the next line. After the last newline it is io.EOF: what follows may still be being written, unless the file is
// compressed.
func (r *Reader) Next() (Line, error) {
	r.long = r.long[:0]
	for {
		part, err := r.lines.ReadSlice('\n')
		switch {
		case err == nil && len(r.long) == 0:
			return r.line(part), nil
		case err == nil:
			r.long = append(r.long, part...)
			return r.line(r.long), nil
		case errors.Is(err, bufio.ErrBufferFull):
			r.long = append(r.long, part...)
		case err == io.EOF && r.whole && len(r.long)+len(part) > 0:
			r.long = append(r.long, part...)
			return r.line(r.long), nil
		case err == io.EOF:
			return Line{}, io.EOF
		default:
			return Line{}, fmt.Errorf("%s after byte %d: %w", r.path, r.offset, err)
		}
	}
}

func (r *Reader) line(text []byte) Line {
	line := Line{Offset: r.offset}
	r.offset += int64(len(text))
	text = bytes.TrimSuffix(text, []byte{'\n'})
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	line.Text = text
	return line
}

// Offset is just after the last line that was returned.
func (r *Reader) Offset() int64 { return r.offset }

func (r *Reader) Close() error { return r.content.Close() }
