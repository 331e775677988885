package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// examined is how far back from its end a file is looked at for damage. A crash can only damage what was not synced,
// which is the last group; groups are far smaller than this.
const examined = 16 << 20

// repair takes out what a crash left unfinished or damaged at the end of a file, and returns the length of what is sound.
// The damaged bytes are kept aside in a file of their own, durably, before they are cut off; sound lines behind them are put
// back. Nobody was told that damaged lines are stored: they were not synced. Without the repair the next line would be
// joined to a torn one.
func (w *Writer) repair(file atomicfile.File, path string) (int64, error) {
	size, err := file.Size()
	if err != nil {
		return 0, err
	}
	begin, tail, err := lastLines(file, size)
	if err != nil {
		return 0, err
	}
	sound, damaged, rest := inspect(tail)
	if len(damaged) == 0 {
		return size, file.Sync() // a process that was killed may have left it unsynced
	}
	kept, err := w.keepAside(path, damaged)
	if err != nil {
		return 0, err
	}
	length := begin + int64(sound)
	if err := file.Truncate(length); err != nil {
		return 0, err
	}
	if _, err := file.Write(rest); err != nil {
		return 0, err
	}
	if err := file.Sync(); err != nil {
		return 0, err
	}
	w.options.Log.Warn("a crash left unfinished lines; they were not acknowledged and are kept aside",
		"file", filepath.Base(path), "bytes", len(damaged), "kept", filepath.Base(kept))
	return length + int64(len(rest)), nil
}

// lastLines reads the end of a file from the beginning of a line on.
func lastLines(file atomicfile.File, size int64) (begin int64, tail []byte, err error) {
	whole, err := wholeLines(file, size)
	if err != nil {
		return 0, nil, err
	}
	if begin, err = wholeLines(file, max(whole-examined, 0)); err != nil {
		return 0, nil, err
	}
	tail = make([]byte, size-begin)
	if _, err := file.ReadAt(tail, begin); err != nil && err != io.EOF {
		return 0, nil, err
	}
	return begin, tail, nil
}

// inspect finds the length of the sound lines that a tail begins with, the damaged ones from there on, and the sound ones
// among those.
func inspect(tail []byte) (sound int, damaged, rest []byte) {
	at := 0
	for line := range bytes.Lines(tail) {
		switch whole := line[len(line)-1] == '\n' && line[0] == '{' && json.Valid(line); {
		case whole && len(damaged) == 0:
			sound = at + len(line)
		case whole:
			rest = append(rest, line...)
		default:
			damaged = append(damaged, line...)
		}
		at += len(line)
	}
	return sound, damaged, rest
}

// wholeLines is the length of a file up to and with its last newline.
func wholeLines(file atomicfile.File, size int64) (int64, error) {
	block := make([]byte, 64<<10)
	for end := size; end > 0; {
		begin := max(end-int64(len(block)), 0)
		part := block[:end-begin]
		if _, err := file.ReadAt(part, begin); err != nil && err != io.EOF {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return begin + int64(i) + 1, nil
		}
		end = begin
	}
	return 0, nil
}

// keepAside writes torn bytes into a file of their own, durably, before they are cut off.
func (w *Writer) keepAside(path string, torn []byte) (string, error) {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.torn-%d", path, n)
		file, err := w.options.Files.Create(aside)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.Write(torn)
		if err = errors.Join(err, file.Sync(), file.Close(), w.options.Files.SyncDir(w.options.Dir)); err != nil {
			w.options.Files.Remove(aside) // the torn bytes are still where they were; on a full disk each try would leave one
			return "", err
		}
		return aside, nil
	}
}
