// Package vendor fetches what the vendor itself knows of an account through the vendor's API: its list of the calls of a day, its
// directory of agents, groups and numbers, and the balance.
//
// A list is written only when it is proven complete: the distinct rows that were read are as many as the vendor says it has. The pages
// of a fetch that was interrupted are kept, and the next one goes on from there.
//
// What differs between vendors is an adapter, one file for each kind; callerdesk.go has every name of that vendor's API. The rest is
// the same for all: requests with their limits and repetitions (client.go), rows as call reports (row.go), paging (paging.go), and the
// pages on disk (partial.go).
package vendor

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"callsheet/internal/spool"
)

// API is what a vendor knows of one account.
type API interface {
	// FetchCalls fetches the list of the calls of a day (2006-01-02, in the zone of the source) and replaces the list in the data
	// folder. progress, which may be nil, is called with the rows read so far and their total. After an error the old list stays.
	FetchCalls(ctx context.Context, day string, progress func(rows, total int64)) (spool.VendorList, error)
	// Check asks for one page of the list, once.
	Check(ctx context.Context) error
	// Directory fetches the agents, groups and numbers. There may be none.
	Directory(ctx context.Context) ([]spool.DirectoryEntry, error)
	// Balance fetches what is left of the account's credit.
	Balance(ctx context.Context) (spool.Balance, error)
}

// Options are the settings of an account.
type Options struct {
	Kind     string // callerdesk
	URL      string // in front of the names of the requests
	Authcode string
	Secret   string // of HTTP basic authentication; none if empty
	DataDir  string // where the lists are kept

	Source            string
	Zone              *time.Location    // of the source: its days are counted there
	OutgoingCaller    string            // agent or customer, whose number SourceNumber is in outgoing calls
	DirectionWords    map[string]string // incoming or outgoing, for words of the account's own
	PerPage           int
	RequestsPerMinute int

	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // waits; nil for a timer
	TLS   *tls.Config                                // nil for the system's certificates
	// Limits of a request; 0 for the defaults.
	Timeout time.Duration
	MaxBody int64
}

// adapter is what differs between vendors.
type adapter interface {
	// page fetches one page of the calls of a day.
	page(ctx context.Context, day string, number int) (page, error)
	Directory(ctx context.Context) ([]spool.DirectoryEntry, error)
	balance(ctx context.Context) (string, error) // a decimal number
}

// page is a page of a list of calls.
type page struct {
	Number  int   `json:"page"`            // 0 if the vendor does not say
	Total   int64 `json:"total"`           // rows of the whole list
	IsEmpty bool  `json:"empty,omitempty"` // the vendor says that there are no rows
	Rows    []row `json:"rows"`
}

// row is a row of a list of calls.
type row struct {
	Key     string          `json:"key"`     // the same only for the same row
	Payload json.RawMessage `json:"payload"` // the call report, compact
}

// account is an API that is used for one request at a time.
type account struct {
	*client
	adapter
}

// New returns the API of an account.
func New(o Options) (API, error) {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	o.MaxBody = cmp.Or(o.MaxBody, defaultMaxBody)
	o.Zone = cmp.Or(o.Zone, time.UTC)
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return newAccount(&client{Options: o, pauses: pauses, transport: &http.Transport{
		// A connection that is kept alive would log what the server sends on it.
		Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSClientConfig: o.TLS, MaxResponseHeaderBytes: maxHeader,
	}})
}

// now returns the time in the zone of the source.
func (c *client) now() time.Time { return c.Now().In(c.Zone) }

func newAccount(c *client) (*account, error) {
	switch c.Kind {
	case "callerdesk":
		return &account{c, &callerDesk{c}}, nil
	}
	return nil, fmt.Errorf("the kind %q of a vendor's API is not known", c.Kind)
}

func (a *account) Check(ctx context.Context) error {
	once := *a.client
	once.pauses = nil
	b, err := newAccount(&once)
	if err != nil {
		return err
	}
	_, err = b.page(ctx, a.now().AddDate(0, 0, -1).Format(time.DateOnly), 1)
	return err
}

func (a *account) Balance(ctx context.Context) (spool.Balance, error) {
	now := a.now()
	coins, err := a.balance(ctx)
	return spool.Balance{Source: a.Source, FetchedAt: now, Coins: coins}, err
}
