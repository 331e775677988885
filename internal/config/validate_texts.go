package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// checkTexts reports texts that mean something else than they look like, empty entries of lists, and entries of maps without a name. Such an
// entry is written by mistake: a list without entries is left out.
func checkTexts(add adder, key string, value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			checkTexts(add, key, value.Elem())
		}
	case reflect.Struct:
		for field, of := range value.Fields() {
			if name := field.Tag.Get("yaml"); name != "" && name != "-" {
				checkTexts(add, strings.TrimPrefix(key+"."+name, "."), of)
			}
		}
	case reflect.Slice:
		for i := range value.Len() {
			entry := value.Index(i)
			if entry.Kind() == reflect.String && entry.Len() == 0 {
				add(key, "entry %d is empty\nhint: leave it out", i+1)
				continue
			}
			checkTexts(add, fmt.Sprintf("%s[%d]", key, i), entry)
		}
	case reflect.Map:
		for _, name := range slices.SortedFunc(slices.Values(value.MapKeys()), func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }) {
			if strings.TrimSpace(name.String()) == "" {
				add(key, "has an entry without a name\nhint: leave it out")
			}
			checkTexts(add, key+"."+name.String(), value.MapIndex(name))
		}
	case reflect.String:
		checkText(add, key, value.String(), value.Type() == reflect.TypeFor[Secret]())
	}
}

// checkText reports a text of nothing but spaces, and one with a variable that nothing replaces.
func checkText(add adder, key, text string, isSecret bool) {
	switch {
	case text != "" && strings.TrimSpace(text) == "":
		add(key, "has only spaces\nhint: leave it out")
	case isSecret && strings.Contains(variable().ReplaceAllString(text, ""), "${"):
		add(key, "has a ${ that is no variable: one is written ${NAME}, without a default\nhint: a secret that has ${ itself can be in the file of a …_file key")
	case !isSecret && strings.Contains(text, "${"):
		add(key, "has ${, but only secrets can have variables\nhint: write the value itself")
	case !isSecret && strings.HasPrefix(text, "~/"):
		add(key, "begins with ~/, which only a shell replaces\nhint: write the whole path")
	}
}
