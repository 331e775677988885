package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestBriefSaysWhyNothingIsCompared in the words of the summary, and names no periods then.
func TestBriefSaysWhyNothingIsCompared(t *testing.T) {
	_, result := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "2026-W37"))
	if result.ComparedWith != "" || result.NoComparison != "No comparison: the first delivery came on Monday 7 September 2026" {
		t.Errorf("%q, %q", result.ComparedWith, result.NoComparison)
	}
}

// TestBriefSaysWhatTheSummarySays compares the text for a message with the cells of the summary.
func TestBriefSaysWhatTheSummarySays(t *testing.T) {
	skipIfShort(t)
	for _, template := range []string{"daily", "weekly", "monthly", "agents", "coins"} {
		path, result := build(t, readTemplate(t, template), &testSource{calls: testMonth()}, request(t, "yesterday"))
		rows, err := open(t, path).GetRows("Summary")
		if err != nil {
			t.Fatal(err)
		}
		var cells []string
		for _, row := range rows {
			cells = append(cells, row...)
		}
		if !strings.Contains(strings.Join(cells, "\n"), "ompared with "+result.ComparedWith) {
			t.Errorf("%s: compared with %q", template, result.ComparedWith)
		}
		if len(result.Findings) == 0 && result.NoFindings == "" {
			t.Errorf("%s: there are neither findings nor a word that there are none", template)
		}
		for _, f := range result.Findings {
			text := strings.ReplaceAll(f.Text, " Asia/Kolkata", "")
			if f.Sheet != "" && !slices.Contains(cells, "→ "+f.Sheet) {
				t.Errorf("%s: the summary has no link to %q", template, f.Sheet)
			}
			if !slices.Contains(cells, "●  "+text) {
				t.Errorf("%s: the summary has no finding %q", template, f.Text)
			}
		}
		if result.NoFindings != "" && !slices.Contains(cells, result.NoFindings) {
			t.Errorf("%s: the summary lacks %q", template, result.NoFindings)
		}
		compareRanking(t, template, result.Ranking, rows)
	}
}

// compareRanking looks for each row of the ranking, and its total, among the rows of the summary.
func compareRanking(t *testing.T, template string, ranking *TextTable, rows [][]string) {
	t.Helper()
	if ranking == nil || len(ranking.Rows) == 0 {
		t.Fatalf("%s: no ranking", template)
	}
	for _, want := range append(append([][]string{ranking.Columns}, ranking.Rows...), ranking.Total) {
		if !slices.ContainsFunc(rows, func(row []string) bool {
			var filled []string
			for _, cell := range row {
				if cell != "" {
					filled = append(filled, cell)
				}
			}
			known := slices.DeleteFunc(slices.Clone(want), func(cell string) bool { return cell == "" })
			return slices.Equal(filled, known)
		}) {
			t.Errorf("%s: the summary has no row %q in %q", template, want, rows)
		}
	}
}

// TestTimesOfMessagesHaveTheirZone: a mail is read far from the line that names the zone of a sheet.
func TestTimesOfMessagesHaveTheirZone(t *testing.T) {
	skipIfShort(t)
	for _, name := range []string{"yesterday", "today", "this-week"} {
		req := request(t, name)
		req.AsOf = req.Period.From.Add(60 * 3600e9)
		_, result := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, req)
		said := append([]string{result.DataQuality, result.ComparedWith}, result.DataWarnings...)
		for _, f := range result.Findings {
			said = append(said, f.Text)
		}
		for _, text := range said {
			for _, at := range regexp.MustCompile(`\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d`).FindAllStringIndex(text, -1) {
				if !strings.HasPrefix(text[at[1]:], " Asia/Kolkata") {
					t.Errorf("%s: no zone beside %q in %q", name, text[at[0]:at[1]], text)
				}
			}
		}
		if !strings.HasPrefix(result.DataQuality, "As of ") || !strings.Contains(result.DataQuality, "Last delivery received ") {
			t.Errorf("%s: %q", name, result.DataQuality)
		}
	}
}

func TestRankingNamesTenAndCountsTheRest(t *testing.T) {
	d := readTemplate(t, "daily")
	d.Sheets[0].Ranking.Top = 1
	_, result := build(t, d, &testSource{calls: testMonth()}, request(t, "yesterday"))
	if len(result.Ranking.Rows) != 1 || !regexp.MustCompile(`^and \d+ more$`).MatchString(result.Ranking.More) {
		t.Errorf("%d rows, %q", len(result.Ranking.Rows), result.Ranking.More)
	}
}

func TestFiltersAreNamedInWords(t *testing.T) {
	for want, filters := range map[string][]map[string]string{
		"":                                    {nil},
		"only incoming calls, business hours": {{"hours": "business", "direction": "incoming"}},
		"only calls of unknown direction":     {{"direction": "unknown"}},
		"only group Sales, outgoing calls":    {{"group": "Sales"}, {"direction": "outgoing", "group": "Sales"}},
		"only agent आशीष, source main, outside business hours":   {{"agent": "आशीष", "source": "main", "hours": "closed"}},
		"only number 01204000001, campaign 7, hours 09:00-13:30": {{"number": "01204000001", "campaign": "7", "hours": "09:00-13:30"}},
	} {
		if got := FilterWords(filters...); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
