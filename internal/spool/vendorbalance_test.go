package spool

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBalancesAreKept(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 10, 5, 2, 30, 0, 0, time.UTC)
	want := []Balance{{"main", at, "1250.5"}, {"main", at.Add(time.Hour), "-3"}, {"second", at, "0"}}
	for _, b := range want {
		if err := AppendBalance(dir, b); err != nil {
			t.Fatal(err)
		}
	}
	got, damage, err := ReadBalances(dir)
	if err != nil || damage != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, %v; want %v", got, damage, err, want)
	}
}

func TestBalanceIsANumber(t *testing.T) {
	for _, text := range []string{"", "NaN", "1e9", "12 coins", "1,250", "<html>", "123456789012345"} {
		if err := AppendBalance(t.TempDir(), Balance{"main", time.Now(), text}); err == nil {
			t.Errorf("%q is taken for a balance", text)
		}
	}
}

func TestDamagedBalanceIsSkippedAndSaid(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 10, 5, 2, 30, 0, 0, time.UTC)
	for _, coins := range []string{"100", "90"} {
		if err := AppendBalance(dir, Balance{"main", at, coins}); err != nil {
			t.Fatal(err)
		}
	}
	path := balancePath(dir, "main")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := strings.Replace(string(text), `"100"`, `"700"`, 1)
	if err := os.WriteFile(path, []byte(strings.TrimSuffix(damaged, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := AppendBalance(dir, Balance{"main", at, "80"}); err != nil {
		t.Fatal(err)
	}
	got, damage, err := ReadBalances(dir)
	if err != nil || damage == nil || !strings.Contains(damage.Error(), "line 1") {
		t.Errorf("damage %v, error %v", damage, err)
	}
	if want := []Balance{{"main", at, "90"}, {"main", at, "80"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
