package shell

import (
	"context"
	"slices"
	"strings"

	"callsheet/store"
)

// Keywords are the SQL keywords that completion offers.
var Keywords = []string{
	"between", "case", "describe", "distinct", "explain", "from", "group by", "group by all", "having", "interval", "join", "limit",
	"order by", "select", "summarize", "timestamp", "union all", "using", "values", "where", "with",
}

// namesSQL returns the names of tables, columns, views, table macros and metrics.
const namesSQL = `select table_name from duckdb_tables() where not internal
union select view_name from duckdb_views() where not internal
union select column_name from duckdb_columns() where not internal
union select function_name from duckdb_functions() where not internal and function_type = 'table_macro'
union select name from metric_catalog`

// completionWords returns what Tab completes, sorted.
func completionWords(ctx context.Context, reader *store.Reader) ([]string, error) {
	words := slices.Clone(Keywords)
	err := reader.SQL(ctx, namesSQL, ignoreHeader, func(values []any) error {
		words = append(words, text(values[0]))
		return nil
	})
	slices.Sort(words)
	return slices.Compact(words), err
}

// complete returns the completions of the word before the cursor, and the text before and after it. Where there is none, Tab
// inserts a blank, so that SQL indented with tabs can be pasted.
func complete(words []string, line string, cursor int) (head string, completions []string, tail string) {
	before, tail := string([]rune(line)[:cursor]), string([]rune(line)[cursor:])
	head = strings.TrimRightFunc(before, isWordRune)
	word := before[len(head):]
	choices, ok := dotChoices(head)
	if !ok && word != "" {
		choices = words
	}
	for _, choice := range choices {
		if len(choice) >= len(word) && strings.EqualFold(choice[:len(word)], word) {
			completions = append(completions, choice)
		}
	}
	if len(completions) == 0 || len(completions) == 1 && len(completions[0]) == len(word) {
		completions = []string{word + " "}
	}
	return head, completions, tail
}

// dotChoices returns the words that can follow the beginning of a dot command; ok is false where any word can.
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
