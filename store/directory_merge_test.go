package store

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/spool"
)

// TestMachinesShareADirectory merges the syncs of two machines of a lake in the order in which they load. Asha's phone goes to Bela, and Chand's
// stays; what each machine found new is only new if the other one had not seen it.
func TestMachinesShareADirectory(t *testing.T) {
	asha, bela, chand, sales := agentEntry("1", "Asha", "9820000001"), agentEntry("2", "Bela", "9820000001"), agentEntry("3", "Chand", "9820000003"), groupEntry("1", "Sales", "7")
	dirs := map[string]string{"first": t.TempDir(), "second": t.TempDir()}
	at := func(day string) string { return "2026-10-" + day + " 02:30:00" }
	syncDirectory(t, dirs["first"], "main", at("06"), asha, chand, sales)
	syncDirectory(t, dirs["second"], "main", at("08"), bela, chand) // which may not see groups
	syncDirectory(t, dirs["first"], "main", at("09"), bela, chand, sales)
	syncDirectory(t, dirs["second"], "main", at("10"), asha, chand)
	syncDirectory(t, dirs["first"], "main", at("11"), bela, chand, sales) // no change for the first machine
	want := "06 +Asha, 06 +Chand, 06 +Sales, 08 -Asha since 06, 08 +Bela since 06, 10 +Asha since 09, 10 -Bela since 09, 11 -Asha since 10, 11 +Bela since 10"
	for _, order := range [][]string{{"second", "first"}, {"first", "second", "first"}, {"second", "first", "second", "first"}} {
		var stored []spool.DirectoryChange
		for _, machine := range order {
			directory, err := spool.ReadDirectory(dirs[machine], "main")
			if err != nil {
				t.Fatal(err)
			}
			stored = mergeDirectory(stored, directory)
		}
		if got := describeChanges(stored); got != want {
			t.Errorf("%v:\ngot  %s\nwant %s", order, got, want)
		}
	}
}

// TestADirectoryThatLeavesALake opens the database file that a lake was migrated to on the machine that began to sync later.
func TestADirectoryThatLeavesALake(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	syncDirectory(t, dirs[0], "main", "2026-10-06 02:30:00", agentEntry("1", "Asha", "9820000001"))
	syncDirectory(t, dirs[1], "main", "2026-10-08 02:30:00", agentEntry("2", "Bela", "9820000001"))
	var stored []spool.DirectoryChange
	var directory *spool.Directory
	for _, dir := range dirs {
		var err error
		if directory, err = spool.ReadDirectory(dir, "main"); err != nil {
			t.Fatal(err)
		}
		stored = mergeDirectory(stored, directory)
	}
	s := Store{options: Options{DataDir: dirs[1]}}
	if got := describeChanges(s.keepLost(directory.Changes, stored)); got != "06 +Asha, 08 -Asha since 06, 08 +Bela since 06" || len(s.warnings) != 1 {
		t.Errorf("got %s, %q", got, s.warnings)
	}
}

// describeChanges names the day of each change, by day and name, and that of the sync before.
func describeChanges(changes []spool.DirectoryChange) string {
	day := func(at time.Time) string { return at.Add(330 * time.Minute).UTC().Format("02") }
	var described []string
	for _, change := range changes {
		text := day(change.FetchedAt) + map[bool]string{true: " +", false: " -"}[change.IsListed] + change.Name
		if !change.PreviousAt.IsZero() {
			text += " since " + day(change.PreviousAt)
		}
		described = append(described, text)
	}
	slices.SortStableFunc(described, func(a, b string) int { return cmp.Or(cmp.Compare(a[:2], b[:2]), cmp.Compare(a[4:], b[4:])) })
	return strings.Join(described, ", ")
}
