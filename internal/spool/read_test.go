package spool

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// repeated is an endless reader of one byte.
type repeated byte

func (r repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// longFile writes a line of the given length between two short lines.
func longFile(t *testing.T, path string, compress func(io.Writer) io.WriteCloser, length int64) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := compress(file)
	io.WriteString(w, "before\n")
	io.CopyN(w, repeated('x'), length)
	io.WriteString(w, "\nbehind\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

type uncompressed struct{ io.Writer }

func (uncompressed) Close() error { return nil }

func plain(w io.Writer) io.WriteCloser { return uncompressed{w} }

func onlyFile(t *testing.T, dir string) File {
	t.Helper()
	files, err := List(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	return files[0]
}

func TestTooLongLineIsSkippedInConstantMemory(t *testing.T) {
	const length = 300 << 20
	for ending, compress := range map[string]func(io.Writer) io.WriteCloser{
		"": plain,
		".gz": func(w io.Writer) io.WriteCloser {
			c, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			return c
		},
		".zst": func(w io.Writer) io.WriteCloser {
			c, _ := zstd.NewWriter(w)
			return c
		},
	} {
		t.Run("plain"+ending, func(t *testing.T) {
			dir := t.TempDir()
			longFile(t, filepath.Join(dir, "a.ndjson"+ending), compress, length)
			r, err := onlyFile(t, dir).Open(0)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for _, want := range []Line{
				{Text: []byte("before"), Length: 6}, {Offset: 7, Text: bytes.Repeat([]byte("x"), longPrefix), Length: length + 1, TooLong: true},
				{Offset: length + 8, Text: []byte("behind"), Length: 6},
			} {
				got, err := r.Next()
				if err != nil || got.Offset != want.Offset || !bytes.Equal(got.Text, want.Text) || got.Length != want.Length || got.TooLong != want.TooLong {
					t.Fatalf("got %d bytes of %d at %d, too long %v, %v; want %+v", len(got.Text), got.Length, got.Offset, got.TooLong, err, want)
				}
			}
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("at the end: %v", err)
			}
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 200<<20 {
				t.Errorf("reading allocated %d MiB", allocated>>20)
			}
		})
	}
}

func TestLongestLineIsRead(t *testing.T) {
	for _, more := range []int64{0, 1, 2, 3} {
		dir := t.TempDir()
		longFile(t, filepath.Join(dir, "a.ndjson"), plain, MaxLine+more)
		r, err := onlyFile(t, dir).Open(7)
		if err != nil {
			t.Fatal(err)
		}
		line, err := r.Next()
		if err != nil || line.TooLong != (more > 0) || !line.TooLong && len(line.Text) != MaxLine {
			t.Errorf("%d bytes more: %d bytes, too long %v, %v", more, len(line.Text), line.TooLong, err)
		}
		if line, err = r.Next(); err != nil || string(line.Text) != "behind" || line.Offset != MaxLine+more+8 {
			t.Errorf("%d bytes more: then %q at %d, %v", more, line.Text, line.Offset, err)
		}
		r.Close()
	}
}

// An archive with a window that is too large for memory is an error.
func TestArchiveWithAHugeWindowIsRejected(t *testing.T) {
	dir := t.TempDir()
	longFile(t, filepath.Join(dir, "a.ndjson.zst"), func(w io.Writer) io.WriteCloser {
		c, err := zstd.NewWriter(w, zstd.WithWindowSize(2*maxWindow), zstd.WithSingleSegment(false))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}, 1000)
	path := filepath.Join(dir, "a.ndjson.zst")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// For little data the encoder writes a smaller window, in the byte after the frame header descriptor.
	if text[4]&0x20 == 0 {
		text[5] = 0xff
	}
	os.WriteFile(path, text, 0o600)
	r, err := onlyFile(t, dir).Open(0)
	if err == nil {
		_, err = r.Next()
		r.Close()
	}
	if err == nil {
		t.Error("it was read")
	}
}
