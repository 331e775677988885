package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/suggest"
	"callsheet/internal/yamlstrict"
)

// Size is a number of bytes, written 512KiB, 8MiB, 1GiB or as a plain number.
type Size int64

var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}

// UnmarshalYAML parses a size.
func (s *Size) UnmarshalYAML(node ast.Node) error {
	written := yamlstrict.Written(node)
	for _, unit := range units {
		number, ok := strings.CutSuffix(written, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 1 {
			break
		}
		*s = Size(n * unit.bytes)
		return nil
	}
	return &yamlstrict.ValueError{Value: written, Message: "expected a size, such as 8MiB", Hint: suggest.Size(written)}
}

// memory is an amount of memory in DuckDB's syntax: 500MB, 1.5 GiB, 4g.
var memory = lazyregexp.New(`(?i)^\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt])(i?)(?:b|bytes?)?\s*$`)

var isNumber = lazyregexp.New(`^\s*[1-9][0-9]{0,5}\s*$`)

// ParseMemory returns the bytes of a memory limit in DuckDB's syntax.
func ParseMemory(text string) (int64, error) {
	parts := memory().FindStringSubmatch(text)
	if parts == nil || strings.Trim(parts[1], "0.") == "" {
		err := fmt.Errorf("%q is not an amount of memory, such as 500MB or 2GB", text)
		if isNumber().MatchString(text) {
			err = fmt.Errorf("%w\nhint: write %[2]sMB or %[2]sGB", err, strings.TrimSpace(text))
		}
		return 0, err
	}
	amount, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return 0, err
	}
	base := 1000.0
	if parts[3] != "" {
		base = 1024
	}
	power := 1 + strings.Index("kmgt", strings.ToLower(parts[2]))
	return int64(amount * math.Pow(base, float64(power))), nil
}
