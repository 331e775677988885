package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// Damage is a line that is not what was written.
type Damage struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Offset int64  `json:"offset"` // in the uncompressed content
	Reason string `json:"reason"`
}

// String returns the position and the reason.
func (d Damage) String() string {
	return fmt.Sprintf("%s, line %d at byte %d: %s", d.File, d.Line, d.Offset, d.Reason)
}

// The reasons besides errChecksum.
var (
	errTooLong   = errors.New("line too long")
	errNotObject = errors.New("not a JSON object")
)

// check returns the reason why a line is damaged, nil if it is intact, and whether it has a checksum. A blank line is intact.
func (l Line) check() (has bool, err error) {
	if l.TooLong {
		return false, errTooLong
	}
	if has, err = checkLine(l.Text); err != nil {
		return has, err
	}
	if !has && len(bytes.TrimSpace(l.Text)) > 0 && !isObject(l.Text) {
		return false, errNotObject
	}
	return has, nil
}

func isObject(text []byte) bool {
	object, ok := Compact(TrimBOM(text))
	return ok && object[0] == '{'
}

const (
	// repairWindow is how much of the end of the last file a collector checks when it starts. load and verify find damage before it.
	repairWindow = 64 << 20
	// maxLogged is how many damaged lines are logged at the start; the others are counted.
	maxLogged = 20
)

// checkEnd logs the damaged lines in the repair window of a file that ends with a newline, and returns the id of the last intact line.
func (w *Writer) checkEnd(file atomicfile.File, path string, size int64) (lastID string, err error) {
	begin, err := wholeLines(file, max(size-repairWindow, 0))
	if err != nil {
		return "", err
	}
	lines := newReader(path, io.NopCloser(io.NewSectionReader(file, begin, size-begin)), begin)
	var before int64 // lines before begin; counted only if one is damaged
	damaged := 0
	for number := int64(1); ; number++ {
		line, err := lines.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		if _, damage := line.check(); damage != nil {
			if damaged++; damaged == 1 {
				if before, err = countLines(file, begin); err != nil {
					return "", err
				}
			}
			if damaged <= maxLogged {
				w.options.Log.Error("damaged line; it stays in the file, and load rejects it",
					"file", filepath.Base(path), "line", before+number, "offset", line.Offset, "reason", damage.Error())
			}
		} else if isCollectorLine(line.Text) {
			lastID = string(line.Text[len(idPrefix):][:26])
		}
	}
	if damaged > maxLogged {
		w.options.Log.Error("more damaged lines; callsheet verify lists all", "file", filepath.Base(path), "damaged", damaged)
	}
	return lastID, nil
}

// countLines counts the newlines before an offset.
func countLines(file io.ReaderAt, end int64) (lines int64, err error) {
	block := make([]byte, 64<<10)
	for begin := int64(0); begin < end; begin += int64(len(block)) {
		part := block[:min(end-begin, int64(len(block)))]
		if _, err := file.ReadAt(part, begin); err != nil && err != io.EOF {
			return 0, err
		}
		lines += int64(bytes.Count(part, []byte{'\n'}))
	}
	return lines, nil
}
