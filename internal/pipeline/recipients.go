package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
	"callsheet/internal/notify"
	"callsheet/internal/phone"
	"callsheet/queries"
	"callsheet/store"
)

// partKey returns what identifies a part of a burst: of virtual numbers the phone, because they are written in several ways.
func partKey(burst, part string) string {
	if part != notify.EveryPart && config.Bursts[burst] == "number" {
		return phone.Key(part)
	}
	return part
}

// partRecipients is what a recipients query returns for a part: addresses, and what is wrong with other rows.
type partRecipients struct {
	Addresses []string
	Problems  []string
}

// recipientsTTL is how long the result of a recipients query is cached: the parts of a run share it.
const recipientsTTL = 30 * time.Second

// recipients returns a function for the addresses of a part, or of notify.EveryPart, from the configuration and from the recipients query.
func (p *Pipeline) recipients(d config.MailDelivery, burst string) func(ctx context.Context, part string) ([]string, error) {
	var mutex sync.Mutex
	var queriedAt time.Time
	var cached map[string]partRecipients
	configured := map[string][]string{}
	for _, part := range slices.Sorted(maps.Keys(d.Recipients)) {
		key := partKey(burst, part)
		configured[key] = append(configured[key], d.Recipients[part]...)
	}
	return func(ctx context.Context, part string) ([]string, error) {
		key := partKey(burst, part)
		if d.RecipientsQuery == "" {
			return addresses(configured, key), nil
		}
		mutex.Lock()
		defer mutex.Unlock()
		if cached == nil || p.Now().Sub(queriedAt) > recipientsTTL {
			err := p.withReader(ctx, func(ctx context.Context, reader *store.Reader) (err error) {
				cached, err = queryRecipients(ctx, reader, p.Config.Path(d.RecipientsQuery), burst)
				return err
			})
			if err != nil {
				cached = nil
				return nil, markPermanent(err)
			}
			queriedAt = p.Now()
		}
		all, problems := addresses(configured, key), []string(nil)
		for _, k := range append(keysFor(cached, key), notify.EveryPart) {
			all, problems = append(all, cached[k].Addresses...), append(problems, cached[k].Problems...)
		}
		if err := recipientsError(d.RecipientsQuery, problems); err != nil {
			return all, job.Permanent(err)
		}
		return all, nil
	}
}

// addresses returns the configured addresses of a part's key, or of notify.EveryPart.
func addresses(configured map[string][]string, key string) (all []string) {
	for _, k := range keysFor(configured, key) {
		all = append(all, configured[k]...)
	}
	return all
}

// keysFor returns the keys of recipients to look up for the key of a part: the key itself, or for notify.EveryPart those of all parts.
func keysFor[V any](recipients map[string]V, key string) []string {
	if key != notify.EveryPart {
		return []string{key}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(recipients)), func(k string) bool { return k == notify.EveryPart })
}

// queryRecipients runs a query with the columns address and, for a burst, part. It returns the recipients by the key of the part. Without the
// column part, every address gets all parts. A row without a part is a problem of all parts.
func queryRecipients(ctx context.Context, reader *store.Reader, path, burst string) (map[string]partRecipients, error) {
	part, address := -1, -1
	recipients := map[string]partRecipients{}
	row := 0
	err := reader.Select(ctx, queries.Read(path), func(columns []string) error {
		part, address = slices.Index(columns, "part"), slices.Index(columns, "address")
		switch {
		case address < 0:
			return fmt.Errorf("no column address, the columns are %s\nhint: return address, and part for a burst", strings.Join(columns, ", "))
		case part >= 0 && burst == "":
			return exitcode.UsageError(errors.New("it returns part, but the report has no parts\nhint: return only address, or add burst, such as burst: call_group"))
		}
		return nil
	}, func(values []any) error {
		row++
		key, of := notify.EveryPart, fmt.Sprintf("row %d", row)
		hasPart := part < 0
		if part >= 0 && values[part] != nil {
			if text := fmt.Sprint(values[part]); strings.TrimSpace(text) != "" {
				key, of, hasPart = partKey(burst, text), fmt.Sprintf("row %d, part %q,", row, text), true
			}
		}
		to, isText := values[address].(string)
		_, invalid := mail.ParseAddress(to)
		r := recipients[key]
		switch {
		case values[address] == nil || isText && strings.TrimSpace(to) == "":
			r.Problems = append(r.Problems, of+" has no address")
		case !hasPart:
			r.Problems = append(r.Problems, fmt.Sprintf("%s with the address %q has no part", of, fmt.Sprint(values[address])))
		case !isText || invalid != nil:
			r.Problems = append(r.Problems, fmt.Sprintf("%s has %q, which is not a mail address", of, fmt.Sprint(values[address])))
		default:
			r.Addresses = append(r.Addresses, to)
		}
		recipients[key] = r
		return nil
	})
	if err != nil {
		err = fmt.Errorf("recipients_query %w", err)
	}
	return recipients, err
}

// CheckRecipients returns an error if the query fails, or if any of its rows is no recipient.
func CheckRecipients(ctx context.Context, reader *store.Reader, path, burst string) error {
	recipients, err := queryRecipients(ctx, reader, path, burst)
	if err != nil {
		return err
	}
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(recipients)) {
		problems = append(problems, recipients[key].Problems...)
	}
	return recipientsError(path, problems)
}

func recipientsError(path string, problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return &notify.RecipientsError{Text: fmt.Sprintf("recipients_query %s: %s\nhint: let the query leave out rows without a part or an address, and correct the others",
		path, strings.Join(problems, "; "))}
}
