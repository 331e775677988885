package spool

// fieldUse is what a field says about the kind of its payload.
type fieldUse int

const (
	neutral    fieldUse = iota // for example coins
	ofReports                  // only reports have it
	ofLive                     // live events have it, and most reports
	ofCallSid                  // the same, and it identifies the call
	ofKind                     // it names the kind
	unknownUse fieldUse = -1
)

// fields are the vendor's fields that have a column, documented or reported by integrators.
var fields = map[string]fieldUse{
	"CallSid": ofCallSid, "type": ofKind,
	"SourceNumber": ofLive, "DestinationNumber": ofLive, "DialWhomNumber": ofLive, "Status": ofLive, "StartTime": ofLive,
	"Direction": ofLive, "call_group": ofLive,
	"EndTime": ofReports, "CallDuration": ofReports, "TalkDuration": ofReports, "CallRecordingUrl": ofReports,
	"LegA_Picked_time": ofReports, "LegB_Start_time": ofReports, "LegB_Picked_time": ofReports,
	"coins": neutral, "campid": neutral, "receiver_name": neutral, "error_code": neutral, "callstatus": neutral,
	"circle": neutral, "key_press": neutral, "key_pressed": neutral,
}

// respelled has the fields' names by their letters and digits in lower case.
var respelled = func() map[string]string {
	names := map[string]string{}
	for name := range fields {
		var letters [maxFieldName]byte
		names[string(appendLetters(letters[:0], []byte(name)))] = name
	}
	return names
}()

const maxFieldName = 48 // of a key that can be the name of a field, in bytes

// FieldName returns the vendor's name of the field with this key, "" if it is unknown. Upper and lower case, spaces, underscores and
// hyphens do not matter: call_sid, "Call Sid" and CALLSID are CallSid.
func FieldName(key []byte) string {
	if len(key) > maxFieldName {
		return ""
	}
	var letters [maxFieldName]byte
	return respelled[string(appendLetters(letters[:0], key))]
}

// appendLetters appends a key without spaces, underscores and hyphens, in lower case.
func appendLetters(dst, key []byte) []byte {
	for _, c := range key {
		switch {
		case c == ' ' || c == '_' || c == '-' || c == '\t':
		case 'A' <= c && c <= 'Z':
			dst = append(dst, c|0x20)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// useOf returns the use of the field with this key, and whether it is spelled as the vendor spells it.
func useOf(key []byte) (use fieldUse, exact bool) {
	if use, exact = fields[string(key)]; exact {
		return use, true
	}
	name := FieldName(key)
	if name == "" {
		return unknownUse, false
	}
	return fields[name], false
}
