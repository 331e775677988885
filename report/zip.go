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
	spillThreshold = 4 << 20
	// midnight1980 is the earliest date a zip entry can have; all have it.
	midnight1980 = 1<<5 | 1
)

// An archive is the zip file excelize writes its parts into. It comes to them in an order that differs from
// run to run, so each is compressed as it comes and all are put into the file in one order at the end.
type archive struct {
	out     io.Writer
	dir     string             // for parts too large to hold
	patches map[string][]patch // by part, in the order they come in it
	parts   []*part
}

type part struct {
	name       string
	patches    []patch
	pending    []byte // the end of what came, where the next swap may begin
	compressed spillBuffer
	deflate    *flate.Writer
	crc        uint32
	size       uint64
}

func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.finish(); err != nil {
		return nil, err
	}
	p := &part{name: name, patches: a.patches[name], compressed: spillBuffer{dir: a.dir}}
	p.deflate, _ = flate.NewWriter(&p.compressed, deflateLevel) // it fails for a wrong level only
	a.parts = append(a.parts, p)
	return p, nil
}

// finish ends the part being written.
func (a *archive) finish() error {
	if len(a.parts) == 0 {
		return nil
	}
	p := a.parts[len(a.parts)-1]
	if len(p.patches) > 0 {
		return fmt.Errorf("part %s: %q is not in it", p.name, p.patches[0].old)
	}
	return p.deflate.Close()
}

func (p *part) compress(piece []byte) error {
	p.crc = crc32.Update(p.crc, crc32.IEEETable, piece)
	p.size += uint64(len(piece))
	_, err := p.deflate.Write(piece)
	return err
}

// include puts rows that are compressed already where the part is.
func (p *part) appendRows(rows *rowWriter) error {
	if err := p.deflate.Flush(); err != nil {
		return err
	}
	if err := rows.compressed.copyTo(&p.compressed); err != nil {
		return err
	}
	p.crc = combineCRC(p.crc, rows.crc, rows.size)
	p.size += rows.size
	p.deflate.Reset(&p.compressed) // what follows cannot point back over the rows
	return nil
}

// stored takes compressed bytes: into memory, and from some size on into a file in dir.
type spillBuffer struct {
	dir    string
	memory bytes.Buffer
	file   *os.File
	size   uint64
}

func (s *spillBuffer) Write(compressed []byte) (int, error) {
	s.size += uint64(len(compressed))
	if s.file == nil && s.memory.Len()+len(compressed) > spillThreshold {
		var err error
		if s.file, err = os.CreateTemp(s.dir, ".callsheet-*.tmp"); err != nil {
			return 0, err
		}
		// Without its name it is gone with the process, whatever happens. Where that is not
		// possible, discard removes it.
		os.Remove(s.file.Name())
		if _, err := s.memory.WriteTo(s.file); err != nil {
			return 0, err
		}
	}
	if s.file != nil {
		return s.file.Write(compressed)
	}
	return s.memory.Write(compressed)
}

// copyTo writes it all to w.
func (s *spillBuffer) copyTo(w io.Writer) error {
	if s.file == nil {
		_, err := s.memory.WriteTo(w)
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.file)
	return err
}

// discard gives back what it holds.
func (s *spillBuffer) discard() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
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
	if p.size > math.MaxUint32 {
		return errors.New("it is over 4 GiB, more than Excel opens\nhint: report a shorter period or fewer columns")
	}
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: zip.Deflate, ReaderVersion: 20, CreatorVersion: 20,
		//lint:ignore SA1019 CreateRaw writes this field as it stands; Modified is heeded by CreateHeader only
		ModifiedDate: midnight1980,
		CRC32:        p.crc, CompressedSize64: p.compressed.size, UncompressedSize64: p.size,
	})
	if err != nil {
		return err
	}
	return p.compressed.copyTo(w)
}

// discard gives back what the parts hold.
func (a *archive) discard() {
	for _, p := range a.parts {
		p.compressed.discard()
	}
}
