package config

import (
	"io/fs"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/yamlstrict"
)

// FileMode is who may read a file, in the octal digits of chmod: 0640, "0640" and 640 are the same. 0 is none given.
type FileMode fs.FileMode

var octal = lazyregexp.New(`^(0o)?0?[0-7]{3}$`)

// UnmarshalYAML parses a mode that lets nobody but the owner write. An empty text is none.
func (m *FileMode) UnmarshalYAML(node ast.Node) error {
	written := yamlstrict.Written(node)
	if written == "" {
		return nil
	}
	if !octal().MatchString(written) {
		return &yamlstrict.ValueError{Value: written, Message: "expected a file mode in octal digits, such as 0640"}
	}
	digits, err := strconv.ParseUint(strings.TrimPrefix(written, "0o"), 8, 32)
	switch mode := fs.FileMode(digits); {
	case err != nil:
		return err
	case mode&0o400 == 0:
		return &yamlstrict.ValueError{Value: written, Message: "the owner must be able to read the file: 0640 or 0440"}
	case mode&0o022 != 0:
		return &yamlstrict.ValueError{Value: written, Message: "only the owner may write: readers open the file read-only. 0640 is for a group, 0644 for all users"}
	case mode&0o111 != 0:
		return &yamlstrict.ValueError{Value: written, Message: "a database is no program: 0640 instead of 0750; folders become passable by themselves"}
	default:
		*m = FileMode(mode)
	}
	return nil
}
