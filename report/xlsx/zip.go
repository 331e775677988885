package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

const (
	contentTypes = "[Content_Types].xml"
	// deflateLevel makes files about as small as excelize's, which compresses with the standard library.
	deflateLevel = 6
	// midnight1980 is the earliest time that a zip entry can have. All entries have it.
	midnight1980 = 1<<5 | 1
)

// An archive is the zip file that excelize writes its parts into. excelize writes them in an order that differs from run to run, so
// each part is compressed as it comes, and Close writes all of them in a fixed order.
type archive struct {
	out     io.Writer
	tempDir string             // for parts that are too large for memory
	patches map[string][]patch // by part, in the order in which they occur
	parts   []*part
	deflate *flate.Writer // of the part being written
}

func newArchive(out io.Writer, tempDir string, patches map[string][]patch) *archive {
	deflate, _ := flate.NewWriter(nil, deflateLevel) // the only error is an invalid level
	return &archive{out: out, tempDir: tempDir, patches: patches, deflate: deflate}
}

// A part is one file of the archive.
type part struct {
	name       string
	patches    []patch
	pending    []byte // the end of the written text, where the next patch may begin
	compressed spillBuffer
	deflate    *flate.Writer
	crc        uint32
	size       uint64 // before compression
}

func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.finishPart(); err != nil {
		return nil, err
	}
	p := &part{name: name, patches: a.patches[name], compressed: spillBuffer{dir: a.tempDir}, deflate: a.deflate}
	p.deflate.Reset(&p.compressed)
	a.parts = append(a.parts, p)
	return p, nil
}

// finishPart completes the last part.
func (a *archive) finishPart() error {
	if len(a.parts) == 0 {
		return nil
	}
	p := a.parts[len(a.parts)-1]
	if len(p.patches) > 0 {
		return fmt.Errorf("part %s: %q not found", p.name, p.patches[0].old)
	}
	return p.deflate.Close()
}

func (p *part) compress(text []byte) error {
	p.crc = crc32.Update(p.crc, crc32.IEEETable, text)
	p.size += uint64(len(text))
	_, err := p.deflate.Write(text)
	return err
}

// appendRows appends rows that are already compressed.
func (p *part) appendRows(rows *Rows) error {
	if err := p.deflate.Flush(); err != nil {
		return err
	}
	if err := rows.compressed.copyTo(&p.compressed); err != nil {
		return err
	}
	p.crc = combineCRC(p.crc, rows.crc, rows.size)
	p.size += rows.size
	p.deflate.Reset(&p.compressed) // the text after the rows must not refer back across them
	return nil
}

// Close writes all parts: the content types first, as other programs expect, then the others by name.
func (a *archive) Close() error {
	if err := a.finishPart(); err != nil {
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
		return errors.New("larger than 4 GiB, which Excel cannot open\nhint: report a shorter period or fewer columns")
	}
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: zip.Deflate, ReaderVersion: 20, CreatorVersion: 20,
		//lint:ignore SA1019 CreateRaw writes this field as it is; only CreateHeader uses Modified
		ModifiedDate: midnight1980,
		CRC32:        p.crc, CompressedSize64: p.compressed.size, UncompressedSize64: p.size,
	})
	if err != nil {
		return err
	}
	return p.compressed.copyTo(w)
}

// discard releases the temporary files of the parts.
func (a *archive) discard() {
	for _, p := range a.parts {
		p.compressed.discard()
	}
}
