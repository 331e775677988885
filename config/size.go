package config

import (
	"strconv"
	"strings"

	"callsheet/strict"
)

// Size is a number of bytes, written 512KiB, 8MiB, 1GiB or as a plain number.
type Size int64

var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}

// UnmarshalYAML reads the forms above.
func (s *Size) UnmarshalYAML(text []byte) error {
	written := strings.Trim(strings.TrimSpace(string(text)), `"'`)
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
	return &strict.ValueError{Value: written, Message: "a size is expected, as in 8MiB"}
}
