// Package exports reads the deliveries out of files that others wrote: NDJSON, JSON and CSV, of the vendor's panel or of
// another collector.
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

// Options say how to read.
type Options struct {
	// Fields gives the file's name of a vendor's field where it is another: CallSid → Call ID.
	Fields map[string]string
	// Delivery gets each delivery, a compact JSON object, to keep until it returns: a payload, or a whole line of a spool.
	Delivery func(object []byte) error
	// Unreadable gets what is no delivery, with its place in the file; the rest is read all the same.
	Unreadable func(place, reason string)
}

// Read reads a file. Its first character tells its form: [ a JSON array, { JSON objects one after another, anything else CSV
// whose first line has the names of the fields. An error is the file's or Delivery's.
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

// firstCharacter passes over white space and looks at what follows.
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

// array reads the objects of an array one by one, so that it may be larger than memory. Behind a mistake in the JSON nothing
// can be found any more.
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

// objects reads NDJSON, or objects that are spread over lines, as programs print them for people.
func (o Options) objects(r *bufio.Reader) error {
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		text := bytes.TrimSpace(line)
		if n == 1 && len(text) == 1 {
			return o.spread(io.MultiReader(bytes.NewReader(line), r))
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

func (o Options) spread(r io.Reader) error {
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

// object hands over one JSON object, its keys the vendor's.
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

// vendorName is the vendor's name of a field of the file.
func (o Options) vendorName(name string) string {
	for vendor, theirs := range o.Fields {
		if theirs == name {
			return vendor
		}
	}
	return name
}

// table reads CSV: each row an object of texts. What separates the fields is what the heading has most of.
func (o Options) table(r *bufio.Reader) error {
	heading, err := r.Peek(r.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	heading, _, _ = bytes.Cut(heading, []byte{'\n'})
	rows := csv.NewReader(r)
	rows.Comma = slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int {
		return bytes.Count(heading, []byte(string(a))) - bytes.Count(heading, []byte(string(b)))
	})
	rows.FieldsPerRecord = -1 // counted here, so that one bad row does not end it
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
		return fmt.Errorf("the heading has no CallSid: it has %s\nhint: name its columns by --field, such as --field \"CallSid=Call ID\"", strings.Join(names, ", "))
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
			o.Unreadable(place, fmt.Sprintf("%d fields, the heading has %d", len(row), len(names)))
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
