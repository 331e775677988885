package spool

import (
	"bytes"
	"slices"
)

// A wrapper is a payload that has no CallSid, and exactly one member that is a call, an array with calls, or a wrapper again:
//
//	{"event":"call","data":{"CallSid":…}}    {"result":{"calls":[{"CallSid":…},{"CallSid":…}]}}    {"payload":"{\"CallSid\":…}"}
//
// A JSON text in a string counts as its content, since gateways send JSON in a field of a form. A payload that names a call, but is no
// report itself, is a wrapper if exactly one member is a report of the same call:
//
//	{"event":"completed","CallSid":"1","data":{"CallSid":"1","EndTime":…}}

const (
	maxWrappers = 16      // levels of objects, arrays and strings around a call
	maxElements = 100_000 // of an array with calls
	// An array is not opened if the wrappers around its elements would take more than this many bytes, besides the size of the payload.
	maxAround = 1 << 20
)

// Wrapped is an element of a wrapper.
type Wrapped struct {
	Call   []byte   // its payload, a JSON object; nil if it is not a call
	Beside []Member // of the wrapper, on all levels
	around []around // from inside
	value  []byte   // the element, if it is not a call
}

// Member is a member of an object.
type Member struct{ Key, Value []byte }

// around is the text before and after a value; quoted is set if the value is a text in a JSON string.
type around struct {
	before, after []byte
	quoted        bool
}

// Unwrap returns the calls in a wrapper, and the other elements of an array with calls. It returns nil if the payload is a call, or if
// it cannot be opened.
func Unwrap(payload []byte) []Wrapped {
	found, _ := unwrap(payload, maxElements)
	return found
}

func unwrap(payload []byte, max int) (found []Wrapped, tooMany bool) {
	if !hasObject(payload) { // most payloads
		return nil, false
	}
	o := opener{max: max}
	found = o.open(payload, traitsOf(payload))
	if n := len(found); n > 1 {
		size := 0
		for _, one := range found {
			size += len(one.Call) + len(one.value)
		}
		if n*(len(payload)-size) > maxAround+len(payload) {
			return nil, false
		}
	}
	return found, o.tooMany
}

// Split returns the deliveries in a payload: for each element of a wrapper the wrapper with this element alone. It returns nil if
// the payload is one delivery. ok is false if it has more than max.
func Split(payload []byte, max int) (deliveries [][]byte, ok bool) {
	found, tooMany := unwrap(payload, max)
	if len(found) < 2 {
		return nil, !tooMany
	}
	for _, one := range found {
		deliveries = append(deliveries, one.Payload())
	}
	return deliveries, true
}

// Kind returns the kind of a call. A wrapper can name it in type or event.
func (w Wrapped) Kind() string {
	if w.Call == nil {
		return KindOther
	}
	t := traitsOf(w.Call)
	if t.declared != "" || t.otherType {
		return t.kind()
	}
	for _, m := range w.Beside {
		if name := string(appendLetters(nil, m.Key)); name == "type" || name == "event" {
			if kind := declaredKind(m.Value); kind != "" {
				return kind
			}
		}
	}
	return t.kind()
}

// Payload returns the wrapper with this element alone.
func (w Wrapped) Payload() []byte {
	text := w.Call
	if text == nil {
		text = w.value
	}
	for _, level := range w.around {
		if level.quoted {
			text = AppendString(nil, string(text))
			continue
		}
		text = slices.Concat(level.before, text, level.after)
	}
	return text
}

// HidesCall reports whether a payload without a CallSid has one further inside: as a key of JSON or of a form in a value, or with the
// path in its own key, such as data[CallSid].
func HidesCall(payload []byte) bool {
	for key, value := range Members(payload) {
		path := appendLetters(nil, key)
		if bytes.HasSuffix(path, []byte("[callsid]")) || bytes.HasSuffix(path, []byte(".callsid")) {
			return true
		}
		if value[0] != '{' && value[0] != '[' && value[0] != '"' {
			continue
		}
		rest := bytes.ReplaceAll(appendLetters(nil, value), []byte(`\`), nil) // escapes of JSON in a string
		for found := true; found; {
			if _, rest, found = bytes.Cut(rest, []byte("callsid")); !found {
				continue
			}
			switch after := bytes.TrimLeft(rest, `"`); {
			case bytes.HasPrefix(after, []byte(`:""`)), bytes.HasPrefix(after, []byte(":null")), bytes.HasPrefix(after, []byte("=&")):
			case bytes.HasPrefix(after, []byte(":")), bytes.HasPrefix(after, []byte("=")):
				return true
			}
		}
	}
	return false
}
