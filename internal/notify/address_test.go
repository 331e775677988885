package notify

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestOnePersonIsOneRecipient(t *testing.T) {
	for _, same := range [][]string{
		{"boss@example.com", "Boss <boss@example.com>", `"The Boss" <Boss@Example.COM>`, "<boss@example.com>", " boss@example.com ", "=?utf-8?q?B=C3=B6ss?= <boss@example.com>", `"boss"@example.com`},
		{"jo@bücher.example", "Jo <jo@xn--bcher-kva.example>", "jo@BÜCHER.example"},
		{"jos\u00e9@example.com", "jose\u0301@example.com"},
		{`"a b"@example.com`, `A <"a b"@example.com>`},
		{"a@[192.0.2.1]", "A <a@[192.0.2.1]>"},
	} {
		m := Mail{To: same[:1], CC: same, BCC: same, PartRecipients: func(context.Context, string) ([]string, error) { return same, nil }}
		got, err := m.Recipients(t.Context(), "")
		if err != nil || len(got) != 1 || m.Key(got[0]) != m.Key(same[0]) {
			t.Errorf("%q has the recipients %q, %v", same, got, err)
		}
	}
	m := Mail{To: []string{"Boss <boss@Example.com>", "a@example.com"}, CC: []string{"boss@example.com.example", "Boss@example.com"}, BCC: []string{"boss+x@example.com"}}
	got, err := m.Recipients(t.Context(), "")
	if want := []string{"boss@example.com", "a@example.com", "boss@example.com.example", "boss+x@example.com"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q, %v", got, want, err)
	}
	for _, other := range []string{"", "not an address", "/srv/reports", "webhook chat.example #12ab"} {
		if got := (Mail{}).Key(other); got != other {
			t.Errorf("%q has the key %q", other, got)
		}
	}
}

// TestOthersGetTheMailIfSomeRecipientsAreNotKnown has a query with a row without an address.
func TestOthersGetTheMailIfSomeRecipientsAreNotKnown(t *testing.T) {
	lookup := error(&RecipientsError{Text: "row 2 has no address"})
	m := Mail{Server: MailServer{From: "reports@example.com"}, To: []string{"boss@example.com"},
		PartRecipients: func(context.Context, string) ([]string, error) { return []string{"lead@example.com"}, lookup }}
	got, err := m.Recipients(t.Context(), "Sales")
	if len(got) != 2 || err != lookup {
		t.Errorf("got %q, %v", got, err)
	}
	if d, err := m.draft(t.Context(), Message{Part: "Sales"}, "boss@example.com"); err != nil || len(d.toHeader) != 2 {
		t.Errorf("the mail is to %q, %v", d.toHeader, err)
	}
	lookup = errors.New("the database is locked")
	if got, err := m.Recipients(t.Context(), "Sales"); len(got) != 0 || err != lookup {
		t.Errorf("got %q, %v", got, err)
	}
}
