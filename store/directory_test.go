package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/spool"
)

func agentEntry(id, name, number string) spool.DirectoryEntry {
	return spool.DirectoryEntry{Kind: spool.DirectoryAgent, ID: id, Name: name, Number: number}
}

func groupEntry(id, name, numberID string) spool.DirectoryEntry {
	return spool.DirectoryEntry{Kind: spool.DirectoryGroup, ID: id, Name: name, NumberID: numberID}
}

func numberEntry(id, number string) spool.DirectoryEntry {
	return spool.DirectoryEntry{Kind: spool.DirectoryNumber, ID: id, Number: number}
}

// syncDirectory adds a sync of a source's directory at a time in India.
func syncDirectory(t *testing.T, dir, source, at string, entries ...spool.DirectoryEntry) {
	t.Helper()
	when, err := time.Parse(time.DateTime+" -07:00", at+" +05:30")
	if err != nil {
		t.Fatal(err)
	}
	directory, err := spool.ReadDirectory(dir, source)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := directory.Sync(entries, when); err != nil {
		t.Fatal(err)
	}
}

// callsOf has an answered call of each phone on each day, by source.
func callsOf(phones []string, days ...string) string {
	var text strings.Builder
	for _, day := range days {
		for _, phone := range phones {
			fmt.Fprintf(&text, `{"CallSid":"%s-%s","Direction":"IVR","SourceNumber":"9190000001","DestinationNumber":"01204000001","DialWhomNumber":"%s","Status":"ANSWER","StartTime":"%s 12:00:00","EndTime":"%s 12:01:00","TalkDuration":"30"}`+"\n",
				day, phone, phone, day, day)
		}
	}
	return text.String()
}

func agentsByDay(t *testing.T, reader *Reader) string {
	t.Helper()
	return lines(query(t, reader, `
		select local_day::varchar as day, list(coalesce(agent_name, '-') order by agent_key) as agents, any_value(coalesce(call_group, '-')) as call_group
		from calls group by all order by day`)[1:])
}

