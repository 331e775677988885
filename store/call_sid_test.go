package store

import "testing"

func TestCallSidIsReadOrRefused(t *testing.T) {
	const none = "no CallSid"
	for text, want := range map[string]struct{ sid, reason string }{
		"1791175502.9604120": {sid: "1791175502.9604120"}, "1791175502.960": {sid: "1791175502.960"}, "1791175502.0": {sid: "1791175502.0"},
		"8397472": {sid: "8397472"}, "8397472.0": {sid: "8397472"}, "8397472.000": {sid: "8397472"}, "8397472.50": {sid: "8397472.50"},
		"'8397472": {sid: "8397472"}, `="8397472.0"`: {sid: "8397472"}, " 8397472\t": {sid: "8397472"}, "\u00a08397472\u200b": {sid: "8397472"},
		"0042": {sid: "0042"}, "a-1": {sid: "a-1"}, "12345e67": {sid: "12345e67"}, "c0.0f": {sid: "c0.0f"}, "nano": {sid: "nano"},
		"": {reason: none}, " ": {reason: none}, "-": {reason: none}, "--": {reason: none}, "—": {reason: none}, "0": {reason: none}, "0.0": {reason: none},
		"000000": {reason: none}, "N/A": {reason: none}, "n/a ": {reason: none}, "nan": {reason: none}, "NULL": {reason: none}, "(null)": {reason: none},
		"none": {reason: none}, "undefined": {reason: none}, "#N/A": {reason: none}, "false": {reason: none}, "'0": {reason: none},
		"1.791E+09":    {reason: "the CallSid 1.791E+09 is in scientific notation: digits are missing"},
		"1.79117550e9": {reason: "the CallSid 1.79117550e9 is in scientific notation: digits are missing"},
		"8,397,472":    {sid: "8397472"}, "83,97,472": {sid: "8397472"}, "'8,397,472": {sid: "8397472"}, "1,791,175,502": {sid: "1791175502"},
		"1791175502,9604120": {sid: "1791175502.9604120"}, "1,2": {sid: "1,2"}, "a,123": {sid: "a,123"}, "1,23,45": {sid: "1,23,45"},
		"1,791,175,502.96":   {reason: "the CallSid 1,791,175,502.96 is formatted as a number: digits are missing"},
		"1,79,11,75,502.960": {reason: "the CallSid 1,79,11,75,502.960 is formatted as a number: digits are missing"},
		"8E+06":              {reason: "the CallSid 8E+06 is in scientific notation: digits are missing"},
		"'1.7911E+09":        {reason: "the CallSid 1.7911E+09 is in scientific notation: digits are missing"},
		"1.79117550E10":      {reason: "the CallSid 1.79117550E10 is in scientific notation: digits are missing"},
	} {
		sid, reason := readCallSid([]byte(text), nil)
		if string(sid) != want.sid || reason != want.reason {
			t.Errorf("%q: got %q, %q; want %q, %q", text, sid, reason, want.sid, want.reason)
		}
	}
}

// TestSourcesOwnNothingNamesNoCall writes the texts of a source in every way in which an id is written.
func TestSourcesOwnNothingNamesNoCall(t *testing.T) {
	sources := newLineSources(Settings{Sources: []Source{{Name: "main", NothingValues: []string{"N.A.", " nil", "शून्य", "9999999999", "123456"}}, {Name: "other"}}}, "main")
	for text, isNothing := range map[string]bool{
		"N.A.": true, "n.a.": true, " N.A. ": true, "\tN.A.\u00a0": true, "'N.A.": true, `="N.A."`: true, "Nil": true, "NIL": true, "शून्य": true,
		"9999999999": true, "9,999,999,999": true, "999999999": false,
		"123456": true, "123456.0": true, "'123456": true, "1,23,456": true, "1234567": false, "N.A": false, "nil-1": false, "1791175502.9604120": false,
	} {
		if _, reason := readCallSid([]byte(text), sources.nothing["main"]); (reason == noCallSid) != isNothing {
			t.Errorf("%q: %q", text, reason)
		}
		if _, reason := readCallSid([]byte(text), sources.nothing["other"]); reason != "" {
			t.Errorf("%q of another source: %q", text, reason)
		}
	}
}
