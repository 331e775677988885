package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"callsheet/internal/sqltoken"
	"callsheet/internal/suggest"
)

var (
	missingDimension = regexp.MustCompile(`Column "([^"]+)" was selected but was not found in the FROM clause`)
	missingColumn    = regexp.MustCompile(`Referenced column "([^"]+)" not found in FROM clause!\s*Candidate bindings: ([^\n]*)`)
	candidateMacro   = regexp.MustCompile(`Candidate macros:\n\t(\w+)\(([^)]*)\)`)
	quotedName       = regexp.MustCompile(`"([^"]+)"`)
)

// nameError is an error of DuckDB in other words.
type nameError struct {
	text string
	err  error
}

func (e nameError) Error() string { return e.text }
func (e nameError) Unwrap() error { return e.err }

// explainNames says in an error of DuckDB which name of a column or of a macro's parameter is wrong, with the nearest right one.
func explainNames(ctx context.Context, conn *sql.Conn, statement string, err error) error {
	if err == nil {
		return nil
	}
	message := err.Error()
	if found := missingDimension.FindStringSubmatch(message); found != nil {
		return nameError{fmt.Sprintf("no column %q%s", found[1], suggest.Hint(found[1], callColumns(ctx, conn), "")), err}
	}
	if found := missingColumn.FindStringSubmatch(message); found != nil {
		var candidates []string
		for _, name := range quotedName.FindAllStringSubmatch(found[2], -1) {
			candidates = append(candidates, name[1])
		}
		_, excerpt, _ := strings.Cut(message, found[2])
		return nameError{fmt.Sprintf("no column %q%s%s", found[1], strings.TrimRight(excerpt, "\n"), suggest.Hint(found[1], candidates, "there are")), err}
	}
	found := candidateMacro.FindStringSubmatch(message)
	if found == nil || !strings.Contains(message, "does not support the supplied arguments") {
		return err
	}
	var parameters []string
	for parameter := range strings.SplitSeq(found[2], ", ") {
		name, _, _ := strings.Cut(parameter, " :=")
		parameters = append(parameters, name)
	}
	var last sqltoken.Token
	for token := range sqltoken.All(statement) {
		given := token.Text == ":" || token.Text == "="
		if given && last.Kind == sqltoken.Word && strings.HasPrefix(last.Text, "p_") && !slices.Contains(parameters, strings.ToLower(last.Text)) {
			return nameError{fmt.Sprintf("%s() has no parameter %s%s", found[1], last.Text, suggest.Hint(last.Text, parameters, "its parameters are")), err}
		}
		if !isGap(token) {
			last = token
		}
	}
	return nameError{fmt.Sprintf("%s() needs other arguments\nhint: write %s(%s)", found[1], found[1], found[2]), err}
}

// callColumns returns the columns of calls, which dimensions are taken from.
func callColumns(ctx context.Context, conn *sql.Conn) (columns []string) {
	rows, err := conn.QueryContext(ctx, "select column_name from duckdb_columns() where not internal and table_name = 'calls' order by column_index")
	if err != nil {
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if rows.Scan(&name) != nil {
			break
		}
		columns = append(columns, name)
	}
	return columns
}
