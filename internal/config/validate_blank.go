package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// checkBlank reports texts of nothing but spaces, which look as if nothing were set and count as set, empty entries of lists, and entries of maps
// without a name. Such an entry is written by mistake: a list without entries is left out.
func checkBlank(add adder, key string, value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			checkBlank(add, key, value.Elem())
		}
	case reflect.Struct:
		for field, of := range value.Fields() {
			if name := field.Tag.Get("yaml"); name != "" && name != "-" {
				checkBlank(add, strings.TrimPrefix(key+"."+name, "."), of)
			}
		}
	case reflect.Slice:
		for i := range value.Len() {
			entry := value.Index(i)
			if entry.Kind() == reflect.String && entry.Len() == 0 {
				add(key, "entry %d is empty\nhint: leave it out", i+1)
				continue
			}
			checkBlank(add, fmt.Sprintf("%s[%d]", key, i), entry)
		}
	case reflect.Map:
		for _, name := range slices.SortedFunc(slices.Values(value.MapKeys()), func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }) {
			if strings.TrimSpace(name.String()) == "" {
				add(key, "has an entry without a name\nhint: leave it out")
			}
			checkBlank(add, key+"."+name.String(), value.MapIndex(name))
		}
	case reflect.String:
		if text := value.String(); text != "" && strings.TrimSpace(text) == "" {
			add(key, "has only spaces\nhint: leave it out")
		}
	}
}
