package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A lake and a database file have the same tables, so a copy of one into the other is an insert for each table. Only the column loader differs: in a
// file, it is NULL in the rows of the machine's own loader.
//
// A file is filled beside its place in one transaction, which sees one state of the lake, and renamed when it is complete. A lake is filled in many
// transactions. Each stores how many portions are copied, in the fingerprint of the settings, which keeps everybody else from opening the lake.

// copying begins the stored fingerprint of a lake into which a database file is being copied. What follows identifies the file and has the number of
// the portions that are copied.
const copying = incomplete + "copy "

func errCopying(lake string) error {
	return fmt.Errorf("a database file is being copied into the lake %s\nhint: wait for callsheet migrate --to-lake, or run it again if it was interrupted", lake)
}

// besideName is the name in SQL of the database file that is copied.
const besideName = "copied"

// copiedRows is about how many rows a transaction copies into a lake, which sorts them: 1,000,000 live events need more than the 500 MB that DuckDB may
// use by default. Tests lower it.
var copiedRows int64 = 250_000

// Copied is what was copied, and found equal in both places.
type Copied struct {
	Calls int64
	Days  int64 // with calls
	Rows  int64 // of all tables that were compared
}

// CopyToLake copies the database file at path into a lake, which is created if there is none. The rows become those of the loader options.Lake.Loader,
// which then goes on where the file is. If it is interrupted, the next call goes on, or begins again if the file has changed meanwhile. A file with
// other settings than the options or of another version is refused, and a lake that has other data. progress may be nil; it is called with the numbers
// of portions.
func CopyToLake(ctx context.Context, options Options, path string, progress func(done, total int)) (Copied, error) {
	copied, err := copyToLake(ctx, options, path, progress)
	if err != nil {
		err = fmt.Errorf("copying %s into the lake: %w", path, err)
	}
	return copied, err
}

func copyToLake(ctx context.Context, options Options, path string, progress func(done, total int)) (copied Copied, err error) {
	file := options
	file.Path, file.Lake = path, nil
	const hint = "\nhint: run callsheet load without store.lake in the configuration, then callsheet migrate --to-lake with it"
	if err := checkSource(ctx, file, hint); err != nil {
		return copied, err
	}
	release, err := lockFile(ctx, file)
	if err != nil {
		return copied, err
	}
	defer release()
	options.beside = attachFile(path)
	s, err := createLake(ctx, options)
	if err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.withLoadLock(ctx, func() error {
		if err := s.ensureTables(ctx); err != nil {
			return err
		}
		return s.addStatistics(ctx)
	})
	if err != nil {
		return copied, err
	}
	tables, err := copiedTables(ctx, s.conn, besideName)
	if err != nil {
		return copied, err
	}
	hasData, err := s.copyPortions(ctx, path, tables, progress)
	if err != nil {
		return copied, err
	}
	from, err := contentOf(ctx, s.conn, besideName, tables, "true")
	if err != nil {
		return copied, err
	}
	to, err := contentOf(ctx, s.conn, lakeName, tables, "true")
	if err != nil {
		return copied, err
	}
	differing := from.differing(to)
	switch {
	case differing != "" && hasData:
		return copied, fmt.Errorf("the lake has other data: %s differ\nhint: copy into an empty lake: another store.lake.catalog and store.lake.data", differing)
	case differing != "":
		return copied, errors.Join(fmt.Errorf("the copy has other data than the file: %s differ\nhint: run callsheet migrate --to-lake again, which begins again", differing),
			s.copyPortion(ctx, nil, copying))
	case !hasData:
		err = s.inTransaction(ctx, func(tx *sql.Tx) error { return copySettingsRow(ctx, tx, "fingerprint") })
	}
	return from.copied(), err
}

// attachFile attaches a database file that is read.
func attachFile(path string) attachment {
	return attachment{statements: []string{"attach if not exists " + quote(path) + " as " + besideName + " (read_only)"}}
}

// checkSource returns an error for a database file that a load would change first.
func checkSource(ctx context.Context, file Options, hint string) error {
	if exists(file.Path + ".wal") {
		return fmt.Errorf("a load was interrupted%s", hint)
	}
	reader, err := OpenReader(ctx, file)
	if err != nil {
		return err
	}
	defer reader.Close()
	want, err := file.Settings.fingerprint()
	if err != nil {
		return err
	}
	var stored, macros string
	if err := reader.all[0].QueryRowContext(ctx, "select fingerprint, macros_fingerprint from settings").Scan(&stored, &macros); err != nil {
		return err
	}
	if stored != want || macros != file.macrosFingerprint() {
		return fmt.Errorf("database %s was last loaded with other settings, or by another version of callsheet%s", file.Path, hint)
	}
	return nil
}

