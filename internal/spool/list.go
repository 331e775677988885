package spool

import (
	"bytes"
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

// File is a spool file, as found by List.
type File struct {
	Name    string // logical name: 2026-10-05.ndjson, compressed or not
	Path    string
	Size    int64 // on disk
	Durable int64 // durable length; later bytes may not be synced and must not be read
	ModTime time.Time

	files atomicfile.FS
}

// endings are those of the files that are loaded. If a file exists plain and compressed, the plain one counts: the archive is not
// finished. A compressed file with other lines is a file of its own, whose name has its ending.
var endings = []string{".ndjson", ".ndjson.zst", ".ndjson.gz"}

// List returns the files of a spool folder in the order of their names, without hidden ones.
func List(dir string) ([]File, error) { return list(atomicfile.OS{}, dir) }

func list(files atomicfile.FS, dir string) ([]File, error) {
	names, err := files.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool folder %s does not exist\nhint: callsheet serve creates it; or create it and put .ndjson files into it", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	found, infos := map[string]File{}, map[string]fs.FileInfo{}
	var others []File // of which a file before has the name
	for _, ending := range endings {
		for _, entry := range names {
			stem, ok := strings.CutSuffix(entry, ending)
			if !ok || strings.HasPrefix(stem, ".") {
				continue
			}
			name := stem + ".ndjson"
			path := filepath.Join(dir, entry)
			info, err := files.Stat(path) // follows links
			if errors.Is(err, fs.ErrNotExist) {
				if _, isLink := linkTarget(files, path); !isLink { // archived or removed meanwhile
					continue
				}
			}
			// Opening what cannot be read, such as a folder or a link to nothing, reports why; opening a pipe would block.
			file := File{Name: name, Path: path, Size: 1, Durable: 1, files: files}
			if err == nil && !info.IsDir() {
				if !info.Mode().IsRegular() {
					continue
				}
				file.Size, file.Durable, file.ModTime = info.Size(), info.Size(), info.ModTime()
			}
			if _, taken := found[name]; taken {
				file.Name = entry
				others = append(others, file)
			} else {
				found[name] = file
			}
			infos[file.Name] = info
		}
	}
	// Read after the sizes: a durable length only grows, and it is there before the first write to its file.
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
	for _, other := range others {
		first := sorted[slices.IndexFunc(sorted, func(f File) bool { return strings.HasPrefix(other.Name, f.Name+".") })]
		// Files that cannot be compared are both read, so that the error is reported.
		if same, err := first.beginsWith(other); !same || err != nil {
			sorted = append(sorted, other)
		}
	}
	slices.SortFunc(sorted, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return withoutLinks(sorted, infos), nil
}

// linkTarget returns the target of a symbolic link.
func linkTarget(files atomicfile.FS, path string) (target string, isLink bool) {
	links, ok := files.(atomicfile.LinkFS)
	if !ok {
		return "", false
	}
	target, err := links.Readlink(path)
	return target, err == nil
}

// beginsWith reports whether a file has the content of another one at its beginning.
func (f File) beginsWith(other File) (bool, error) {
	mine, err := f.content()
	if err != nil {
		return false, err
	}
	defer mine.Close()
	theirs, err := other.content()
	if err != nil {
		return false, err
	}
	defer theirs.Close()
	want, got := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, err := io.ReadFull(theirs, want)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return false, err
		}
		if _, err := io.ReadFull(mine, got[:n]); err != nil && n > 0 || !bytes.Equal(want[:n], got[:n]) {
			return false, nil
		}
		if err != nil { // the end of the other file
			return true, nil
		}
	}
}

// FileAt returns a file outside a spool folder, all of which is durable.
func FileAt(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, err
	}
	return File{Name: filepath.Base(path), Path: path, Size: info.Size(), Durable: info.Size(), ModTime: info.ModTime(), files: atomicfile.OS{}}, nil
}

// withoutLinks keeps one name of each file that has several, so that its lines count once: the name of a day if there is one, otherwise
// the first.
func withoutLinks(files []File, infos map[string]fs.FileInfo) []File {
	type stat struct {
		size     int64
		modified int64
	}
	candidates := map[stat][]File{} // only files with the same size and time can be the same
	for _, file := range files {
		key := stat{file.Size, file.ModTime.UnixNano()}
		candidates[key] = append(candidates[key], file)
	}
	duplicate := map[string]bool{}
	for _, group := range candidates {
		slices.SortStableFunc(group, func(a, b File) int { return cmp.Compare(dayFirst(a.Name), dayFirst(b.Name)) })
		for i, file := range group {
			duplicate[file.Name] = slices.ContainsFunc(group[:i], func(other File) bool {
				return os.SameFile(infos[other.Name], infos[file.Name])
			})
		}
	}
	return slices.DeleteFunc(files, func(file File) bool { return duplicate[file.Name] })
}

// dayFirst sorts names that begin with a day before others.
func dayFirst(name string) int {
	if isDay(name) {
		return 0
	}
	return 1
}

// Compressed reports whether the file is an archive. Archives are never appended to.
func (f File) Compressed() bool { return filepath.Ext(f.Path) != ".ndjson" }

// maxWindow is the largest window of a zstd archive, which a reader holds in memory. The zstd tool has the same limit.
const maxWindow = 128 << 20

// content returns a reader of the uncompressed content; of a plain file, of its durable part.
func (f File) content() (io.ReadCloser, error) {
	file, err := f.files.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if target, isLink := linkTarget(f.files, f.Path); isLink {
			return nil, fmt.Errorf("%s is a link to %s, which does not exist", f.Path, target)
		}
	}
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

// plainContent is the content of a plain file, which can be read from any offset.
type plainContent struct {
	*io.SectionReader
	file io.Closer
}

func (c plainContent) Close() error { return c.file.Close() }
