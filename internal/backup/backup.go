// Package backup copies into one file what cannot be made again, the deliveries above all, and back into an empty data folder.
//
// The file is a tar archive, compressed with zstd, which has a checksum of the content:
//
//	data/…       the data folder
//	config/…     the configuration and the user's queries and templates
//	backup.json  Contents, the last entry: without it the file is incomplete
package backup

import (
	"archive/tar"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/spool"
)

const (
	dataPrefix   = "data"
	configPrefix = "config"
	contentsName = "backup.json"
)

// Contents says what a backup has.
type Contents struct {
	MadeAt    time.Time `json:"made_at"`
	Callsheet string    `json:"callsheet"` // the version that made it
	Files     int       `json:"files"`     // of the data folder
	Bytes     int64     `json:"bytes"`     // of these files
}

// Options say what to back up.
type Options struct {
	DataDir  string
	SpoolDir string   // in DataDir
	LeaveOut []string // other folders in DataDir that are not backed up
	Config   []string // files and folders of the configuration; those that are missing are left out
	Version  string   // of the program
	Now      time.Time
	Progress func(done, total int64) // in bytes; may be nil
}

// remade are the patterns of what is in a data folder and can be made again, or belongs to a running process. People sign in again after a
// restore.
var remade = []string{"calls.duckdb*", "lake.duckdb*", "published", "tmp", "process.json*", "sessions.json*"}

// file is a file or folder to back up.
type file struct {
	name string // in the backup
	path string
	size int64 // of a spool file, the part that is durable
	cut  bool  // it is a spool file
	mode fs.FileMode
}

// Write writes a backup. It can run beside a collector and loads: of a spool file it takes the part that is durable. problems are the files
// that could not be read and are not in it. No import or archive may run at the same time.
func Write(ctx context.Context, w io.Writer, options Options) (contents Contents, problems []error, err error) {
	files, err := list(options)
	if err != nil {
		return contents, nil, err
	}
	var total, done int64
	for _, f := range files {
		total += f.size
	}
	compressor, err := zstd.NewWriter(w)
	if err != nil {
		return contents, nil, err
	}
	archive := tar.NewWriter(compressor)
	for _, f := range files {
		if ctx.Err() != nil {
			return contents, nil, ctx.Err()
		}
		size, err := f.writeTo(archive)
		if unreadable, ok := errors.AsType[*unreadableError](err); ok {
			problems = append(problems, unreadable.err)
			continue
		}
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return contents, nil, err
		}
		if strings.HasPrefix(f.name, dataPrefix+"/") && !f.mode.IsDir() {
			contents.Files++
			contents.Bytes += size
		}
		if done += size; options.Progress != nil {
			options.Progress(done, max(total, done))
		}
	}
	contents.MadeAt, contents.Callsheet = options.Now, options.Version
	text, err := json.Marshal(contents)
	if err != nil {
		return contents, nil, err
	}
	if err := archive.WriteHeader(&tar.Header{Name: contentsName, Mode: 0o600, Size: int64(len(text)), ModTime: options.Now}); err != nil {
		return contents, nil, err
	}
	_, err = archive.Write(text)
	return contents, problems, errors.Join(err, archive.Close(), compressor.Close())
}

// list returns the files to back up: those of the spool first, and the ledger of runs, which says what was sent, last.
func list(options Options) (files []file, err error) {
	durable := map[string]int64{}
	if _, err := os.Stat(options.SpoolDir); err == nil {
		found, err := spool.List(options.SpoolDir)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			durable[f.Path] = f.Durable
		}
	}
	entries, err := os.ReadDir(options.DataDir)
	if err != nil {
		return nil, err
	}
	// Of two files that change while the backup is made, the one that refers to the other must be the newer one.
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return rank(a) - rank(b) })
	for _, entry := range entries {
		source := filepath.Join(options.DataDir, entry.Name())
		if isRemade(entry.Name()) || slices.Contains(options.LeaveOut, source) {
			continue
		}
		if files, err = walk(files, path.Join(dataPrefix, entry.Name()), source, durable, options.LeaveOut); err != nil {
			return nil, err
		}
	}
	for _, source := range options.Config {
		if files, err = walk(files, path.Join(configPrefix, filepath.Base(source)), source, nil, nil); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func rank(entry fs.DirEntry) int {
	switch {
	case entry.Name() == "spool":
		return 0
	case entry.IsDir():
		return 1
	}
	return 2
}

func isRemade(name string) bool {
	return slices.ContainsFunc(remade, func(pattern string) bool {
		match, _ := path.Match(pattern, name) // the patterns are valid
		return match
	})
}

// walk appends a file, or the files of a folder and of those in it. Links are followed. Hidden files are locks, and files that are being
// written.
func walk(files []file, name, source string, durable map[string]int64, leaveOut []string) ([]file, error) {
	if strings.HasPrefix(path.Base(name), ".") || slices.Contains(leaveOut, source) {
		return files, nil
	}
	info, err := os.Stat(source)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(source); err != nil {
			return files, nil // removed meanwhile
		}
	}
	if err != nil || info.Mode().IsRegular() { // what cannot be read is reported when it is opened
		f := file{name: name, path: source}
		if err == nil {
			f.size, f.mode = info.Size(), info.Mode()
		}
		if length, ok := durable[source]; ok {
			f.size, f.cut = length, true
		}
		return append(files, f), nil
	}
	if !info.IsDir() {
		return files, nil
	}
	entries, err := os.ReadDir(source)
	if err != nil {
		return nil, err
	}
	files = append(files, file{name: name, path: source, mode: info.Mode()})
	for _, entry := range entries {
		if files, err = walk(files, path.Join(name, entry.Name()), filepath.Join(source, entry.Name()), durable, leaveOut); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// input is what is copied. It keeps an error of reading, which copying mixes with those of writing.
type input struct {
	io.Reader
	err error
}

func (i *input) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if err != nil && err != io.EOF {
		i.err = err
	}
	return n, err
}

// errGone is returned for a file that was removed since it was listed, such as an alert that was sent.
var errGone = errors.New("removed meanwhile")

// unreadableError is returned for a file that cannot be read, before anything of it is written.
type unreadableError struct{ err error }

func (e *unreadableError) Error() string { return e.err.Error() }

// writeTo writes a file into the archive and returns its size.
func (f file) writeTo(archive *tar.Writer) (size int64, err error) {
	if f.mode.IsDir() {
		return 0, archive.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: f.name + "/", Mode: int64(f.mode.Perm())})
	}
	source, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(f.path); err != nil && !strings.HasPrefix(f.name, dataPrefix+"/spool/") {
			return 0, errGone
		}
	}
	if err != nil {
		return 0, &unreadableError{err}
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return 0, &unreadableError{err}
	}
	size = info.Size()
	if f.cut {
		size = min(size, f.size)
	}
	header := &tar.Header{Name: f.name, Mode: int64(info.Mode().Perm()), Size: size, ModTime: info.ModTime(), Format: tar.FormatPAX}
	if err := archive.WriteHeader(header); err != nil {
		return 0, err
	}
	in := &input{Reader: source}
	n, err := io.CopyN(archive, in, size)
	if in.err != nil || errors.Is(err, io.EOF) { // the file has become shorter
		return 0, fmt.Errorf("%s: only %d of %d bytes could be read: %w", f.path, n, size, cmp.Or(in.err, io.ErrUnexpectedEOF))
	}
	return size, err
}
