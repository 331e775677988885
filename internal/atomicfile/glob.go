package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Glob returns the paths of the files below a folder that match a pattern, sorted. Unlike those of filepath.Glob, the names of the folder and of its
// parents are no pattern: they may have a [ or a *. A malformed pattern matches nothing.
func Glob(dir, pattern string) (paths []string) {
	names, _ := fs.Glob(os.DirFS(dir), pattern)
	for _, name := range names {
		paths = append(paths, filepath.Join(dir, filepath.FromSlash(name)))
	}
	return paths
}
