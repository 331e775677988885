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
type displayNames struct {
	numbered   map[string]string // by value, only those that have a number
	lookalikes map[string][]string
}

// blankName is shown for a name of which nothing can be seen.
const blankName = "(blank)"

// nameColumns are the columns that say whose figures a row has.
var nameColumns = []string{"call_group", "agent", "campaign_id", "virtual_number"}

// named is what a value of a column is shown as; shown is its text, fit for a cell.
func (b *book) displayName(column string, value any, shown any) any {
	raw, isText := value.(string)
	if !isText {
		return shown
	}
	text, _ := shown.(string)
	if visibleText(text) == "" {
		text, shown = blankName, blankName
	}
	n := b.displayNames[column]
	if n == nil {
		n = &displayNames{numbered: map[string]string{}, lookalikes: map[string][]string{}}
		b.displayNames[column] = n
	}
	if numbered, ok := n.numbered[raw]; ok {
		return numbered
	}
	key := visibleText(text)
	same := n.lookalikes[key]
	if slices.Contains(same, raw) {
		return shown
	}
	n.lookalikes[key] = append(same, raw)
	if len(same) == 0 {
		return shown
	}
	n.numbered[raw] = withNumber(text, len(same)+1)
	return n.numbered[raw]
}

// known is the name that a value of a column was given on another sheet.
func (b *book) knownDisplayName(column string, value any, shown any) any {
	if n := b.displayNames[column]; n != nil && len(n.numbered) > 0 {
		if raw, ok := value.(string); ok {
			if numbered, ok := n.numbered[raw]; ok {
				return numbered
			}
		}
	}
	return shown
}

// visible is a text without what nobody sees: invisible characters, and blanks at the ends or after another.
func visibleText(s string) string {
	if isPlainASCII(s) && !strings.Contains(s, "  ") && strings.TrimSpace(s) == s {
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
	whole := strings.TrimSuffix(s, truncationMark)
	if whole == s && utf16Len(s)+utf16Len(suffix) <= excelize.TotalCellChars {
		return s + suffix
	}
	return truncate(whole+strings.Repeat(" ", utf16Len(truncationMark)+utf16Len(suffix)), excelize.TotalCellChars-utf16Len(suffix)) + suffix
}