func TestPhoneThatChangedHandsIsRightOnBothSidesOfTheDate(t *testing.T) {
	skipIfShort(t)
	const phone, second, masked, spaced = "9820000001", "9820000002", "98xxxxxx03", "9820000004"
	days := []string{"2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08", "2026-10-09"}
	numbers := []spool.DirectoryEntry{numberEntry("7", "01204000001"), groupEntry("1", "Sales", "7")}
	all := func(entries ...spool.DirectoryEntry) []spool.DirectoryEntry { return append(entries, numbers...) }
	dir := t.TempDir()
	settings := testSettings()
	writeSpool(t, dir, map[string]string{"a.ndjson": callsOf([]string{phone, second, spaced}, days...)})
	load(t, dir, settings)

	// The first sync is valid from the beginning.
	syncDirectory(t, dir, "main", "2026-10-06 02:30:00", all(agentEntry("1", "Asha", phone), agentEntry("3", "Masked", masked))...)
	load(t, dir, settings)
	reader := published(t, dir, settings)
	const want1 = "2026-10-05,[Asha - -],Sales\n2026-10-06,[Asha - -],Sales\n2026-10-07,[Asha - -],Sales\n2026-10-08,[Asha - -],Sales\n2026-10-09,[Asha - -],Sales\n"
	if got := agentsByDay(t, reader); got != want1 {
		t.Errorf("after the first sync got\n%s\nwant\n%s", got, want1)
	}
	reader.Close()

	// What names no call computes nothing again.
	syncDirectory(t, dir, "main", "2026-10-06 12:00:00", all(agentEntry("1", "Asha", phone), agentEntry("3", "Masked agent", masked))...)
	load(t, dir, settings)
	reader = published(t, dir, settings)
	if got := lines(query(t, reader, "select reason, (select count(*) from vendor_directory) as changes from recomputations()")); got != "reason,changes\nthe directory of a vendor changed,6\n" {
		t.Errorf("recomputed: %s", got)
	}
	reader.Close()

	// The phone of Asha is Bela's from the 8th; the number of Asha's second phone, and a name with odd spaces, are new; since
	// nobody had them on the 7th, they are valid from then. The number is Support's.
	syncDirectory(t, dir, "main", "2026-10-07 02:30:00", all(agentEntry("1", "Asha", phone), agentEntry("3", "Masked", masked))...)
	numbers = []spool.DirectoryEntry{numberEntry("7", "01204000001"), groupEntry("1", "Support", "7")}
	syncDirectory(t, dir, "main", "2026-10-08 02:30:00", all(agentEntry("2", "Bela", phone), agentEntry("1", "Asha", "+91 98200 00002"), agentEntry("4", " Chand \u00a0 Rao\t", spaced))...)
	load(t, dir, settings)
	reader = published(t, dir, settings)
	const want2 = "2026-10-05,[Asha - -],Sales\n2026-10-06,[Asha - -],Sales\n2026-10-07,[Asha Asha Chand Rao],Sales\n" +
		"2026-10-08,[Bela Asha Chand Rao],Support\n2026-10-09,[Bela Asha Chand Rao],Support\n"
	if got := agentsByDay(t, reader); got != want2 {
		t.Errorf("after the change got\n%s\nwant\n%s", got, want2)
	}
	reader.Close()

	// Bela's phone is another agent's, too; Asha is gone during the 9th, and keeps that day. The configuration wins where it speaks.
	syncDirectory(t, dir, "main", "2026-10-09 18:00:00", all(agentEntry("2", "Bela", phone), agentEntry("5", "Divya", phone), agentEntry("4", "Chand Rao", spaced))...)
	settings.Agents = []Agent{{Number: spaced, Name: "Chandrasekhar", From: "2026-10-06", To: "2026-10-07"}}
	settings.NumberGroups = map[string]string{"+911204000001": "Configured"}
	load(t, dir, settings)
	reader = published(t, dir, settings)
	const want3 = "2026-10-05,[Asha - -],Configured\n2026-10-06,[Asha - Chandrasekhar],Configured\n2026-10-07,[Asha Asha Chandrasekhar],Configured\n" +
		"2026-10-08,[Bela Asha Chand Rao],Configured\n2026-10-09,[- Asha Chand Rao],Configured\n"
	if got := agentsByDay(t, reader); got != want3 {
		t.Errorf("after the third sync got\n%s\nwant\n%s", got, want3)
	}

	fresh := t.TempDir() // a rebuild
	writeSpool(t, fresh, map[string]string{"a.ndjson": callsOf([]string{phone, second, spaced}, days...)})
	copyVendor(t, dir, fresh)
	load(t, fresh, settings)
	rebuilt := published(t, fresh, settings)
	for _, statement := range []string{"from calls order by all", "from agent_directory order by all", "from number_groups order by all", "from vendor_directory order by all"} {
		if got, want := query(t, rebuilt, statement), query(t, reader, statement); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: rebuilt\n%s\nwant\n%s", statement, lines(got), lines(want))
		}
	}
}

// TestNamesOutliveALostDirectory: the file is removed, and the phone changes hands before the next sync.
func TestNamesOutliveALostDirectory(t *testing.T) {
	skipIfShort(t)
	const phone = "9820000001"
	dir, settings := t.TempDir(), testSettings()
	writeSpool(t, dir, map[string]string{"a.ndjson": callsOf([]string{phone}, "2026-10-05", "2026-10-07", "2026-10-09")})
	syncDirectory(t, dir, "main", "2026-10-06 02:30:00", agentEntry("1", "Asha", phone))
	load(t, dir, settings)
	if err := os.Remove(filepath.Join(dir, "vendor", "main", "directory.ndjson")); err != nil {
		t.Fatal(err)
	}
	syncDirectory(t, dir, "main", "2026-10-08 02:30:00", agentEntry("2", "Bela", phone))
	for range 2 {
		load(t, dir, settings)
		// Nothing says that Asha is gone, so the phone has two names from the 8th on.
		if got := agentsByDay(t, published(t, dir, settings)); got != "2026-10-05,[Asha],-\n2026-10-07,[Asha],-\n2026-10-09,[-],-\n" {
			t.Errorf("got\n%s", got)
		}
	}
}

