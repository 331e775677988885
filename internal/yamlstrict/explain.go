package yamlstrict

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/suggest"
)

// Error is an error in a file. It shows keys and never a value: a value may be a secret, or be next to one.
type Error struct {
	Line    int    // 0 if unknown
	Key     string // the last known key before the error in its line; may be empty
	Message string
	Hint    string

	excerpt string
}

func (e *Error) Error() string {
	var text strings.Builder
	switch {
	case e.Line > 0 && e.Key != "":
		fmt.Fprintf(&text, "line %d, %s: ", e.Line, e.Key)
	case e.Line > 0:
		fmt.Fprintf(&text, "line %d: ", e.Line)
	}
	text.WriteString(e.Message + e.excerpt)
	if e.Hint != "" {
		text.WriteString("\nhint: " + e.Hint)
	}
	return text.String()
}

// WithExcerpt adds the lines around the error, for files without secrets.
func (e *Error) WithExcerpt(text []byte) *Error {
	lines := strings.Split(string(text), "\n")
	shown := *e
	for n := max(e.Line-2, 1); e.Line > 0 && n <= min(e.Line+2, len(lines)); n++ {
		mark := " "
		if n == e.Line {
			mark = ">"
		}
		shown.excerpt += strings.TrimRight(fmt.Sprintf("\n%s %2d | %s", mark, n, lines[n-1]), " \r")
	}
	return &shown
}

// ValueError is returned by an UnmarshalYAML method for an invalid value. Message and Hint do not contain the value, unless it is
// certainly not a secret.
type ValueError struct {
	Value   string
	Message string
	Hint    string
}

func (e *ValueError) Error() string { return e.Message }

const unreadable = "cannot be read as YAML"

// explain returns the Error for an error of the YAML library, whose text would show the lines around it.
func explain(err error, text []byte, known []string) error {
	var nested *Error // of an UnmarshalYAML method that decodes a part of the file
	if errors.As(err, &nested) {
		nested.Line = 0 // relative to the part
		return nested
	}
	e := &Error{Message: unreadable}
	var where *token.Token
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		where = syntax.GetToken()
		e.Message, e.Hint = describe(syntax, text, known)
	}
	if value := badValue(err); value != nil {
		where = findValue(text, value.Value)
		e.Message, e.Hint = value.Message, value.Hint
	}
	if where == nil {
		return e
	}
	e.Line = where.Position.Line
	var unknown *yaml.UnknownFieldError
	if !errors.As(err, &unknown) {
		e.Key = keyBefore(text, where.Position, known)
	}
	return e
}

// describe returns the library's message without text of the file.
func describe(err yaml.Error, text []byte, known []string) (message, hint string) {
	switch err := err.(type) {
	case *yaml.UnknownFieldError:
		key := firstQuoted(err.Message)
		hint = "the examples show every key"
		if slices.Contains(known, key) {
			hint = "the key belongs elsewhere: check the indentation, and the examples, which show every key"
		} else if near := suggest.Nearest(key, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return "unknown key" + shownKey(key, text), hint
	case *yaml.TypeError:
		if where := err.GetToken(); where != nil && err.DstType == reflect.TypeFor[time.Duration]() {
			hint = suggest.Duration(where.Value)
		}
		return expected(err.DstType), hint
	case *yaml.OverflowError:
		return "the number is too large", ""
	case *yaml.UnexpectedNodeTypeError:
		want := reflect.TypeFor[map[string]any]()
		if err.Expected == ast.SequenceType {
			want = reflect.TypeFor[[]any]()
		}
		return fmt.Sprintf("%s; this is a %s", expected(want), err.Actual.YAMLName()), ""
	}
	if first, ok := strings.CutPrefix(err.GetMessage(), "mapping key "); ok {
		return "duplicate key" + shownKey(firstQuoted(first), text), ""
	}
	return strings.TrimRight(quoted().ReplaceAllString(err.GetMessage(), "…"), ": "), ""
}

// expected describes the values of a Go type.
func expected(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "expected a duration such as 5s, 10m or 24h"
	case t.Kind() == reflect.Pointer:
		return expected(t.Elem())
	case t.Kind() == reflect.String:
		return "expected a text; quote it if it looks like a number or a list"
	case t.Kind() == reflect.Bool:
		return "expected true or false"
	case t.Kind() == reflect.Slice:
		return "expected a list such as [a, b]"
	case t.Kind() == reflect.Map, t.Kind() == reflect.Struct:
		return "expected keys with values such as {key: value}"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return "expected a whole number"
	}
	return "expected a number"
}

// badValue returns the value that an UnmarshalYAML method or time.ParseDuration rejected, nil for other errors.
func badValue(err error) *ValueError {
	var value *ValueError
	if errors.As(err, &value) {
		return value
	}
	if _, isYAML := err.(yaml.Error); !isYAML && strings.HasPrefix(err.Error(), "time: ") {
		written := quoted().FindAllString(err.Error(), -1)
		if len(written) > 0 {
			text, _ := strconv.Unquote(written[len(written)-1])
			return &ValueError{text, expected(reflect.TypeFor[time.Duration]()), suggest.Duration(text)}
		}
	}
	return nil
}

// findValue returns the first token with a value: errors of values have no position.
func findValue(text []byte, value string) (found *token.Token) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil
	}
	for _, doc := range file.Docs {
		ast.Walk(visitor(func(node ast.Node) {
			if found == nil && node.GetToken() != nil && node.GetToken().Value == value {
				found = node.GetToken()
			}
		}), doc)
	}
	return found
}

type visitor func(node ast.Node)

func (v visitor) Visit(node ast.Node) ast.Visitor {
	v(node)
	return v
}

var (
	quoted = lazyregexp.New(`"(\\.|[^"\\])*"`)
	anyKey = lazyregexp.New(`[A-Za-z_]+`)
	word   = lazyregexp.New(`^[A-Za-z_-]{1,40}$`)
)

func firstQuoted(message string) string { return strings.Trim(quoted().FindString(message), `"`) }

// shownKey returns a key for a message. It is empty if the key has no colon after it or characters other than letters, since it may be a
// secret in the wrong place.
func shownKey(key string, text []byte) string {
	colon := regexp.MustCompile(regexp.QuoteMeta(key) + `["']?\s*:(\s|$)`)
	if !word().MatchString(key) || !colon.Match(text) {
		return ""
	}
	return fmt.Sprintf(" %q", key)
}

// keyBefore returns the last known key before a position in its line.
func keyBefore(text []byte, at *token.Position, known []string) (key string) {
	lines := strings.Split(string(text), "\n")
	if at.Line > len(lines) {
		return ""
	}
	line := []rune(lines[at.Line-1])
	before := string(line[:min(max(at.Column-1, 0), len(line))])
	for _, found := range anyKey().FindAllStringIndex(string(line), -1) {
		name := string(line)[found[0]:found[1]]
		follows := strings.HasPrefix(strings.TrimLeft(string(line)[found[1]:], `"' `), ":")
		if found[0] <= len(before) && follows && slices.Contains(known, name) {
			key = name
		}
	}
	return key
}
