package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsheet/queries"
)

// oldDatabase creates a database with the migrations before a version, and runs a statement in it.
func oldDatabase(t *testing.T, path, before, statement string) {
	t.Helper()
	db, conn, err := connect(t.Context(), Options{Path: path, Settings: testSettings()}, writing)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(conn.Close(), db.Close()); err != nil {
			t.Fatal(err)
		}
	}()
	execute := func(statement string, arguments ...any) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), statement, arguments...); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
	if err := registerRehashing(conn); err != nil {
		t.Fatal(err)
	}
	execute("create table schema_migrations (version bigint not null, name varchar not null)")
	for _, file := range queries.Files("schema") {
		if file.Name >= before {
			break
		}
		execute(file.SQL)
		execute("insert into schema_migrations select left(name, 4)::bigint, name from (select ? as name)", file.Name)
	}
	execute(statement)
	execute("checkpoint")
}

// TestOldDatabaseMigrates: reports that differ only in empty fields become one, their duplicates are recognised, and it says that figures
// were recomputed.
func TestOldDatabaseMigrates(t *testing.T) {
	skipIfShort(t)
	dir := spoolOf(t, map[string]string{"a.ndjson": ""})
	// n1 came with error_code null, was corrected, and came again as a form; the hashes are those of an old version, in which the first
	// came twice. n2 came once.
	oldDatabase(t, filepath.Join(dir, "calls.duckdb"), "0010", fmt.Sprintf(`
		insert into settings (timezone, short_abandon_seconds, service_level_target_seconds, recovery_window_seconds, fingerprint, macros_fingerprint)
			values ('Asia/Kolkata', 5, 20, 86400, 'old', 'old');
		create temp table old (sid varchar, key ubigint, hash ubigint, first varchar, last varchar, deliveries bigint, id varchar, coins varchar,
			campid varchar, error_code varchar, extra varchar);
		insert into old values
			('n1', %[1]d, 11, '00', '01', 2, 'b', '7', '', null, '{"group_id":""}'), ('n1', %[1]d, 12, '02', '02', 1, 'c', '1', null, null, null),
			('n1', %[1]d, 13, '03', '03', 1, 'd', '7', null, '', '{"agent_email":null}'), ('n2', %[2]d, 21, '00', '00', 1, 'e', '5', '', '9', '{"a":"","b":"1"}');
		insert into call_versions (source, direction, sent_direction, call_sid, call_key, content_hash, first_received_at, last_received_at,
				reported_at, imported, deliveries, last_id, coins, status, end_time, campid, error_code, extra)
			select 'main', 'incoming', 'IVR', sid, key, hash, '2026-10-05 10:00:' || first || 'Z', '2026-10-05 10:00:' || last || 'Z',
				'2026-10-05 10:00:' || last || 'Z', false, deliveries, id, coins, 'ANSWER', '2026-10-05 15:30:00', campid, error_code, extra
			from old;
		insert into repeated_deliveries (kind, direction, call_key, content_hash, received_at, reported_at, id, deliveries)
			values ('call_report', 'incoming', %[1]d, 11, '2026-10-05 10:00:00Z', '2026-10-05 10:00:00Z', 'a', 1),
				('call_report', 'incoming', %[1]d, 11, '2026-10-05 10:00:01Z', '2026-10-05 10:00:01Z', 'b', 1);
		insert into calls by name
			select source, direction, call_sid, call_key, first_received_at as started_at, '2026-10-05'::date as local_day, 0 as local_hour,
				1 as weekday, 'none' as group_basis, 'unknown' as outcome, false as answered, 0 as talk_seconds, false as in_business_hours,
				false as short_abandon, []::varchar[] as flags, 1 as versions, 1 as deliveries, first_received_at, last_received_at,
				'all calls' as everything
			from call_versions where coins <> '7'`, callKey([]byte("main"), []byte("n1")), callKey([]byte("main"), []byte("n2"))))
	if got := load(t, dir, testSettings()); !strings.HasPrefix(got.Migrated, "the database was made by an earlier callsheet and has been migrated from schema 9 to ") {
		t.Errorf("the load says %q", got.Migrated)
	}
	check := func(when, statement, want string) {
		t.Helper()
		if got := lines(query(t, published(t, dir, testSettings()), statement)[1:]); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", when, got, want)
		}
	}
	const calls = `select call_sid, coins, versions, deliveries, extra from calls order by all`
	check("migrated", calls, "n1,1,2,4,\nn2,5,1,1,{\"b\":\"1\"}\n")
	check("migrated", `select coins, strftime(first_received_at, '%S'), strftime(last_received_at, '%S'), strftime(reported_at, '%S'), last_id
		from call_versions where call_sid = 'n1' order by coins`, "1,02,02,02,c\n7,00,03,00,a\n")
	check("migrated", "select content_hash = any (select content_hash from call_versions where coins = '7') as known, strftime(received_at, '%S') from repeated_deliveries order by all",
		"true,00\ntrue,01\ntrue,03\n")
	check("migrated", "select reason[:25] from recomputations()", "this version of callsheet\n")

	// The hash of n2 is that of its delivery, however the empty fields come.
	for _, empty := range []string{`"campid":null,"a":null,"b":1`, `"b":"1","campid":""`} {
		appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), `{"CallSid":"n2","Direction":"IVR","coins":5,"Status":"ANSWER","EndTime":"2026-10-05 15:30:00","error_code":"9",`+empty+"}\n")
		load(t, dir, testSettings())
	}
	check("delivered again", calls, "n1,1,2,4,\nn2,5,1,3,{\"b\":\"1\"}\n")
}

