package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/internal/lazyregexp"
)

// allowedTypes are the statement types that users may run. The database is open read-only, so they can only change temporary
// objects. Other types can write files that DuckDB's sandbox allows: the published file, its write-ahead log and the spill folder.
var allowedTypes = map[duckdb.StmtType]bool{
	duckdb.STATEMENT_TYPE_SELECT: true, duckdb.STATEMENT_TYPE_EXPLAIN: true, duckdb.STATEMENT_TYPE_INSERT: true,
	duckdb.STATEMENT_TYPE_UPDATE: true, duckdb.STATEMENT_TYPE_DELETE: true, duckdb.STATEMENT_TYPE_CREATE: true,
	duckdb.STATEMENT_TYPE_DROP: true, duckdb.STATEMENT_TYPE_ALTER: true, duckdb.STATEMENT_TYPE_SET: true,
}

// refusedFunctions change DuckDB's settings (logging or profiling to a file aborts the process if the file cannot be written), or
// run SQL from a string, which is not checked here.
var refusedFunctions = lazyregexp.New(`(?i)\b(?:(?:en|dis)able_(?:logging|profiling|profile|peg_parser)|truncate_duckdb_logs|` +
	`json_execute_serialized_sql|arrow_scan(?:_dumb)?|seq_scan)\b|\b(query)"?[^\x21-\x27\x29-\x7e]*\(`)

// allowedWords are the first words of allowed statements. Others are refused before DuckDB plans them, since planning can write:
// EXPORT creates its folder.
var allowedWords = strings.Fields(`select from with values table describe desc show summarize explain pivot unpivot
	create insert update delete truncate drop alter set reset use pragma`)

func errNotAllowed(what string) error {
	return fmt.Errorf("%s is not allowed\nhint: only reading the published data and temporary tables are allowed", what)
}

// checkStatement accepts a SELECT, or another single statement that changes only temporary objects. It runs nothing.
func checkStatement(ctx context.Context, conn *sql.Conn, statement string) error {
	parsed, err := parseSelect(ctx, conn, statement)
	switch {
	case err == nil:
		return parsed.checkNodes()
	case errors.Is(err, errNUL):
		return err
	}
	return checkAllowed(conn, statement)
}

// checkAllowed accepts a single statement that changes only temporary objects. It runs nothing.
func checkAllowed(conn *sql.Conn, statement string) error {
	if found := refusedFunctions().FindStringSubmatch(searchable(statement)); found != nil {
		return errNotAllowed(strings.ToLower(cmp.Or(found[1], found[0])))
	}
	word := firstWord(statement)
	if !isBlank(statement) && !slices.Contains(allowedWords, word) {
		return errNotAllowed(fmt.Sprintf("a statement that begins with %q", word))
	}
	if word == "explain" {
		if err := checkExplained(conn, statement); err != nil {
			return err
		}
	}
	kind, err := statementType(conn, statement)
	if err != nil && strings.Contains(err.Error(), "multi-statement") {
		return checkPivot(statement, word)
	}
	if err == nil && !allowedTypes[kind] {
		err = errNotAllowed("this " + word)
	}
	return err
}

// checkPivot refuses multiple statements. DuckDB expands a PIVOT into two, but its text has no semicolon.
func checkPivot(statement, word string) error {
	if word == "pragma" || hasSemicolon(trimEnd(statement)) {
		return errors.New("only one statement can be run\nhint: run one after the other")
	}
	return nil
}

// checkExplained checks the statement after EXPLAIN, since EXPLAIN ANALYZE runs it.
func checkExplained(conn *sql.Conn, statement string) error {
	word, rest := cutWord(statement)
	if word != "explain" {
		return errors.New("explain must be the first word\nhint: leave out the parenthesis before it")
	}
	if word, after := cutWord(rest); word == "analyze" || word == "analyse" {
		rest = after
	}
	err := checkAllowed(conn, rest)
	if after, ok := cutOptions(rest); err != nil && ok {
		err = checkAllowed(conn, after)
	}
	return err
}

// statementType parses and plans one statement without running it.
func statementType(conn *sql.Conn, statement string) (kind duckdb.StmtType, err error) {
	err = conn.Raw(func(raw any) error {
		prepared, err := raw.(driver.Conn).Prepare(statement)
		if err != nil {
			return err
		}
		defer prepared.Close()
		kind, err = prepared.(*duckdb.Stmt).StatementType()
		return err
	})
	return kind, err
}
