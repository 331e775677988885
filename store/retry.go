package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"callsheet/internal/spool"
)

// retryRejects reads the rejected lines of each file again, in one transaction: they may have been corrected in the spool.
func (s *Store) retryRejects(ctx context.Context, files []spool.File, options LoadOptions, summary *Summary) error {
	known, err := positions(ctx, s.conn)
	if err != nil {
		return err
	}
	rejects, err := s.countRejects(ctx)
	if err != nil {
		return err
	}
	var retries []position
	for _, name := range slices.Sorted(maps.Keys(known)) {
		rejected, err := s.rejected(ctx, name)
		if err != nil {
			return err
		}
		if len(rejected) == 0 {
			continue
		}
		i := slices.IndexFunc(files, func(f spool.File) bool { return f.Name == name })
		if i < 0 {
			summary.Warnings = append(summary.Warnings, fmt.Sprintf("%s is no longer in the spool; its rejected lines are kept", name))
			continue
		}
		at := known[name]
		at.file = files[i]
		end, err := at.verify(rejected)
		if err != nil {
			continue // loadPending reports the file
		}
		retries = append(retries, position{
			file: at.file, diskBytes: at.diskBytes, modifiedAt: at.modifiedAt, changed: at.changed, onlyRejected: rejected, rejectedEnd: end,
		})
	}
	reader := s.newLineReader(retries, options)
	defer reader.close()
	for !reader.done() {
		_, err := s.loadBatch(ctx, reader, noByteLimit, noLineLimit, summary)
		if isRefusal(err) { // the transaction was rolled back
			summary.Warnings = append(summary.Warnings, fmt.Sprintf("rejected lines cannot be read again: %v", err))
			return nil
		}
		if err != nil {
			return err
		}
	}
	summary.Warnings = append(summary.Warnings, reader.problems.list()...)
	after, err := s.countRejects(ctx)
	summary.Retried = rejects - after
	return err
}

func (s *Store) countRejects(ctx context.Context) (count int64, err error) {
	err = s.conn.QueryRowContext(ctx, "select count(*) from rejects where loader is not distinct from getvariable('loader')").Scan(&count)
	return count, err
}
