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

// save writes the workbook beside path, makes it durable and gives it its name. Whoever looks at path sees
// the old file or the whole new one; a failure leaves nothing behind.
func (b *book) save(path string) (s saved, err error) {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, ".callsheet-*.tmp")
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("write %s: the folder %s does not exist\nhint: make it first, or choose another", path, dir)
	}
	if err != nil {
		return s, fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if s, err = b.writeTo(file, dir); err != nil {
		return s, err
	}
	if err = file.Chmod(atomicfile.Readable); err != nil {
		return s, err
	}
	if err = file.Sync(); err != nil {
		return s, err
	}
	if err = file.Close(); err != nil {
		return s, err
	}
	if err = os.Rename(file.Name(), path); err != nil {
		return s, err
	}
	return s, syncDir(dir)
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

// syncDir makes a rename in dir last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
