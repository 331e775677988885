package vendor

import (
	"context"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/demo"
	"callsheet/internal/demo/vendorapi"
	"callsheet/internal/spool"
)

const (
	authcode = "a7f39c02be51d84e"
	secret   = "s3cr3t-of-the-account"
	day      = "2026-10-06" // a Tuesday
)

var (
	zone = time.FixedZone("IST", 5*3600+1800)
	made = vendorapi.FromDemo(demo.Options{Calls: 600, Days: 7, Seed: 4, Until: time.Date(2026, 10, 10, 0, 0, 0, 0, zone)}, authcode)
)

// stand is an API whose server is the stand-in, with a clock that only moves when the API waits.
type stand struct {
	API
	server *vendorapi.Server
	dir    string
	clock  atomic.Int64
	waits  []time.Duration
}

func newStand(t *testing.T, change ...func(*Options)) *stand {
	t.Helper()
	s := &stand{server: vendorapi.New(made), dir: t.TempDir()}
	s.clock.Store(time.Date(2026, 10, 10, 2, 30, 0, 0, zone).UnixNano())
	web := httptest.NewServer(s.server)
	t.Cleanup(web.Close)
	s.open(t, web.URL+"/api", change...)
	return s
}

// open replaces the API, as another process would have it.
func (s *stand) open(t *testing.T, url string, change ...func(*Options)) {
	t.Helper()
	o := Options{
		Kind: "callerdesk", URL: url, Authcode: authcode, DataDir: s.dir, Source: "main", OutgoingCaller: "agent", PerPage: 25, RequestsPerMinute: 60,
		Zone: zone, Now: func() time.Time { return time.Unix(0, s.clock.Load()) },
		Sleep: func(ctx context.Context, d time.Duration) error {
			s.waits = append(s.waits, d)
			s.clock.Add(int64(d))
			return ctx.Err()
		},
		Timeout: 5 * time.Second,
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	if s.API, err = New(o); err != nil {
		t.Fatal(err)
	}
}

// calls returns the payloads of the list on disk by call.
func (s *stand) calls(t *testing.T) map[string]map[string]string {
	t.Helper()
	calls := map[string]map[string]string{}
	file, err := spool.FileAt(spool.VendorListPath(s.dir, "main", day))
	if err != nil {
		t.Fatal(err)
	}
	if err := (spool.VendorFile{File: file, Source: "main", Day: day}).Lines(func(line spool.Line) error {
		var envelope struct{ Payload json.RawMessage }
		if err := json.Unmarshal(line.Text, &envelope); err != nil {
			return err
		}
		call := map[string]string{}
		for key, value := range spool.Members(envelope.Payload) {
			call[string(key)] = spool.Text(value)
		}
		if key := call["Direction"] + call["CallSid"]; calls[key] == nil {
			calls[key] = call
		} else {
			t.Errorf("%s is listed twice", key)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return calls
}

// ofDay returns the rows of the day, the newest first.
func ofDay() (rows []demo.ListRow) {
	for _, c := range made.Calls {
		if c.Start.Format(time.DateOnly) == day {
			rows = append(rows, c.Row)
		}
	}
	return rows
}

// checkWhole checks that the list on disk has exactly the rows.
func (s *stand) checkWhole(t *testing.T, rows []demo.ListRow) {
	t.Helper()
	calls := s.calls(t)
	if len(calls) != len(rows) {
		t.Errorf("%d calls, want %d", len(calls), len(rows))
	}
	for _, row := range rows {
		if call := calls[row.FlowType+row.SidID]; call["id"] != row.ID || call["coins"] != row.CoinDeducted {
			t.Errorf("call %s: %v", row.SidID, call)
		}
	}
}

func (s *stand) leftovers(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, "vendor", "main", ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(found, func(path string) bool { return filepath.Base(path) == ".lock" })
}

func TestListOfADayIsWhole(t *testing.T) {
	s, rows := newStand(t), ofDay()
	var last, steps int64
	list, err := s.FetchCalls(t.Context(), day, func(done, total int64) {
		steps++
		if done < last || total != int64(len(rows)) {
			t.Errorf("progress: %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	pages := int64(len(rows)+24) / 25
	if list.Total != int64(len(rows)) || list.Rows != list.Total || last != list.Total || steps != pages || pages < 3 {
		t.Errorf("%+v, progress %d in %d steps, %d rows", list, last, steps, len(rows))
	}
	if want := time.Date(2026, 10, 10, 2, 30, 0, 0, zone); !list.FetchedAt.Equal(want) {
		t.Errorf("fetched at %v, and the fetch began at %v", list.FetchedAt, want)
	}
	s.checkWhole(t, rows)
	if found := s.leftovers(t); len(found) > 0 {
		t.Errorf("left: %s", found)
	}
}

func TestRowsBecomeCallReports(t *testing.T) {
	for _, caller := range []string{"agent", "customer"} {
		s := newStand(t, func(o *Options) { o.OutgoingCaller = caller })
		if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
			t.Fatal(err)
		}
		calls := s.calls(t)
		for _, row := range ofDay() {
			source, dialled := row.CallerNum, row.MemberNum
			if row.FlowType == "WEBOBD" && caller == "agent" {
				source, dialled = dialled, source
			}
			want := map[string]string{
				"SourceNumber": source, "DestinationNumber": row.Deskphone, "DialWhomNumber": dialled, "CallDuration": row.TotalDuration,
				"coins": row.CoinDeducted, "Status": row.CallResult, "callstatus": row.CallStatus, "StartTime": row.StartDateTime,
				"EndTime": row.EndDateTime, "CallSid": row.SidID, "CallRecordingUrl": row.File, "Direction": row.FlowType,
				"TalkDuration": row.TalkDuration, "call_group": row.GroupName, "receiver_name": row.MemberName, "LegA_Picked_time": row.LegAPicked,
				"LegB_Start_time": row.LegBStart, "LegB_Picked_time": row.LegBPicked, "id": row.ID, "caller_name": "", "call_date": row.CallDate,
				"ringing_duration": calls[row.FlowType+row.SidID]["ringing_duration"], "circle": row.Circle, "key_pressed": row.KeyPressed,
				"is_contact": "0", "block": "NO",
			}
			if got := calls[row.FlowType+row.SidID]; !maps.Equal(got, want) {
				t.Fatalf("got  %v\nwant %v", got, want)
			}
		}
	}
}

// TestOddRowsAreKeptWhole checks ids that are numbers, codes instead of words, and fields that would replace those of a call report.
func TestOddRowsAreKeptWhole(t *testing.T) {
	for in, want := range map[string]string{
		`"sid_id":1791175502.9604120,"callresult":"ANSWER"`:               `"CallSid":1791175502.9604120,"Direction":"Click to call","StartTime":"2026-10-06 10:00:00","Status":"ANSWER"`,
		`"sid_id":"7","callresult":"1","callstatus":"ANSWER"`:             `"CallSid":"7","Direction":"Click to call","StartTime":"2026-10-06 10:00:00","callstatus":"ANSWER","callresult":"1"`,
		`"sid_id":"7","callresult":"1","callstatus":""`:                   `"CallSid":"7","Direction":"Click to call","StartTime":"2026-10-06 10:00:00","Status":"1","callstatus":""`,
		`"sid_id":"7","type":"vip","direction":"x","campid":9,"a b":[{}]`: `"CallSid":"7","Direction":"Click to call","StartTime":"2026-10-06 10:00:00","list_type":"vip","list_direction":"x","campid":9,"a b":[{}]`,
	} {
		s := newStand(t)
		s.pageAnswer(func(int, int, map[string]any) vendorapi.Reply {
			return vendorapi.Body(200, `{"type":"success","total":1,"result":[ {"Flow_type": "Click to call", "startdatetime": "2026-10-06 10:00:00", `+in+`} ]}`)
		})
		if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		list, err := os.ReadFile(spool.VendorListPath(s.dir, "main", day))
		if err != nil || !strings.Contains(string(list), `"payload":{`+want+`}`) {
			t.Errorf("%s: %s, %v", in, list, err)
		}
	}
}

func TestRequestsKeepToTheRate(t *testing.T) {
	s := newStand(t, func(o *Options) { o.RequestsPerMinute = 6 })
	if _, err := s.Balance(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Fatal(err)
	}
	if requests := len(s.server.Requests()); len(s.waits) != requests-1 || slices.ContainsFunc(s.waits, func(d time.Duration) bool { return d != 10*time.Second }) {
		t.Errorf("%d requests, waits %v", requests, s.waits)
	}
}

// TestAgentsAreWholeOrAnError has a list of agents whose pages do not say how many there are, end early, or do not come in pages.
func TestAgentsAreWholeOrAnError(t *testing.T) {
	for name, c := range map[string]struct {
		change func(number string, answer map[string]any) vendorapi.Reply
		want   string // of the error
	}{
		"no total": {func(_ string, answer map[string]any) vendorapi.Reply {
			delete(answer, "total_record")
			return nil
		}, ""},
		"no total, all on each page": {func(_ string, answer map[string]any) vendorapi.Reply {
			delete(answer, "total_record")
			answer["getmember"] = made.Agents
			return nil
		}, ""},
		"a total on the first page only": {func(number string, answer map[string]any) vendorapi.Reply {
			if number != "1" {
				delete(answer, "total_record")
			}
			return nil
		}, ""},
		"nothing on the second page": {func(number string, _ map[string]any) vendorapi.Reply {
			if number == "2" {
				return vendorapi.Body(200, `{"type":"error","message":"No record found"}`)
			}
			return nil
		}, "agents and lists 5 of them"},
	} {
		s := newStand(t, func(o *Options) { o.PerPage = 5 })
		s.server.Answer = func(request string, form url.Values, answer map[string]any) vendorapi.Reply {
			if request != "getmemberlist_V2" {
				return nil
			}
			return c.change(form.Get("current_page"), answer)
		}
		entries, err := s.Directory(t.Context())
		agents := 0
		for _, e := range entries {
			if e.Kind == spool.DirectoryAgent {
				agents++
			}
		}
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)), c.want == "" && (err != nil || agents != len(made.Agents)):
			t.Errorf("%s: %d of %d agents, %v", name, agents, len(made.Agents), err)
		}
	}
}

func TestDirectoryAndBalance(t *testing.T) {
	s := newStand(t, func(o *Options) { o.Secret, o.PerPage = secret, 5 })
	s.server.Update(func(a *vendorapi.Account) { a.Secret = secret })
	entries, err := s.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range entries {
		count[e.Kind]++
		if e.ID == "" || e.Kind != spool.DirectoryNumber && e.Name == "" || e.Kind != spool.DirectoryGroup && e.Number == "" || e.Kind == spool.DirectoryGroup && e.NumberID == "" {
			t.Errorf("%+v", e)
		}
	}
	if want := map[string]int{"agent": len(made.Agents), "group": 5, "number": 7}; !maps.Equal(count, want) || len(made.Agents) < 6 {
		t.Errorf("%v, want %v", count, want)
	}
	balance, err := s.Balance(t.Context())
	if err != nil || balance.Coins != made.Balance || balance.Source != "main" || balance.FetchedAt.IsZero() {
		t.Errorf("%+v, %v", balance, err)
	}
	s.server.Answer = func(name string, _ url.Values, answer map[string]any) vendorapi.Reply {
		return vendorapi.Body(200, `{"type":"error","message":"No record found"}`)
	}
	if entries, err := s.Directory(t.Context()); err != nil || len(entries) > 0 {
		t.Errorf("an account without a directory: %v, %v", entries, err)
	}
	if balance, err := s.Balance(t.Context()); err == nil {
		t.Errorf("a balance from an answer without one: %+v", balance)
	}
}

func TestBalanceUnderItsNames(t *testing.T) {
	for answer, want := range map[string]string{
		`{"type":"success","balance":"1204.5"}`:                                              "1204.5",
		`{"type":"success","balance":-3}`:                                                    "-3",
		`{"type":"success","login_account":{"plan_id":"7","remaining_balance":"1,204"}}`:     "1204",
		`{"type":"success","balance":"10","profile":{"balance":"10"}}`:                       "10",
		`{"type":"success","balance":"10","profile":{"balance":"20"}}`:                       "",
		`{"type":"success","balance":"unlimited"}`:                                           "",
		`{"type":"success","plan_details":[{"balance":"10"}]}`:                               "",
		`{"type":"success","profile":{"remaining_coins":40,"balance":"12"},"call_rate":0.5}`: "40",
	} {
		s := newStand(t)
		s.server.Answer = func(string, url.Values, map[string]any) vendorapi.Reply { return vendorapi.Body(200, answer) }
		if balance, err := s.Balance(t.Context()); balance.Coins != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", answer, balance.Coins, err)
		}
	}
}

func TestNothingIsSaidInManyWays(t *testing.T) {
	for message, want := range map[string]bool{
		"No records found": true, "no data available": true, "No Record Found!": true, "Record not found": true, "0 calls": true,
		"Sorry, no calls for the selected dates": true, "No call records between 2026-10-05 and 2026-10-06.": true, "Data not available": true,
		"There are no results for this day": true, "Records are empty": true, "NO_DATA_FOUND": true,
		"": false, "Not found": false, "No": false, "Invalid authcode": false, "No records found for this authcode": false, "No such account": false,
		"No data: account suspended": false, "Call list is not enabled for your plan": false, "No permission to see records": false,
		"Records could not be read": false, "Member not found": false, "Too many calls": false, "not authorised": false,
	} {
		if saysNothing(message, callWords) != want {
			t.Errorf("%q: want %v", message, want)
		}
	}
}

func TestPartialIsClosedToOthers(t *testing.T) {
	s := newStand(t)
	s.server.Answer = func(_ string, form url.Values, _ map[string]any) vendorapi.Reply {
		if form.Get("current_page") == "2" {
			return vendorapi.Body(401, "")
		}
		return nil
	}
	if _, err := s.FetchCalls(t.Context(), day, nil); err == nil {
		t.Fatal("no error")
	}
	for _, path := range s.leftovers(t) {
		info, err := os.Stat(path)
		text, readErr := os.ReadFile(path)
		if err != nil || readErr != nil || info.Mode().Perm() != 0o600 || strings.Contains(string(text), authcode) {
			t.Errorf("%s: %v, %v, %v", path, info, err, readErr)
		}
	}
}
