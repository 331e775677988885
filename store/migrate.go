package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"callsheet/queries"
)

// migrate applies the schema migrations that the database lacks, each in its own transaction with its row in schema_migrations. A
// database with a migration that this program does not know is refused.
func (s *Store) migrate(ctx context.Context) error {
	for _, statement := range []string{
		"create table if not exists schema_migrations (version bigint not null, name varchar not null)",
		"alter table schema_migrations add column if not exists program varchar", // the version of callsheet that applied it
	} {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("preparing %s: %w", s.options.Path, err)
		}
	}
	applied, err := s.appliedMigrations(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	files := queries.Files("schema")
	if err := s.refuseNewer(applied, files); err != nil {
		return err
	}
	for _, file := range files {
		if slices.ContainsFunc(applied, func(m migration) bool { return m.name == file.Name }) {
			continue
		}
		err := s.inTransaction(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, file.SQL); err != nil {
				return err
			}
			return s.recordMigration(ctx, tx, file)
		})
		if err != nil {
			return fmt.Errorf("migrating to %s: %w", file.Name, err)
		}
	}
	if last := len(applied) - 1; last >= 0 && len(applied) < len(files) {
		s.migrated = fmt.Sprintf("the database was made by %s and has been migrated from schema %d to %d", applied[last].maker(), applied[last].version, schemaVersion(files[len(files)-1]))
	}
	return nil
}

func (s *Store) recordMigration(ctx context.Context, tx *sql.Tx, file queries.File) error {
	_, err := tx.ExecContext(ctx, "insert into schema_migrations (version, name, program) values (?, ?, ?)", schemaVersion(file), file.Name, s.options.Program)
	return err
}

// migration is a row of schema_migrations.
type migration struct {
	version int
	name    string
	program sql.NullString // the version of callsheet that applied it; unknown in databases of before it was recorded
}

func (m migration) maker() string {
	if m.program.String == "" {
		return "an earlier callsheet"
	}
	return "callsheet " + m.program.String
}

func (s *Store) appliedMigrations(ctx context.Context) (applied []migration, err error) {
	rows, err := s.conn.QueryContext(ctx, `
		select version, name, program
		from (from schema_migrations union all by name select null::varchar as program where false) -- early databases lack it
		order by version, name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m migration
		if err := rows.Scan(&m.version, &m.name, &m.program); err != nil {
			return nil, err
		}
		applied = append(applied, m)
	}
	return applied, rows.Err()
}

// schemaVersion is the number at the beginning of a migration's name.
func schemaVersion(file queries.File) int {
	number, _, _ := strings.Cut(file.Name, "_")
	version, err := strconv.Atoi(number)
	if err != nil {
		panic(err) // the files are embedded
	}
	return version
}

// refuseNewer returns an error for a database with a migration that this program does not have.
func (s *Store) refuseNewer(applied []migration, files []queries.File) error {
	for _, m := range slices.Backward(applied) {
		if slices.ContainsFunc(files, func(file queries.File) bool { return file.Name == m.name }) {
			continue
		}
		maker := "a newer callsheet"
		if m.program.String != "" {
			maker = "callsheet " + m.program.String + ", which is newer"
		}
		return fmt.Errorf("database %s was made by %s: it has schema %d, and this one, %s, knows %d\nhint: update callsheet, or build it again with this version from the spool: callsheet load --rebuild",
			s.options.Path, maker, m.version, cmp.Or(s.options.Program, "of unknown version"), schemaVersion(files[len(files)-1]))
	}
	return nil
}

// defineMacros drops all macros and then creates the macros, the catalogs and a macro for each built-in named query.
func (s *Store) defineMacros(ctx context.Context, tx *sql.Tx) error {
	if err := dropMacros(ctx, tx); err != nil {
		return fmt.Errorf("dropping the old macros: %w", err)
	}
	folders, named := []string{"base", "metrics"}, queries.Files("named")
	if s.options.loadsOnly {
		folders, named = []string{"base"}, nil
	}
	for _, folder := range folders {
		for _, file := range queries.TopologicalOrder(queries.Files(folder)) {
			if _, err := tx.ExecContext(ctx, file.SQL); err != nil {
				return fmt.Errorf("defining %s/%s: %w", folder, file.Name, err)
			}
		}
	}
	for _, file := range named {
		if _, err := tx.ExecContext(ctx, file.Macro()); err != nil {
			return fmt.Errorf("defining query %s: %w", file.Name, err)
		}
	}
	if s.options.loadsOnly {
		return nil
	}
	return commentAll(ctx, tx, named)
}

func dropMacros(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		select distinct function_type, function_name from duckdb_functions()
		where not internal and database_name = current_database() and function_type in ('macro', 'table_macro')`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var drops []string
	for rows.Next() {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return err
		}
		drops = append(drops, fmt.Sprintf("drop %s %q", strings.ReplaceAll(strings.Replace(kind, "table_macro", "macro table", 1), "_", " "), name))
	}
	for _, drop := range drops {
		if _, err := tx.ExecContext(ctx, drop); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inTransaction runs do in a transaction, which is the only one of a loader at that time.
func (s *Store) inTransaction(ctx context.Context, do func(*sql.Tx) error) error {
	return s.withLoadLock(ctx, func() error {
		tx, err := s.conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // does nothing after a commit
		if s.options.Lake != nil {
			if err := s.countTransaction(ctx, tx); err != nil {
				return err
			}
		}
		if err := do(tx); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		s.transactions++
		return nil
	})
}
