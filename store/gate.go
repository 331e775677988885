package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"callsheet/queries"
)

// All SQL that users write passes here before DuckDB plans it: user-defined queries, when they run and when they become macros, only_if,
// recipients_query, and the SELECT statements of the command sql. DuckDB's own parser has to find exactly one SELECT, which names no file
// and calls no function that could do more than read the published data. Besides, the connection is sandboxed.

// refusal is an error without a place in the text.
func refusal(text string) error { return &queries.Error{Offset: -1, Text: text} }

const readHint = "\nhint: write a single SELECT over the published data"

// selection is the syntax tree of a SELECT, as json_serialize_sql returns it.
type selection struct{ root any }

// checkSelect accepts exactly one SELECT. It plans and runs nothing. An error that has a place in the text is a *queries.Error.
func checkSelect(ctx context.Context, conn *sql.Conn, text string) (selection, error) {
	parsed, err := parseSelect(ctx, conn, text)
	switch {
	case err != nil:
	case wordOffset(text, "not", "materialized") >= 0:
		err = &queries.Error{Offset: wordOffset(text, "not", "materialized"), Text: "NOT MATERIALIZED is not allowed\nhint: leave it out"}
	case parsed.planned(nil) > maxPlanned:
		err = errTooLarge
	default:
		err = parsed.checkNodes()
	}
	return parsed, err
}

// errNUL refuses a text because DuckDB would ignore everything after the NUL.
var errNUL = refusal("the statement contains a NUL character")

func parseSelect(ctx context.Context, conn *sql.Conn, text string) (selection, error) {
	if strings.ContainsRune(text, 0) {
		return selection{}, errNUL
	}
	var serialized string
	// The name is qualified, since a macro in the database could have it.
	err := conn.QueryRowContext(ctx, `select system.main.json_serialize_sql(?::varchar, skip_null := true, skip_empty := true,
		skip_default := true)::varchar`, text).Scan(&serialized)
	if err != nil {
		return selection{}, err
	}
	var result struct {
		Error      bool
		Message    string `json:"error_message"`
		Type       string `json:"error_type"`
		Position   string
		Statements []struct{ Node any }
	}
	decoder := json.NewDecoder(strings.NewReader(serialized))
	decoder.UseNumber()
	if err := decoder.Decode(&result); err != nil {
		return selection{}, fmt.Errorf("reading the syntax tree: %w", err)
	}
	switch {
	case result.Type == "parser":
		offset, err := strconv.Atoi(result.Position)
		if err != nil {
			offset = -1
		}
		return selection{}, &queries.Error{Offset: offset, Text: "Parser Error: " + result.Message}
	case result.Error && strings.HasPrefix(result.Message, "Only SELECT"):
		return selection{}, errNoSelect(text)
	case result.Error:
		return selection{}, refusal(result.Message)
	case len(result.Statements) == 0:
		return selection{}, refusal("there is no statement" + readHint)
	case len(result.Statements) > 1:
		return selection{}, errNoSelect(text)
	}
	return selection{result.Statements[0].Node}, nil
}

// errNoSelect says what a text has instead of a single SELECT, and where.
func errNoSelect(text string) error {
	if offset := secondStatement(text); offset >= 0 {
		return &queries.Error{Offset: offset, Text: "there is more than one statement" + readHint}
	}
	if offset := wordOffset(text, "pivot"); offset >= 0 {
		return &queries.Error{Offset: offset, Text: "a PIVOT has to list its values\nhint: pivot … on outcome in ('answered', 'missed') using count(*)"}
	}
	word := firstWord(text)
	return &queries.Error{Offset: wordOffset(text, word), Text: fmt.Sprintf("a statement that begins with %q is not allowed%s", word, readHint)}
}

// checkNodes refuses functions and files anywhere in the tree. It returns the first in the text.
func (s selection) checkNodes() error {
	var first *queries.Error
	refuse := func(node map[string]any, what string) {
		if offset := offsetOf(node); first == nil || offset < first.Offset {
			first = &queries.Error{Offset: offset, Text: what + " is not allowed" + readHint}
		}
	}
	walk(s.root, func(node map[string]any) {
		if name, ok := node["function_name"].(string); ok && queries.IsRefusedFunction(name) {
			refuse(node, "the function "+strings.ToLower(name))
		}
		// DuckDB would read a file of the name if there is no such table.
		if name, ok := node["table_name"].(string); ok && node["type"] == "BASE_TABLE" && strings.ContainsAny(name, `./\:`) {
			refuse(node, fmt.Sprintf("reading the file %q", name))
		}
	})
	if first == nil {
		return nil
	}
	return first
}

// walk calls visit for each node of a syntax tree.
func walk(node any, visit func(node map[string]any)) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			walk(child, visit)
		}
	case map[string]any:
		visit(node)
		for _, child := range node {
			walk(child, visit)
		}
	}
}

// offsetOf returns the place of a node in the text, or -1.
func offsetOf(node map[string]any) int {
	number, _ := node["query_location"].(json.Number)
	offset, err := strconv.ParseInt(number.String(), 10, 32)
	if err != nil { // DuckDB's largest number stands for none
		return -1
	}
	return int(offset)
}

// checkExpression accepts a single expression that is a SELECT's only column, and thus safe between parentheses.
func checkExpression(ctx context.Context, conn *sql.Conn, text string) error {
	const prefix = "select "
	parsed, err := checkSelect(ctx, conn, prefix+text)
	if at := (*queries.Error)(nil); errors.As(err, &at) && at.Offset >= len(prefix) {
		return &queries.Error{Offset: at.Offset - len(prefix), Text: at.Text}
	}
	if err != nil {
		return err
	}
	node, _ := parsed.root.(map[string]any)
	columns, _ := node["select_list"].([]any)
	for key, value := range node {
		from, _ := value.(map[string]any)
		switch {
		case key == "type", key == "select_list", key == "aggregate_handling":
		case key == "from_table" && from["type"] == "EMPTY" && from["sample"] == nil:
		default:
			return errNoExpression
		}
	}
	if len(columns) != 1 {
		return errNoExpression
	}
	if column, _ := columns[0].(map[string]any); column["class"] == "STAR" || column["alias"] != nil {
		return errNoExpression
	}
	return nil
}

var errNoExpression = refusal("it is not a single condition\nhint: write an expression that is true or false, such as answer_rate < 0.8")
