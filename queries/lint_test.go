package queries

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callsheet/internal/sqltoken"
)

var (
	aggregate = regexp.MustCompile(`(?i)\b(count|sum|avg|min|max|median|mode|quantile\w*|arg_m\w+|any_value|first|last|bool_\w+|bit_\w+|list|string_agg|histogram|stddev\w*|var_\w+)\s*\(`)
	selectAll = regexp.MustCompile(`(?i)select\s+(distinct\s+)?(\w+\.)?\*`)
)

// TestOnlyMetricsAggregate: a metric has one definition, so named queries call the macros and do not aggregate.
func TestOnlyMetricsAggregate(t *testing.T) {
	for _, folder := range []string{"named", "session"} {
		for _, file := range Files(folder) {
			sql := sqltoken.StripComments(file.SQL)
			if found := aggregate.FindString(sql); found != "" {
				t.Errorf("%s/%s aggregates with %s…): that belongs in metrics/", folder, file.Name, found)
			}
		}
	}
}

// TestFiltersAreTheParametersOfQueries: the list in Go is that of the SQL.
func TestFiltersAreTheParametersOfQueries(t *testing.T) {
	total, err := Named(nil, "total")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := total.Parameters(), append(append([]string{"from", "to"}, Filters...), "metrics"); !slices.Equal(got, want) {
		t.Errorf("query total has the parameters %v, want %v", got, want)
	}
}

// TestNamedQueriesNameTheirColumns, or call a macro that does: a column added to a table must not appear in a report.
func TestNamedQueriesNameTheirColumns(t *testing.T) {
	for _, file := range Files("named") {
		if found := selectAll.FindString(sqltoken.StripComments(file.SQL)); found != "" {
			t.Errorf("named/%s has %q", file.Name, found)
		}
	}
}

// TestEveryFileBeginsWithAComment: the listing of queries shows it.
func TestEveryFileBeginsWithAComment(t *testing.T) {
	for _, folder := range []string{"base", "metrics", "load", "import", "named", "session"} {
		for _, file := range Files(folder) {
			if file.Doc() == "" {
				t.Errorf("%s/%s does not begin with a comment", folder, file.Name)
			}
		}
	}
}

// TestEveryMetricHasAGoldenCase: a column of its name with a value other than NULL and 0.
func TestEveryMetricHasAGoldenCase(t *testing.T) {
	var missing []string
	for _, match := range regexp.MustCompile(`(?m)^    \('(\w+)', '`).FindAllStringSubmatch(SQL("metrics/metric_catalog"), -1) {
		missing = append(missing, match[1])
	}
	if len(missing) < 40 {
		t.Fatalf("only %d metrics in the catalog", len(missing))
	}
	paths, err := filepath.Glob("testdata/*/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for i, column := range rows[0] {
			if slices.ContainsFunc(rows[1:], func(row []string) bool { return row[i] != "" && row[i] != "0" }) {
				missing = slices.DeleteFunc(missing, func(name string) bool { return name == column })
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no golden case has %s", strings.Join(missing, ", "))
	}
}

var (
	textLiteral = regexp.MustCompile(`'[^']*'`)
	anyOfRows   = regexp.MustCompile(`\b(any_value|arbitrary|first|last|mode)\(`)
	listOfRows  = regexp.MustCompile(`\b(list|array_agg|string_agg|group_concat|first_value|last_value|nth_value)\(`)
	bestOfRows  = regexp.MustCompile(`\b(arg_(min|max)|(min|max)_by)(_null|_nulls_last)?\(`)
	neighbours  = regexp.MustCompile(`\b(row_number|rank|dense_rank|ntile|lag|lead)\(`)
	window      = regexp.MustCompile(`^\s*over\s*\(`)
	limit       = regexp.MustCompile(`\blimit\b`)
	ordered     = regexp.MustCompile(`\border\s+by\b`)
	// A tuple, or a column that no two rows of a group have in common.
	uniqueOrder = regexp.MustCompile(`(?s),\s*(\(.*\)|\{.*\}|rank|newness|leg_order)\s*$`)
)

// TestEveryTieHasAnOrder: the same question has the same answer, in whatever order rows are read.
func TestEveryTieHasAnOrder(t *testing.T) {
	for _, folder := range []string{"base", "load", "metrics", "named", "session", "import"} {
		for _, file := range Files(folder) {
			if folder+"/"+file.Name == "load/ledger_of_file" {
				continue // numbers the lines of a file, which have no other order
			}
			sql := textLiteral.ReplaceAllString(strings.ToLower(sqltoken.StripComments(file.SQL)), "''")
			sql = strings.ReplaceAll(sql, "list(columns(*))", "") // of which only the least and the greatest are taken
			for _, problem := range unordered(sql) {
				t.Errorf("%s/%s: %s", folder, file.Name, problem)
			}
		}
	}
}

// unordered lists the parts of a statement whose result depends on the order in which rows are read.
func unordered(sql string) (problems []string) {
	for _, at := range anyOfRows.FindAllStringIndex(sql, -1) {
		problems = append(problems, sql[at[0]:at[1]]+"…) takes any of several rows: use max(), or arg_min() with a unique order")
	}
	for _, at := range listOfRows.FindAllStringIndex(sql, -1) {
		if inner, _ := parentheses(sql, at[1]); !ordered.MatchString(inner) {
			problems = append(problems, sql[at[0]:at[1]]+inner+") has no order by")
		}
	}
	for _, at := range bestOfRows.FindAllStringIndex(sql, -1) {
		if inner, _ := parentheses(sql, at[1]); !uniqueOrder.MatchString(inner) {
			problems = append(problems, sql[at[0]:at[1]]+inner+") orders by what rows can have in common: use (value, a unique one)")
		}
	}
	for _, at := range neighbours.FindAllStringIndex(sql, -1) {
		_, rest := parentheses(sql, at[1])
		if over := window.FindString(rest); over != "" {
			if inner, _ := parentheses(rest, len(over)); !ordered.MatchString(inner) {
				problems = append(problems, sql[at[0]:at[1]]+"…) over ("+inner+") has no order by")
			}
		}
	}
	for _, at := range limit.FindAllStringIndex(sql, -1) {
		if before := sql[:at[0]]; strings.LastIndex(before, "order by") < strings.LastIndex(before, "from ") {
			problems = append(problems, "limit without order by")
		}
	}
	return problems
}

// parentheses returns the text from start, which is after an opening parenthesis, to the closing one, and what follows.
func parentheses(sql string, start int) (inner, rest string) {
	depth := 1
	for i := start; i < len(sql); i++ {
		switch sql[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return sql[start:i], sql[i+1:]
			}
		}
	}
	return sql[start:], ""
}
