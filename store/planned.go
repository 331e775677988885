package store

import (
	"fmt"
	"strings"
)

// DuckDB plans a query at each place where it is used and cannot be interrupted meanwhile, so a few short queries that use each other
// twice could occupy it for hours, in every load. A CTE is planned once, but not if it is NOT MATERIALIZED.
const maxPlanned = 500

var errTooLarge = refusal(fmt.Sprintf("it reads more than %d tables, counting those of the queries it uses\nhint: use fewer queries in one", maxPlanned))

// planned returns how many tables DuckDB plans for a selection. uses has that number for user queries, by name.
func (s selection) planned(uses map[string]int) (sum int) {
	walk(s.root, func(node map[string]any) {
		switch node["type"] {
		case "BASE_TABLE":
			sum++
		case "TABLE_FUNCTION":
			sum += max(1, uses[calledName(node)])
		}
	})
	return sum
}

// calls reports whether a selection calls the macro of a query.
func (s selection) calls(name string) (found bool) {
	walk(s.root, func(node map[string]any) {
		found = found || node["type"] == "TABLE_FUNCTION" && calledName(node) == name
	})
	return found
}

// calledName returns the name of the function that a TABLE_FUNCTION calls.
func calledName(node map[string]any) string {
	function, _ := node["function"].(map[string]any)
	name, _ := function["function_name"].(string)
	return strings.ToLower(name)
}