// copyPortions copies a file into an empty lake, or resumes an interrupted copy. If the lake has other data, it copies nothing and returns hasData.
func (s *Store) copyPortions(ctx context.Context, path string, tables []copiedTable, progress func(done, total int)) (hasData bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	portions, err := filePortions(ctx, s.conn, tables)
	if err != nil {
		return false, err
	}
	state := copying + hashed(fmt.Sprint(versionOf(info), portions)) + " "
	err = s.conn.QueryRowContext(ctx, "select coalesce(max(fingerprint), '') from "+lakeName+".main.settings").Scan(&s.fingerprint)
	if err != nil {
		return false, err
	}
	next, resumed := 0, false
	if done, found := strings.CutPrefix(s.fingerprint, state); found {
		next, err = strconv.Atoi(done)
		resumed = err == nil
	}
	if !resumed {
		if hasData, err = s.beginCopy(ctx, tables, state+"0"); err != nil || hasData {
			return hasData, err
		}
	}
	for ; next < len(portions); next++ {
		if progress != nil {
			progress(next, len(portions))
		}
		if err := s.copyPortion(ctx, portions[next], state+strconv.Itoa(next+1)); err != nil {
			return false, err
		}
	}
	if progress != nil {
		progress(next, len(portions))
	}
	return false, nil
}

// beginCopy removes what an interrupted copy and the settings have put into the lake, and stores the state of a copy. It does nothing if the lake has
// other data.
func (s *Store) beginCopy(ctx context.Context, tables []copiedTable, state string) (hasData bool, err error) {
	interrupted := strings.HasPrefix(s.fingerprint, copying)
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, table := range tables {
			if hasData || interrupted || table.IsSettings {
				continue
			}
			if err := tx.QueryRowContext(ctx, fmt.Sprintf("select exists (from %s.main.%s)", lakeName, table.Name)).Scan(&hasData); err != nil {
				return err
			}
		}
		if hasData {
			return nil
		}
		for _, table := range tables {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("delete from %s.main.%s", lakeName, table.Name)); err != nil {
				return err
			}
		}
		return copySettingsRow(ctx, tx, quote(state))
	})
	if err == nil && !hasData {
		s.fingerprint = state
	}
	return hasData, err
}

// copyPortion copies some rows of the file into the lake in a transaction, and stores the state with which the copy goes on.
func (s *Store) copyPortion(ctx context.Context, portion []rowRange, state string) error {
	err := s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, rows := range portion {
			where := fmt.Sprintf("rowid >= %d and rowid < %d", rows.First, rows.End)
			if err := copyRows(ctx, tx, besideName, lakeName, rows.Table, where); err != nil {
				return err
			}
		}
		return copySettingsRow(ctx, tx, quote(state))
	})
	if err == nil {
		s.fingerprint = state
	}
	return err
}

// copySettingsRow gives the lake the settings of the file, with a fingerprint. The row is deleted and inserted, since DuckLake 1.0 gives a row that is
// updated in the transaction that inserted it a rowid of another one.
func copySettingsRow(ctx context.Context, tx *sql.Tx, fingerprint string) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`
		delete from %s.main.settings;
		insert into %[1]s.main.settings by name select * replace (%s as fingerprint) from %s.main.settings`, lakeName, fingerprint, besideName))
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// CopyToFile writes a database file with all data of a lake, as it is when the copy begins. The rows of the loader options.Lake.Loader become those of
// the file's loader, which then goes on where that one is. A file that exists is refused. ready is called before the file appears, which it does not
// after an error.
func CopyToFile(ctx context.Context, options Options, path string, ready func() error) (Copied, error) {
	copied, err := copyToFile(ctx, options, path, ready)
	if err != nil {
		err = fmt.Errorf("copying the lake to %s: %w", path, err)
	}
	return copied, err
}

func copyToFile(ctx context.Context, options Options, path string, ready func() error) (copied Copied, err error) {
	if exists(path) {
		return copied, errors.New("the file exists\nhint: move it away first")
	}
	beside, err := options.Lake.beside(ctx, options)
	if err != nil {
		return copied, err
	}
	options.Path, options.beside = path, beside
	err = makeTemplate(ctx, options, func(file *Store) error {
		copied, err = file.copyFrom(ctx, lakeName)
		return err
	}, func(filled string) error {
		if err := ready(); err != nil {
			return err
		}
		return Replace(path, filled)
	})
	return copied, err
}

// beside returns how the lake is attached beside a file that is written. It must have the settings and the version of the options.
func (l Lake) beside(ctx context.Context, options Options) (attachment, error) {
	lake, err := openLake(ctx, options)
	if err != nil {
		return attachment{}, err
	}
	if err := lake.Close(); err != nil {
		return attachment{}, err
	}
	statements, err := l.attach(ctx, reading, lakeName)
	return attachment{append(statements, "set variable loader = "+quote(l.Loader)), l.dataPath()}, err
}

// copyFrom copies all data of an attached database into a new file.
func (s *Store) copyFrom(ctx context.Context, database string) (Copied, error) {
	var name string
	if err := s.conn.QueryRowContext(ctx, "select current_database()").Scan(&name); err != nil {
		return Copied{}, err
	}
	tables, err := copiedTables(ctx, s.conn, name)
	if err != nil {
		return Copied{}, err
	}
	tables = append(tables, copiedTable{Name: "settings"})
	var from databaseContent
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, table := range tables {
			if err := replaceRows(ctx, tx, database, name, table, "true"); err != nil {
				return err
			}
		}
		from, err = contentOf(ctx, tx, database, tables, "true") // in the transaction, which sees the state of the lake that was copied
		return err
	})
	if err != nil {
		return Copied{}, err
	}
	to, err := contentOf(ctx, s.conn, name, tables, "true")
	if err != nil {
		return Copied{}, err
	}
	if differing := from.differing(to); differing != "" {
		return Copied{}, fmt.Errorf("the copy has other data: %s differ", differing)
	}
	return from.copied(), nil
}
