package report

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

const (
	contentTypes = "[Content_Types].xml"
	// deflateLevel trades a few percent of size for a third of the time.
	deflateLevel = 4
	// keptInMemory is how much of a compressed part is held before it goes to a file.
	keptInMemory = 4 << 20
	// midnight1980 is the earliest date a zip entry can have; all have it.
	midnight1980 = 1<<5 | 1
)

// An archive is the zip file excelize writes its parts into. It comes to them in an order that differs from
// run to run, so each is compressed as it comes and all are put into the file in one order at the end.
type archive struct {
	out   io.Writer
	dir   string            // for parts too large to hold
	swaps map[string][]swap // by part, in the order they come in it
	parts []*part
}

type part struct {
	name         string
	swaps        []swap
	held         []byte // the end of what came, where the next swap may begin
	raw          bytes.Buffer
	spill        *os.File
	deflate      *flate.Writer
	crc          uint32
	plain, raw64 uint64
}

func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.finish(); err != nil {
		return nil, err
	}
	p := &part{name: name, swaps: a.swaps[name]}
	p.deflate, _ = flate.NewWriter(partWriter{a.dir, p}, deflateLevel) // it fails for a wrong level only
	a.parts = append(a.parts, p)
	return p, nil
}

// finish ends the part being written.
func (a *archive) finish() error {
	if len(a.parts) == 0 {
		return nil
	}
	p := a.parts[len(a.parts)-1]
	if len(p.swaps) > 0 {
		return fmt.Errorf("part %s: %q is not in it", p.name, p.swaps[0].before)
	}
	return p.deflate.Close()
}

func (p *part) compress(piece []byte) error {
	p.crc = crc32.Update(p.crc, crc32.IEEETable, piece)
	p.plain += uint64(len(piece))
	_, err := p.deflate.Write(piece)
	return err
}

// A partWriter takes a part's compressed bytes: into memory, and from some size on into a file.
type partWriter struct {
	dir string
	*part
}

func (w partWriter) Write(compressed []byte) (int, error) {
	w.raw64 += uint64(len(compressed))
	if w.spill == nil && w.raw.Len()+len(compressed) > keptInMemory {
		var err error
		if w.spill, err = os.CreateTemp(w.dir, ".callsheet-part-*"); err != nil {
			return 0, err
		}
		// Without its name it is gone with the process, whatever happens. Where that is not
		// possible, discard removes it.
		os.Remove(w.spill.Name())
		if _, err := w.raw.WriteTo(w.spill); err != nil {
			return 0, err
		}
	}
	if w.spill != nil {
		return w.spill.Write(compressed)
	}
	return w.raw.Write(compressed)
}

// Close writes all parts to the file: the list of content types first, as other programs expect, the rest
// by name.
func (a *archive) Close() error {
	if err := a.finish(); err != nil {
		return err
	}
	slices.SortFunc(a.parts, func(x, y *part) int {
		if x.name == contentTypes || y.name == contentTypes {
			return map[bool]int{true: -1, false: 1}[x.name == contentTypes]
		}
		return strings.Compare(x.name, y.name)
	})
	z := zip.NewWriter(a.out)
	for _, p := range a.parts {
		if err := p.writeTo(z); err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
	}
	return z.Close()
}

func (p *part) writeTo(z *zip.Writer) error {
	if p.plain > math.MaxUint32 {
		return errors.New("it is over 4 GiB, more than Excel opens\nhint: report a shorter period or fewer columns")
	}
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: zip.Deflate, ReaderVersion: 20, CreatorVersion: 20,
		//lint:ignore SA1019 CreateRaw writes this field as it stands; Modified is heeded by CreateHeader only
		ModifiedDate: midnight1980,
		CRC32:        p.crc, CompressedSize64: p.raw64, UncompressedSize64: p.plain,
	})
	if err != nil {
		return err
	}
	if p.spill == nil {
		_, err = p.raw.WriteTo(w)
		return err
	}
	if _, err := p.spill.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(w, p.spill)
	return err
}

// discard gives back what the parts hold.
func (a *archive) discard() {
	for _, p := range a.parts {
		if p.spill != nil {
			p.spill.Close()
			os.Remove(p.spill.Name())
		}
	}
}
