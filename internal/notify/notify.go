// Package notify sends finished reports to their recipients: into a folder, by mail, into a bucket, to a chat.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Message is a finished report: the path of the workbook, and a summary for those who do not open it. Mail templates and webhooks
// receive it.
type Message struct {
	Report   string `json:"report"`
	Title    string `json:"title"`
	Period   string `json:"period"`              // as in file names: 2026-10-04, 2026-W41
	When     string `json:"when"`                // the period in words
	Part     string `json:"part,omitempty"`      // of a burst: the group or agent
	PartName string `json:"part_name,omitempty"` // of Part in file names, where SafeName is not unique
	File     string `json:"-"`                   // path of the workbook; empty if there is none
	// Variant is added to file names: it is not empty for a workbook of other calls or of another time than the report's own.
	Variant  string   `json:"-"`
	SHA256   string   `json:"sha256,omitempty"`
	Headline string   `json:"headline,omitempty"` // what happened, what is worse, and who waits, in one sentence
	Figures  []Figure `json:"figures"`
	Notes    []string `json:"notes"`          // completeness of the data, remarks
	Link     string   `json:"link,omitempty"` // URL of the workbook
	// ID is the same when the same message is sent again, so that a mail server can drop a duplicate. Without one, each Send is of a new
	// message.
	ID string `json:"id,omitempty"`

	Filters      string    `json:"filters,omitempty"`       // in words: "only group Sales, incoming calls"; empty for all calls
	Zone         string    `json:"zone,omitempty"`          // of the days and hours
	ComparedWith string    `json:"compared_with,omitempty"` // the period that changes are against, in words
	NoComparison string    `json:"no_comparison,omitempty"` // why changes are against nothing, in a sentence
	Findings     []Finding `json:"findings,omitempty"`      // what needs attention, most important first
	NoFindings   string    `json:"no_findings,omitempty"`   // says that nothing needs attention
	Groups       *Table    `json:"groups,omitempty"`        // the ranking of the summary
}

// Figure is one of the large figures of the summary sheet.
type Figure struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Change string `json:"change"` // against the usual range or the earlier period, in words
}

// Finding is a sentence about what needs attention.
type Finding struct {
	Text  string `json:"text"`
	Sheet string `json:"sheet,omitempty"` // of the workbook, with the rows
}

// Table is a table of figures as text. The first column has names. An unknown figure is empty.
type Table struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
	Total   []string   `json:"total"`
	More    string     `json:"more,omitempty"` // how many rows are left out, in words
}

// First returns the table with its first n columns.
func (t Table) First(n int) Table {
	n = min(n, len(t.Columns))
	t.Columns, t.Total, t.Rows = t.Columns[:n], t.Total[:n], slices.Clone(t.Rows)
	for i := range t.Rows {
		t.Rows[i] = t.Rows[i][:n]
	}
	return t
}

// A RecipientsError says why some recipients of a part are not known. The others can get the report.
type RecipientsError struct{ Text string }

func (e *RecipientsError) Error() string { return e.Text }

// EveryPart stands for all parts of a burst where their recipients are asked for: each of them is told that there is nothing to report. No
// part has this name.
const EveryPart = "\x00"

// Channel delivers messages.
type Channel interface {
	// Recipients returns the recipients of a part of a report, or of EveryPart. A channel that is not for people has one, its location.
	// With a RecipientsError, it returns the others.
	Recipients(ctx context.Context, part string) ([]string, error)
	// Key identifies a recipient: it is equal for all ways to write one, also those of ledgers of earlier versions.
	Key(recipient string) string
	// Settings returns everything but the recipients that decides what arrives, and where. Two channels of a report that have the same
	// settings send one message to a recipient of both; otherwise each sends its own. The values are plain, not pointers or
	// functions, and may contain secrets.
	Settings() []any
	// Send delivers a message to one recipient and returns where it was delivered. The error is ErrPermanent if a retry cannot
	// succeed, ErrUnknown if the message may have arrived, ErrSilent if the server
	// answers nobody, and ErrWarning if it was delivered.
	Send(ctx context.Context, message Message, recipient string) (location string, err error)
	// Idempotent reports whether sending a message twice has the same effect as sending it once.
	Idempotent() bool
}

// ChannelID is a short hash of the settings of a channel, in hex.
func ChannelID(channel Channel) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", channel.Settings()))
	return hex.EncodeToString(sum[:4])
}

// RecipientID identifies a recipient through a channel: two channels with the same settings send one message to a recipient of both.
func RecipientID(channel Channel, recipient string) string {
	return channel.Key(recipient) + " #" + ChannelID(channel)
}

// Classes of errors of Send. Other errors can be retried.
var (
	ErrPermanent = errors.New("permanent failure")
	ErrUnknown   = errors.New("not known whether it arrived")
	ErrWarning   = errors.New("delivered, with a warning")
	ErrSilent    = errors.New("the server did not answer, whoever the recipient is")
)

func permanent(err error) error { return classifiedError{err, ErrPermanent} }

func warning(err error) error { return classifiedError{err, ErrWarning} }

func unknown(err error) error { return classifiedError{err, ErrUnknown} }

// classifiedError is an error and its class.
type classifiedError struct{ err, class error }

func (e classifiedError) Error() string {
	if e.class == ErrUnknown {
		return e.err.Error() + ": " + e.class.Error()
	}
	return e.err.Error()
}

func (e classifiedError) Unwrap() []error { return []error{e.err, e.class} }

// Send sends a message through a channel as Channel.Send does, unless another build has replaced its workbook: the text of the message would be about
// other figures. The next attempt builds both again.
func Send(ctx context.Context, channel Channel, message Message, recipient string) (location string, err error) {
	if message.File != "" {
		if sum, err := FileSHA256(message.File); err == nil && sum != message.SHA256 {
			return "", fmt.Errorf("%s has been built again meanwhile, so the message is not about it", message.File)
		}
	}
	return channel.Send(ctx, message, recipient)
}

// FileSHA256 returns the SHA-256 of a file, in hex.
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
