package report

import "regexp"

// maxPhoneLinks bounds the links of a table: the time to write one grows with their number.
const maxPhoneLinks = 1000

// phoneNumber matches a number that a phone can dial as it is. One that is masked has other characters.
var phoneNumber = regexp.MustCompile(`^\+?[0-9]{8,15}$`)

// linkPhones makes the customers' numbers of a table links that dial them.
func (p *page) linkPhones(t *tableLayout, column int, rows [][]any, index int) {
	row, links := t.header, 0
	style := padded(p.bodyStyle("left", "@"), column)
	style.TextColour, style.Underline = p.theme.Blue, true
	for v := range columnValues(rows, index) {
		row++
		if number := toText(v); phoneNumber.MatchString(number) && links < maxPhoneLinks {
			links++
			p.LinkTo(column, row, "tel:"+number)
			p.SetStyle(column, row, column, row, style)
		}
	}
}
