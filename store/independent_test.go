package store

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callsheet/queries"
)

// plainRow is the expected row of a query: numbers, of which NaN is unknown, and texts.
type plainRow map[string]any

// comparisons are the named queries that give figures: the columns that identify a row, and the expected rows by them.
var comparisons = map[string]struct {
	keys []string
	rows func(w plainWorld, q plainQuestion, keys []string) map[string]plainRow
}{
	"total":          {[]string{"everything"}, plainWorld.totals},
	"summary":        {[]string{"everything"}, plainWorld.summary},
	"changes":        {[]string{"name"}, plainWorld.changes},
	"days":           {[]string{"local_day"}, plainWorld.dayRows},
	"groups":         {[]string{"call_group"}, plainWorld.groupRows},
	"numbers":        {[]string{"virtual_number"}, plainWorld.groupRows},
	"hours":          {[]string{"weekday", "local_hour"}, plainWorld.groupRows},
	"weekdays":       {[]string{"weekday"}, plainWorld.callRows},
	"hours_of_day":   {[]string{"local_hour"}, plainWorld.callRows},
	"day_hours":      {[]string{"local_day", "local_hour"}, plainWorld.callRows},
	"group_days":     {[]string{"call_group", "local_day"}, plainWorld.callRows},
	"coins":          {[]string{"call_group", "agent"}, plainWorld.chargedRows},
	"waste":          {[]string{"agent"}, plainWorld.chargedRows},
	"outcomes":       {[]string{"direction", "outcome", "failed_leg"}, plainWorld.callRows},
	"agents":         {[]string{"agent"}, plainWorld.agentRows},
	"group_agents":   {[]string{"call_group", "agent"}, plainWorld.agentRows},
	"agent_days":     {[]string{"agent", "local_day"}, plainWorld.agentDays},
	"campaigns":      {[]string{"campaign_id"}, plainWorld.campaigns},
	"waits":          {[]string{"wait_band"}, plainWorld.waitBands},
	"missed_reasons": {[]string{"missed_reason"}, plainWorld.missedReasons},
	"concurrency":    {[]string{"virtual_number", "local_hour"}, plainWorld.concurrency},
	// Rows that are not figures of metrics are in plain_rows_test.go.
	"previous_period":  {[]string{"everything"}, plainWorld.previousPeriod},
	"compared_periods": {[]string{"stretch"}, plainWorld.comparedPeriods},
	"calls":            {[]string{"source", "call_sid"}, plainWorld.calledRows},
	"missed":           {[]string{"first_missed_at"}, plainWorld.missedRows},
	"to_call_back":     {[]string{"first_missed_at"}, plainWorld.waitingRows},
	"repeat_customers": {[]string{"customer_key"}, plainWorld.repeatCustomers},
	"evidence":         {[]string{"everything"}, plainWorld.evidence},
	"flags":            {[]string{"flag"}, plainWorld.flagged},
}

// notCompared are the other named queries: catalogs, and what is known of deliveries, files and loads, not of calls. What was restated is
// compared in TestAsOfIsALoadUntilThen, staffing in TestErlang… and golden cases; equal contents have equal hashes in TestNamedQueriesAreDeterministic.
var notCompared = strings.Fields(`metrics columns codes settings goals census events unknown_words unconfigured_sources data_clock silence freshness rejected damaged_lines
	problems recomputations restated is_restated content findings staffing staffing_gaps forecast open_hours completeness completeness_days
	reconciliations vendor_differences balance balance_weekdays balance_total directory
	billing billing_causes billing_claims billing_total pulses unlisted_days`)

// columnsNotCompared are the columns of calls without a meaning in these worlds, and those that only describe a metric.
var columnsNotCompared = strings.Fields(`label unit meaning status agent_number group_basis ring_seconds agent_ring_seconds error_code recording_url
	reported_at circle ivr_key from_list`)

