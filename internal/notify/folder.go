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

// Folder is a channel to a local or mounted folder.
type Folder struct {
	Dir  string
	Name string // pattern of the file name, which may contain folders; the default when empty
	Keep int    // number of newest files kept of a report and part; 0 keeps all
}

// Recipients returns the folder.
func (f Folder) Recipients(context.Context, string) ([]string, error) {
	return []string{filepath.Join(f.Dir, f.Name)}, nil
}

// Key returns the folder.
func (f Folder) Key(recipient string) string { return recipient }

// Settings returns what decides where the file is and how many are kept.
func (f Folder) Settings() []any { return []any{"folder", f.Dir, f.Name, f.Keep} }

// Idempotent returns true: a file of the same name is replaced.
func (f Folder) Idempotent() bool { return true }

// Send copies the workbook into the folder. The copy appears atomically and replaces a file of the same name.
func (f Folder) Send(_ context.Context, message Message, _ string) (string, error) {
	if message.File == "" {
		return "", nil
	}
	to := filepath.Join(f.Dir, filepath.FromSlash(message.fileName(f.Name)))
	in := filepath.Dir(to)
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

// periodPattern matches Message.Period: a day, a week, a month or a range of days.
const periodPattern = `[0-9]{4}-[0-9W-]{2,}(_[0-9-]+)?`

// removeOld removes all but the newest files that this channel wrote to dir for the same report and part.
func (f Folder) removeOld(dir string, message Message) error {
	const mark = "\x00" // placeholder for the period
	anyPeriod := message
	anyPeriod.Period = mark
	literal := anyPeriod.expand(path.Base(message.namePattern(f.Name)), func(text string) string {
		if text == mark {
			return mark
		}
		return SafeName(text)
	})
	pattern, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(literal), mark, periodPattern) + "$")
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var files []os.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && pattern.MatchString(entry.Name()) {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, old := range files[min(f.Keep, len(files)):] {
		if err := os.Remove(filepath.Join(dir, old.Name())); err != nil {
			return fmt.Errorf("keeping the last %d: %w", f.Keep, err)
		}
	}
	return nil
}
