package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

func (o Options) explainOpen(err error) error {
	if o.Lake != nil {
		return o.Lake.explain(err)
	}
	return explainOpen(o.Path, err)
}

// explainOpen rewrites DuckDB's error for a locked or missing file, with a hint.
func explainOpen(path string, err error) error {
	text := err.Error()
	switch {
	case isInUse(err):
		holder := "another process"
		if _, after, ok := strings.Cut(text, "(PID "); ok {
			holder, _, _ = strings.Cut(after, ")")
			holder = "process " + holder
		}
		return fmt.Errorf("database %s is in use by %s\nhint: wait for it, or close the program that has the file open; readers should open the published copy", path, holder)
	case strings.Contains(text, "Trying to read a database file with version number"):
		return rewordedError{fmt.Sprintf("database %s was made by a newer DuckDB than the %s of this callsheet\nhint: update callsheet", path, DuckDBVersion()), err}
	case strings.Contains(text, "database does not exist"), errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("database %s does not exist\nhint: run callsheet load first", path)
	}
	if errors.Is(err, fs.ErrPermission) || strings.Contains(text, "Permission denied") {
		return fmt.Errorf("no permission to read %s: %w\nhint: it must belong to the user that runs callsheet; others may read the published copy, if store.published_mode and store.published_group let them", path, err)
	}
	return fmt.Errorf("opening database %s: %w", path, err)
}

// explainRead adds a hint to an error of reading a damaged published copy.
func explainRead(err error) error {
	if isDamage(err) {
		return errDamagedCopy(err)
	}
	return err
}

// IsDamaged reports whether an error means that the database file is corrupt. DuckDB has no error code for that, so its messages are
// matched.
func IsDamaged(err error, path string) bool {
	return isDamage(err) && (strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "Corrupt database file"))
}

func isDamage(err error) bool {
	if err == nil {
		return false
	}
	for _, words := range []string{"Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes from file",
		"Failure while replaying WAL file"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}
