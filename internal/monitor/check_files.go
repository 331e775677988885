package monitor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/pipeline"
)

// checkFiles opens what is in data_dir as the service does: one command that ran as another user can leave files that it cannot open.
func checkFiles(c *config.Config, now time.Time) error {
	today := now.In(c.Zone()).Format(time.DateOnly) + ".ndjson" // which the collector appends to
	var errs []error
	for _, path := range append(pipeline.PrivatePaths(c), c.Data("published"), c.Data("reports")) {
		name := filepath.Base(path)
		isDelivered := filepath.Dir(path) == c.SpoolDir() && !strings.HasPrefix(name, ".") && name != today
		info, err := os.Stat(path)
		switch {
		case err != nil: // removed in the meantime, or never needed
		case info.IsDir():
			err = checkWritable(path)
		case !info.Mode().IsRegular() || path == c.Database(): // a check of its own
		case isDelivered:
			err = checkReadable(path)
		default:
			err = checkOpens(path)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	const listed = 10
	if more := len(errs) - listed; more > 0 {
		errs = append(errs[:listed], fmt.Errorf("and %d more", more))
	}
	return withOwnerHint(errors.Join(errs...))
}

// withOwnerHint says what to do about files that cannot be opened.
func withOwnerHint(err error) error {
	if errors.Is(err, syscall.EROFS) {
		return withWriteHint(err)
	}
	return fmt.Errorf("%w\nhint: what is in data_dir must belong to the user that runs callsheet", err)
}

// withWriteHint says what to do about a file system that cannot be written.
func withWriteHint(err error) error {
	if errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w\nhint: the file system is mounted read-only; mount it for writing", err)
	}
	return err
}

// checkReadable opens a file for reading.
func checkReadable(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("not readable: %w", err)
	}
	return file.Close()
}

// checkOpens opens an existing file for writing, without changing it.
func checkOpens(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("not writable: %w", err)
	}
	return file.Close()
}

// checkWritable creates a file in a folder, or in the folder where it would be created.
func checkWritable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is not a folder", dir)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return err
		}
		dir = filepath.Dir(dir)
	}
	file, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return fmt.Errorf("not writable: %w", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
