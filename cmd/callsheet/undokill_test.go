package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledUndoLeavesTheImportOrNot kills an undo at a random time, and then the load that removes the import from the database. Each
// time the import is there as a whole or not at all, and after the last load the database is as if it had never been there.
func TestKilledUndoLeavesTheImportOrNot(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	rng := rand.New(rand.NewPCG(uint64(*loadKills), 17))
	config := loaderHome(t)
	export := filepath.Join(filepath.Dir(config), "export.csv")
	rows := "CallSid,Direction,Status,StartTime,EndTime,coins\n"
	for _, line := range demoLines(rng, 1500)[:300] {
		appendLine(t, config, "2026-10-05.ndjson", line)
	}
	for _, second := range []string{"01", "02", "03"} {
		rows += "17911755" + second + ".1,IVR,ANSWER,2026-10-05 10:15:" + second + ",2026-10-05 10:16:00,1\n"
	}
	if err := os.WriteFile(export, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	callsheet := func(args ...string) string {
		t.Helper()
		out, err := exec.Command("callsheet", append([]string{"--config", config}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	kill := func(args ...string) {
		t.Helper()
		command := exec.Command("callsheet", append([]string{"--config", config}, args...)...)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.IntN(400)) * time.Millisecond)
		command.Process.Kill()
		if err := command.Wait(); command.ProcessState.ExitCode() > 0 {
			t.Fatalf("%v failed without being killed: %v", args, err)
		}
	}
	callsheet("load")
	without := contentHashes(t, config)
	callsheet("import", export)
	callsheet("load")
	with := contentHashes(t, config)
	if with == without {
		t.Fatal("the import changes nothing")
	}
	for range max(*loadKills/4, 2) {
		kill("import", "--undo", "export.csv")
		kill("load")
		undone := !strings.Contains(callsheet("import", "--list"), "export.csv")
		callsheet("load")
		want := with
		if undone {
			want = without
		}
		if got := contentHashes(t, config); got != want {
			t.Fatalf("undone %v: got\n%s\nwant\n%s", undone, got, want)
		}
		if undone {
			callsheet("import", export)
			callsheet("load")
		}
	}
}
