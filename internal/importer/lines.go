package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// peeked is how much of a file is looked at to find its encoding, line endings, separator and headings.
const peeked = 1 << 20

// maxLine is the length of a line of a file that is still read; a spool line has the same limit.
const maxLine = 16 << 20

// textLine is a line of a text file, without its ending.
type textLine struct {
	number int64
	text   string
	length int64  // in bytes, also of a line that is not kept
	damage string // why the line cannot be read, with a hint; text is empty
}

// lineReader reads the lines of a text file as UTF-8. The endings are LF, CRLF, or CR in a file that has no LF.
type lineReader struct {
	r          *bufio.Reader
	ending     byte
	number     int64
	utf16      bool
	legacy     *encoding.Decoder // Windows-1252, once a line has shown that the file is not UTF-8
	isUTF8     bool              // a line with valid UTF-8 beyond ASCII has been read
	pushedBack []textLine        // to be read again, the next one last
}

// newLineReader determines the encoding: a byte order mark says UTF-8 or UTF-16; without one, a file in which every second byte is
// NUL is UTF-16; other files are UTF-8 or Windows-1252, as their first line that is not ASCII shows.
func newLineReader(file io.Reader) (*lineReader, error) {
	r := bufio.NewReaderSize(file, peeked)
	head, err := r.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	l := &lineReader{r: r, ending: '\n'}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		r.Discard(3)
		l.isUTF8 = true
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		l.decodeUTF16(unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		l.decodeUTF16(unicode.BigEndian)
	case looksLikeUTF16(head, 1):
		l.decodeUTF16(unicode.LittleEndian)
	case looksLikeUTF16(head, 0):
		l.decodeUTF16(unicode.BigEndian)
	}
	if head, err = l.r.Peek(peeked); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Contains(head, []byte{'\n'}) && bytes.Contains(head, []byte{'\r'}) {
		l.ending = '\r'
	}
	return l, nil
}

func (l *lineReader) decodeUTF16(order unicode.Endianness) {
	l.utf16 = true
	l.r = bufio.NewReaderSize(unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(l.r), peeked)
}

// looksLikeUTF16 reports whether nearly all bytes at odd or even positions are NUL, as those of Latin letters are in UTF-16.
func looksLikeUTF16(head []byte, position int) bool {
	head = head[:min(len(head), 1000)]
	var zeros int
	for i := position; i < len(head); i += 2 {
		if head[i] == 0 {
			zeros++
		}
	}
	return len(head) >= 4 && zeros > len(head)*2/5
}

// head returns the beginning of what is not read yet.
func (l *lineReader) head() []byte {
	head, _ := l.r.Peek(peeked) // next returns the error
	return head
}

// next returns the next line, or io.EOF.
func (l *lineReader) next() (textLine, error) {
	if n := len(l.pushedBack); n > 0 {
		line := l.pushedBack[n-1]
		l.pushedBack = l.pushedBack[:n-1]
		return line, nil
	}
	if l.r == nil {
		return textLine{}, io.EOF
	}
	line := textLine{number: l.number + 1}
	var kept []byte
	for {
		part, err := l.r.ReadSlice(l.ending)
		line.length += int64(len(part))
		if line.length <= maxLine && (errors.Is(err, bufio.ErrBufferFull) || kept != nil) {
			kept = append(kept, part...)
			part = kept
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && line.length == 0:
			return line, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return line, err
		}
		l.number++
		if line.length > maxLine {
			line.damage = "the line is longer than 16 MiB"
			return line, nil
		}
		part = bytes.TrimSuffix(part, []byte{l.ending})
		if l.ending == '\n' {
			part = bytes.TrimSuffix(part, []byte{'\r'})
		}
		line.text, line.damage = l.decode(part)
		return line, nil
	}
}

const saveAsUTF8 = "\nhint: save the file as UTF-8 and import it again: what is in the spool already is skipped"

// decode returns a line as UTF-8, or why it is damaged.
func (l *lineReader) decode(line []byte) (text, damage string) {
	if isPlain(line) {
		return string(line), ""
	}
	switch {
	case bytes.IndexByte(line, 0) >= 0:
		return "", "it has NUL bytes\nhint: the file is damaged; export it again"
	case l.utf16 && bytes.Contains(line, []byte("\uFFFD")):
		return "", "it has damaged UTF-16 characters"
	case l.utf16:
		return string(line), ""
	case l.legacy == nil && utf8.Valid(line):
		l.isUTF8 = true
		return string(line), ""
	case l.isUTF8:
		return "", "it is not UTF-8, unlike lines before it" + saveAsUTF8
	}
	if l.legacy == nil {
		l.legacy = charmap.Windows1252.NewDecoder()
	}
	decoded, err := l.legacy.Bytes(line)
	if err != nil || bytes.Contains(decoded, []byte("\uFFFD")) {
		return "", "it is neither UTF-8 nor Windows-1252" + saveAsUTF8
	}
	return string(decoded), ""
}

// isPlain reports whether a line is ASCII without NUL.
func isPlain(line []byte) bool {
	for _, c := range line {
		if c == 0 || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// pushBack makes next return lines again.
func (l *lineReader) pushBack(lines []textLine) {
	for i := len(lines) - 1; i >= 0; i-- {
		l.pushedBack = append(l.pushedBack, lines[i])
	}
}
