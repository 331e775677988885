package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/lazyregexp"
)

// Balance is what was left on an account when it was fetched from the vendor.
type Balance struct {
	Source    string
	FetchedAt time.Time
	Coins     string // a decimal number, as the vendor wrote it
}

// balanceLine is a line of the file data_dir/vendor/SOURCE/balance.ndjson, which is only added to: one line for each fetch, with a
// checksum as the lines of the spool have.
type balanceLine struct {
	FetchedAt string `json:"fetched_at"`
	Source    string `json:"source"`
	Kind      string `json:"kind"` // balance
	Balance   string `json:"balance"`
}

const kindBalance = "balance"

// A balance has at most 14 digits before the point, as coins have in the database. It can be below zero.
var decimalNumber = lazyregexp.New(`^-?[0-9]{1,14}(\.[0-9]+)?$`)

func balancePath(dataDir, source string) string {
	return filepath.Join(VendorDir(dataDir), source, "balance.ndjson")
}

// AppendBalance adds a balance to the file of its source. The caller holds a lock, as only one may write it.
func AppendBalance(dataDir string, b Balance) error {
	if !decimalNumber().MatchString(b.Coins) {
		return fmt.Errorf("the balance %.40q is not a number", b.Coins)
	}
	path := balancePath(dataDir, b.Source)
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(content) > 0 && !bytes.HasSuffix(content, []byte("\n")) { // a line that was cut short
		content = append(content, '\n')
	}
	begin := len(content)
	text, err := json.Marshal(balanceLine{b.FetchedAt.Format(receivedFormat), b.Source, kindBalance, b.Coins})
	if err != nil {
		return err
	}
	content = append(content, text[:len(text)-1]...)
	content = append(appendChecksum(content, begin), '\n')
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomicfile.WriteFile(atomicfile.OS{}, path, content)
}

// ReadBalances returns the balances in a data folder, by source, in the order in which they were fetched. A line that cannot be read is
// skipped, and the first such line is damage.
func ReadBalances(dataDir string) (all []Balance, damage, err error) {
	sources, err := vendorSources(dataDir)
	if err != nil {
		return nil, nil, err
	}
	for _, source := range sources {
		path := balancePath(dataDir, source)
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		number := int64(0)
		for text := range bytes.Lines(content) {
			number++
			b, err := parseBalance(bytes.TrimSuffix(text, []byte("\n")), source)
			if err != nil && damage == nil {
				damage = fmt.Errorf("%s, line %d: %w", path, number, err)
			}
			if err == nil {
				all = append(all, b)
			}
		}
		if err := checkNotEmpty(number); err != nil && damage == nil {
			damage = fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, damage, nil
}

func parseBalance(text []byte, source string) (b Balance, err error) {
	if err := CheckLine(text); err != nil {
		return b, err
	}
	var line balanceLine
	if err := json.Unmarshal(text, &line); err != nil {
		return b, err
	}
	if line.Source != source || line.Kind != kindBalance || !decimalNumber().MatchString(line.Balance) {
		return b, fmt.Errorf("it is not a balance of source %q", source)
	}
	b = Balance{Source: source, Coins: line.Balance}
	b.FetchedAt, err = time.Parse(time.RFC3339Nano, line.FetchedAt)
	return b, err
}
