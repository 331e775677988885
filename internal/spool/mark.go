package spool

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/atomicfile"
)

// markName is the file that says how much of the files being written is durable.
const markName = ".durable"

// mark is the writer's side of it. The file is overwritten in place and never synced: a process that is killed leaves it as it
// wrote it, and after a power loss everything that is still there is durable.
type mark struct {
	file    atomicfile.File
	written int // length of the file
}

// set writes the durable lengths of files by name. Readers find every other file durable as a whole.
func (m *mark) set(files atomicfile.FS, dir string, durable map[string]int64) error {
	text := appendMark(nil, durable)
	for len(text) < m.written {
		text = append(text, ' ') // the file is not truncated: that would be a second step
	}
	if m.file == nil {
		return m.create(files, dir, text)
	}
	if err := writeStart(m.file, text); err != nil {
		return errors.Join(err, m.close())
	}
	m.written = len(text)
	return nil
}

// create replaces the file, so that readers find the old marks or the new ones.
func (m *mark) create(files atomicfile.FS, dir string, text []byte) error {
	path := filepath.Join(dir, markName)
	temporary := path + ".new"
	if err := atomicfile.RemoveIfExists(files, temporary); err != nil {
		return err
	}
	file, err := files.Create(temporary)
	if err != nil {
		return err
	}
	if err = writeStart(file, text); err == nil {
		err = files.Rename(temporary, path)
	}
	if err != nil {
		return errors.Join(err, file.Close(), atomicfile.RemoveIfExists(files, temporary))
	}
	m.file, m.written = file, len(text)
	return nil
}

func writeStart(file atomicfile.File, text []byte) error {
	n, err := file.WriteAt(text, 0)
	if err == nil && n < len(text) {
		err = io.ErrShortWrite
	}
	return err
}

func (m *mark) close() error {
	if m.file == nil {
		return nil
	}
	file := m.file
	m.file, m.written = nil, 0
	return file.Close()
}

// appendMark appends the marks: a checksum and the length of what follows it on a line, then a line for each file with its durable
// length and its name.
func appendMark(dst []byte, durable map[string]int64) []byte {
	var body []byte
	for _, name := range slices.Sorted(maps.Keys(durable)) {
		body = strconv.AppendInt(body, durable[name], 10)
		body = append(append(append(body, ' '), name...), '\n')
	}
	dst = fmt.Appendf(dst, "%08x %d\n", crc32.Checksum(body, castagnoli), len(body))
	return append(dst, body...)
}

// parseMark returns the marks; ok is false if they are not whole.
func parseMark(text []byte) (durable map[string]int64, ok bool) {
	head, body, _ := bytes.Cut(text, []byte("\n"))
	var sum uint32
	var length int
	if _, err := fmt.Sscanf(string(head), "%x %d", &sum, &length); err != nil || length < 0 || length > len(body) {
		return nil, false
	}
	if body = body[:length]; crc32.Checksum(body, castagnoli) != sum {
		return nil, false
	}
	durable = map[string]int64{}
	for line := range strings.Lines(string(body)) {
		size, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil {
			return nil, false
		}
		durable[name] = n
	}
	return durable, true
}

// markTries is how often marks are read again that the writer was just overwriting. Those that stay damaged were by a power loss,
// and mark nothing.
const markTries = 100

// readMark returns the durable lengths of the files that are being written in a folder, by name.
func readMark(files atomicfile.FS, dir string) (map[string]int64, error) {
	for range markTries {
		text, err := readFile(files, filepath.Join(dir, markName))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if durable, ok := parseMark(text); ok {
			return durable, nil
		}
	}
	return nil, nil
}

func readFile(files atomicfile.FS, path string) ([]byte, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(file)
	return text, errors.Join(err, file.Close())
}
