package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"callsheet/internal/spool"
	"callsheet/internal/vendor"
)

// balances is an API of a vendor that only has balances.
type balances struct{ vendor.API }

func (balances) Balance(context.Context) (spool.Balance, error) {
	return spool.Balance{Source: "main", FetchedAt: time.Now(), Coins: "100"}, nil
}

// TestBalancesFetchedAtOnceAreAllKept as by serve and by hand.
func TestBalancesFetchedAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	p := reconciling(t, "yesterday")
	if err := MakeDataDir(p.Config); err != nil {
		t.Fatal(err)
	}
	const fetches = 20
	var all sync.WaitGroup
	for range fetches {
		all.Go(func() {
			if err := p.FetchBalance(t.Context(), balances{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(filepath.Join(spool.VendorDir(p.Config.Data()), "main", "balance.ndjson"))
	if lines := strings.Count(string(text), "\n"); err != nil || lines != fetches {
		t.Errorf("%d of %d balances are kept, %v", lines, fetches, err)
	}
}
