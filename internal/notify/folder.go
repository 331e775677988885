package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/text/unicode/norm"

	"callsheet/internal/atomicfile"
	"callsheet/internal/lazyregexp"
)

// Folder is a channel to a local or mounted folder.
type Folder struct {
	Dir  string
	Name string // pattern of the file name, which may contain folders; the default when empty
	Keep int    // number of files kept of a report and part, those of the newest periods; 0 keeps all
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

// Send copies the workbook into the folder. The copy appears atomically, unless the folder is on a share that cannot rename, and replaces
// a file of the same name.
func (f Folder) Send(_ context.Context, message Message, _ string) (string, error) {
	if message.File == "" {
		return "", nil
	}
	to := f.path(message)
	refused, err := copyFile(message.File, to)
	if err != nil {
		return "", err
	}
	if f.Keep > 0 {
		if err := f.removeOld(to, message); err != nil {
			refused = strings.TrimPrefix(refused+"; "+err.Error(), "; ")
		}
	}
	if refused != "" {
		return to, warning(errors.New(refused))
	}
	return to, nil
}

// copyFile copies a workbook to a path, whose folder it creates. refused is what the folder's file system cannot do.
func copyFile(from, to string) (refused string, err error) {
	if err := atomicfile.MkdirReadable(filepath.Dir(to)); err != nil {
		return "", writeHint(err)
	}
	source, err := os.Open(from)
	if err != nil {
		return "", permanent(err)
	}
	defer source.Close()
	refused, err = atomicfile.WriteShared(atomicfile.OS{}, to, func(w io.Writer) error {
		_, err := io.Copy(w, source)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", to, writeHint(err))
	}
	return refused, nil
}

// writeHints say what to do about an error of a file system.
var writeHints = map[syscall.Errno]string{
	syscall.ENOSPC: "free space there",
	syscall.EDQUOT: "the quota of the folder or of the account is used up",
	syscall.EROFS:  "it is mounted read-only",
	syscall.ESTALE: "the server no longer knows the folder; mount it again",
	syscall.EIO:    "the disk or the server of the share failed; its log says why",
	syscall.EACCES: "the account that runs callsheet needs permission to create and to replace files there; a file that is open elsewhere may be locked",
	syscall.EPERM:  "the account that runs callsheet needs permission to create and to replace files there; a file that is open elsewhere may be locked",
	syscall.EBUSY:  "the file may be open in another program",
}

// writeHint appends what to do about an error of a file system.
func writeHint(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) && writeHints[errno] != "" {
		return fmt.Errorf("%w\nhint: %s", err, writeHints[errno])
	}
	return err
}

var digit = lazyregexp.New(`[0-9]`)

// removeOld removes all but the files of the newest periods that this channel wrote beside the one that was just written, which stays, for
// the same report and part, and for a period of the same kind: a pattern of all kinds would take a part that begins with digits for the
// end of a period.
func (f Folder) removeOld(written string, message Message) error {
	const mark = "\x00" // placeholder for the period
	anyPeriod := message.inNames()
	anyPeriod.Period = mark
	literal := path.Base(anyPeriod.expandName(f.Name))
	sameKind := digit().ReplaceAllString(regexp.QuoteMeta(SafeName(message.Period)), "[0-9]")
	pattern, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(literal), mark, sameKind) + "$")
	if err != nil {
		return err
	}
	dir := filepath.Dir(written)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && pattern.MatchString(norm.NFC.String(entry.Name())) {
			names = append(names, entry.Name())
		}
	}
	// They differ only in the digits of the period, so their order is that of the periods. That of their times is not: an older period may be
	// delivered later.
	slices.Sort(names)
	for _, old := range names[:max(0, len(names)-f.Keep)] {
		if norm.NFC.String(old) == norm.NFC.String(filepath.Base(written)) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, old)); err != nil {
			return fmt.Errorf("keeping the last %d: %w", f.Keep, err)
		}
	}
	return nil
}
