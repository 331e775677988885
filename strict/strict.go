// Package strict reads the YAML files that people write, the configuration and report definitions: an unknown key or
// a wrong type is an error that shows the line and the nearest right key.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// Decode reads text over the defaults that stand in into, a pointer to a struct. An empty text changes nothing.
func Decode(text []byte, into any) error {
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	message := strings.TrimRight(yaml.FormatError(err, false, true), "\n")
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		_, excerpt, _ := strings.Cut(message, "\n")
		message = fmt.Sprintf("line %d: %s\n%s", syntax.GetToken().Position.Line, syntax.GetMessage(), excerpt)
	}
	match := unknownField.FindStringSubmatch(message)
	if match == nil {
		return errors.New(message)
	}
	hint := "the examples show every key"
	if near := Nearest(match[1], keys(reflect.TypeOf(into), map[reflect.Type]bool{})); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("%s\nhint: %s", strings.Replace(message, "unknown field", "unknown key", 1), hint)
}

// Keys are all keys that Decode knows for a type, at any depth.
func Keys(of any) []string { return keys(reflect.TypeOf(of), map[reflect.Type]bool{}) }

func keys(t reflect.Type, seen map[reflect.Type]bool) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(t.Elem(), seen)
	case reflect.Struct:
		if seen[t] {
			return nil
		}
		seen[t] = true
		var list []string
		for field := range t.Fields() {
			if tag := field.Tag.Get("yaml"); tag != "" {
				list = append(list, tag)
				list = append(list, keys(field.Type, seen)...)
			}
		}
		return list
	}
	return nil
}

// Nearest is the candidate that takes the fewest edits to become word, if it takes few; else it is empty.
func Nearest(word string, candidates []string) string {
	best, fewest := "", len(word)/2+1
	for _, candidate := range candidates {
		if n := edits(strings.ToLower(word), strings.ToLower(candidate)); n < fewest {
			best, fewest = candidate, n
		}
	}
	return best
}

// edits is the Levenshtein distance: insertions, deletions and replacements of single bytes.
func edits(a, b string) int {
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
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
