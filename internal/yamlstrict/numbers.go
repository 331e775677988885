package yamlstrict

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// plainNumber is a number that has the same text as its value.
var plainNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// quoteNumbers puts quotes around the numbers that YAML reads otherwise than they are written: 01204000001 is a phone number and no octal
// one, and +91 keeps its sign. Lines stay where they are.
func quoteNumbers(text []byte) []byte {
	types := []token.Type{token.IntegerType, token.OctetIntegerType, token.HexIntegerType, token.BinaryIntegerType, token.FloatType}
	lines := strings.SplitAfter(string(text), "\n")
	tokens := lexer.Tokenize(string(text))
	for _, t := range slices.Backward(tokens) { // an insertion moves what follows in the line
		if !slices.Contains(types, t.Type) || plainNumber.MatchString(t.Value) {
			continue
		}
		line, start := []rune(lines[t.Position.Line-1]), t.Position.Column-1
		end := start + len(t.Value)
		if end <= len(line) && string(line[start:end]) == t.Value {
			lines[t.Position.Line-1] = string(line[:start]) + `"` + t.Value + `"` + string(line[end:])
		}
	}
	return []byte(strings.Join(lines, ""))
}
