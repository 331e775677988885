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
	name    string
	swaps   []swap
	held    []byte // the end of what came, where the next swap may begin
	stored  stored
	deflate *flate.Writer
	crc     uint32
	plain   uint64
}

func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.finish(); err != nil {
		return nil, err
	}
	p := &part{name: name, swaps: a.swaps[name], stored: stored{dir: a.dir}}
	p.deflate, _ = flate.NewWriter(&p.stored, deflateLevel) // it fails for a wrong level only
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

// include puts rows that are compressed already where the part is.
func (p *part) include(rows *sheetRows) error {
	if err := p.deflate.Flush(); err != nil {
		return err
	}
	if err := rows.stored.copyTo(&p.stored); err != nil {
		return err
	}
	p.crc = combineCRC(p.crc, rows.crc, rows.plain)
	p.plain += rows.plain
	p.deflate.Reset(&p.stored) // what follows cannot point back over the rows
	return nil
}

// stored takes compressed bytes: into memory, and from some size on into a file in dir.
type stored struct {
	dir   string
	held  bytes.Buffer
	spill *os.File
	size  uint64
}

func (s *stored) Write(compressed []byte) (int, error) {
	s.size += uint64(len(compressed))
	if s.spill == nil && s.held.Len()+len(compressed) > keptInMemory {
		var err error
		if s.spill, err = os.CreateTemp(s.dir, ".callsheet-*.tmp"); err != nil {
			return 0, err
		}
		// Without its name it is gone with the process, whatever happens. Where that is not
		// possible, discard removes it.
		os.Remove(s.spill.Name())
		if _, err := s.held.WriteTo(s.spill); err != nil {
			return 0, err
		}
	}
	if s.spill != nil {
		return s.spill.Write(compressed)
	}
	return s.held.Write(compressed)
}

// copyTo writes it all to w.
func (s *stored) copyTo(w io.Writer) error {
	if s.spill == nil {
		_, err := s.held.WriteTo(w)
		return err
	}
	if _, err := s.spill.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.spill)
	return err
}

// discard gives back what it holds.
func (s *stored) discard() {
	if s.spill != nil {
		s.spill.Close()
		os.Remove(s.spill.Name())
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
	if p.plain > math.MaxUint32 {
		return errors.New("it is over 4 GiB, more than Excel opens\nhint: report a shorter period or fewer columns")
	}
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: zip.Deflate, ReaderVersion: 20, CreatorVersion: 20,
		//lint:ignore SA1019 CreateRaw writes this field as it stands; Modified is heeded by CreateHeader only
		ModifiedDate: midnight1980,
		CRC32:        p.crc, CompressedSize64: p.stored.size, UncompressedSize64: p.plain,
	})
	if err != nil {
		return err
	}
	return p.stored.copyTo(w)
}

// discard gives back what the parts hold.
func (a *archive) discard() {
	for _, p := range a.parts {
		p.stored.discard()
	}
}
