package store

import "testing"

// TestLegsFollowADirectionThatIsConfiguredLater: the word of a report gets its meaning, and so its legs, when the database is opened with it,
// in whatever order and batches the deliveries were loaded.
func TestLegsFollowADirectionThatIsConfiguredLater(t *testing.T) {
	skipIfShort(t)
	const report = `{"CallSid":"m1","Direction":"Ruf","SourceNumber":"9280000001","DialWhomNumber":"09876543210","Status":"ANSWER","StartTime":"2026-10-05 10:00:00","EndTime":"2026-10-05 10:01:00","TalkDuration":"30"}` + "\n"
	const live = `{"CallSid":"m1","type":"live_call","SourceNumber":"9280000002","DialWhomNumber":"09876543210","Status":"Ringing","StartTime":"2026-10-05 10:00:00"}` + "\n"
	known := testSettings()
	known.Sources = []Source{{Name: "main", Timezone: "Asia/Kolkata", OutgoingCaller: "agent", DirectionWords: map[string]string{"RUF": "outgoing"}}}
	for _, files := range [][2]string{{report, live}, {live, report}} {
		dir := t.TempDir()
		writeSpool(t, dir, map[string]string{"2026-10-05.ndjson": files[0]})
		load(t, dir, testSettings())
		appendTo(t, dir+"/spool/2026-10-05.ndjson", files[1])
		load(t, dir, testSettings())
		load(t, dir, known)
		const legs = "select direction, agent_number, is_reported, rang from call_legs order by agent_number"
		const want = "outgoing,9280000001,true,true\noutgoing,9280000002,false,true\n"
		if got := lines(query(t, published(t, dir, known), legs)[1:]); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
