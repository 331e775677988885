package notify

import (
	"context"
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
