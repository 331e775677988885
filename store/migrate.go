package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"callsheet/queries"
)

// migrate applies the pending schema migrations, each in its own transaction.
func (s *Store) migrate(ctx context.Context) error {
	if _, err := s.conn.ExecContext(ctx,
		"create table if not exists schema_migrations (version bigint not null, name varchar not null)"); err != nil {
		return fmt.Errorf("preparing %s: %w", s.options.Path, err)
	}
	var done int
	if err := s.conn.QueryRowContext(ctx, "select coalesce(max(version), 0) from schema_migrations").Scan(&done); err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	newest := 0
	for _, file := range queries.Files("schema") {
		number, _, _ := strings.Cut(file.Name, "_")
		version, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("migration %s has no number: %w", file.Name, err)
		}
		newest = max(newest, version)
		if version <= done {
			continue
		}
		err = s.inTransaction(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, file.SQL); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "insert into schema_migrations values (?, ?)", version, file.Name)
			return err
		})
		if err != nil {
			return fmt.Errorf("migrating to %s: %w", file.Name, err)
		}
	}
	if done > newest {
		return fmt.Errorf("database %s was created by a newer program (schema %d, this one knows %d)\nhint: update callsheet, or run callsheet load --rebuild", s.options.Path, done, newest)
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
	return nil
}

func dropMacros(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		select distinct function_type, function_name from duckdb_functions()
		where not internal and function_type in ('macro', 'table_macro')`)
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

// Warnings returns the warnings from opening the database.
func (s *Store) Warnings() []string { return s.warnings }

// inTransaction runs do in a transaction.
func (s *Store) inTransaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
