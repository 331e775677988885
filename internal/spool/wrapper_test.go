package spool

import (
	"slices"
	"strings"
	"testing"
)

func TestKindInAnySpelling(t *testing.T) {
	for payload, want := range map[string]string{
		`{"call_sid":"1","End_Time":"x"}`:                                                KindCallReport,
		`{"CALLSID":"1","STATUS":"ANSWER"}`:                                              KindLiveCall,
		`{"Call Sid":"1","Talk Duration":"4"}`:                                           KindCallReport,
		`{"callSid":"1","leg-b-picked-time":"x"}`:                                        KindCallReport,
		`{"CallSid":"1","LegC_Picked_time":"x"}`:                                         KindCallReport,
		`{"call_sid":"1"}`:                                                               KindLiveCall,
		`{"end_time":"x"}`:                                                               KindCallReport, // to be rejected: it has no CallSid
		`{"event":"add_member","status":"1","direction":"in"}`:                           KindOther,
		`{"call_sid":"","status":"1"}`:                                                   KindOther,
		`{"CallSid":"1","EndTime":"x","type":"Live Call"}`:                               KindLiveCall,
		`{"CallSid":"1","type":["CALL_REPORT","CALL_REPORT"]}`:                           KindCallReport,
		`{"CallSid":"1","EndTime":"x","type":"add_member"}`:                              KindOther,
		`{"CallSid":"1","EndTime":"x","Type":"Inbound"}`:                                 KindCallReport,
		`{"CallSid":"1","EndTime":"","TYPE":"LIVE_CALL"}`:                                KindLiveCall,
		`{"type":"add_member","type":"call_report","CallSid":"1"}`:                       KindOther,
		`{"data":{"call_sid":"1","EndTime":"x"}}`:                                        KindCallReport,
		`{"event":"live_call","data":{"CallSid":"1","EndTime":""}}`:                      KindLiveCall,
		`{"event":"live_call","data":{"CallSid":"1","EndTime":"","type":"call_report"}}`: KindCallReport,
		`{"type":"success","result":[{"n":1},{"CallSid":"1","EndTime":"x"}]}`:            KindCallReport,
		`{"a":{"CallSid":"1"},"b":{"CallSid":"2"}}`:                                      KindOther,
		`{"CallSid":"1","Status":"x","data":{"call_sid":1,"EndTime":"x"}}`:               KindCallReport,
		`{"CallSid":"1","Status":"x","data":{"CallSid":"1","Status":"x"}}`:               KindLiveCall,
		`{"CallSid":"1","Status":"x","parent":{"CallSid":"2","EndTime":"x"}}`:            KindLiveCall,
		`{"CallSid":"1","type":"moved","data":{"CallSid":"1","EndTime":"x"}}`:            KindOther,
	} {
		if got := Kind([]byte(payload)); got != want {
			t.Errorf("%s is a %s, want %s", payload, got, want)
		}
	}
}

func TestSplitKeepsWhatWasSent(t *testing.T) {
	for payload, want := range map[string][]string{
		`{"CallSid":"1","data":[{"CallSid":"2"},{"CallSid":"3"}]}`: nil,
		`{"data":{"CallSid":"1"}}`:                                 nil,
		`{"data":[{"CallSid":"1"}]}`:                               nil,
		`{"data":[{"n":1},{"n":2}]}`:                               nil,
		`{"data":[{"CallSid":"1"},{"call_sid":2.50}],"n":1}`:       {`{"data":[{"CallSid":"1"}],"n":1}`, `{"data":[{"call_sid":2.50}],"n":1}`},
		`{"data":[{"CallSid":"1"},{"n":1},5]}`:                     {`{"data":[{"CallSid":"1"}]}`, `{"data":[{"n":1}]}`, `{"data":[5]}`},
		`{"a":{"b":[{"c":{"CallSid":"1"}},{"c":{"CallSid":"2"}}]}}`: {
			`{"a":{"b":[{"c":{"CallSid":"1"}}]}}`, `{"a":{"b":[{"c":{"CallSid":"2"}}]}}`},
		`{"a":[{"b":[{"CallSid":"1"},{"CallSid":"2"}]},{"b":[{"CallSid":"3"}]}]}`: {
			`{"a":[{"b":[{"CallSid":"1"}]}]}`, `{"a":[{"b":[{"CallSid":"2"}]}]}`, `{"a":[{"b":[{"CallSid":"3"}]}]}`},
		`{"payload":" [ {\"CallSid\":\"1\"}, {\"CallSid\":\"2\"} ]"}`: {`{"payload":"[{\"CallSid\":\"1\"}]"}`, `{"payload":"[{\"CallSid\":\"2\"}]"}`},
		`{"p":["{\"CallSid\":1}","{\"CallSid\":2}"]}`:                 {`{"p":["{\"CallSid\":1}"]}`, `{"p":["{\"CallSid\":2}"]}`},
		`{"p":"{\"CallSid\":1"}`:                                      nil,
	} {
		var got []string
		parts, _ := Split([]byte(payload), 3)
		for _, one := range parts {
			got = append(got, string(one))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s became %q, want %q", payload, got, want)
		}
	}
}

// A wrapper around each of many elements must not take much more memory than the payload.
func TestSplitIsBounded(t *testing.T) {
	payload := `{"beside":"` + strings.Repeat("x", 1<<20) + `","data":[` + strings.Repeat(`{"CallSid":"1"},`, 10_000) + `{"CallSid":"2"}]}`
	if got, _ := Split([]byte(payload), maxElements); got != nil {
		t.Errorf("%d deliveries", len(got))
	}
	for _, many := range []string{strings.Repeat(`{"CallSid":"1"},`, 3), `1,2,3,`} {
		if got, ok := Split([]byte(`{"data":[`+many+`{"CallSid":"2"}]}`), 3); ok || got != nil {
			t.Errorf("more than the maximum: %d deliveries, %v", len(got), ok)
		}
	}
	if !HidesCall([]byte(payload)) {
		t.Error("the calls are not noticed")
	}
	deep := `{"CallSid":"1"}`
	for range maxWrappers + 1 {
		deep = `{"a":` + deep + `}`
	}
	if got := Unwrap([]byte(deep)); got != nil {
		t.Errorf("%s was opened", deep)
	}
	if got := Unwrap([]byte(deep[len(`{"a":`) : len(deep)-1])); len(got) != 1 || string(got[0].Call) != `{"CallSid":"1"}` {
		t.Errorf("%d levels were not opened", maxWrappers)
	}
}

func TestHiddenCalls(t *testing.T) {
	for payload, want := range map[string]bool{
		`{"a":{"CallSid":"1"},"b":{"call_sid":"2"}}`: true,
		`{"body":"CallSid=1&Status=ANSWER"}`:         true,
		`{"a":"{\"b\":\"{\\\"CallSid\\\":1}\""}`:     true,
		`{"data[CallSid]":"1","data[Status]":"x"}`:   true,
		`{"call.call_sid":"1"}`:                      true,
		`{"parent_call_sid":"1"}`:                    false,
		`{"note":"this CallSid is unknown"}`:         false,
		`{"event":"add_member"}`:                     false,
		`{"CallSid":"","EndTime":"x"}`:               false,
		`{"event":"idle","last":{"CallSid":""}}`:     false,
	} {
		if got := HidesCall([]byte(payload)); got != want {
			t.Errorf("%s: %v", payload, got)
		}
	}
}
