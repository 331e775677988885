package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"callsheet/internal/spool"
)

// objectReader passes on the objects of a JSON file: NDJSON, objects that are indented over several lines, an array, or an object
// around an array, such as {"data":[…]}. It reads them one by one, so the file may be larger than memory.
type objectReader struct {
	lines   *lineReader
	place   string                             // what is counted: line, item or object
	deliver func(n int64, object []byte) error // a compact JSON object
	refuse  func(n int64, reason string)
	wrapper bool // objects around arrays
}

// setPlace determines what is read: the items of an array or of arrays within objects, lines, or objects. first is [ or {.
func (o *objectReader) setPlace(first byte) {
	head := o.lines.head()
	switch {
	case first == '[':
		o.place = "item"
	case isWrapper(head):
		o.place, o.wrapper = "item", true
	case !startsWithLine(head):
		o.place = "object"
	default:
		o.place = "line"
	}
}

// read reads the file. It stops at a syntax error, except in NDJSON.
func (o *objectReader) read() error {
	switch {
	case o.wrapper:
		return o.wrapped(json.NewDecoder(o.lines.r))
	case o.place == "item":
		return o.elements(json.NewDecoder(o.lines.r))
	case o.place == "object":
		return o.indented(json.NewDecoder(o.lines.r))
	}
	o.lines.isUTF8 = true
	for {
		line, err := o.lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text := strings.TrimSpace(line.text)
		switch {
		case line.damage != "":
			o.refuse(line.number, line.damage)
		case text != "":
			if err := o.object(line.number, []byte(text)); err != nil {
				return err
			}
		}
	}
}

// startsWithLine reports whether a JSON file has whole objects in its lines.
func startsWithLine(head []byte) bool {
	line, _, whole := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	return len(bytes.TrimSpace(line)) > 1 && (!whole || json.Valid(line) || !isIndented(head))
}

// isIndented reports whether the first object of a file is one over several lines.
func isIndented(head []byte) bool {
	var item json.RawMessage
	return json.NewDecoder(bytes.NewReader(head)).Decode(&item) == nil
}

// isWrapper reports whether a file begins with an object that is no call and has an array of objects.
func isWrapper(head []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(head))
	isKey := false
	var open []json.Delim
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		inObject := len(open) > 0 && open[len(open)-1] == '{'
		isKey = inObject && !isKey
		switch value := token.(type) {
		case string:
			if isKey && (value == "kind" || fieldByHeading[normal(value)] == callSid) {
				return false
			}
		case json.Delim:
			switch value {
			case '{', '[':
				if value == '{' && len(open) > 0 && open[len(open)-1] == '[' {
					return true
				}
				open = append(open, value)
				isKey = false
				continue
			default:
				if open = open[:len(open)-1]; len(open) == 0 {
					return false
				}
				isKey = false
			}
		}
	}
}

// elements reads an array.
func (o *objectReader) elements(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if err := o.items(decoder, new(int64)); err != nil {
		return err
	}
	return o.endOfFile(decoder)
}

// items reads the elements of an array up to its end.
func (o *objectReader) items(decoder *json.Decoder, n *int64) error {
	for decoder.More() {
		*n++
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil {
			return fmt.Errorf("item %d: %w", *n, withinJSON(err))
		}
		if err := o.object(*n, item); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return withinJSON(err)
	}
	return nil
}

// wrapped reads the arrays within objects, such as the pages of a list. What has no array is refused.
func (o *objectReader) wrapped(decoder *json.Decoder) error {
	var n int64
	hasArray := false
	for depth := 0; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			return nil
		case err != nil:
			return withinJSON(err)
		case token == json.Delim('{'):
			if depth++; depth == 1 {
				hasArray = false
			}
		case token == json.Delim('}'):
			if depth--; depth == 0 && !hasArray {
				n++
				o.refuse(n, "an object without an array of calls, behind one that has one")
			}
		case token == json.Delim('['):
			hasArray = true
			if err := o.items(decoder, &n); err != nil {
				return err
			}
		case depth == 0:
			n++
			o.refuse(n, "not a JSON object")
		}
	}
}

// withinJSON replaces the error at the end of a truncated file.
func withinJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends within its JSON: it is truncated")
	}
	return err
}

// indented reads objects one after another.
func (o *objectReader) indented(decoder *json.Decoder) error {
	for n := int64(1); ; n++ {
		var item json.RawMessage
		err := decoder.Decode(&item)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("object %d: %w", n, withinJSON(err))
		}
		if err := o.object(n, item); err != nil {
			return err
		}
	}
}

// endOfFile returns an error if anything but white space follows what the decoder has read.
func (o *objectReader) endOfFile(decoder *json.Decoder) error {
	rest := bufio.NewReader(io.MultiReader(decoder.Buffered(), o.lines.r))
	for {
		next, err := rest.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case bytes.IndexByte([]byte(" \t\r\n"), next) < 0:
			more, _ := rest.Peek(40) // fewer at the end
			return fmt.Errorf("something follows the end of the array: %.40s", bytes.TrimSpace(append([]byte{next}, more...)))
		}
	}
}

// object passes on one value if it is an object that a spool line can have.
func (o *objectReader) object(n int64, text []byte) error {
	if !utf8.Valid(text) {
		o.refuse(n, "not UTF-8"+saveAsUTF8)
		return nil
	}
	object, ok := spool.CompactPayload(text)
	if !ok {
		object, ok = spool.Compact(text)
		ok = ok && spool.IsEnvelope(object)
	}
	switch {
	case !ok && json.Valid(text):
		o.refuse(n, "nested too deep")
	case !ok:
		o.refuse(n, "not JSON\nhint: correct the line and import the file again: what is in the spool already is skipped")
	case object[0] != '{':
		o.refuse(n, "not a JSON object")
	default:
		if err := spool.CheckLine(object); err != nil {
			o.refuse(n, err.Error())
			return nil
		}
		return o.deliver(n, object)
	}
	return nil
}
