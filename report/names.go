package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"callsheet/report/xlsx"
)

// displayNames are what the values of a name column are shown as. Different values that look the same, such as two groups one of which
// contains a tab or an invisible character, are told apart by a number, which is the same on every sheet.
type displayNames struct {
	numbered   map[string]string   // by value, only those with a number
	lookalikes map[string][]string // values, by how they look
}

// blankName is shown for a name without any visible character.
const blankName = "(blank)"

// nameColumns are the columns that identify a row.
var nameColumns = []string{"call_group", "agent", "campaign_id", "virtual_number"}

// displayName returns what a value of a name column is shown as. shown is its cell value.
func (b *book) displayName(column string, value any, shown any) any {
	raw, isText := value.(string)
	if !isText {
		return shown
	}
	text, _ := shown.(string)
	if visibleText(text) == "" {
		text, shown = blankName, blankName
	}
	names := b.displayNames[column]
	if names == nil {
		names = &displayNames{numbered: map[string]string{}, lookalikes: map[string][]string{}}
		b.displayNames[column] = names
	}
	if numbered, ok := names.numbered[raw]; ok {
		return numbered
	}
	key := visibleText(text)
	same := names.lookalikes[key]
	if slices.Contains(same, raw) {
		return shown
	}
	names.lookalikes[key] = append(same, raw)
	if len(same) == 0 {
		return shown
	}
	names.numbered[raw] = withNumber(text, len(same)+1)
	return names.numbered[raw]
}

// numberedNames counts the names that have a number.
func (b *book) numberedNames() (n int) {
	for _, names := range b.displayNames {
		n += len(names.numbered)
	}
	return n
}

// knownDisplayName returns the numbered name that a value has on another sheet, or shown.
func (b *book) knownDisplayName(column string, value any, shown any) any {
	if names := b.displayNames[column]; names != nil && len(names.numbered) > 0 {
		if raw, ok := value.(string); ok {
			if numbered, ok := names.numbered[raw]; ok {
				return numbered
			}
		}
	}
	return shown
}

// visibleText returns a text without invisible characters, and with blanks only between words.
func visibleText(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)), " ")
}

// withNumber appends a number to a text, which is truncated if necessary.
func withNumber(s string, n int) string {
	suffix := fmt.Sprintf(" (%d)", n)
	untruncated := strings.TrimSuffix(s, xlsx.TruncationMark)
	if untruncated == s && xlsx.TextLen(s)+xlsx.TextLen(suffix) <= xlsx.MaxText {
		return s + suffix
	}
	// The blanks make the text too long, so that it gets the mark again.
	blanks := strings.Repeat(" ", xlsx.TextLen(xlsx.TruncationMark)+xlsx.TextLen(suffix))
	return xlsx.Truncate(untruncated+blanks, xlsx.MaxText-xlsx.TextLen(suffix)) + suffix
}
