package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// explain says what is wrong with the YAML, at which line, and for an unknown key which one was meant.
func explain(err error, text []byte) error {
	message := strings.TrimRight(yaml.FormatError(err, false, true), "\n")
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		position := syntax.GetToken().Position
		_, excerpt, _ := strings.Cut(message, "\n")
		message = fmt.Sprintf("line %d: %s\n%s", position.Line, syntax.GetMessage(), excerpt)
	}
	if match := unknownField.FindStringSubmatch(message); match != nil {
		message = strings.Replace(message, "unknown field", "unknown key", 1)
		return fmt.Errorf("%s\nhint: did you mean %q? config.example.yaml shows every key", message, nearest(match[1], keys(reflect.TypeFor[Config]())))
	}
	return errors.New(message)
}

// keys are all keys that the configuration knows, at any depth.
func keys(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(t.Elem())
	case reflect.Struct:
		var list []string
		for field := range t.Fields() {
			if tag := field.Tag.Get("yaml"); tag != "" {
				list = append(list, tag)
				list = append(list, keys(field.Type)...)
			}
		}
		return list
	}
	return nil
}

// nearest is the candidate with the fewest letters to change.
func nearest(word string, candidates []string) string {
	best, least := "", len(word)+100
	for _, candidate := range candidates {
		if d := distance(word, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance is Levenshtein's: insertions, deletions and replacements of single bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
