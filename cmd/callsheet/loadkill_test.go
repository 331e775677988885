package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/demo"
	"callsheet/internal/spool"
)

var loadKills = flag.Int("loadkills", 6, "how often the loader is killed")

// TestKilledLoaderLoadsEachDeliveryOnce appends deliveries, shuffled and some of them twice, to a spool of several files and kills a
// load at a random time after each step, while another process reads the published database. In the end the database must equal the
// one of a single load of everything.
func TestKilledLoaderLoadsEachDeliveryOnce(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	rng := rand.New(rand.NewPCG(uint64(*loadKills), 7))
	lines := demoLines(rng, 1500)
	killed, whole := loaderHome(t), loaderHome(t)
	for _, line := range lines {
		appendLine(t, whole, "2026-10-05.ndjson", line)
	}
	if out, err := exec.Command("callsheet", "--config", whole, "load").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	ctx, stop := context.WithCancel(context.Background())
	var reads atomic.Int64
	ended := make(chan error, 1)
	go func() { ended <- readContinuously(ctx, killed, &reads) }()
	killedLoads, limit := 0, 250*time.Millisecond
	for round := range *loadKills {
		for _, line := range lines[len(lines)*round / *loadKills : len(lines)*(round+1) / *loadKills] {
			appendLine(t, killed, fmt.Sprintf("2026-10-0%d.ndjson", 1+rng.IntN(4)), line)
		}
		load := exec.Command("callsheet", "--config", killed, "load")
		if err := load.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.Int64N(int64(limit))))
		load.Process.Kill()
		switch err := load.Wait(); {
		case load.ProcessState.ExitCode() > 0:
			t.Fatalf("load %d failed without being killed: %v", round, err)
		case err != nil:
			killedLoads++
			limit += limit / 2 // so that a load ends on a slow machine as well
		default:
			limit = 250 * time.Millisecond
		}
	}
	if out, err := exec.Command("callsheet", "--config", killed, "load").CombinedOutput(); err != nil {
		t.Fatalf("the last load: %v\n%s", err, out)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the reader: %v", err)
	}
	got, want := contentHashes(t, killed), contentHashes(t, whole)
	if got != want || strings.Count(want, "\n") < 3 {
		t.Errorf("killed %d times:\n%s\nloaded at once:\n%s", killedLoads, got, want)
	}
	t.Logf("%d lines, %d loads of which %d were killed, %d reads", len(lines), *loadKills, killedLoads, reads.Load())
}

// demoLines returns the deliveries of some calls of a few days, shuffled, a tenth of them twice.
func demoLines(rng *rand.Rand, calls int) []string {
	var lines []string
	for i, delivery := range demo.Generate(demo.Options{Calls: calls, Days: 4, Seed: 3, Until: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)}) {
		payload, ok := spool.Compact(delivery.Body)
		if delivery.Broken || !ok || payload[0] != '{' {
			continue
		}
		line := string(spool.Envelope{ID: fmt.Sprintf("%026d", i), ReceivedAt: delivery.At, Source: "main", Kind: spool.Kind(payload),
			Encoding: spool.EncodingJSON, Payload: payload}.AppendLine(nil))
		lines = append(lines, line)
		if rng.IntN(10) == 0 {
			lines = append(lines, line)
		}
	}
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines
}

// loaderHome writes a configuration with an empty spool.
func loaderHome(t *testing.T) (config string) {
	t.Helper()
	dir := t.TempDir()
	config = filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(config, []byte("data_dir: ./data\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data", "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	return config
}

func appendLine(t *testing.T, config, name, line string) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(filepath.Dir(config), "data", "spool", name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(line); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// readContinuously queries the published copy until ctx ends: after the first success each query must succeed, and the number of calls
// never decreases.
func readContinuously(ctx context.Context, config string, reads *atomic.Int64) error {
	before := 0
	for ctx.Err() == nil {
		if _, err := os.Stat(filepath.Join(filepath.Dir(config), "data", "published", "calls.duckdb")); err != nil {
			continue
		}
		out, err := exec.Command("callsheet", "--config", config, "sql", "select count(*) as n from calls", "--format", "csv").CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 {
			return fmt.Errorf("%w: %s", err, out)
		}
		now, err := strconv.Atoi(rows[1][0])
		if err != nil || now < before {
			return fmt.Errorf("%d calls after %d: %w", now, before, err)
		}
		before = now
		reads.Add(1)
	}
	return nil
}

// contentHashes returns the hash of each day.
func contentHashes(t *testing.T, config string) string {
	t.Helper()
	out, err := exec.Command("callsheet", "--config", config, "query", "content", "--from", "2026-09-01", "--to", "2026-10-31").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
