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

// Parcel is a finished report and what is said about it where no workbook can be opened.
type Parcel struct {
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

// Way is one way that a report goes out.
type Way interface {
	// Recipients are those of a part of a report, each to be sent to on its own: addresses, or the one place.
	Recipients(ctx context.Context, part string) ([]string, error)
	// Send brings a parcel to one of them and says where it is now. The error is ErrRefused when trying again cannot help,
	// ErrUnknown when it may have arrived.
	Send(ctx context.Context, parcel Parcel, recipient string) (place string, err error)
	// Repeatable tells whether sending twice leaves what sending once does.
	Repeatable() bool
}

// ErrRefused marks what trying again does not mend; ErrUnknown a parcel that may have arrived or not.
var (
	ErrRefused = errors.New("refused")
	ErrUnknown = errors.New("it is not known whether it arrived")
)

// refused marks an error as one that trying again does not mend.
func refused(err error) error { return marked{err, ErrRefused} }

// unknown marks an error as one after which the parcel may have arrived.
func unknown(err error) error { return marked{err, ErrUnknown} }

type marked struct{ err, as error }

func (m marked) Error() string {
	if m.as == ErrUnknown {
		return m.err.Error() + ": " + m.as.Error()
	}
	return m.err.Error()
}

func (m marked) Unwrap() []error { return []error{m.err, m.as} }

// Fields are what a name or a subject can hold in braces.
var Fields = []string{"report", "title", "period", "part"}

// fill puts what a parcel has into a pattern such as {report}-{period}.xlsx.
func (p Parcel) fill(pattern string, clean func(string) string) string {
	return strings.NewReplacer("{report}", clean(p.Report), "{title}", clean(p.Title), "{period}", clean(p.Period),
		"{part}", clean(p.Part)).Replace(pattern)
}

// Fill puts what a parcel has into a link.
func (p Parcel) Fill(link string) string { return p.fill(link, url.PathEscape) }

// pattern is the one given, or the usual one.
func (p Parcel) pattern(given string) string {
	switch {
	case given != "":
		return given
	case p.Part != "":
		return "{report}-{period}-{part}.xlsx"
	}
	return "{report}-{period}.xlsx"
}

// name is the name of the workbook where it goes, with / between folders.
func (p Parcel) name(pattern string) string {
	elements := strings.Split(p.fill(p.pattern(pattern), SafeName), "/")
	for i, element := range elements {
		ending := ""
		if i == len(elements)-1 {
			ending = path.Ext(element)
		}
		elements[i] = ShortName(strings.TrimSuffix(element, ending), ending)
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
		if !closed || !slices.Contains(Fields, field) {
			return fmt.Errorf("{%s} is none of {%s}", field, strings.Join(Fields, "}, {"))
		}
		rest = after
	}
}

// Sum is the SHA-256 of a file, in hex.
func Sum(path string) (string, error) {
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