// TestFiguresMatchIndependentComputation runs every named query that gives figures over random worlds, each time of another period
// and with another filter, and compares the results with those computed in Go from the calls. Every metric must have a value other
// than 0, 1 and NULL at least once.
func TestFiguresMatchIndependentComputation(t *testing.T) {
	t.Parallel()
	compared := map[string]bool{}
	worlds := max(*seeds, 2)
	if testing.Short() {
		worlds = 1
	}
	for seed := range worlds {
		zone := []string{"Asia/Kolkata", "Europe/London"}[seed%2]
		w, reader := loadedWorld(t, seed+1, zone)
		filters := w.filters()
		rng := rand.New(rand.NewPCG(seed, 20))
		for i, name := range slices.Sorted(maps.Keys(comparisons)) {
			filter, period := filters[rng.IntN(len(filters))], worldPeriods[rng.IntN(len(worldPeriods))]
			if seed == 0 {
				filter, period = filters[0], worldPeriods[i%4]
			}
			of := comparisons[name]
			want := of.rows(w, plainQuestion{period[0], period[1], filter}, of.keys)
			arguments := map[string]any{"from": period[0], "to": period[1]}
			maps.Copy(arguments, filter.arguments)
			compareRows(t, fmt.Sprint(seed, " ", zone, " ", name, " ", arguments), w, reader, name, arguments, of.keys, want, compared)
		}
	}
	for _, row := range query(t, loaded(t, testSettings(), nil), "select name from metric_catalog")[1:] {
		if !compared[row[0]] {
			t.Errorf("no query gave a figure of %s to compare", row[0])
		}
	}
	for _, file := range queries.Files("named") {
		if _, ok := comparisons[file.Name]; ok == slices.Contains(notCompared, file.Name) {
			t.Errorf("query %s is in no comparison", file.Name)
		}
	}
}

func compareRows(t *testing.T, what string, w plainWorld, reader *Reader, query string, arguments map[string]any, keys []string,
	want map[string]plainRow, compared map[string]bool) {
	t.Helper()
	var columns []string
	seen := map[string]bool{}
	err := reader.Query(context.Background(), query, arguments,
		func(names []string) error { columns = slices.Clone(names); return nil },
		func(values []any) error {
			row := map[string]string{"everything": "all calls"}
			for i, column := range columns {
				row[column] = cell(values[i])
				if at, ok := values[i].(time.Time); ok {
					row[column] = at.In(w.zone).Format(time.DateTime)
				}
			}
			row["flags"] = sortedWords(row["flags"])
			key := keyOf(keys, func(name string) string { return row[name] })
			expected := want[key]
			if expected == nil || seen[key] {
				t.Errorf("%s: a row too many: %q %v", what, key, values)
				return nil
			}
			seen[key] = true
			expected = w.withGoals(expected, columns, arguments, dimensions(row, keys))
			for _, column := range columns {
				if slices.Contains(keys, column) || slices.Contains(columnsNotCompared, column) {
					continue
				}
				value, ok := expected[column]
				if !ok || !isEqual(row[column], value) {
					t.Errorf("%s: %s of %q is %s, want %v", what, column, key, row[column], value)
				}
				if figure, ok := value.(float64); ok && figure != 0 && !math.IsNaN(figure) && figure != 1 {
					compared[column] = true
				}
			}
			return nil
		})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for key := range want {
		if !seen[key] {
			t.Errorf("%s: no row for %q", what, key)
		}
	}
}

func dimensions(row map[string]string, keys []string) map[string]string {
	of := map[string]string{}
	for _, key := range keys {
		of[key] = row[key]
	}
	return of
}

func keyOf(names []string, value func(name string) string) string {
	var parts []string
	for _, name := range names {
		parts = append(parts, value(name))
	}
	return strings.Join(parts, "|")
}

// sortedWords sorts the elements of a list that has been printed.
func sortedWords(list string) string {
	return fmt.Sprint(slices.Sorted(slices.Values(strings.Fields(strings.Trim(list, "[]")))))
}

func isEqual(got string, want any) bool {
	figure, ok := want.(float64)
	if !ok {
		return got == fmt.Sprint(want)
	}
	if got == "" || math.IsNaN(figure) {
		return got == "" && math.IsNaN(figure)
	}
	value, err := strconv.ParseFloat(got, 64)
	return err == nil && math.Abs(value-figure) <= 1e-9*max(1, math.Abs(figure))
}
