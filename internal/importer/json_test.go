package importer

import (
	"fmt"
	"strings"
	"testing"

	"callsheet/internal/exitcode"
)

func TestObjectsAreReadFromEveryShapeOfJSON(t *testing.T) {
	const (
		payload = `{"CallSid":"1.1","Direction":"IVR","TalkDuration":40.0}`
		row     = `{"id":"7","sid_id":1791175502.9604120,"Flow_type":"WEBOBD","caller_num":"098","member_num":"928","talk_duration":40,"circle":"DL"}`
		mapped  = `{"id":"7","CallSid":"1791175502.9604120","Direction":"WEBOBD","TalkDuration":"40","circle":"DL","SourceNumber":"928","DialWhomNumber":"098"}`
		line    = `{"id":"a","received_at":"2026-10-05T10:00:31+05:30","source":"main","kind":"call_report","encoding":"json","payload":{"CallSid":"x","EndTime":"2026-10-05 10:00:30"}}`
		event   = `{"type":"add_member","member_num":"928"}`
		wrapped = `{"payload":{"CallSid":"9","EndTime":"2026-10-05 10:00:30"}}`
	)
	for name, c := range map[string]struct {
		content string
		want    []string
		rejects []string
	}{
		"NDJSON":                     {payload + "\n\n" + row + "\n", []string{payload, mapped}, nil},
		"one line without a newline": {payload, []string{payload}, nil},
		"an array":                   {"[" + payload + ",\n" + row + "]", []string{payload, mapped}, nil},
		"an empty array":             {"[]", nil, nil},
		"data":                       {`{"data":[` + payload + "," + row + `]}`, []string{payload, mapped}, nil},
		"the vendor's list":          {`{"type":"success","result":[` + row + `],"current_page":1,"total":1}`, []string{mapped}, nil},
		"pages":                      {`{"result":[` + row + "]}\n" + `{"result":[` + payload + "]}\n", []string{mapped, payload}, nil},
		"an object in an object":     {`{"response":{"status":"ok","calls":[` + payload + `]}}`, []string{payload}, nil},
		"indented":                   {"{\n  \"CallSid\": \"1.1\",\n  \"Direction\": \"IVR\",\n \"TalkDuration\": 40.0\n}\n" + payload, []string{payload, payload}, nil},
		"an indented wrapper":        {"{\n \"data\": [\n  " + payload + "\n ]\n}", []string{payload}, nil},
		"a spool":                    {line + "\n" + payload, []string{line, payload}, nil},
		"an event":                   {event, []string{event}, nil},
		"a wrapper of one":           {wrapped, []string{wrapped}, nil},
		"an answer with an error":    {`{"type":"error","message":"wrong authcode"}`, nil, []string{"line 1: it has no CallSid: it has type, message"}},
		"no calls":                   {`[{"name":"Ravi"},3,` + payload + "]", []string{payload}, []string{"item 1: it has no CallSid: it has name", "item 2: not a JSON object"}},
		"a broken line":              {payload + "\n{\"CallSid\":\n" + payload, []string{payload, payload}, []string{"line 2: not JSON"}},
		"not UTF-8":                  {"{\"CallSid\":\"\xe9\"}\n" + payload, []string{payload}, []string{"line 1: it is not UTF-8"}},
		"dates with the day first":   {`[{"CallSid":"1","StartTime":"25-10-2026 10:15","TalkDuration":1}]`, []string{`{"CallSid":"1","StartTime":"2026-10-25 10:15","TalkDuration":1}`}, nil},
	} {
		got, report, err := readContent(t, testReading(t), c.content)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v %v\nwant %v", name, got, err, c.want)
			continue
		}
		if len(report.Rejects) != len(c.rejects) {
			t.Errorf("%s: rejected %v, want %v", name, report.Rejects, c.rejects)
			continue
		}
		for i, reject := range report.Rejects {
			if !strings.Contains(reject.Place+": "+reject.Reason, c.rejects[i]) {
				t.Errorf("%s: rejected %v, want %v", name, reject, c.rejects[i])
			}
		}
	}
}

