package notify

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"callsheet/internal/atomicfile"
)

// Folder is a folder on this machine or mounted on it.
type Folder struct {
	Dir  string
	Name string // pattern of the file's name, which may have folders; the usual one when empty
	Keep int    // so many of a report and part are kept, the newest; all when 0
}

// Recipients is the folder alone.
func (f Folder) Recipients(context.Context, string) ([]string, error) {
	return []string{filepath.Join(f.Dir, f.Name)}, nil
}

// Idempotent is true: a copy of the same name is replaced.
func (f Folder) Idempotent() bool { return true }

// Send copies the workbook into the folder. The copy appears whole or not at all; one of the same name is replaced.
func (f Folder) Send(_ context.Context, message Message, _ string) (string, error) {
	if message.File == "" {
		return "", nil
	}
	to := filepath.Join(f.Dir, filepath.FromSlash(message.fileName(f.Name)))
	in := filepath.Dir(to) // a name may have folders of its own
	if err := atomicfile.MkdirReadable(in); err != nil {
		return "", err
	}
	source, err := os.Open(message.File)
	if err != nil {
		return "", permanent(err)
	}
	defer source.Close()
	err = atomicfile.WriteReadable(to, func(w io.Writer) error {
		_, err := io.Copy(w, source)
		return err
	})
	if err == nil && f.Keep > 0 {
		err = f.removeOld(in, message)
	}
	if err != nil {
		return "", err
	}
	return to, nil
}

// periodPattern are the names that a period can have, of a day, a week, a month or a span.
const periodPattern = `[0-9]{4}-[0-9W-]{2,}(_[0-9-]+)?`

// removeOld removes all but the newest files that this way has put here for the same report and part.
func (f Folder) removeOld(in string, message Message) error {
	const mark = "\x00"
	parts := message
	parts.Period = mark
	literal := parts.expand(path.Base(message.namePattern(f.Name)), func(text string) string {
		if text == mark {
			return mark
		}
		return SafeName(text)
	})
	ours, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(literal), mark, periodPattern) + "$")
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(in)
	if err != nil {
		return err
	}
	var files []os.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && ours.MatchString(entry.Name()) {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, old := range files[min(f.Keep, len(files)):] {
		if err := os.Remove(filepath.Join(in, old.Name())); err != nil {
			return fmt.Errorf("keeping the last %d: %w", f.Keep, err)
		}
	}
	return nil
}
