package report

import "slices"

// maskedColumns are the columns with customers' numbers.
var maskedColumns = []string{"customer_number", "customer_key"}

// redacted replaces a value that may contain a customer's number anywhere.
const redacted = "(not shown)"

// maskRow masks the customers' numbers in all columns of a row.
func maskRow(columns []string, values []any) {
	field := ""
	if at := slices.Index(columns, "field"); at >= 0 { // the column that a restated value belongs to
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

// maskNumber replaces all digits of a number but the last four. A number of fewer than eight characters loses all.
func maskNumber(number string) string {
	masked, visible := []byte(number), 4
	for i := len(masked) - 1; i >= 0; i-- {
		if visible--; visible < 0 && masked[i] >= '0' && masked[i] <= '9' || len(masked) < 8 {
			masked[i] = 'x'
		}
	}
	return string(masked)
}
