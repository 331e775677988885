package report

import (
	"iter"
	"slices"

	"callsheet/internal/lazyregexp"
)

// maxPhoneLinks bounds the links of a sheet: the time to write one grows with their number.
const maxPhoneLinks = 1000

// phoneColumn is the column of customers' numbers.
const phoneColumn = "customer_number"

// phoneNumber matches a number that a phone can dial as it is. One that is masked has other characters.
var phoneNumber = lazyregexp.New(`^\+?[0-9]{8,15}$`)

// linkPhones makes the customers' numbers in a column of a table links that dial them.
func (p *page) linkPhones(t *tableLayout, body *tableBody, column int, numbers iter.Seq[any]) {
	row := -1
	style := padded(p.bodyStyle("left", "@"), column+1)
	style.TextColour, style.Underline = p.theme.Blue, true
	for v := range numbers {
		row++
		if number := toText(v); p.phoneLinks < maxPhoneLinks && phoneNumber().MatchString(number) {
			p.phoneLinks++
			p.LinkTo(column+1, t.header+1+row, "tel:"+number)
			body.setStyle(column, row, style)
		}
	}
}

// phoneNote says that only the first numbers are links, if there are more of them than that.
func (b *book) phoneNote(s Sheet, result *resultSet) string {
	if !slices.Contains(s.Columns, phoneColumn) {
		return ""
	}
	numbers := 0
	for _, v := range result.column(phoneColumn) {
		if phoneNumber().MatchString(toText(v)) {
			numbers++
		}
	}
	if numbers <= maxPhoneLinks {
		return ""
	}
	return "The first " + b.locale.Number(maxPhoneLinks, 0) + " numbers can be dialled with a click."
}
