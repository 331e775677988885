package spool

import (
	"cmp"
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

	"callsheet/internal/atomicfile"
)

// File is a spool file as it stands in its folder.
type File struct {
	Name    string // logical: 2026-10-05.ndjson, compressed or not
	Path    string
	Size    int64 // on disk
	Durable int64 // how much of Size may be read: what lies behind it may be written and not synced
	ModTime time.Time

	files atomicfile.FS
}

// endings of what is loaded. Where a file is there plain and compressed, the plain one counts: the archive was not
// finished.
var endings = []string{".ndjson", ".ndjson.zst", ".ndjson.gz"}

// List is the files of a spool folder, by name. What begins with a dot is passed over.
func List(dir string) ([]File, error) { return list(atomicfile.OS{}, dir) }

func list(files atomicfile.FS, dir string) ([]File, error) {
	names, err := files.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool folder %s does not exist\nhint: callsheet serve makes it; or make it and put .ndjson files into it", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	found, infos := map[string]File{}, map[string]fs.FileInfo{}
	for _, ending := range endings {
		for _, entry := range names {
			stem, ok := strings.CutSuffix(entry, ending)
			if !ok || strings.HasPrefix(stem, ".") {
				continue
			}
			name := stem + ".ndjson"
			if _, taken := found[name]; taken {
				continue
			}
			path := filepath.Join(dir, entry)
			info, err := files.Stat(path) // of what a link leads to
			if errors.Is(err, fs.ErrNotExist) {
				continue // archived or removed meanwhile
			}
			if err != nil {
				return nil, fmt.Errorf("spool folder: %w", err)
			}
			if !info.Mode().IsRegular() && !info.IsDir() { // opening a pipe would wait for ever; a folder says what it is
				continue
			}
			size := info.Size()
			if info.IsDir() {
				size = max(size, 1) // else nobody would try to read it
			}
			infos[name] = info
			found[name] = File{Name: name, Path: path, Size: size, Durable: size, ModTime: info.ModTime(), files: files}
		}
	}
	// After the sizes: the mark of a file only ever grows, and names it before anything is written to it.
	durable, err := readMark(files, dir)
	if err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	sorted := make([]File, 0, len(found))
	for _, file := range found {
		if length, marked := durable[file.Name]; marked && !file.Compressed() {
			file.Durable = min(file.Size, length)
		}
		sorted = append(sorted, file)
	}
	slices.SortFunc(sorted, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return withoutLinks(sorted, infos), nil
}

// withoutLinks leaves out all but one of the names that lead to the same file, so that its lines count once: the name of a day
// stays if there is one, else the first.
func withoutLinks(files []File, infos map[string]fs.FileInfo) []File {
	type shape struct {
		size     int64
		modified int64
	}
	alike := map[shape][]File{}
	for _, file := range files {
		key := shape{file.Size, file.ModTime.UnixNano()}
		alike[key] = append(alike[key], file)
	}
	linked := map[string]bool{}
	for _, group := range alike {
		slices.SortStableFunc(group, func(a, b File) int { return cmp.Compare(dayFirst(a.Name), dayFirst(b.Name)) })
		for i, file := range group {
			linked[file.Name] = slices.ContainsFunc(group[:i], func(before File) bool {
				return os.SameFile(infos[before.Name], infos[file.Name])
			})
		}
	}
	return slices.DeleteFunc(files, func(file File) bool { return linked[file.Name] })
}

// dayFirst sorts names that begin with a day before others.
func dayFirst(name string) int {
	if isDay(name) {
		return 0
	}
	return 1
}

// Compressed tells whether the file is an archive, which nobody appends to.
func (f File) Compressed() bool { return filepath.Ext(f.Path) != ".ndjson" }

// maxWindow is how far back a zstd archive may refer, which a reader has to hold in memory: as much as the zstd tool accepts.
const maxWindow = 128 << 20

// Content reads the file's content, uncompressed; of a plain file as much as is durable.
func (f File) Content() (io.ReadCloser, error) {
	file, err := f.files.Open(f.Path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(f.Path) {
	case ".gz":
		r, err := gzip.NewReader(file)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Path, err), file.Close())
		}
		return content{r, r, file}, nil
	case ".zst":
		r, err := zstd.NewReader(file, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Path, err), file.Close())
		}
		return content{r, r.IOReadCloser(), file}, nil
	}
	return plainContent{io.NewSectionReader(file, 0, f.Durable), file}, nil
}

// content closes the decoder and the file under it.
type content struct {
	io.Reader
	decoder io.Closer
	file    io.Closer
}

func (c content) Close() error { return errors.Join(c.decoder.Close(), c.file.Close()) }

// plainContent can be read from anywhere.
type plainContent struct {
	*io.SectionReader
	file io.Closer
}

func (c plainContent) Close() error { return c.file.Close() }
