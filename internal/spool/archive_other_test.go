package spool

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/atomicfile"
)

// compressed writes a compressed spool file.
func compressed(t *testing.T, path, content string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if filepath.Ext(path) == ".gz" {
		w := gzip.NewWriter(file)
		if _, err := w.Write([]byte(content)); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return
	}
	w, err := zstd.NewWriter(file)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
}

// TestFilesOfOneNameWithOtherLinesAreAllListed: an unfinished archive is no file of its own, a file with other lines is one.
func TestFilesOfOneNameWithOtherLinesAreAllListed(t *testing.T) {
	const a, b, c = `{"payload":{"CallSid":"a"}}` + "\n", `{"payload":{"CallSid":"b"}}` + "\n", `{"payload":{"CallSid":"c"}}` + "\n"
	dir := t.TempDir()
	for name, content := range map[string]string{"same": a + b, "grown": a + b, "other": a + b, "shorter": a} {
		if err := os.WriteFile(filepath.Join(dir, name+".ndjson"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{
		"same.ndjson.zst": a + b, "grown.ndjson.zst": a, "other.ndjson.zst": a + c, "shorter.ndjson.zst": a + b,
		"both.ndjson.zst": a, "both.ndjson.gz": b, "same.ndjson.gz": a + b,
	} {
		compressed(t, filepath.Join(dir, name), content)
	}
	if err := os.WriteFile(filepath.Join(dir, "other.ndjson.gz"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range files {
		got = append(got, file.Name+" "+filepath.Base(file.Path))
	}
	want := []string{"both.ndjson both.ndjson.zst", "both.ndjson.gz both.ndjson.gz", "grown.ndjson grown.ndjson", "other.ndjson other.ndjson",
		"other.ndjson.gz other.ndjson.gz", "other.ndjson.zst other.ndjson.zst", "same.ndjson same.ndjson", "shorter.ndjson shorter.ndjson",
		"shorter.ndjson.zst shorter.ndjson.zst"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// TestArchiveReplacesNoOtherLines: an archive of the name stays, and so does the plain file.
func TestArchiveReplacesNoOtherLines(t *testing.T) {
	dir, now := dayFiles(t)
	plain := filepath.Join(dir, "2026-10-05.ndjson")
	content, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		archived string
		skipped  int
	}{{`{"payload":{"of":"another day"}}` + "\n", 1}, {string(content), 0}} {
		compressed(t, plain+".zst", c.archived)
		if err := os.Chtimes(plain, now.Add(-2*time.Hour), now.Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		_, skipped, err := Archive(t.Context(), archiveOptions(dir, now))
		if err != nil || len(skipped) != c.skipped {
			t.Fatalf("%v, %v", skipped, err)
		}
		kept, err := File{Path: plain + ".zst", files: atomicfile.OS{}}.content()
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close()
		text := make([]byte, len(c.archived))
		if _, err := kept.Read(text); string(text) != c.archived {
			t.Errorf("%s, %v", text, err)
		}
		if _, err := os.Stat(plain); (err == nil) != (c.skipped == 1) {
			t.Errorf("the plain file: %v", err)
		}
	}
}
