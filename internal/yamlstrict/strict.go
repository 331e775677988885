// Package yamlstrict decodes YAML files that people write: the configuration and report definitions. An unknown key or a wrong type is an
// error with the line and the nearest known key, and without values.
package yamlstrict

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Decode decodes text into a pointer to a struct, which has the defaults. An empty text changes nothing. The error is an *Error.
func Decode(text []byte, into any) (err error) {
	defer func() {
		if recover() != nil { // the library panics on some invalid files
			err = &Error{Message: unreadable}
		}
	}()
	document, err := onlyDocument(text)
	if err != nil {
		return err
	}
	err = yaml.NewDecoder(bytes.NewReader(quoteNumbers(document)), yaml.Strict()).Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return explain(err, text, Keys(into))
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