// TestOldReportsOfLegA: a source that has sent times of leg A, in webhooks or in exports, has sent the missing ones empty.
func TestOldReportsOfLegA(t *testing.T) {
	skipIfShort(t)
	dir := spoolOf(t, map[string]string{"a.ndjson": ""})
	oldDatabase(t, filepath.Join(dir, "calls.duckdb"), "0014", `
		insert into settings (timezone, short_abandon_seconds, service_level_target_seconds, recovery_window_seconds, fingerprint, macros_fingerprint)
			values ('Asia/Kolkata', 5, 20, 86400, 'old', 'old');
		insert into call_versions (source, direction, sent_direction, call_sid, call_key, content_hash, first_received_at, last_received_at,
				reported_at, imported, deliveries, status, start_time, end_time, leg_a_picked_time)
			select source, 'outgoing', 'WEBOBD', sid, hash(source, sid), hash(source, sid), '2026-10-05 10:00:00Z', '2026-10-05 10:00:00Z',
				'2026-10-05 10:00:00Z', imported, 1, 'NOANSWER', '2026-10-05 15:29:00', '2026-10-05 15:30:00', leg_a
			from (values ('main', 'webhook', false, null), ('main', 'webhook, picked', false, '2026-10-05 15:29:10'), ('main', 'export', true, null),
				('other', 'webhook', false, null)) as old(source, sid, imported, leg_a)`)
	load(t, dir, testSettings())
	const statement = "select source, call_sid, leg_a_reported, failed_leg from calls order by source, call_sid"
	const want = "main,export,false,\nmain,webhook,true,agent\nmain,webhook, picked,true,customer\nother,webhook,false,\n"
	if got := lines(query(t, published(t, dir, testSettings()), statement)[1:]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestOldLiveEventsMigrate: live events that differ only in empty fields become one, and their duplicates are recognised, whatever the hash
// of an earlier version was. A field without a column is kept.
func TestOldLiveEventsMigrate(t *testing.T) {
	skipIfShort(t)
	for _, before := range []string{"0010", "0015"} {
		dir := spoolOf(t, map[string]string{"a.ndjson": ""})
		oldDatabase(t, filepath.Join(dir, "calls.duckdb"), before, fmt.Sprintf(`
			insert into settings (timezone, short_abandon_seconds, service_level_target_seconds, recovery_window_seconds, fingerprint, macros_fingerprint)
				values ('Asia/Kolkata', 5, 20, 86400, 'old', 'old');
			create temp table old (hash ubigint, second varchar, deliveries bigint, call_group varchar, status varchar, extra varchar);
			insert into old values (11, '00', 2, '', 'Ringing', '{"group_id":"","type":"live_call"}'), (12, '05', 1, null, 'Ringing', '{"type":"live_call"}'),
				(13, '06', 1, null, 'Picked', '{"type":"live_call"}');
			insert into live_events (source, direction, sent_direction, call_sid, call_key, content_hash, first_received_at, last_received_at,
					reported_at, imported, deliveries, last_id, status, call_group, extra)
				select 'main', 'incoming', 'IVR', 'n1', %[1]d, hash, '2026-10-05 10:00:' || second || 'Z', '2026-10-05 10:00:' || second || 'Z',
					'2026-10-05 10:00:' || second || 'Z', false, deliveries, second, status, call_group, extra
				from old;
			update live_events set call_group = nullif(call_group, ''), extra = '{"type":"live_call"}' where %[2]v;
			insert into repeated_deliveries (kind, direction, call_key, content_hash, received_at, reported_at, id, deliveries)
				values ('live_call', 'incoming', %[1]d, 11, '2026-10-05 10:00:00Z', '2026-10-05 10:00:00Z', '00', 1),
					('live_call', 'incoming', %[1]d, 11, '2026-10-05 10:00:01Z', '2026-10-05 10:00:01Z', '01', 1)`,
			callKey([]byte("main"), []byte("n1")), before > "0010"))
		load(t, dir, testSettings())
		check := func(when, want string) {
			t.Helper()
			const events = `select status, strftime(first_received_at, '%S'), strftime(last_received_at, '%S'), deliveries, last_id, extra from live_events
				where call_sid = 'n1' order by status, extra`
			if got := lines(query(t, published(t, dir, testSettings()), events)[1:]); got != want {
				t.Errorf("%s, from %s: got\n%s\nwant\n%s", when, before, got, want)
			}
		}
		check("migrated", "Picked,06,06,1,06,{\"type\":\"live_call\"}\nRinging,00,05,3,00,{\"type\":\"live_call\"}\n")
		for id, empty := range []string{`"call_group":null`, `"call_group":"","coins":""`} {
			appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), fmt.Sprintf(`{"id":"x%d"`, id)+`,"received_at":"2026-10-05T10:00:07Z","source":"main","kind":"live_call","payload":{"CallSid":"n1","Direction":"IVR","type":"live_call","Status":"Ringing",`+empty+"}}\n")
			load(t, dir, testSettings())
		}
		check("delivered again", "Picked,06,06,1,06,{\"type\":\"live_call\"}\nRinging,00,07,5,00,{\"type\":\"live_call\"}\n")
		for range 2 {
			appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), `{"CallSid":"n1","Direction":"IVR","type":"live_call","Status":"Picked","StartTime":"2026-10-05 15:30:08","receiver_name":"Asha","coins":1}`+"\n")
			load(t, dir, testSettings())
		}
		check("another event", "Picked,08,08,2,,{\"coins\":\"1\",\"receiver_name\":\"Asha\",\"type\":\"live_call\"}\nPicked,06,06,1,06,{\"type\":\"live_call\"}\nRinging,00,07,5,00,{\"type\":\"live_call\"}\n")
	}
}

