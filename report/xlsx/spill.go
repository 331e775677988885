package xlsx

import (
	"bytes"
	"io"
	"os"
)

// spillThreshold is the size up to which compressed data stays in memory.
const spillThreshold = 4 << 20

// A spillBuffer holds compressed bytes: in memory at first, and in a temporary file once they exceed spillThreshold.
type spillBuffer struct {
	dir    string // of the temporary file
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
		// An unlinked file disappears with the process, even if it is killed. Where an open file cannot be unlinked,
		// discard removes it.
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

// copyTo writes the whole content to w.
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

// discard releases the temporary file.
func (s *spillBuffer) discard() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}
