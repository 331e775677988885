package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/sqltoken"
	"callsheet/internal/suggest"
)

var (
	missingDimension = lazyregexp.New(`Column "([^"]+)" was selected but was not found in the FROM clause`)
	missingColumn    = lazyregexp.New(`Referenced column "([^"]+)" not found in FROM clause!\s*Candidate bindings: ([^\n]*)`)
	candidateMacro   = lazyregexp.New(`Candidate macros:\n\t(\w+)\(([^)]*)\)`)
	quotedName       = lazyregexp.New(`"([^"]+)"`)
	unreadableValue  = lazyregexp.New(`(?s)^Conversion Error: .*?(?:'(.*?)'|"(.*?)")`)
	wantedType       = lazyregexp.New(`to (BOOL|INT|DOUBLE|DECIMAL)|^Conversion Error: (?:invalid )?(date|timestamp) field`)
)

// typeWords says what a value of a type is.
var typeWords = map[string]string{
	"BOOL": "true or false", "INT": "a whole number", "DOUBLE": "a number", "DECIMAL": "a number", "date": "a date such as 2026-10-31",
	"timestamp": "a time such as 2026-10-31 18:00",
}

// rewordedError is an error of DuckDB in other words.
type rewordedError struct {
	text string
	err  error
}

func (e rewordedError) Error() string { return e.text }
func (e rewordedError) Unwrap() error { return e.err }

// An ArgumentError is about an argument of a query that has a value of another type than the query needs.
type ArgumentError struct{ rewordedError }

// explainNames says in an error of DuckDB which name of a column or of a macro's parameter is wrong, with the nearest right one.
func explainNames(ctx context.Context, conn *sql.Conn, statement string, err error) error {
	if err == nil {
		return nil
	}
	message := err.Error()
	if found := missingDimension().FindStringSubmatch(message); found != nil {
		return rewordedError{fmt.Sprintf("no column %q%s", found[1], suggest.Hint(found[1], callColumns(ctx, conn), "")), err}
	}
	if found := missingColumn().FindStringSubmatch(message); found != nil {
		var candidates []string
		for _, name := range quotedName().FindAllStringSubmatch(found[2], -1) {
			candidates = append(candidates, name[1])
		}
		_, excerpt, _ := strings.Cut(message, found[2])
		return rewordedError{fmt.Sprintf("no column %q%s%s", found[1], strings.TrimRight(excerpt, "\n"), suggest.Hint(found[1], candidates, "there are")), err}
	}
	found := candidateMacro().FindStringSubmatch(message)
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
			return rewordedError{fmt.Sprintf("%s() has no parameter %s%s", found[1], last.Text, suggest.Hint(last.Text, parameters, "its parameters are")), err}
		}
		if !isGap(token) {
			last = token
		}
	}
	return rewordedError{fmt.Sprintf("%s() needs other arguments\nhint: write %s(%s)", found[1], found[1], found[2]), err}
}

// explainValue says in an error of DuckDB which argument of a query has a value of another type than the query needs.
func explainValue(args map[string]any, err error) error {
	if err == nil {
		return nil
	}
	value, wanted := unreadableValue().FindStringSubmatch(err.Error()), wantedType().FindStringSubmatch(err.Error())
	if value == nil || wanted == nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if text, isText := args[name].(string); isText && text == value[1]+value[2] {
			return ArgumentError{rewordedError{fmt.Sprintf("%s is %q, and not %s", name, text, typeWords[wanted[1]+wanted[2]]), err}}
		}
	}
	return err
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
