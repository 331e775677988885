// Package texts holds what people read in files, one for each language, so that it can be translated without the program.
package texts

import (
	"encoding/json"
	"fmt"
	"strings"

	"callsheet/internal/display"
)

// Texts are the texts of a language, by key. {0}, {1} … in a text are places for values.
type Texts map[string]string

// Parse reads a file of texts: a JSON object.
func Parse(file []byte) (Texts, error) {
	t := Texts{}
	if err := json.Unmarshal(file, &t); err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	return t, nil
}

// Text returns the text of a key with values in their places. A key without a text is an error.
func (t Texts) Text(key string, values ...any) (string, error) {
	text, ok := t[key]
	if !ok {
		return "", fmt.Errorf("there is no text %q", key)
	}
	places := make([]string, 0, 2*len(values))
	for i, value := range values {
		places = append(places, fmt.Sprintf("{%d}", i), fmt.Sprint(value))
	}
	return strings.NewReplacer(places...).Replace(text), nil
}

// Count returns the text for a number of things: that of the key with _one, else that with _many, in which {0} is the number.
func (t Texts) Count(key string, n int64) (string, error) {
	if n == 1 {
		return t.Text(key + "_one")
	}
	return t.Text(key+"_many", display.Count(n))
}
