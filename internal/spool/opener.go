package spool

import "bytes"

// opener finds the calls in a wrapper.
type opener struct {
	max     int  // elements of an array with calls
	first   bool // one call is enough
	tooMany bool // more than max elements were found
}

// open returns the calls in a payload with these traits, nil if it is not a wrapper.
func (o *opener) open(payload []byte, t traits) []Wrapped {
	if !hasObject(payload) {
		return nil
	}
	payload = payload[skipSpace(payload, 0):]
	if t.callSid == "" {
		return o.object(payload, 0)
	}
	if t.report || t.otherType || !t.nested {
		return nil
	}
	one := opener{max: 1}
	found := one.object(payload, 0)
	if len(found) != 1 {
		return nil
	}
	if inside := traitsOf(found[0].Call); !inside.report || inside.callSid != t.callSid {
		return nil
	}
	return found
}

// hasObject reports whether a payload can have an object in it, also in a string.
func hasObject(payload []byte) bool { return bytes.Count(payload, []byte("{")) > 1 }

// calls returns the calls in a value, nil if there are none or if several members of an object have some.
func (o *opener) calls(value []byte, depth int) []Wrapped {
	if depth > maxWrappers || o.tooMany {
		return nil
	}
	switch value[0] {
	case '{':
		if traitsOf(value).callSid != "" {
			return []Wrapped{{Call: value}}
		}
		return o.object(value, depth)
	case '[':
		return o.array(value, depth)
	case '"':
		content := bytes.TrimSpace([]byte(Text(value)))
		if len(content) == 0 || content[0] != '{' && content[0] != '[' {
			return nil
		}
		content, ok := CompactPayload(content)
		if !ok {
			return nil
		}
		return wrapAll(o.calls(content, depth+1), around{quoted: true}, nil)
	}
	return nil
}

// object opens the member that has calls.
func (o *opener) object(object []byte, depth int) (found []Wrapped) {
	var beside []Member
	var wrapper around
	ambiguous := false
	WalkObject(object, 0, func(key []byte, start int) (end int) {
		end = ValueEnd(object, start)
		calls := o.calls(object[start:end], depth+1)
		switch {
		case len(calls) == 0:
			beside = append(beside, Member{key, object[start:end]})
		case found != nil:
			ambiguous = true
			return -1
		default:
			found, wrapper = calls, around{before: object[:start], after: object[end:]}
		}
		return end
	})
	if ambiguous {
		return nil
	}
	return wrapAll(found, wrapper, beside)
}

// array opens the elements; those without a call are returned as they are if others have one.
func (o *opener) array(array []byte, depth int) (found []Wrapped) {
	without := 0 // elements before the first call
	for element := range Elements(array) {
		inside := o.calls(element, depth+1)
		switch {
		case inside == nil && found == nil:
			without++
			continue
		case o.first && inside != nil:
			return inside
		case inside == nil:
			inside = []Wrapped{{value: element}}
		case found == nil:
			for earlier := range Elements(array) {
				if len(found) == min(without, o.max) {
					break
				}
				found = append(found, Wrapped{value: earlier})
			}
		}
		if found = append(found, inside...); len(found) > o.max {
			o.tooMany = true
			return nil
		}
	}
	return wrapAll(found, around{before: []byte("["), after: []byte("]")}, nil)
}

func wrapAll(found []Wrapped, wrapper around, beside []Member) []Wrapped {
	for i := range found {
		found[i].around = append(found[i].around, wrapper)
		found[i].Beside = append(found[i].Beside, beside...)
	}
	return found
}
