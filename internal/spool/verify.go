package spool

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"sync"

	"callsheet/internal/display"
)

// Verified counts the lines of a spool.
type Verified struct {
	Files   int64 `json:"files"`
	Lines   int64 `json:"lines"` // blank ones included
	Checked int64 `json:"with_checksum"`
	Without int64 `json:"without_checksum"` // valid JSON objects, or blank
	Damaged int64 `json:"damaged"`
}

// Verify reads the files of a spool folder, including archives, and what was fetched from the vendors into a data folder, as many files at
// once as there are processors. It calls damaged with each damaged line, and progress with how many of the bytes on disk are read. It
// makes no concurrent calls.
func Verify(ctx context.Context, dir, dataDir string, damaged func(Damage), progress func(done, total int64)) (Verified, error) {
	files, err := List(dir)
	if err != nil {
		return Verified{}, err
	}
	fetched, err := vendorLineFiles(dataDir)
	if err != nil {
		return Verified{}, err
	}
	v := &verifier{ctx: ctx, dir: dir, complete: map[string]func(int64) error{}, damaged: damaged, progress: progress}
	for _, file := range fetched {
		files = append(files, file.File)
		v.complete[file.Name] = file.checkLines
	}
	for _, file := range files {
		v.total += file.Size
	}
	next := make(chan File)
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for file := range next {
				v.file(file)
			}
		})
	}
	for _, file := range files {
		next <- file
	}
	close(next)
	readers.Wait()
	return v.sum, ctx.Err()
}

type verifier struct {
	ctx      context.Context
	dir      string
	complete map[string]func(lines int64) error // of what was fetched from the vendors, by name of the file
	damaged  func(Damage)
	progress func(done, total int64)

	mu          sync.Mutex
	sum         Verified
	done, total int64
}

// progressBytes is how often progress is reported within a file.
const progressBytes = 8 << 20

// file reads a file to its end, or to the first read error.
func (v *verifier) file(file File) {
	reported := int64(0) // of the file's size
	advance := func(to int64) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.done += to - reported
		reported = to
		v.progress(v.done, v.total)
	}
	defer func() { advance(file.Size) }()
	var sum Verified
	number, offset, err := int64(0), int64(0), error(nil)
	lines, err := v.open(file)
	if err == nil {
		defer lines.Close()
	}
	for err == nil && v.ctx.Err() == nil {
		var line Line
		if line, err = lines.Next(); err != nil {
			break
		}
		number++
		has, damage := line.check()
		switch {
		case damage != nil:
			sum.Damaged++
			v.report(Damage{file.Name, number, line.Offset, damage.Error()})
		case has:
			sum.Checked++
		default:
			sum.Without++
		}
		if offset = lines.Offset(); !file.Compressed() && offset-reported > progressBytes {
			advance(offset)
		}
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		sum.Damaged++
		v.report(Damage{file.Name, number + 1, offset, "cannot be read further: " + err.Error()})
	case err != nil && !file.Compressed() && offset < file.Durable:
		sum.Damaged++
		v.report(Damage{file.Name, number + 1, offset, "the last " + display.Agree(file.Durable-offset, "byte has no newline and is not a line", "bytes have no newline and are not a line")})
	}
	if complete := v.complete[file.Name]; complete != nil && sum.Damaged == 0 && v.ctx.Err() == nil {
		if err := complete(number); err != nil {
			sum.Damaged++
			v.report(Damage{file.Name, number + 1, offset, err.Error()})
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sum.Files++
	v.sum.Lines += number
	v.sum.Checked += sum.Checked
	v.sum.Without += sum.Without
	v.sum.Damaged += sum.Damaged
}

// open opens a file, or its archive if it was archived since it was listed.
func (v *verifier) open(file File) (*Reader, error) {
	lines, err := file.Open(0)
	if !errors.Is(err, fs.ErrNotExist) {
		return lines, err
	}
	files, listErr := List(v.dir)
	if listErr != nil {
		return nil, listErr
	}
	for _, current := range files {
		if current.Name == file.Name {
			return current.Open(0)
		}
	}
	return nil, err
}

func (v *verifier) report(damage Damage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.damaged(damage)
}
