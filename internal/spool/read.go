package spool

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxLine is the maximum length of a line without its newline. A longer line is never written, and never read into memory.
const MaxLine = 16 << 20

// longPrefix is how much of a line that is too long is returned.
const longPrefix = 1 << 10

// Line is a line of a spool file.
type Line struct {
	Offset  int64  // of its first byte in the uncompressed content
	Text    []byte // without the line end; valid until the next line is read; only the beginning of a line that is too long
	Length  int64  // without the line end, or with it if the line is too long
	TooLong bool   // longer than MaxLine
}

// Reader reads whole lines. Its memory is bounded by MaxLine.
type Reader struct {
	path    string
	content io.ReadCloser
	lines   *bufio.Reader
	offset  int64
	long    []byte // a line that the buffer could not hold
	whole   bool   // no process is writing the content, so its last line needs no newline
}

// Open returns a reader that begins at an offset in the uncompressed content, which must be the beginning of a line.
func (f File) Open(offset int64) (*Reader, error) {
	c, err := f.content()
	if err != nil {
		return nil, err
	}
	if seeker, ok := c.(io.Seeker); ok {
		_, err = seeker.Seek(offset, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, c, offset)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s at byte %d: %w", f.Path, offset, err), c.Close())
	}
	r := newReader(f.Path, c, offset)
	r.whole = f.Compressed()
	return r, nil
}

// newReader returns a reader of content that begins at an offset of a file.
func newReader(path string, content io.ReadCloser, offset int64) *Reader {
	return &Reader{path: path, content: content, lines: bufio.NewReaderSize(content, 1<<20), offset: offset}
}

// Next returns the next line. After the last newline it returns io.EOF, since a process may still be writing the last line; in a
// compressed file the last line needs no newline.
func (r *Reader) Next() (Line, error) {
	r.long = r.long[:0]
	var skipped int64 // bytes of a line that is too long and that are not in r.long
	for {
		part, err := r.lines.ReadSlice('\n')
		switch {
		case err == nil && len(r.long) == 0:
			return r.line(part, 0), nil
		case err == nil, errors.Is(err, bufio.ErrBufferFull), err == io.EOF && r.whole && len(r.long)+len(part) > 0:
			if skipped == 0 && len(r.long)+len(part) > MaxLine+len("\r\n") {
				skipped = int64(len(r.long) - longPrefix)
				r.long = append([]byte(nil), r.long[:longPrefix]...)
			}
			if skipped > 0 {
				skipped += int64(len(part))
			} else {
				r.long = append(r.long, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return r.line(r.long, skipped), nil
			}
		case err == io.EOF:
			return Line{}, io.EOF
		default:
			return Line{}, fmt.Errorf("%s after byte %d: %w", r.path, r.offset, err)
		}
	}
}

// line returns the next line, of which text was kept and the last skipped bytes were not.
func (r *Reader) line(text []byte, skipped int64) Line {
	line := Line{Offset: r.offset}
	r.offset += int64(len(text)) + skipped
	if skipped == 0 {
		text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'})
	}
	line.Text, line.Length = text, int64(len(text))+skipped
	if line.TooLong = line.Length > MaxLine; line.TooLong {
		line.Text = text[:longPrefix]
	}
	return line
}

// Offset returns the offset after the last line that was returned.
func (r *Reader) Offset() int64 { return r.offset }

func (r *Reader) Close() error { return r.content.Close() }
