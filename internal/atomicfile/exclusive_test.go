package atomicfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"callsheet/internal/atomicfile"
)

// openExclusive skips the test where the kernel cannot prove that a file is open nowhere else.
func openExclusive(t *testing.T, path string) (atomicfile.File, error) {
	t.Helper()
	file, err := atomicfile.OS{}.OpenExclusive(path)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	return file, err
}

func TestOpenExclusiveRefusesAFileThatOthersMayRead(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openExclusive(t, path); !errors.Is(err, atomicfile.ErrNotExclusive) {
		t.Errorf("opened while it is read: %v", err)
	}
	if err := errors.Join(reader.Close(), os.Link(path, link)); err != nil {
		t.Fatal(err)
	}
	if _, err := openExclusive(t, path); !errors.Is(err, atomicfile.ErrNotExclusive) {
		t.Errorf("opened with another name: %v", err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	file, err := openExclusive(t, path)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
}

// TestFileThatIsOpenExclusivelyIsReadWhole by a reader that opens it meanwhile.
func TestFileThatIsOpenExclusivelyIsReadWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	content := bytes.Repeat([]byte("a"), 1<<20)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := openExclusive(t, path)
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan []byte, 8)
	for range cap(read) {
		go func() {
			got, _ := os.ReadFile(path)
			read <- got
		}()
	}
	want := bytes.Repeat([]byte("b"), len(content))
	for offset := 0; offset < len(want); offset += 1000 {
		if _, err := file.WriteAt(want[offset:min(offset+1000, len(want))], int64(offset)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		t.Fatal(err)
	}
	for range cap(read) {
		if got := <-read; !bytes.Equal(got, want) {
			t.Errorf("read %d bytes, which are not the last content", len(got))
		}
	}
}
