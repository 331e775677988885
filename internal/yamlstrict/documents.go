package yamlstrict

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// marker matches what begins or ends a document.
var marker = regexp.MustCompile(`(?m)^(---|\.\.\.)`)

// onlyDocument returns a text without the markers of documents that are empty: after two of them, the library reads nothing. Lines stay
// where they are. A second document that is not empty is an error, since only one is read.
func onlyDocument(text []byte) ([]byte, error) {
	if !marker.Match(text) {
		return text, nil
	}
	lines := strings.SplitAfter(string(text), "\n")
	var last *token.Token // marker, with nothing after it
	isDirective, isContent, documents := false, false, 0
	for _, t := range lexer.Tokenize(string(text)) {
		switch {
		case t.Type == token.CommentType:
		case t.Type == token.DirectiveType:
			isDirective = true
		case t.Type == token.DocumentHeaderType || t.Type == token.DocumentEndType:
			removeMarker(lines, last)
			last, isDirective, isContent = t, false, false
		case !isDirective && !isContent:
			if documents++; documents > 1 {
				begin := t
				if last != nil && last.Type == token.DocumentHeaderType {
					begin = last
				}
				return nil, &Error{Line: begin.Position.Line, Message: "a second document begins here, and only one is read",
					Hint: "remove the line ---, or move the rest into a file of its own"}
			}
			last, isContent = nil, true
		}
	}
	removeMarker(lines, last)
	return []byte(strings.Join(lines, "")), nil
}

// removeMarker removes a marker, which begins its line.
func removeMarker(lines []string, mark *token.Token) {
	if mark != nil {
		lines[mark.Position.Line-1] = lines[mark.Position.Line-1][len("---"):]
	}
}
