package xlsx

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/atomicfile"
)

// Saved describes a file that was written.
type Saved struct {
	Bytes  int64
	SHA256 string // in hexadecimal
}

// Save writes the workbook to path, durably. Readers of path see the old file or the whole new one.
func (w *Workbook) Save(path string) (saved Saved, err error) {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return saved, fmt.Errorf("write %s: the folder %s does not exist\nhint: create it first, or choose another", path, dir)
	}
	err = atomicfile.WriteReadable(path, func(out io.Writer) (err error) {
		saved, err = w.Encode(out)
		return err
	})
	if err != nil {
		return saved, fmt.Errorf("write %s: %w", path, err)
	}
	return saved, nil
}

// Encode writes the workbook to out, part by part. excelize itself would build the whole archive in memory.
func (w *Workbook) Encode(out io.Writer) (Saved, error) {
	if err := errors.Join(w.writeUsedRanges(), w.writeDigits(), w.cacheCharts()); err != nil {
		return Saved{}, err
	}
	sum := sha256.New()
	counter := &counter{}
	buffered := bufio.NewWriterSize(io.MultiWriter(out, sum, counter), 1<<20)
	a := newArchive(buffered, w.options.TempDir, w.patches)
	defer a.discard()
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return a })
	if err := w.file.Write(io.Discard); err != nil {
		return Saved{}, err
	}
	if err := buffered.Flush(); err != nil {
		return Saved{}, err
	}
	return Saved{Bytes: counter.n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// A counter counts the bytes written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