func TestWhatAFileLacksIsSetInEveryFormat(t *testing.T) {
	reading := testReading(t)
	reading.Mapping = Mapping{Fields: map[string]string{"Status": "how"}, Set: map[string]string{"Direction": "IVR"}}
	for name, content := range map[string]string{
		"CSV":  "CallSid,How,TalkDuration,Direction\n1,ANSWER,40,\n2,ANSWER,50,WEBOBD\n",
		"JSON": `[{"CallSid":"1","how":"ANSWER","TalkDuration":"40","Direction":""},{"CallSid":"2","how":"ANSWER","TalkDuration":"50","Direction":"WEBOBD"}]`,
	} {
		got, _, err := readContent(t, reading, content)
		want := []string{`{"CallSid":"1","Status":"ANSWER","TalkDuration":"40","Direction":"IVR"}`, `{"CallSid":"2","Status":"ANSWER","TalkDuration":"50","Direction":"WEBOBD"}`}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	got, _, err := readContent(t, reading, "CallSid,How,TalkDuration\n1,ANSWER,40\n")
	if want := `{"CallSid":"1","Status":"ANSWER","TalkDuration":"40","Direction":"IVR"}`; err != nil || got[0] != want {
		t.Errorf("no column: %v, %v", got, err)
	}
}

func TestHeadingsOfPanelsAreKnown(t *testing.T) {
	for heading, want := range map[string]string{
		"Call ID": callSid, "SID": callSid, "call_sid": callSid, "CALLSID": callSid, "Unique Call ID": callSid,
		"Start": startTime, "Start Time (IST)": startTime, "Call Start Time": startTime, "startdatetime": startTime, "Date & Time": startTime, "Date and Time": startTime,
		"Duration (sec)": "CallDuration", "Total Duration": "CallDuration", "Duration (min)": "", "Call Duration (hh:mm:ss)": "CallDuration", "Duration in seconds": "CallDuration", "Talk in min": "",
		"Talk (s)": "TalkDuration", "Talk Time": "TalkDuration", "Talk Time Seconds": "TalkDuration", "Ring Duration": "",
		"Agent": "receiver_name", "Agent Number": dialWhomNumber, "member_num": agentRole, "caller_num": customerRole, "Caller Number": sourceNumber,
		"Call Type": directionField, "Flow_type": directionField, "Call Status": "callstatus", "callresult": "Status", "Disposition": "Status",
		"Department": "call_group", "coin_deducted": "coins", "Virtual Number": "DestinationNumber", "deskphone": "DestinationNumber", "Called Number": "DestinationNumber",
		"Customer": customerRole, "Source": "", "State": "", "Session ID": "", "Customer Number": customerRole, "Date": dateRole, "Time": timeRole, "Remarks": "", "id": "", "Name": "", "Rate": "", "Restarted": "", "": "",
	} {
		if got := fieldOf(heading); got != want {
			t.Errorf("%q is %q, want %q", heading, got, want)
		}
	}
}

func TestColumnsThatCanMeanTwoThingsGoByTheirValues(t *testing.T) {
	for content, want := range map[string]string{
		"CallSid,Agent,Talk\n1,9280000001,2\n":                        `{"CallSid":"1","DialWhomNumber":"9280000001","TalkDuration":"2"}`,
		"CallSid,Agent,Talk\n1,Ritu,2\n":                              `{"CallSid":"1","receiver_name":"Ritu","TalkDuration":"2"}`,
		"CallSid,Type,Talk\n1,Incoming,2\n":                           `{"CallSid":"1","Direction":"Incoming","TalkDuration":"2"}`,
		"CallSid,type,Talk\n1,call_report,2\n":                        `{"CallSid":"1","type":"call_report","TalkDuration":"2"}`,
		"CallSid,Call Date,Call Time,Talk\n1,2026-10-05,10:15:02,2\n": `{"CallSid":"1","TalkDuration":"2","StartTime":"2026-10-05 10:15:02"}`,
		"CallSid,Date,Time,Talk\n1,25/10/2026,10:15 AM,2\n":           `{"CallSid":"1","TalkDuration":"2","StartTime":"2026-10-25 10:15 AM"}`,
		"CallSid,Date,Start Time,Talk\n1,x,2026-10-05 10:15:02,2\n":   `{"CallSid":"1","Date":"x","StartTime":"2026-10-05 10:15:02","TalkDuration":"2"}`,
		"CallSid,SourceNumber,Talk\n1,anonymous,2\n":                  `{"CallSid":"1","SourceNumber":"anonymous","TalkDuration":"2"}`,
		"CallSid,Caller,Talk\n1,Ravi,2\n":                             `{"CallSid":"1","Caller":"Ravi","TalkDuration":"2"}`,
		"CallSid,Notes,Notes,,Talk\n1,a,b,c,2\n":                      `{"CallSid":"1","Notes":"a","Notes (2)":"b","column 4":"c","TalkDuration":"2"}`,
		"CallSid,TalkDuration,Talk\n1,2,3\n":                          `{"CallSid":"1","TalkDuration":"2","Talk":"3"}`,
		"CallSid,Duration,Total Duration\n1,2,2\n":                    `{"CallSid":"1","CallDuration":"2"}`,
	} {
		got, _, err := readContent(t, testReading(t), content)
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%q: %v %v, want %s", content, got, err, want)
		}
	}
}

func TestAColumnThatFieldNamesMustBeThere(t *testing.T) {
	reading := testReading(t)
	reading.Mapping = Mapping{Fields: map[string]string{"Status": "How"}}
	for _, content := range []string{"CallSid,Result,TalkDuration\n1,ANSWER,2\n", `[{"CallSid":"1","TalkDuration":2}]`, `[{"sid_id":"1","talk_duration":2}]`} {
		_, _, err := readContent(t, reading, content)
		if exitcode.Of(err) != exitcode.Usage || !strings.Contains(fmt.Sprint(err), "--field Status=How") {
			t.Errorf("%s: %v", content, err)
		}
	}
	reading.Mapping = Mapping{Saved: map[string]string{"Status": "How"}} // of the configuration: for the files that have it
	if _, _, err := readContent(t, reading, "CallSid,Result,TalkDuration\n1,ANSWER,2\n"); err != nil {
		t.Error(err)
	}
}

