package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// names are what the values of a name column are shown as. Values that differ and would look the same, such as two groups of which
// one has a tab or an invisible character in it, are told apart by a number, the same one on every sheet.
type names struct {
	shown    map[string]string // by value, only those that have a number
	lookLike map[string][]string
}

// blankName is shown for a name of which nothing can be seen.
const blankName = "(blank)"

// nameColumns are the columns that say whose figures a row has.
var nameColumns = []string{"call_group", "agent", "campaign_id", "virtual_number"}

// named is what a value of a column is shown as; shown is its text, fit for a cell.
func (b *book) named(column string, value any, shown any) any {
	raw, isText := value.(string)
	if !isText {
		return shown
	}
	text, _ := shown.(string)
	if visible(text) == "" {
		text, shown = blankName, blankName
	}
	n := b.names[column]
	if n == nil {
		n = &names{shown: map[string]string{}, lookLike: map[string][]string{}}
		b.names[column] = n
	}
	if numbered, ok := n.shown[raw]; ok {
		return numbered
	}
	key := visible(text)
	same := n.lookLike[key]
	if slices.Contains(same, raw) {
		return shown
	}
	n.lookLike[key] = append(same, raw)
	if len(same) == 0 {
		return shown
	}
	n.shown[raw] = withNumber(text, len(same)+1)
	return n.shown[raw]
}

// known is the name that a value of a column was given on another sheet.
func (b *book) known(column string, value any, shown any) any {
	if n := b.names[column]; n != nil && len(n.shown) > 0 {
		if raw, ok := value.(string); ok {
			if numbered, ok := n.shown[raw]; ok {
				return numbered
			}
		}
	}
	return shown
}

// visible is a text without what nobody sees: invisible characters, and blanks at the ends or after another.
func visible(s string) string {
	if plain(s) && !strings.Contains(s, "  ") && strings.TrimSpace(s) == s {
		return s
	}
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)), " ")
}

// withNumber puts a number behind a text, which is cut to leave room for it.
func withNumber(s string, n int) string {
	suffix := fmt.Sprintf(" (%d)", n)
	whole := strings.TrimSuffix(s, cutMark)
	if whole == s && units(s)+units(suffix) <= excelize.TotalCellChars {
		return s + suffix
	}
	return shorten(whole+strings.Repeat(" ", units(cutMark)+units(suffix)), excelize.TotalCellChars-units(suffix)) + suffix
}
