package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"callsheet/internal/spool"
)

// pending returns the spool files that may have new lines, each with the position to read from, and adds to problems. If deferCopies
// is set, only the first of several new files with the same first lines is returned; deferred counts the others.
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
	loaded := newLoadedContents(known, files)
	newFiles := map[uint64]spool.File{} // by the hash of the first line
	for _, file := range files {
		if !isPrintableName(file.Name) {
			problems[strconv.Quote(file.Name)] = fmt.Sprintf("%q has a name with control characters or invalid UTF-8; nothing was read from it; rename it", file.Name)
			continue
		}
		at, seen := known[file.Name]
		if !seen {
			end, original, first, err := loaded.longestPrefix(file)
			switch {
			case err != nil: // the load reports the same error
			case original != "":
				at = end
				if loaded.missing[original] {
					if err := s.renameFile(ctx, original, file.Name); err != nil {
						return nil, 0, err
					}
					delete(loaded.missing, original)
					delete(problems, original)
				} else {
					summary.Copies += end.lines
				}
			case first != nil && deferCopies:
				if other, found := newFiles[*first]; found {
					if shared, err := sharePrefix(other, file); err == nil && shared {
						deferred++
						continue
					}
				}
				newFiles[*first] = file
			}
		}
		if seen && at.changed {
			problems[file.Name] = at.problem
		}
		if seen && at.isUnchanged(file) {
			continue
		}
		at.file, at.diskBytes, at.modifiedAt = file, file.Durable, file.ModTime
		if seen {
			rejected, err := s.rejected(ctx, file.Name)
			if err != nil {
				return nil, 0, err
			}
			end, err := at.verify(rejected)
			switch change := new(changedError); {
			case errors.As(err, change):
				if at, err = at.restart(*change, problems); err != nil || !at.reread {
					continue
				}
			case err != nil:
				problems[file.Name] = fmt.Sprintf("%s: %v", file.Name, err)
				continue
			default:
				at.bytes = end
			}
		}
		pending = append(pending, at)
	}
	return pending, deferred, nil
}
