package yamlstrict

import "github.com/goccy/go-yaml/token"

// onlyDocument removes the markers of empty documents from the lines of a text: after two of them, the library reads nothing. isEmpty
// reports whether nothing is left. A second document that is not empty is an error, since only one is read.
func onlyDocument(lines []string, tokens token.Tokens) (isEmpty bool, err error) {
	var last *token.Token // marker, with nothing after it
	isDirective, isContent, documents := false, false, 0
	for _, t := range tokens {
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
				return false, &Error{Line: begin.Position.Line, Message: "a second document begins here, and only one is read",
					Hint: "remove the line ---, or move the rest into a file of its own"}
			}
			last, isContent = nil, true
		}
	}
	removeMarker(lines, last)
	return documents == 0, nil
}

// removeMarker removes a marker, which begins its line.
func removeMarker(lines []string, mark *token.Token) {
	if mark != nil {
		lines[mark.Position.Line-1] = lines[mark.Position.Line-1][len("---"):]
	}
}
