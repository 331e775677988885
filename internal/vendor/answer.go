package vendor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/remote"
	"callsheet/internal/spool"
)

// object is an answer.
type object map[string]json.RawMessage

// readObject reads a JSON object.
func readObject(body []byte) (object, error) {
	// Scripts on Windows begin with a byte order mark, and old databases have names in other encodings.
	body = bytes.ToValidUTF8(bytes.TrimPrefix(body, []byte("\ufeff")), []byte("\ufffd"))
	var answer object
	switch err := json.Unmarshal(body, &answer); {
	case remote.IsWebPage(body):
		return nil, temporaryError{error: errors.New("the server answered with a web page instead of JSON\nhint: url must be the address of the API, not of the panel")}
	case err != nil && json.Valid(body):
		return nil, errors.New("the answer is JSON of an unknown form: no object")
	case err != nil:
		return nil, temporaryError{error: errors.New("the answer is not JSON, or only a part of it")}
	case answer == nil:
		return nil, errors.New("the answer is JSON of an unknown form: null")
	}
	return answer, nil
}

// list returns the objects of a member of an answer. It may be missing if isOptional.
func list(answer object, name string, isOptional bool) ([]json.RawMessage, error) {
	value := bytes.TrimSpace(answer[name])
	var objects []json.RawMessage
	if len(value) == 0 || value[0] != '[' {
		if isOptional && text(value) == "" {
			return nil, nil
		}
		return nil, fmt.Errorf("the answer is JSON of an unknown form: %s is no list", name)
	}
	if err := json.Unmarshal(value, &objects); err != nil {
		return nil, err
	}
	for i, object := range objects {
		compact, ok := spool.CompactPayload(object)
		if !ok || compact[0] != '{' {
			return nil, fmt.Errorf("the answer is JSON of an unknown form: entry %d of %s is no object", i+1, name)
		}
		objects[i] = compact
	}
	return objects, nil
}

var amount = lazyregexp.New(`^-?[0-9]+(\.[0-9]+)?$`)

// findAmounts adds the amounts in an object and the objects within it that have one of the names, by the letters of their name.
func findAmounts(object []byte, names []string, found map[string][]string) {
	for key, value := range spool.Members(object) {
		if len(value) > 0 && value[0] == '{' {
			findAmounts(value, names, found)
			continue
		}
		name := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(string(key)))
		if shown := strings.ReplaceAll(text(value), ",", ""); slices.Contains(names, name) && amount().MatchString(shown) {
			found[name] = append(found[name], shown)
		}
	}
}
