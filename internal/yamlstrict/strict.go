// Package strict reads the YAML files that people write, the configuration and report definitions: an unknown key or
// a wrong type is an error that names the line and the nearest right key, and shows no value.
package yamlstrict

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// Decode reads text over the defaults that stand in into, a pointer to a struct. An empty text changes nothing. Its error is an
// *Error.
func Decode(text []byte, into any) (err error) {
	defer func() {
		if recover() != nil { // the library's, over some broken files
			err = &Error{Message: unreadable}
		}
	}()
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return explain(err, text, Keys(into))
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
