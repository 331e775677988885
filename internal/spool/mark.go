package spool

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
)

// markName is the file with the durable lengths.
const markName = ".durable"

// mark writes it. The file is overwritten in place and never synced: if the process is killed, the file stays as it was written, and
// after a power loss everything that is still in the spool is durable.
type mark struct {
	file   atomicfile.File
	length int // of the file
}

// set writes the durable lengths of files by name. Every other file is durable as a whole.
func (m *mark) set(files atomicfile.FS, dir string, durable map[string]int64) error {
	text := appendMark(nil, durable)
	for len(text) < m.length {
		text = append(text, ' ') // the file is not truncated: that would be a second operation
	}
	if m.file == nil {
		return m.create(files, dir, text)
	}
	if err := writeStart(m.file, text); err != nil {
		return errors.Join(err, m.close())
	}
	m.length = len(text)
	return nil
}

// create replaces the file, so that readers see the old lengths or the new ones.
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
	m.file, m.length = file, len(text)
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
	m.file, m.length = nil, 0
	return file.Close()
}

// appendMark appends the content of the file: a line with the checksum and the length of the rest, then a line for each file with its
// durable length and name.
func appendMark(dst []byte, durable map[string]int64) []byte {
	var body []byte
	for _, name := range slices.Sorted(maps.Keys(durable)) {
		body = strconv.AppendInt(body, durable[name], 10)
		body = append(append(append(body, ' '), name...), '\n')
	}
	dst = append(appendHex(dst, crc32.Checksum(body, castagnoli)), ' ')
	dst = append(strconv.AppendInt(dst, int64(len(body)), 10), '\n')
	return append(dst, body...)
}

// parseMark returns the durable lengths; ok is false if they are incomplete.
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

// markTries is how often the file is read again if it is damaged, since the writer may be overwriting it. If it stays damaged, a power
// loss damaged it, and all files are durable as a whole.
const markTries = 100

// readMark returns the durable lengths of the files that are being written, by name.
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

// LastSynced returns when the collector that has the folder, or was killed, last stored a delivery or started.
func LastSynced(dir string) (time.Time, error) {
	info, err := os.Stat(filepath.Join(dir, markName))
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

func readFile(files atomicfile.FS, path string) ([]byte, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(file)
	return text, errors.Join(err, file.Close())
}
