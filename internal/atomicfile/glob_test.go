package atomicfile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestGlobTakesFoldersOfAnyName: only the pattern is one.
func TestGlobTakesFoldersOfAnyName(t *testing.T) {
	for _, name := range []string{"plain", "a[1]", "what*", `back\slash`} {
		dir := filepath.Join(t.TempDir(), name)
		var want []string
		for _, file := range []string{".x.partial", "b/one.json", "c/two.json", "c/two.txt"} {
			path := filepath.Join(dir, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			want = append(want, path)
		}
		if got := Glob(dir, "*/*.json"); !slices.Equal(got, want[1:3]) {
			t.Errorf("%s: got %q", name, got)
		}
		if got := Glob(dir, ".*.partial"); !slices.Equal(got, want[:1]) {
			t.Errorf("%s: got %q", name, got)
		}
		if got := Glob(filepath.Join(dir, "missing"), "*"); got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
