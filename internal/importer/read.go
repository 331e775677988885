// Package importer imports deliveries into the spool from NDJSON, JSON and CSV files: exports of the vendor's panel, or the spool
// of another collector.
package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"callsheet/internal/spool"
)

// Options are the options of Read.
type Options struct {
	// Fields maps the vendor's name of a field to the file's name, where they differ: CallSid → Call ID.
	Fields map[string]string
	// Delivery is called with each delivery, a compact JSON object that is valid until it returns: a payload, or a line of a spool.
	Delivery func(object []byte) error
	// Unreadable is called with the place in the file of whatever is not a delivery. Reading continues after it.
	Unreadable func(place, reason string)
}

// Read reads a file. Its first character determines the format: [ is a JSON array, { is a sequence of JSON objects, anything else is
// CSV with a header line. Read returns errors of the file and of Delivery.
func Read(file io.Reader, options Options) error {
	lines := bufio.NewReaderSize(file, 1<<20)
	if mark, err := lines.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		lines.Discard(3)
	}
	first, err := firstCharacter(lines)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	case first == '[':
		return options.array(lines)
	case first == '{':
		return options.objects(lines)
	}
	return options.table(lines)
}

// firstCharacter skips white space and peeks at the next byte.
func firstCharacter(r *bufio.Reader) (byte, error) {
	for {
		next, err := r.Peek(1)
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(next[0])) {
			return next[0], nil
		}
		r.Discard(1)
	}
}

// array reads the objects of an array one by one, so that it may be larger than memory. It stops at a syntax error.
func (o Options) array(r io.Reader) error {
	decoder := json.NewDecoder(r)
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for n := 1; decoder.More(); n++ {
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil {
			return fmt.Errorf("item %d: %w", n, err)
		}
		if err := o.object(fmt.Sprintf("item %d", n), item); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

// objects reads NDJSON, or objects that are indented over several lines.
func (o Options) objects(r *bufio.Reader) error {
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		text := bytes.TrimSpace(line)
		if n == 1 && len(text) == 1 {
			return o.indentedObjects(io.MultiReader(bytes.NewReader(line), r))
		}
		if len(text) > 0 {
			if err := o.object(fmt.Sprintf("line %d", n), text); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

func (o Options) indentedObjects(r io.Reader) error {
	decoder := json.NewDecoder(r)
	for n := 1; ; n++ {
		var item json.RawMessage
		err := decoder.Decode(&item)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("object %d: %w", n, err)
		}
		if err := o.object(fmt.Sprintf("object %d", n), item); err != nil {
			return err
		}
	}
}

// object passes one JSON object to Delivery, with the vendor's field names.
func (o Options) object(place string, text []byte) error {
	if !utf8.Valid(text) {
		o.Unreadable(place, "not UTF-8")
		return nil
	}
	object, ok := spool.CompactPayload(text)
	if !ok {
		object, ok = spool.Compact(text)
		ok = ok && spool.IsEnvelope(object)
	}
	switch {
	case !ok && json.Valid(text):
		o.Unreadable(place, "nested too deep")
		return nil
	case !ok:
		o.Unreadable(place, "not JSON")
		return nil
	case object[0] != '{':
		o.Unreadable(place, "not a JSON object")
		return nil
	}
	if err := spool.CheckLine(object); err != nil {
		o.Unreadable(place, err.Error())
		return nil
	}
	if len(o.Fields) == 0 {
		return o.Delivery(object)
	}
	renamed := []byte{'{'}
	for key, value := range spool.Members(object) {
		if len(renamed) > 1 {
			renamed = append(renamed, ',')
		}
		renamed = spool.AppendString(renamed, o.vendorName(string(key)))
		renamed = append(append(renamed, ':'), value...)
	}
	return o.Delivery(append(renamed, '}'))
}

// vendorName returns the vendor's name of a field of the file.
func (o Options) vendorName(name string) string {
	for vendor, theirs := range o.Fields {
		if theirs == name {
			return vendor
		}
	}
	return name
}

// table reads CSV: each row becomes an object of strings. The separator is the candidate that is most frequent in the header.
func (o Options) table(r *bufio.Reader) error {
	header, err := r.Peek(r.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	header, _, _ = bytes.Cut(header, []byte{'\n'})
	rows := csv.NewReader(r)
	rows.Comma = slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int {
		return bytes.Count(header, []byte(string(a))) - bytes.Count(header, []byte(string(b)))
	})
	rows.FieldsPerRecord = -1 // checked below, so that one bad row does not stop the import
	rows.ReuseRecord = true
	names, err := rows.Read()
	if err != nil {
		return err
	}
	names = slices.Clone(names)
	for i, name := range names {
		names[i] = o.vendorName(strings.TrimSpace(name))
	}
	if !slices.Contains(names, "CallSid") {
		return fmt.Errorf("the header has no CallSid: it has %s\nhint: map its columns with --field, such as --field \"CallSid=Call ID\"", strings.Join(names, ", "))
	}
	var object []byte
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := rows.FieldPos(0)
		place := fmt.Sprintf("line %d", line)
		var mistake *csv.ParseError
		switch {
		case errors.As(err, &mistake):
			o.Unreadable(fmt.Sprintf("line %d", mistake.StartLine), mistake.Err.Error())
			continue
		case err != nil:
			return err
		case len(row) != len(names):
			o.Unreadable(place, fmt.Sprintf("%d fields, the header has %d", len(row), len(names)))
			continue
		case slices.ContainsFunc(row, func(value string) bool { return !utf8.ValidString(value) }):
			o.Unreadable(place, "not UTF-8")
			continue
		}
		object = append(object[:0], '{')
		for i, value := range row {
			if names[i] == "" {
				continue
			}
			if len(object) > 1 {
				object = append(object, ',')
			}
			object = spool.AppendString(object, names[i])
			object = append(object, ':')
			object = spool.AppendString(object, value)
		}
		object = append(object, '}')
		if err := o.Delivery(object); err != nil {
			return err
		}
	}
}
