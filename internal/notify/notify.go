// Package deliver brings finished reports to where their readers are: into a folder, by mail, into a bucket, to a chat.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
)

// Message is a finished report and what is said about it where no workbook can be opened.
type Message struct {
	Report  string   `json:"report"`
	Title   string   `json:"title"`
	Period  string   `json:"period"`         // as in names: 2026-10-04, 2026-W41
	When    string   `json:"when"`           // the period in words
	Part    string   `json:"part,omitempty"` // of a burst: the group, the agent
	File    string   `json:"-"`              // path of the workbook; none when empty
	SHA256  string   `json:"sha256,omitempty"`
	Figures []Figure `json:"figures"`
	Notes   []string `json:"notes"`          // how complete the data is, what was left out
	Link    string   `json:"link,omitempty"` // where the workbook can be fetched
}

// Figure is one of the large figures of the summary.
type Figure struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Change string `json:"change"` // against the period before, in words
}

// Channel is one way that a report goes out.
type Channel interface {
	// Recipients are those of a part of a report, each to be sent to on its own: addresses, or the one place.
	Recipients(ctx context.Context, part string) ([]string, error)
	// Send brings a message to one of them and says where it is now. The error is ErrPermanent when trying again cannot help,
	// ErrUnknown when it may have arrived.
	Send(ctx context.Context, message Message, recipient string) (place string, err error)
	// Idempotent tells whether sending twice leaves what sending once does.
	Idempotent() bool
}

// ErrPermanent marks what trying again does not mend; ErrUnknown a message that may have arrived or not.
var (
	ErrPermanent = errors.New("refused")
	ErrUnknown   = errors.New("it is not known whether it arrived")
)

// permanent marks an error as one that trying again does not mend.
func permanent(err error) error { return classifiedError{err, ErrPermanent} }

// uncertain marks an error as one after which the message may have arrived.
func unknown(err error) error { return classifiedError{err, ErrUnknown} }

type classifiedError struct{ err, class error }

func (m classifiedError) Error() string {
	if m.class == ErrUnknown {
		return m.err.Error() + ": " + m.class.Error()
	}
	return m.err.Error()
}

func (m classifiedError) Unwrap() []error { return []error{m.err, m.class} }

// Placeholders are what a name or a subject can hold in braces.
var Placeholders = []string{"report", "title", "period", "part"}

// expand puts what a message has into a pattern such as {report}-{period}.xlsx.
func (p Message) expand(pattern string, clean func(string) string) string {
	return strings.NewReplacer("{report}", clean(p.Report), "{title}", clean(p.Title), "{period}", clean(p.Period),
		"{part}", clean(p.Part)).Replace(pattern)
}

// Fill puts what a message has into a link.
func (p Message) ExpandLink(link string) string { return p.expand(link, url.PathEscape) }

// namePattern is the one given, or the usual one.
func (p Message) namePattern(given string) string {
	switch {
	case given != "":
		return given
	case p.Part != "":
		return "{report}-{period}-{part}.xlsx"
	}
	return "{report}-{period}.xlsx"
}

// fileName is the name of the workbook where it goes, with / between folders.
func (p Message) fileName(pattern string) string {
	elements := strings.Split(p.expand(p.namePattern(pattern), SafeName), "/")
	for i, element := range elements {
		ending := ""
		if i == len(elements)-1 {
			ending = path.Ext(element)
		}
		elements[i] = TruncateName(strings.TrimSuffix(element, ending), ending)
	}
	return strings.Join(elements, "/")
}

// CheckPattern says what is wrong with a pattern.
func CheckPattern(pattern string) error {
	for rest := pattern; ; {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			return nil
		}
		field, after, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(Placeholders, field) {
			return fmt.Errorf("{%s} is none of {%s}", field, strings.Join(Placeholders, "}, {"))
		}
		rest = after
	}
}

// FileSHA256 is the SHA-256 of a file, in hex.
func FileSHA256(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
