package yamlstrict

import (
	"math"
	"reflect"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// checkScalars returns an error for values that the library takes for others: it cuts a fraction off where a whole number is expected, and an
// empty value in a map is 0. key is that of the value.
func checkScalars(node ast.Node, t reflect.Type, key *place) *Error {
	switch node := node.(type) {
	case *ast.AnchorNode:
		return checkScalars(node.Value, t, key)
	case *ast.TagNode:
		return checkScalars(node.Value, t, key)
	case *ast.MappingNode:
		for _, entry := range node.Values {
			if err := checkEntry(entry, t, key); err != nil {
				return err
			}
		}
		return nil
	case *ast.MappingValueNode:
		return checkEntry(node, t, key)
	case *ast.SequenceNode:
		list := pointedTo(t)
		if list.Kind() != reflect.Slice {
			return nil
		}
		for _, entry := range node.Values {
			if err := checkScalars(entry, list.Elem(), key); err != nil {
				return err
			}
		}
		return nil
	}
	return key.checkScalar(node, pointedTo(t))
}

// place is where a value is, for messages.
type place struct {
	key  string // of a struct
	line int
}

// checkEntry checks the value of an entry of a struct or a map.
func checkEntry(entry *ast.MappingValueNode, t reflect.Type, key *place) *Error {
	at := entry.Key.GetToken()
	switch t = pointedTo(t); t.Kind() {
	case reflect.Map:
		return checkScalars(entry.Value, t.Elem(), &place{key.key, at.Position.Line})
	case reflect.Struct:
		for field := range t.Fields() {
			if field.Tag.Get("yaml") == at.Value {
				return checkScalars(entry.Value, field.Type, &place{at.Value, at.Position.Line})
			}
		}
	}
	return nil
}

func (p *place) checkScalar(node ast.Node, t reflect.Type) *Error {
	_, isNull := node.(*ast.NullNode)
	isWhole := t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64
	switch {
	case isNull && (isWhole || t.Kind() == reflect.Float64 || t.Kind() == reflect.Bool):
		return &Error{Line: p.line, Key: p.key, Message: expected(t) + "; this is empty", Hint: "write a value, or leave the key out"}
	case isWhole && !hasOwnForm(t):
		if n, err := strconv.ParseFloat(node.GetToken().Value, 64); err == nil && n != math.Trunc(n) {
			return &Error{Line: p.line, Key: p.key, Message: expected(t)}
		}
	}
	return nil
}

// hasOwnForm reports whether a type is written otherwise than its kind, as a duration or a size.
func hasOwnForm(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.NodeUnmarshaler]())
}

func pointedTo(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
