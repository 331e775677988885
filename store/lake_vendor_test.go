//go:build unix

package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsheet/internal/spool"
)

// TestMachinesFetchFromTheVendor lets two machines of a lake fetch lists, a directory and balances of one vendor. The list of a day that was
// fetched last counts, and the directory as each sync found it, whoever loads first; a machine drops only its own lists.
func TestMachinesFetchFromTheVendor(t *testing.T) {
	lake := newLake(t, filepath.Join(t.TempDir(), "data"))
	dirs := []string{t.TempDir(), t.TempDir()}
	shortAbandon := testSettings().ShortAbandon
	optionsOf := func(loader string) Options {
		options := lakeOptions(t, lake, loader)
		options.Settings.ShortAbandon = shortAbandon
		return options
	}
	load := func(i int) {
		t.Helper()
		options := optionsOf([]string{"first", "second"}[i])
		options.DataDir = dirs[i]
		db, err := Open(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		summary, err := db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(dirs[i], "spool"), DataDir: dirs[i], DefaultSource: "main"})
		if err != nil || len(summary.Warnings) > 0 {
			t.Fatal(err, summary.Warnings)
		}
	}
	const phone, day = "9820000001", "2026-10-05"
	list := func(i int, day, fetched string, calls ...string) {
		t.Helper()
		var rows []string
		for _, call := range calls {
			rows = append(rows, strings.TrimSpace(report(call)))
		}
		writeList(t, dirs[i], "main", day, fetched, rows...)
	}
	balance := func(i int, at, coins string) {
		t.Helper()
		when, err := time.Parse(time.DateTime, at)
		if err == nil {
			err = spool.AppendBalance(dirs[i], spool.Balance{Source: "main", FetchedAt: when, Coins: coins})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	writeSpool(t, dirs[0], map[string]string{"a.ndjson": callsOf([]string{phone}, day, "2026-10-08")})
	writeSpool(t, dirs[1], map[string]string{"b.ndjson": ""})
	list(0, day, "2026-10-06 02:30:00", "old")
	list(0, "2026-10-04", "2026-10-06 02:30:00", "of the first machine")
	list(1, day, "2026-10-07 02:30:00", "new", "newer")
	syncDirectory(t, dirs[0], "main", "2026-10-06 02:30:00", agentEntry("1", "Asha", phone))
	syncDirectory(t, dirs[1], "main", "2026-10-07 02:30:00", agentEntry("1", "Bela", phone))
	balance(0, "2026-10-06 00:00:00", "100.5")
	balance(1, "2026-10-07 00:00:00", "90")
	for _, i := range []int{0, 1, 0} {
		load(i)
	}
	if err := InitLake(t.Context(), lakeOptions(t, lake, "third")); err != nil { // which has fetched nothing
		t.Fatal(err)
	}
	const fetched = `select 'list', day::varchar, call_sid from vendor_calls union all select 'balance', fetched_at::varchar, balance::varchar from balances
		union all select 'agent', local_day::varchar, agent_name from calls
		union all select 'change', fetched_at::varchar, concat_ws(' ', name, is_listed, previous_at) from vendor_directory order by all`
	want := "agent,2026-10-05,Asha\nagent,2026-10-08,Bela\nbalance,2026-10-06 05:30:00+05:30,100.5000\nbalance,2026-10-07 05:30:00+05:30,90.0000\n" +
		"change,2026-10-06 02:30:00+05:30,Asha true\nchange,2026-10-07 02:30:00+05:30,Asha false 2026-10-06 02:30:00+05:30\n" +
		"change,2026-10-07 02:30:00+05:30,Bela true 2026-10-06 02:30:00+05:30\n" +
		"list,2026-10-04,of the first machine\nlist,2026-10-05,new\nlist,2026-10-05,newer\n"
	if got := lines(query(t, openReader(t, optionsOf("reader")), fetched)[1:]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	shortAbandon += time.Second
	if err := InitLake(t.Context(), optionsOf("first")); err != nil { // which recomputes all calls
		t.Fatal(err)
	}
	load(0)
	if got := lines(query(t, openReader(t, optionsOf("reader")), fetched)[1:]); got != want {
		t.Errorf("after a recomputation: got\n%s\nwant\n%s", got, want)
	}
	const unread = "select coalesce(list(day order by day), []) from vendor_lists where disk_bytes = 0"
	if got := lines(query(t, openReader(t, optionsOf("reader")), unread)[1:]); got != "[2026-10-05]\n" {
		t.Errorf("lists to read again: %s", got)
	}
	load(1)
	if got := lines(query(t, openReader(t, optionsOf("reader")), unread)[1:]); got != "[]\n" {
		t.Errorf("lists to read again: %s", got)
	}
	if err := os.Remove(filepath.Join(dirs[1], "vendor", "main", day+".ndjson")); err != nil {
		t.Fatal(err)
	}
	load(1) // its list is gone, so that of the first machine counts
	load(0)
	if got := lines(query(t, openReader(t, optionsOf("reader")), fetched)[1:]); !strings.HasSuffix(got, "list,2026-10-04,of the first machine\nlist,2026-10-05,old\n") {
		t.Errorf("after a list was removed:\n%s", got)
	}
}
