// Package lazyregexp compiles a regular expression when it is first used. A package variable of regexp.MustCompile is compiled at
// each start of the program, also by the commands that never use it: the patterns together took a tenth of a start.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// inTest is true in the binaries of `go test`.
var inTest = strings.HasSuffix(os.Args[0], ".test")

// New returns a function that returns the compiled pattern. It panics if the pattern is wrong: in a test, New itself does.
func New(pattern string) func() *regexp.Regexp {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	if inTest {
		compiled()
	}
	return compiled
}
