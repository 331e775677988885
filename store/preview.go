package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// Preview is a temporary database in which the deliveries of an import are loaded before they are added to the spool: the SQL that will
// read them validates them, and shows what would come of them.
type Preview struct {
	store    *Store
	dir      string
	isRow    func(line int64) bool
	rejected map[int64]Rejection
	attached bool
	known    Options // of the database or the lake with the calls that are known
}

// OpenPreview opens an empty database in options.TempDir. The calls that are known are those of the lake of the options or, without one, of the
// database at options.Path, which may be missing; a published copy if options.Immutable is set.
func OpenPreview(ctx context.Context, options Options) (*Preview, error) {
	if err := os.MkdirAll(options.TempDir, 0o700); err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	dir, err := os.MkdirTemp(options.TempDir, "import-")
	if err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	p := &Preview{dir: dir, known: options, rejected: map[int64]Rejection{}}
	options.Path, options.Lake, options.Immutable, options.UserQueries, options.loadsOnly = filepath.Join(dir, "calls.duckdb"), nil, false, nil, true
	if p.store, err = open(ctx, options); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p.store.validate = p.validate
	return p, nil
}

// Rejection is why a line cannot be read.
type Rejection struct {
	Reason  string
	Field   string // of the vendor, if it is only one
	Rounded bool   // a spreadsheet or a program has rounded the id
}

// Close removes the database.
func (p *Preview) Close() error {
	return errors.Join(p.store.conn.Close(), p.store.db.Close(), os.RemoveAll(p.dir))
}

// Direction returns incoming, outgoing or unknown for the word of a source.
func (p *Preview) Direction(ctx context.Context, source, word string) (string, error) {
	return direction(ctx, p.store.conn, source, word)
}

// Direction returns incoming, outgoing or unknown for the word of a source.
func (r *Reader) Direction(ctx context.Context, source, word string) (string, error) {
	conn := <-r.free
	defer func() { r.free <- conn }()
	return direction(ctx, conn, source, word)
}

func direction(ctx context.Context, conn *sql.Conn, source, word string) (direction string, err error) {
	err = conn.QueryRowContext(ctx, queries.SQL("import/direction"), sql.Named("source", source), sql.Named("word", word)).Scan(&direction)
	if err != nil {
		return "", fmt.Errorf("import/direction: %w", err)
	}
	return direction, nil
}

// Load loads a file of lines, and returns those that cannot be read, with the reasons, by their numbers. isRow reports whether a line
// is a row of an export; others were received by a collector, and are only rejected if no load could read them.
func (p *Preview) Load(ctx context.Context, file spool.File, source string, isRow func(line int64) bool, progress Progress) (map[int64]Rejection, error) {
	p.isRow = isRow
	reader := p.store.newLineReader([]position{{file: file}}, LoadOptions{DefaultSource: source, Progress: progress})
	reader.keepPositions = true
	defer reader.close()
	limit := evenBatchSize(reader.total, batchBytes)
	var summary Summary
	for !reader.done() {
		before := reader.checkpoint()
		sent, err := p.store.loadBatch(ctx, reader, limit, noLineLimit, &summary)
		if isRefusal(err) {
			reader.rewind(before)
			err = p.store.loadRefused(ctx, reader, sent, err, &summary)
		}
		if err != nil {
			return nil, fmt.Errorf("trying the import: %w", err)
		}
	}
	for _, problem := range reader.problems {
		return nil, errors.New(problem)
	}
	return p.rejected, nil
}

// validate removes the lines that cannot be read from `staged`.
func (p *Preview) validate(ctx context.Context) error {
	rows, err := p.store.conn.QueryContext(ctx, queries.SQL("import/rejects"))
	if err != nil {
		return fmt.Errorf("import/rejects: %w", err)
	}
	defer rows.Close()
	var lines []int64
	for rows.Next() {
		var line int64
		var rejection Rejection
		var field sql.NullString
		if err := rows.Scan(&line, &rejection.Reason, &field); err != nil {
			return err
		}
		if p.isRow(line) {
			rejection.Field, rejection.Rounded = field.String, strings.HasSuffix(rejection.Reason, roundedReason)
			p.rejected[line] = rejection
			lines = append(lines, line)
		}
	}
	if err := rows.Err(); err != nil || len(lines) == 0 {
		return err
	}
	_, err = p.store.conn.ExecContext(ctx, "delete from staged where line in (select unnest(?::bigint[]))", lines)
	return err
}

// RoundedIDs returns how it shows that a spreadsheet has rounded the ids of calls, "" if it does not.
func (p *Preview) RoundedIDs(ctx context.Context) (sign string, err error) {
	for _, line := range slices.Sorted(maps.Keys(p.rejected)) {
		if rejection := p.rejected[line]; rejection.Rounded {
			return strings.TrimSuffix(strings.TrimPrefix(rejection.Reason, "the CallSid "), roundedReason), nil
		}
	}
	err = p.store.conn.QueryRowContext(ctx, queries.SQL("import/rounded_ids")).Scan(&sign)
	if errors.Is(err, sql.ErrNoRows) {
		attached, attachErr := p.attach(ctx)
		if attachErr != nil {
			return "", attachErr
		}
		if !attached {
			return "", nil
		}
		err = p.store.conn.QueryRowContext(ctx, queries.SQL("import/rounded_known_ids")).Scan(&sign)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return sign, err
}

// attach attaches the database or the lake with the calls that are known, and reports whether there is one.
func (p *Preview) attach(ctx context.Context) (bool, error) {
	if p.attached {
		return true, nil
	}
	if lake := p.known.Lake; lake != nil {
		statements, err := lake.attach(ctx, reading, "known")
		if err != nil {
			return false, err
		}
		for _, statement := range statements {
			if _, err := p.store.conn.ExecContext(ctx, statement); err != nil {
				return false, lake.explain(err)
			}
		}
		p.attached = true
		return true, nil
	}
	if !exists(p.known.Path) {
		return false, nil
	}
	file, err := p.known.file()
	if err != nil {
		return false, err
	}
	err = waitForFile(ctx, func() error {
		_, err := p.store.conn.ExecContext(ctx, "attach "+quote(file)+" as known (read_only)")
		return err
	})
	if err != nil {
		return false, explainRead(explainOpen(p.known.Path, err))
	}
	p.attached = true
	return true, nil
}
