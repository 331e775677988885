package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"callsheet/internal/spool"
)

// pending returns the spool files that may have new lines, each with the position to read from, and adds to problems. If deferCopies
// is set, only the first of several new files with the same first lines is returned, and none that begins as one that a load has begun to read;
// deferred counts the others.
func (s *Store) pending(ctx context.Context, dir string, files []spool.File, deferCopies bool, known map[string]position, problems problems, summary *Summary) (pending []position, deferred int, err error) {
	undone, err := spool.Undone(dir, files)
	if err != nil {
		return nil, 0, err
	}
	problems.addMissing(known, files, undone)
	summary.setUndone(known, undone)
	if err := s.mergeMissing(ctx, known, problems); err != nil {
		return nil, 0, err
	}
	loaded, firsts, begun := newLoadedContents(known, files), newFiles{}, newBegunFiles(known, files)
	for _, file := range files {
		if !isPrintableName(file.Name) {
			problems[strconv.Quote(file.Name)] = fmt.Sprintf("%q has a name with control characters or invalid UTF-8; nothing was read from it; rename it", file.Name)
			continue
		}
		at, seen := known[file.Name]
		if seen && at.changed {
			problems.addChanged(file.Name)
		}
		if seen && at.isUnchanged(file) {
			continue
		}
		isNew := at.lines == 0 && !at.changed
		if isNew {
			if deferCopies && begun.share(file) {
				deferred++
				continue
			}
			var first *uint64
			if at, first, err = s.startNew(ctx, file, loaded, problems, summary); err != nil {
				return nil, 0, err
			}
			if first != nil && deferCopies && firsts.repeats(*first, file) {
				deferred++
				continue
			}
		}
		isUnfinished := at.changed && at.diskBytes == 0
		at.beginReading(file)
		if !isNew {
			var ok bool
			if at, ok, err = s.resume(ctx, at, problems); err != nil {
				return nil, 0, err
			}
			if !ok {
				continue
			}
			at.reread = at.reread || isUnfinished
		}
		pending = append(pending, at)
	}
	return pending, deferred, nil
}

// begunFiles are files that a load has begun to read, and not read to their end.
type begunFiles []spool.File

func newBegunFiles(known map[string]position, files []spool.File) (begun begunFiles) {
	for _, file := range files {
		if at := known[file.Name]; at.lines > 0 && at.diskBytes == 0 && !at.changed {
			begun = append(begun, file)
		}
	}
	return begun
}

// share reports whether a file and one of these have the same lines, as far as the shorter one goes.
func (b begunFiles) share(file spool.File) bool {
	return slices.ContainsFunc(b, func(other spool.File) bool {
		shared, err := sharePrefix(other, file)
		return err == nil && shared
	})
}

// newFiles are files that have not been loaded, by the hash of the first line.
type newFiles map[uint64]spool.File

// repeats reports whether a file and an earlier one with the same first line have the same lines, as far as the shorter one goes. If not,
// it adds the file.
func (n newFiles) repeats(first uint64, file spool.File) bool {
	if other, found := n[first]; found {
		if shared, err := sharePrefix(other, file); err == nil && shared {
			return true
		}
	}
	n[first] = file
	return false
}

// startNew returns the position from which a file is read that has not been loaded: after the content of a loaded file that it begins
// with. A loaded file that is missing from the spool was renamed to it; of another, its lines are copies. Without such a loaded file,
// first is the hash of the file's first line, nil if it has none.
func (s *Store) startNew(ctx context.Context, file spool.File, loaded loadedContents, problems problems, summary *Summary) (at position, first *uint64, err error) {
	end, original, first, err := loaded.longestPrefix(file)
	switch {
	case err != nil: // the load reports the same error
		return position{}, nil, nil
	case original == "":
		return position{}, first, nil
	case !loaded.missing[original]:
		summary.Copies += end.lines
		return end, nil, nil
	}
	if err := s.renameFile(ctx, original, file.Name); err != nil {
		return position{}, nil, err
	}
	delete(loaded.missing, original)
	delete(problems, original)
	return end, nil, nil
}

// resume returns the position from which a file is read that was loaded before, once its loaded part is verified; ok is false if nothing is
// read from it, for a reason that it adds to problems.
func (s *Store) resume(ctx context.Context, at position, problems problems) (_ position, ok bool, err error) {
	rejected, err := s.rejected(ctx, at.file.Name)
	if err != nil {
		return at, false, err
	}
	end, err := at.verify(rejected)
	switch change := new(changedError); {
	case errors.As(err, change):
		at, err = at.restart(*change, problems)
		return at, err == nil && at.reread, nil
	case err != nil:
		problems[at.file.Name] = fmt.Sprintf("%s: %v", at.file.Name, err)
		return at, false, nil
	}
	at.bytes = end
	return at, true, nil
}
