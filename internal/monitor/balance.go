package monitor

import (
	"context"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/pipeline"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

// BalanceStatus is what is left on the account of a source. Unknown values are left out.
type BalanceStatus struct {
	Source        string    `json:"source"`
	Balance       float64   `json:"balance"` // in coins
	FetchedAt     time.Time `json:"fetched_at"`
	CoinsPerDay7  *float64  `json:"coins_per_day_7,omitempty"`
	CoinsPerDay28 *float64  `json:"coins_per_day_28,omitempty"`
	RunsOutOn     string    `json:"runs_out_on,omitempty"` // 2006-01-02
	DaysLeft      *int64    `json:"days_left,omitempty"`
}

// String returns the balance, its use and how long it lasts.
func (b BalanceStatus) String() string {
	text := say("balance_left", coins(b.Balance))
	if b.CoinsPerDay7 != nil {
		text = say("balance_use", text, coins(*b.CoinsPerDay7))
	}
	switch {
	case b.RunsOutOn == "":
		return say("balance_unknown", text)
	case b.Balance <= 0:
		return text
	}
	return say("balance_until", text, b.RunsOutOn, count("day", *b.DaysLeft))
}

func coins(amount float64) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(amount, 'f', 2, 64), ".")
	n, _ := strconv.ParseInt(whole, 10, 64) // of at most 14 digits
	text := sign + display.Count(n)
	if fraction != "00" {
		text += "." + fraction
	}
	return text
}

// readBalances reads what is left on the accounts of the sources with vendor_api.
func (s *Status) readBalances(ctx context.Context, p *pipeline.Pipeline, reader *store.Reader) error {
	return reader.Query(ctx, "balance", map[string]any{"now": p.Now()}, ignoreHeader, func(values []any) error {
		b := BalanceStatus{Source: values[0].(string), FetchedAt: values[2].(time.Time)}
		source, _ := p.Config.Source(b.Source)
		amount, isKnown := values[1].(float64)
		if source.VendorAPI == nil || !isKnown {
			return nil
		}
		b.Balance = amount
		for i, use := range []**float64{&b.CoinsPerDay7, &b.CoinsPerDay28} {
			if value, ok := values[3+i].(float64); ok {
				*use = &value
			}
		}
		if day, ok := values[5].(sqlvalue.Date); ok {
			b.RunsOutOn = day.String()
		}
		if days, ok := values[6].(int64); ok {
			b.DaysLeft = &days
		}
		s.Balances = append(s.Balances, b)
		if limit := source.VendorAPI.AlertWhenDaysLeft; limit > 0 && b.DaysLeft != nil && *b.DaysLeft <= int64(limit) {
			s.addAlarm("balance "+b.Source, say("warn_balance", b.Source, display.ZonedTime(b.FetchedAt.In(p.Config.Zone())), b))
		}
		return nil
	})
}