func TestDirectoryListsWhereEachEntryComesFrom(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	settings := testSettings()
	settings.Agents = []Agent{{Number: "9820000001", Name: "Ayesha", From: "2026-10-02"}}
	settings.NumberGroups = map[string]string{"+911204000002": "Support"}
	report := func(day int, number, phone, name, group string) string {
		return fmt.Sprintf(`{"CallSid":"%s-%d","Direction":"IVR","SourceNumber":"9190000001","DestinationNumber":"%s","DialWhomNumber":"%s","receiver_name":"%s","call_group":"%s","Status":"ANSWER","StartTime":"2026-10-%02d 12:00:00","EndTime":"2026-10-%02d 12:01:00","TalkDuration":"30"}`+"\n",
			phone, day, number, phone, name, group, day, day)
	}
	writeSpool(t, dir, map[string]string{"a.ndjson": report(5, "01204000001", "9820000001", "asha", "SALES") +
		report(5, "01204000009", "9820000009", "Esha", "VIP") + report(7, "01204000009", "9820000009", "Fatima", "")})
	entries := []spool.DirectoryEntry{
		agentEntry("1", "Asha", "9820000001"), agentEntry("2", "Bela", "9820000002"), agentEntry("3", "Chand", "98xxxxxx03"),
		agentEntry("4", "Divya", "9820000004, 9820000005"), agentEntry("5", "", "9820000006"), agentEntry("7", "Phoneless", ""),
		agentEntry("8", "Divya", "9820000004"), agentEntry("9", "Hema", "9820000005"),
		groupEntry("1", "Sales", "7"), groupEntry("2", "Support desk", "8"), groupEntry("3", "Idle", "0"), groupEntry("4", "Sales 2", "9"),
		groupEntry("5", "Sales 3", "9"),
		numberEntry("7", "01204000001"), numberEntry("8", "01204000002"), numberEntry("9", "01204000003"), numberEntry("10", "01204000004"),
	}
	syncDirectory(t, dir, "main", "2026-10-06 02:30:00", append(entries, agentEntry("6", "Gone", "9820000007"))...)
	syncDirectory(t, dir, "main", "2026-10-08 02:30:00", append(entries, agentEntry("10", "New", "9820000010"))...)
	load(t, dir, settings)
	got := lines(query(t, published(t, dir, settings), "select * exclude (fetched_at, entry_id) from directory()")[1:])
	const want = `agent,Asha,9820000001,,vendor:main,config wins,,
agent,Ayesha,9820000001,,config,used,2026-10-02,
agent,Bela,9820000002,,vendor:main,used,,
agent,Chand,98xxxxxx03,,vendor:main,no number,,
agent,Divya,9820000004,,vendor:main,used,,
agent,Divya,9820000004,,vendor:main,used,,
agent,Divya,9820000005,,vendor:main,several names,,
agent,Esha,9820000009,,calls:main,past,,2026-10-07
agent,Fatima,9820000009,,calls:main,reported,2026-10-07,
agent,Gone,9820000007,,vendor:main,past,,2026-10-07
agent,Hema,9820000005,,vendor:main,several names,,
agent,New,9820000010,,vendor:main,used,2026-10-08,
agent,Phoneless,,,vendor:main,no number,,
agent,,9820000006,,vendor:main,no name,,
group,Idle,,,vendor:main,no number,,
group,SALES,,,calls:main,reported,2026-10-05,
group,Sales,,,vendor:main,used,,
group,Sales 2,,,vendor:main,several groups,,
group,Sales 3,,,vendor:main,several groups,,
group,Support,,,config,used,,
group,Support desk,,,vendor:main,config wins,,
group,VIP,,,calls:main,reported,2026-10-05,
number,,+911204000002,Support,config,used,,
number,,01204000001,Sales,vendor:main,used,,
number,,01204000002,Support desk,vendor:main,config wins,,
number,,01204000003,Sales 2,vendor:main,several groups,,
number,,01204000003,Sales 3,vendor:main,several groups,,
number,,01204000004,,vendor:main,no group,,
number,,01204000009,,calls:main,reported,2026-10-05,
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestDirectoryListsGroupsThatDifferInCase: each has a row of its own in groups, whatever is configured.
func TestDirectoryListsGroupsThatDifferInCase(t *testing.T) {
	skipIfShort(t)
	var text strings.Builder
	for i, group := range []string{"sales", "SALES", "Sales", "Support"} {
		fmt.Fprintf(&text, `{"CallSid":"%d","Direction":"IVR","SourceNumber":"9190000001","DestinationNumber":"01204000001","call_group":"%s","Status":"ANSWER","StartTime":"2026-10-05 12:00:00","EndTime":"2026-10-05 12:01:00"}`+"\n", i+1, group)
	}
	dir, settings := t.TempDir(), testSettings()
	settings.NumberGroups = map[string]string{"01204000001": "Sales"}
	writeSpool(t, dir, map[string]string{"a.ndjson": text.String()})
	load(t, dir, settings)
	var got []string
	for _, row := range namedRows(t, published(t, dir, settings), "directory", nil) {
		if row[0] == "group" {
			got = append(got, row[1]+" "+row[4])
		}
	}
	if want := []string{"SALES calls:main", "Sales config", "sales calls:main", "Support calls:main"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
