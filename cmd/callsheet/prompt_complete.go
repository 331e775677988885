package main

import (
	"context"
	"slices"
	"strings"

	"callsheet/store"
)

// keywords are those worth a Tab.
var keywords = []string{
	"between", "case", "describe", "distinct", "explain", "from", "group by", "group by all", "having", "interval", "join", "limit",
	"order by", "select", "summarize", "timestamp", "union all", "using", "values", "where", "with",
}

// namesSQL gives the names of tables and their columns, of views, of the macros that stand for tables, and of metrics.
const namesSQL = `select table_name from duckdb_tables() where not internal
union select view_name from duckdb_views() where not internal
union select column_name from duckdb_columns() where not internal
union select function_name from duckdb_functions() where not internal and function_type = 'table_macro'
union select name from metric_catalog`

// knownWords are what Tab completes, in order.
func knownWords(ctx context.Context, reader *store.Reader) ([]string, error) {
	words := slices.Clone(keywords)
	err := reader.SQL(ctx, namesSQL, noHeader, func(values []any) error {
		words = append(words, text(values[0]))
		return nil
	})
	slices.Sort(words)
	return slices.Compact(words), err
}

// complete gives what the word before the cursor can become, between what stands before and after it. Where nothing is to
// complete Tab is a blank, so that SQL indented with tabs can be pasted.
func complete(words []string, line string, cursor int) (head string, found []string, tail string) {
	before, tail := string([]rune(line)[:cursor]), string([]rune(line)[cursor:])
	head = strings.TrimRightFunc(before, isWord)
	word := before[len(head):]
	choices, ok := dotChoices(head)
	if !ok && word != "" {
		choices = words
	}
	for _, choice := range choices {
		if len(choice) >= len(word) && strings.EqualFold(choice[:len(word)], word) {
			found = append(found, choice)
		}
	}
	if len(found) == 0 || len(found) == 1 && len(found[0]) == len(word) {
		found = []string{word + " "}
	}
	return head, found, tail
}

// dotChoices are the words that can follow the begin of a dot command, where they are few.
func dotChoices(head string) (choices []string, ok bool) {
	for _, command := range dotCommands() {
		if head == "." {
			choices = append(choices, command.name)
		} else if strings.TrimSpace(head) == "."+command.name && command.choices != nil {
			return command.choices, true
		}
	}
	return choices, head == "."
}
