package yamlstrict

import (
	"slices"

	"github.com/goccy/go-yaml/token"

	"callsheet/internal/lazyregexp"
)

// plainNumber is a number that has the same text as its value.
var plainNumber = lazyregexp.New(`^(0|-?[1-9][0-9]*)$`)

// quoteNumbers puts quotes around the numbers in lines that YAML reads otherwise than they are written: 01204000001 is a phone number and no
// octal one, and +91 keeps its sign.
func quoteNumbers(lines []string, tokens token.Tokens) {
	types := []token.Type{token.IntegerType, token.OctetIntegerType, token.HexIntegerType, token.BinaryIntegerType, token.FloatType}
	for _, t := range slices.Backward(tokens) { // an insertion moves what follows in the line
		if !slices.Contains(types, t.Type) || plainNumber().MatchString(t.Value) {
			continue
		}
		line, start := []rune(lines[t.Position.Line-1]), t.Position.Column-1
		end := start + len(t.Value)
		if end <= len(line) && string(line[start:end]) == t.Value {
			lines[t.Position.Line-1] = string(line[:start]) + `"` + t.Value + `"` + string(line[end:])
		}
	}
}
