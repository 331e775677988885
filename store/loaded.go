package store

import (
	"context"
	"errors"
	"io"

	"callsheet/internal/spool"
)

// Loaded has the loaded position of each spool file, by name, as of a published copy.
type Loaded map[string]position

// Loaded reads the loaded positions from the database.
func (r *Reader) Loaded(ctx context.Context) (Loaded, error) { return positions(ctx, r.all[0]) }

var errContentDiffers = errors.New("content differs from what was loaded")

// Compare returns nil if a file has exactly the loaded lines, and spool.ErrNotLoaded if it has more.
func (l Loaded) Compare(file spool.File) error {
	at, known := l[file.Name]
	if !known {
		return spool.ErrNotLoaded
	}
	lines, err := file.Open(0)
	if err != nil {
		return err
	}
	defer lines.Close()
	var now position
	for now.lines < at.lines {
		if _, _, err := now.readLine(lines); errors.Is(err, io.EOF) {
			return errContentDiffers
		} else if err != nil {
			return err
		}
	}
	if now.linesHash != at.linesHash {
		return errContentDiffers
	}
	if _, err := lines.Next(); err != io.EOF {
		return errors.Join(spool.ErrNotLoaded, err)
	}
	return nil
}
