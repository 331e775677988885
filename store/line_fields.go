package store

import "strconv"

// payloadFields are the payload's fields that have a column. Their order is part of contentHash and must not change.
var payloadFields = []struct {
	key          string
	identity     bool // identifies the call and its kind of report, so it is not part of the content
	number       bool // 0 is a value of it
	onlyReports  bool // live_events has no column for it
	undocumented bool // not in the vendor's documentation, so it is kept in extra too
	anyForm      bool // several values, or one that cannot be read, are no problem of the report
}{
	{key: "Direction", identity: true},
	{key: "CallSid", identity: true},
	{key: "SourceNumber"},
	{key: "DestinationNumber"},
	{key: "DialWhomNumber"},
	{key: "CallDuration", number: true, onlyReports: true},
	{key: "coins", number: true, onlyReports: true},
	{key: "Status"},
	{key: "StartTime"},
	{key: "EndTime", onlyReports: true},
	{key: "CallRecordingUrl", onlyReports: true},
	{key: "campid"},
	{key: "TalkDuration", number: true, onlyReports: true},
	{key: "call_group"},
	{key: "receiver_name", onlyReports: true},
	{key: "error_code", onlyReports: true},
	{key: "LegA_Picked_time", onlyReports: true},
	{key: "LegB_Start_time", onlyReports: true},
	{key: "LegB_Picked_time", onlyReports: true},
	{key: "callstatus", undocumented: true},
	{key: "type", undocumented: true},
	{key: "circle", undocumented: true, anyForm: true},
	{key: "key_press", undocumented: true, anyForm: true},
	{key: "key_pressed", undocumented: true, anyForm: true},
}

// payloadIndex has the index in payloadFields by key.
var payloadIndex = func() map[string]int {
	index := map[string]int{}
	for i, field := range payloadFields {
		index[field.key] = i
	}
	return index
}()

var directionField, callSidField, typeField, legAField = payloadIndex["Direction"], payloadIndex["CallSid"], payloadIndex["type"], payloadIndex["LegA_Picked_time"]

// lineFields are the values of a packed line before those of payloadFields; nil is NULL. A line's position is only included if it
// is stored.
var lineFields = []struct {
	name  string
	value func(*line) []byte
}{
	{"file", func(l *line) []byte {
		if !l.keepsPosition {
			return nil
		}
		return []byte(l.file)
	}},
	{"line", func(l *line) []byte { return l.positionValue(l.number) }},
	{"byte_offset", func(l *line) []byte { return l.positionValue(l.offset) }},
	{"file_time", func(l *line) []byte { return l.positionValue(l.fileTime.UnixMicro()) }},
	{"reason", func(l *line) []byte {
		if l.reason == "" {
			return nil
		}
		return []byte(l.reason)
	}},
	{"text", func(l *line) []byte { return l.text }},
	{"kind", func(l *line) []byte { return []byte(l.kind) }},
	{"source", func(l *line) []byte { return l.source }},
	{"received_at", func(l *line) []byte { return l.receivedAt }},
	{"reported_at", func(l *line) []byte { return l.reportedAt }},
	{"id", func(l *line) []byte { return l.id }},
	{"from_list", func(l *line) []byte {
		if !l.fromList {
			return nil
		}
		return []byte("true")
	}},
	{"extra", func(l *line) []byte { return l.extra }},
	{"payload", func(l *line) []byte { return l.payload }},
	{"field_problems", (*line).fieldProblems},
}

func (l *line) positionValue(number int64) []byte {
	if !l.keepsPosition {
		return nil
	}
	return strconv.AppendInt(nil, number, 10)
}

// fieldNames returns the names of the values of a packed line, in their order; stage.sql uses them.
func fieldNames() (names []string) {
	for _, field := range lineFields {
		names = append(names, field.name)
	}
	for _, field := range payloadFields {
		names = append(names, field.key)
	}
	return names
}

// A line is passed to DuckDB as one packed text, since passing values one by one costs more than parsing the JSON. fieldEnd
// terminates a value; nullMark alone is NULL. These bytes are escaped within a value as escapeByte and the byte plus 0x40. stage.sql
// splits the text.
const (
	fieldEnd   = 0x1f
	nullMark   = 0x1e
	escapeByte = 0x1d
)

// pack appends the line's values, in the order of fieldNames.
func (l *line) pack(to []byte) []byte {
	for _, field := range lineFields {
		to = appendField(to, field.value(l))
	}
	for i, value := range l.values { // empty for other events
		switch {
		case len(value) == 0 && (value == nil || i != legAField): // an empty field is a missing one
			to = append(to, nullMark, fieldEnd)
		case l.needsEscaping:
			to = appendField(to, value)
		default:
			to = append(append(to, value...), fieldEnd)
		}
	}
	return to
}

func appendField(to, value []byte) []byte {
	if value == nil {
		return append(to, nullMark, fieldEnd)
	}
	return append(appendEscaped(to, value), fieldEnd)
}

func appendEscaped(to, value []byte) []byte {
	for _, c := range value {
		if escapeByte <= c && c <= fieldEnd {
			to = append(to, escapeByte, c+0x40)
		} else {
			to = append(to, c)
		}
	}
	return to
}
