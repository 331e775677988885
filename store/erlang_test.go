package store

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"testing"
)

// TestErlangMatchesPublishedTables compares with tables of Erlang B (traffic in erlangs that so many agents carry with 1 % lost) and with
// the usual textbook example of Erlang C: 100 calls of 180 s in half an hour.
func TestErlangMatchesPublishedTables(t *testing.T) {
	t.Parallel()
	reader := loaded(t, testSettings(), nil)
	for agents, traffic := range map[int]string{1: "0.0101", 2: "0.153", 5: "1.361", 10: "4.461", 20: "12.03", 50: "37.90", 100: "84.06"} {
		blocked := one(t, reader, fmt.Sprintf("select erlang_blocked(%d, %s)", agents, traffic))
		if math.Abs(blocked-0.01) > 0.00005 {
			t.Errorf("%d agents and %s erlangs: %v are lost, want 0.01", agents, traffic, blocked)
		}
	}
	for _, c := range []struct {
		sql  string
		want float64
	}{
		{"delayed_share(14, 10, erlang_blocked(14, 10))", 0.1741},
		{"erlang_service_level(14, 10, 180, 20)", 0.8884},
		{"agents_needed(10, 180, 20, 0.8)", 14},
	} {
		if got := one(t, reader, "select "+c.sql); math.Abs(got-c.want) > 0.00005 {
			t.Errorf("%s is %v, want %v", c.sql, got, c.want)
		}
	}
}

// TestErlangMatchesExactComputation compares with the sums of powers and factorials, in 200 bits.
func TestErlangMatchesExactComputation(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	reader := loaded(t, testSettings(), nil)
	for _, traffic := range []float64{0.001, 0.5, 0.999, 1, 2.75, 10, 99.5, 1000} {
		for _, talk := range []float64{30, 180, 3600} {
			for _, goal := range []float64{0.5, 0.8, 0.99} {
				want := int(math.Floor(traffic)) + 1
				for exactServiceLevel(want, traffic, talk, 20) < goal {
					want++
				}
				sql := fmt.Sprintf("select agents_needed(%v, %v, 20, %v)", traffic, talk, goal)
				if got := one(t, reader, sql); got != float64(want) {
					t.Errorf("%s is %v, want %d", sql, got, want)
				}
				sql = fmt.Sprintf("select erlang_service_level(%d, %v, %v, 20)", want, traffic, talk)
				if got, exact := one(t, reader, sql), exactServiceLevel(want, traffic, talk, 20); math.Abs(got-exact) > 1e-12 {
					t.Errorf("%s is %v, want %v", sql, got, exact)
				}
			}
		}
	}
}

// TestErlangAtItsLimits: no traffic needs nobody, no agent serves nobody, and nobody can serve all calls at once.
func TestErlangAtItsLimits(t *testing.T) {
	t.Parallel()
	reader := loaded(t, testSettings(), nil)
	for sql, want := range map[string]string{
		"agents_needed(0, 180, 20, 0.8)":                "0",
		"agents_needed(10, 180, 20, 1)":                 "",
		"agents_needed(10, null, 20, 0.8)":              "",
		"agents_needed(null, 180, 20, 0.8)":             "",
		"erlang_service_level(0, 2, 180, 20)":           "0",
		"erlang_service_level(2, 2, 180, 20)":           "0",
		"erlang_service_level(null, 2, 180, 20)":        "",
		"round(erlang_service_level(1, 0.5, 60, 0), 9)": "0.5",
	} {
		if got := query(t, reader, "select "+sql)[1][0]; got != want {
			t.Errorf("%s is %q, want %q", sql, got, want)
		}
	}
}

// one returns the number that a statement gives.
func one(t *testing.T, reader *Reader, statement string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(query(t, reader, statement)[1][0], 64)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return n
}

// exactServiceLevel is Erlang C as in the textbook: with T the term aⁿ/n!·n/(n−a), callers wait with the probability T/(T + Σ aᵏ/k!, k<n).
func exactServiceLevel(agents int, traffic, talk, target float64) float64 {
	if n := float64(agents); n <= traffic {
		return 0
	}
	const bits = 200
	float := func(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }
	term, sum := float(1), float(0)
	for k := range agents {
		sum.Add(sum, term)
		term.Quo(term.Mul(term, float(traffic)), float(float64(k+1)))
	}
	n := float64(agents)
	term.Quo(term.Mul(term, float(n)), new(big.Float).SetPrec(bits).Sub(float(n), float(traffic)))
	delayed, _ := term.Quo(term, sum.Add(sum, term)).Float64()
	return 1 - delayed*math.Exp(-(n-traffic)*target/talk)
}
