package store

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/duckdb/duckdb-go/v2"
)

// A decimal becomes the nearest float64, which is what its digits read as.
func TestDecimalsBecomeTheNearestNumber(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		n := random.Int64() >> random.IntN(63)
		if random.IntN(2) == 0 {
			n = -n
		}
		d := duckdb.Decimal{Width: 38, Scale: uint8(random.IntN(19)), Value: big.NewInt(n)}
		if n > 1<<53 || n < -1<<53 {
			continue // the driver divides, and may round twice
		}
		want, err := strconv.ParseFloat(d.String(), 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := decimalNumber(d); got != want {
			t.Fatalf("%s: got %v, want %v", d, got, want)
		}
	}
}
