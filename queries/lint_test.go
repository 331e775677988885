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
	if got, want := total.Parameters(), append([]string{"from", "to"}, Filters...); !slices.Equal(got, want) {
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
