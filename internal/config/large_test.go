package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestLargeListsCostInProportion: reading four times as many entries takes about four times the work, counted as allocations.
func TestLargeListsCostInProportion(t *testing.T) {
	const (
		source = "collector:\n  sources:\n    - name: main\n"
		burst  = "mail: {host: mail.example.com, from: reports@example.com}\nreports:\n  - name: daily\n    schedule: '0 8 * * *'\n    burst: call_group\n" +
			"    deliver:\n      - mail:\n          to: [manager@example.com]\n          recipients:\n"
	)
	for name, entry := range map[string]string{
		"business:\n  agents:\n":         "    - {number: '92%08d', name: Agent}\n",
		"business:\n  number_groups:\n":  "    '92%08d': Sales\n",
		"business:\n  holidays:\n":       "    - 2026-10-05 # %d\n",
		"business:\n  group_goals:\n":    "    Group %d: {answer_rate: 0.9}\n",
		"business:\n  number_goals:\n":   "    '92%08d': {answer_rate: 0.9}\n",
		"collector:\n  sources:\n":       "    - {name: source%d, tokens: ['${TOKEN}']}\n",
		source + "      tokens:\n":       "        - '${TOKEN%d}'\n",
		source + "      allow:\n":        "        - 10.0.0.0/8 # %d\n",
		source + "      status_words:\n": "        Word%d: answered\n",
		burst:                            "            Group%d: [manager@example.com]\n",
		"reports:\n":                     "  - {name: report%d, template: daily, schedule: '0 8 * * *', deliver: [{folder: out}]}\n",
	} {
		text := func(entries int) []byte {
			var text strings.Builder
			text.WriteString(name)
			for i := range entries {
				fmt.Fprintf(&text, entry, i)
			}
			return []byte(text.String())
		}
		cost := func(entries int) float64 {
			given := text(entries)
			return testing.AllocsPerRun(1, func() {
				if _, err := Parse(given); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			})
		}
		if few, many := cost(200), cost(800); many > 6*few {
			t.Errorf("%s%d entries: %.0f allocations, %d entries: %.0f", name, 200, few, 800, many)
		}
	}
}
