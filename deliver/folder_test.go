package deliver

import (
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolderReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "daily.xlsx"), filepath.Join(dir, "out", "reports")
	for _, text := range []string{"first", "second"} {
		write(t, file, text)
		path, err := Folder(file, folder)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if info, err := os.Stat(filepath.Join(folder, "daily.xlsx")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("others cannot read it: %v, %v", info.Mode(), err)
	}
}

func TestFolderThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "daily.xlsx")
	write(t, file, "text")
	// A folder in the file's place makes the rename fail.
	if err := os.MkdirAll(filepath.Join(dir, "out", "daily.xlsx", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if path, err := Folder(file, filepath.Join(dir, "out")); err == nil {
		t.Fatalf("delivered to %s", path)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "out")); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := Folder(filepath.Join(dir, "missing.xlsx"), dir); err == nil {
		t.Error("a missing file was delivered")
	}
}