// TestOlderDatabaseIsNoProblem of the time before the program was recorded, or that has no table yet.
func TestOlderDatabaseIsNoProblem(t *testing.T) {
	dir := t.TempDir()
	old, empty := filepath.Join(dir, "old.duckdb"), filepath.Join(dir, "empty.duckdb")
	oldDatabase(t, old, "0010", "select 1")
	oldDatabase(t, empty, "0000", "drop table schema_migrations")
	for _, path := range []string{old, empty, filepath.Join(dir, "missing.duckdb")} {
		if err := CheckDatabase(t.Context(), Options{Path: path, Settings: testSettings()}); err != nil {
			t.Error(err)
		}
	}
}

// TestNewerDatabaseIsRefused before anything in it changes, with the version that made it and what to do.
func TestNewerDatabaseIsRefused(t *testing.T) {
	for program, want := range map[string]string{"'9.1'": "callsheet 9.1, which is newer", "null": "a newer callsheet"} {
		dir := spoolOf(t, map[string]string{"a.ndjson": ""})
		path := filepath.Join(dir, "calls.duckdb")
		oldDatabase(t, path, "0010", "alter table schema_migrations add column program varchar; insert into schema_migrations values (999, '0999_future', "+program+")")
		_, err := Open(t.Context(), Options{Path: path, Program: "0.1", Settings: testSettings(), Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), "was made by "+want) || !strings.Contains(err.Error(), "schema 999") || !strings.Contains(err.Error(), "hint: update callsheet") {
			t.Errorf("opening it: %v", err)
		}
		if err := CheckDatabase(t.Context(), Options{Path: path, Settings: testSettings()}); err == nil || !strings.Contains(err.Error(), "was made by "+want) {
			t.Errorf("checking it: %v", err)
		}
		db, conn, err := connect(t.Context(), Options{Path: path, Settings: testSettings()}, reading)
		if err != nil {
			t.Fatal(err)
		}
		var migrations int
		if err := conn.QueryRowContext(t.Context(), "select count(*) from schema_migrations").Scan(&migrations); err != nil || migrations != 10 {
			t.Errorf("%d migrations, %v", migrations, err)
		}
		if err := errors.Join(conn.Close(), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
