package importer

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/display"
	"callsheet/internal/spool"
)

// Importer adds the deliveries of files to the spool and skips those that it has already.
type Importer struct {
	Into        *spool.Import
	Source      string                                         // of deliveries without one
	Fields      map[string]string                              // the file's name by the vendor's name of a field
	Fingerprint func(line []byte, defaultSource string) uint64 // equal for lines with the same content
	Seen        map[uint64]struct{}                            // the fingerprints of the spool's lines

	Imported, Duplicates int64
	Unreadable           []string // deliveries that cannot be imported: where and why
}

// Fingerprints returns the fingerprints of all lines of a spool.
func Fingerprints(ctx context.Context, dir string, fingerprint func(line []byte) uint64, progress func(done, total int64)) (map[uint64]struct{}, error) {
	seen := map[uint64]struct{}{}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return seen, nil
	}
	files, err := spool.List(dir)
	if err != nil {
		return nil, err
	}
	var total, done int64
	for _, file := range files {
		total += file.Size
	}
	for _, file := range files {
		reader, err := file.Open(0)
		if err != nil {
			return nil, err
		}
		for ctx.Err() == nil {
			line, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, errors.Join(err, reader.Close())
			}
			seen[fingerprint(line.Text)] = struct{}{}
		}
		done += file.Size
		progress(done, total)
		if err := errors.Join(ctx.Err(), reader.Close()); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// Import reads one file, or standard input for -.
func (i *Importer) Import(ctx context.Context, path string) error {
	var content io.Reader = os.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		content = file
	}
	switch filepath.Ext(path) {
	case ".gz":
		unpacked, err := gzip.NewReader(content)
		if err != nil {
			return err
		}
		content = unpacked
	case ".zst":
		unpacked, err := zstd.NewReader(content)
		if err != nil {
			return err
		}
		defer unpacked.Close()
		content = unpacked
	}
	return Read(content, Options{
		Fields: i.Fields,
		Delivery: func(object []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return i.add(object)
		},
		Unreadable: func(place, reason string) {
			i.Unreadable = append(i.Unreadable, fmt.Sprintf("%s, %s: %s", path, place, reason))
		},
	})
}

// add adds a payload, or an unchanged line of a spool, unless it is a duplicate.
func (i *Importer) add(object []byte) error {
	line := object
	if !spool.IsEnvelope(object) {
		line = spool.AppendImported(nil, i.Source, object)
	}
	if len(line) > spool.MaxLine {
		i.Unreadable = append(i.Unreadable, fmt.Sprintf("a delivery of %s bytes; the limit is %s", display.Count(int64(len(line))), display.Count(spool.MaxLine)))
		return nil
	}
	print := i.Fingerprint(line, i.Source)
	if _, ok := i.Seen[print]; ok {
		i.Duplicates++
		return nil
	}
	i.Seen[print] = struct{}{}
	i.Imported++
	return i.Into.Add(line)
}