func TestWhatFollowsAnArrayIsNeverDropped(t *testing.T) {
	const payload = `{"CallSid":"1.1","TalkDuration":40}`
	for size := 505; size <= 520; size++ {
		for _, length := range []int{size, size + 512, size + 1024} {
			array := "[" + payload + strings.Repeat(" ", length-len(payload)-2) + "]"
			for _, between := range []string{"", "\n", strings.Repeat(" \n", 5000)} {
				_, _, err := readContent(t, testReading(t), array+between+"["+payload+"]")
				if err == nil || !strings.Contains(err.Error(), "something follows the end of the array: [{") {
					t.Fatalf("an array of %d bytes, %d between: %v", length, len(between), err)
				}
				if got, _, err := readContent(t, testReading(t), array+between); err != nil || len(got) != 1 {
					t.Fatalf("an array of %d bytes alone: %v %v", length, got, err)
				}
			}
		}
	}
	got, report, err := readContent(t, testReading(t), `{"data":[`+payload+"]}\n"+payload+"\n7\n"+`{"data":[]}`)
	if err != nil || len(got) != 1 || report.Rejected != 2 {
		t.Errorf("objects behind pages: %v %+v %v", got, report.Rejects, err)
	}
}

func TestAnObjectWithHeadingsIsARow(t *testing.T) {
	const panel = `{"Call Sid":"1.1","Caller":"09876543210","Called Number":"01204000001","Agent":"Ashish","Status":"ANSWER","Start":"25-10-2026 10:15:02","End":"2026-10-25 10:15:51","Duration":"49","Talk":"40"}`
	const mapped = `{"CallSid":"1.1","SourceNumber":"09876543210","DestinationNumber":"01204000001","receiver_name":"Ashish","Status":"ANSWER","StartTime":"2026-10-25 10:15:02","EndTime":"2026-10-25 10:15:51","CallDuration":"49","TalkDuration":"40"}`
	const live = `{"CallSid":"1.1","SourceNumber":"098","Status":"RINGING","StartTime":"2026-10-25 10:15:02","date":"2026-10-25","Uniqueid":"7","x":{"a":[1]}}`
	for name, c := range map[string]struct{ content, want string }{
		"headings":                    {panel, mapped},
		"an array":                    {"[" + panel + "]", mapped},
		"within a wrapper":            {`{"data":` + panel + `}`, `{"data":` + mapped + `}`},
		"the vendor's name of the id": {strings.Replace(panel, "Call Sid", "CallSid", 1), mapped},
		"a vendor's name among them":  {strings.Replace(panel, `"Duration"`, `"CallDuration"`, 1), mapped},
		"two halves of the start":     {`{"Call Sid":"1","Date":"25-10-2026","Time":"10:15","Talk":"4"}`, `{"CallSid":"1","TalkDuration":"4","StartTime":"2026-10-25 10:15"}`},
		"roles":                       {`{"CallSid":"1","Direction":"WEBOBD","TalkDuration":"4","Customer Number":"098","Member Number":"928"}`, `{"CallSid":"1","Direction":"WEBOBD","TalkDuration":"4","SourceNumber":"928","DialWhomNumber":"098"}`},
		"a kind of its own":           {`{"CallSid":"1","Type":"Incoming","TalkDuration":"4"}`, `{"CallSid":"1","Direction":"Incoming","TalkDuration":"4"}`},
		"a live event":                {live, live},
		"a report with its kind":      {`{"CallSid":"1","type":"Call Report","Call_Duration":4,"Rate":[1]}`, `{"CallSid":"1","type":"Call Report","Call_Duration":4,"Rate":[1]}`},
		"another event":               {`{"CallSid":"1","type":"transfer","Status":"x"}`, `{"CallSid":"1","type":"transfer","Status":"x"}`},
		"the vendor's other names":    {`{"call_sid":1,"key_pressed":2,"LegX":3}`, `{"call_sid":1,"key_pressed":2,"LegX":3}`},
		"no finished call":            {`[{"Call Sid":"1","Caller":"098","Status":"ANSWER"}]`, ""},
		"no finished call, an id":     {`[{"Call ID":"1","Caller":"098","Status":"ANSWER"}]`, ""},
	} {
		got, report, err := readContent(t, testReading(t), c.content)
		if c.want == "" {
			if err != nil || len(got) > 0 || len(report.Rejects) != 1 || !strings.Contains(report.Rejects[0].Reason, "it has nothing that only a finished call has") {
				t.Errorf("%s: %v %v %v, want a rejected row", name, got, report.Rejects, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %v %v %v\nwant %s", name, got, report.Rejects, err, c.want)
		}
	}
}
