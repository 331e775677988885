// Package yamlstrict decodes YAML files that people write: the configuration and report definitions. An unknown key or a wrong type is an
// error with the line and the nearest known key, and without values.
package yamlstrict

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// TrimBOM returns a text without the byte order mark that editors on Windows begin it with.
func TrimBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }

// Decode decodes text into a pointer to a struct, which has the defaults. A text without values changes nothing. The error is an *Error.
func Decode(text []byte, into any) (err error) {
	defer func() {
		if recover() != nil { // the library panics on some invalid files
			err = &Error{Message: unreadable}
		}
	}()
	text = TrimBOM(text)
	lines, tokens := strings.SplitAfter(string(text), "\n"), lexer.Tokenize(string(text))
	isEmpty, err := onlyDocument(lines, tokens)
	if err != nil || isEmpty {
		return err
	}
	quoteNumbers(lines, tokens)
	read := strings.Join(lines, "")
	if err := yaml.NewDecoder(strings.NewReader(read), yaml.Strict()).Decode(into); err != nil {
		return explain(err, text, Keys(into))
	}
	file, err := parser.ParseBytes([]byte(read), 0)
	if err != nil {
		return explain(err, text, Keys(into))
	}
	for _, document := range file.Docs {
		if wrong := checkScalars(document.Body, reflect.TypeOf(into), &place{}); wrong != nil {
			return wrong
		}
	}
	return nil
}

// Written returns a value as it is written, without quotes around it. A method UnmarshalYAML gets a node for it and no text, since the library
// takes as long for each text as for the whole file.
func Written(node ast.Node) string { return strings.Trim(strings.TrimSpace(node.String()), `"'`) }

// Keys returns all keys that Decode accepts for the type of value, at any depth.
func Keys(value any) []string { return keys(reflect.TypeOf(value), map[reflect.Type]bool{}) }

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
			if tag := field.Tag.Get("yaml"); tag != "" && tag != "-" {
				list = append(list, tag)
				list = append(list, keys(field.Type, seen)...)
			}
		}
		return list
	}
	return nil
}
