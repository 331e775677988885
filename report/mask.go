package report

import "slices"

// maskedColumns hold customers' numbers.
var maskedColumns = []string{"customer_number", "customer_key"}

// notShown stands for what may have a customer's number anywhere in it.
const redacted = "(not shown)"

// maskRow makes the customers' numbers of a row unreadable, in whatever column they stand.
func maskRow(columns []string, values []any) {
	field := ""
	if at := slices.Index(columns, "field"); at >= 0 { // what a restated value is of
		field, _ = values[at].(string)
	}
	for i, column := range columns {
		if column == "old" || column == "new" {
			column = field
		}
		switch {
		case values[i] == nil:
		case slices.Contains(maskedColumns, column):
			values[i] = maskValue(values[i])
		case column == "extra":
			values[i] = redacted
		}
	}
}

func maskValue(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = maskValue(item)
		}
		return all
	}
	return maskNumber(toText(v))
}

// masked is a number of which only the last four digits can be read.
func maskNumber(number string) string {
	digits := []byte(number)
	for i, left := len(digits)-1, 4; i >= 0; i-- {
		if left--; left < 0 && digits[i] >= '0' && digits[i] <= '9' || len(digits) < 8 {
			digits[i] = 'x'
		}
	}
	return string(digits)
}
