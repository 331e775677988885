package report

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

type saved struct {
	bytes  int64
	sha256 string
}

// save writes the workbook to path, durably. Readers of path see the old file or the whole new one.
func (b *book) save(path string) (s saved, err error) {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("write %s: the folder %s does not exist\nhint: create it first, or choose another", path, dir)
	}
	err = atomicfile.WriteReadable(path, func(w io.Writer) (err error) {
		s, err = b.writeTo(w, dir)
		return err
	})
	if err != nil {
		return s, fmt.Errorf("write %s: %w", path, err)
	}
	return s, nil
}

// writeTo has excelize write its parts straight to the file; on its own it would build the zip in memory.
func (b *book) writeTo(file io.Writer, dir string) (saved, error) {
	sum := sha256.New()
	counter := &counter{}
	buffered := bufio.NewWriterSize(io.MultiWriter(file, sum, counter), 1<<20)
	a := &archive{out: buffered, dir: dir, patches: b.patches}
	defer a.discard()
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return a })
	if err := b.file.Write(io.Discard); err != nil {
		return saved{}, err
	}
	if err := buffered.Flush(); err != nil {
		return saved{}, err
	}
	return saved{bytes: counter.n, sha256: hex.EncodeToString(sum.Sum(nil))}, nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
