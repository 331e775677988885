package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPartsOfRandomSlicesAgree asks for random periods and filters. The parts of a slice add up to it, and each part, asked for alone,
// is the same in every figure.
func TestPartsOfRandomSlicesAgree(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for seed := range *seeds {
		rng := rand.New(rand.NewPCG(seed, 22))
		w, spool := randomWorld(seed+50, "Europe/London", 400)
		reader := loaded(t, w.settings, map[string]string{"2026-10-20.ndjson": spool})
		from := time.Date(2026, 10, 7+rng.IntN(24), 0, 0, 0, 0, time.UTC)
		slice := map[string]any{"from": from.Format(time.DateOnly), "to": from.AddDate(0, 0, 1+rng.IntN(9)).Format(time.DateOnly)}
		maps.Copy(slice, pick(rng, w.filters()[:9]).arguments)
		total := tableOf(namedRows(t, reader, "total", slice))[0]
		for _, part := range []struct {
			query string
			keys  map[string]string // columns that identify a part, and the arguments that ask for it
			whole bool              // whether the parts are the whole
		}{
			{"days", map[string]string{"local_day": "day"}, true},
			{"groups", map[string]string{"call_group": "group"}, true},
			{"numbers", map[string]string{"virtual_number": "number"}, true},
			{"hours", nil, true},
			{"group_days", map[string]string{"call_group": "group", "local_day": "day"}, true},
			{"campaigns", map[string]string{"campaign_id": "campaign"}, false},
			{"group_agents", map[string]string{"call_group": "group", "agent": "agent"}, false},
		} {
			rows := tableOf(namedRows(t, reader, part.query, slice))
			what := fmt.Sprintf("seed %d, %s %v", seed, part.query, slice)
			for _, name := range additive {
				sum := 0.0
				for _, row := range rows {
					sum += numberOf(row[name])
				}
				if part.whole && hasColumn(rows, name) && !isEqual(total[name], sum) {
					t.Errorf("%s: the %s add up to %v, in total %s", what, name, sum, total[name])
				}
			}
			rows = slices.DeleteFunc(rows, func(row map[string]string) bool {
				for column := range part.keys {
					if row[column] == "" || strings.HasPrefix(row[column], "Single calls") {
						return true
					}
				}
				return false
			})
			if len(rows) == 0 || part.keys == nil {
				continue
			}
			row, alone := pick(rng, rows), maps.Clone(slice)
			for column, argument := range part.keys {
				if argument == "day" {
					alone["from"], alone["to"] = row[column], row[column]
				} else if alone[argument] == nil {
					alone[argument] = row[column]
				}
			}
			query := "total"
			if part.query == "group_agents" {
				query = "agents"
			}
			for _, of := range tableOf(namedRows(t, reader, query, alone)) {
				for column, figure := range row {
					if column == "below_goal" && !hasColumn(rows, "recovery_rate_to_goal") {
						continue // of fewer figures than the total has
					}
					if other, has := of[column]; has && !isSameFigure(figure, other) {
						t.Errorf("%s: %s of %v is %s, and alone %s", what, column, alone, figure, other)
					}
				}
			}
		}
	}
}

// tableOf returns rows by column.
func tableOf(rows [][]string) (table []map[string]string) {
	for _, values := range rows[1:] {
		row := map[string]string{}
		for i, column := range rows[0] {
			row[column] = values[i]
		}
		table = append(table, row)
	}
	return table
}

func hasColumn(rows []map[string]string, name string) bool {
	if len(rows) == 0 {
		return false
	}
	_, has := rows[0][name]
	return has
}

func numberOf(text string) float64 {
	number, _ := strconv.ParseFloat(text, 64)
	return number
}

func isSameFigure(a, b string) bool {
	number, err := strconv.ParseFloat(a, 64)
	return a == b || err == nil && isEqual(b, number)
}
