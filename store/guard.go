package store

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// What users may run. The database is open read-only, so all but SELECT can change temporary objects only. The others write files
// where DuckDB's own sandbox lets them: the published file, its write-ahead log and the folder that statements spill into.
var allowedTypes = map[duckdb.StmtType]bool{
	duckdb.STATEMENT_TYPE_SELECT: true, duckdb.STATEMENT_TYPE_EXPLAIN: true, duckdb.STATEMENT_TYPE_INSERT: true,
	duckdb.STATEMENT_TYPE_UPDATE: true, duckdb.STATEMENT_TYPE_DELETE: true, duckdb.STATEMENT_TYPE_CREATE: true,
	duckdb.STATEMENT_TYPE_DROP: true, duckdb.STATEMENT_TYPE_ALTER: true, duckdb.STATEMENT_TYPE_SET: true,
}

// refusedFunctions are those that change DuckDB itself: logging and profiling into files abort the process when the file cannot be
// written. query and json_execute_serialized_sql run a text that this expression does not see.
var refusedFunctions = regexp.MustCompile(`(?i)\b(?:(?:en|dis)able_(?:logging|profiling|profile|peg_parser)|truncate_duckdb_logs|` +
	`json_execute_serialized_sql|arrow_scan(?:_dumb)?|seq_scan)\b|\b(query)"?[^\x21-\x27\x29-\x7e]*(?:\(|/\*|--)`)

// allowedWords begin a statement of such a type. Planning another one can write already: EXPORT makes its folder.
var allowedWords = strings.Fields(`select from with values table describe desc show summarize explain pivot unpivot
	create insert update delete truncate drop alter set reset use pragma`)

var firstWord = regexp.MustCompile(`^(?:[\s(]|--.*\n|(?s:/\*.*?\*/))*(\w*)`)

func errNotAllowed(what string) error {
	return fmt.Errorf("%s is not allowed\nhint: statements read what is published and may use temporary tables; nothing else is available", what)
}

// allow refuses what is not one statement that leaves everything but temporary objects as it is, before any of it runs.
func allow(conn *sql.Conn, statement string) error {
	if found := refusedFunctions.FindStringSubmatch(statement); found != nil {
		return errNotAllowed(strings.ToLower(cmp.Or(found[1], found[0])))
	}
	word := strings.ToLower(firstWord.FindStringSubmatch(statement)[1])
	if strings.Trim(statement, "; \t\r\n") != "" && !slices.Contains(allowedWords, word) {
		return errNotAllowed(fmt.Sprintf("a statement that begins with %q", word))
	}
	if word == "explain" {
		if err := allowExplained(conn, statement); err != nil {
			return err
		}
	}
	kind, err := statementType(conn, statement)
	if err != nil && strings.Contains(err.Error(), "multi-statement") {
		return allowSeveral(statement, word)
	}
	if err == nil && !allowedTypes[kind] {
		err = errNotAllowed("this " + word)
	}
	return err
}

// allowSeveral statements of DuckDB's that are one of the user's: it makes two of a PIVOT. Without a ; and comments it is one, and
// of the kind that its first word says.
func allowSeveral(statement, word string) error {
	one := strings.TrimRight(statement, "; \t\r\n")
	if word == "pragma" || strings.Contains(one, ";") || strings.Contains(one, "--") || strings.Contains(one, "/*") {
		return errors.New("only one statement can be run\nhint: run one after the other; a statement with a PIVOT cannot have a ; or a comment in it")
	}
	return nil
}

var (
	explainWord    = regexp.MustCompile(`(?i)^\s*explain\b(?:\s+analy[zs]e\b)?\s*`)
	explainOptions = regexp.MustCompile(`^\([\w\s,]*\)\s*`)
)

// allowExplained checks what follows EXPLAIN, since EXPLAIN ANALYZE runs it.
func allowExplained(conn *sql.Conn, statement string) error {
	word := explainWord.FindString(statement)
	if word == "" {
		return errors.New("explain must be the first word\nhint: leave out the comment before it")
	}
	explained := statement[len(word):]
	err := allow(conn, explained)
	if options := explainOptions.FindString(explained); err != nil && options != "" {
		err = allow(conn, explained[len(options):])
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
