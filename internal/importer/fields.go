package importer

import (
	"slices"
	"strings"
	"unicode"

	"callsheet/internal/spool"
)

// The vendor's fields that the importer itself looks at.
const (
	callSid        = "CallSid"
	startTime      = "StartTime"
	directionField = "Direction"
	sourceNumber   = "SourceNumber"
	dialWhomNumber = "DialWhomNumber"
)

// Roles are columns that name the parties of a call, whatever its direction. Their numbers go to SourceNumber and DialWhomNumber as
// the vendor fills these for the direction of the row. Beside them, the columns of who called and who was dialled are roles too.
const (
	customerRole = "customer"
	agentRole    = "agent"
	callerRole   = "caller"
	dialledRole  = "dialled"
)

// dateRole and timeRole are columns that have the two halves of StartTime.
const (
	dateRole = "date"
	timeRole = "time"
)

// fields are the vendor's fields, each with the headings under which known panels, and the vendor's own call list, have it: in lower
// case, letters and digits only.
var fields = []struct {
	name     string
	headings []string
}{
	{callSid, []string{"callid", "sid", "sidid", "uniquecallid"}},
	{directionField, []string{"calldirection", "calltype", "flowtype"}},
	{sourceNumber, []string{"caller", "callernumber", "callerno", "callerid", "callingnumber", "from", "fromnumber", "cli", "ani"}},
	{"DestinationNumber", []string{"did", "didnumber", "didnum", "deskphone", "virtualnumber", "virtualno", "vn", "callednumber",
		"calledno", "called", "dnis", "ivrnumber"}},
	{dialWhomNumber, []string{"dialwhom", "agentnumber", "agentno", "agentphone", "agentmobile", "receivernumber", "receiverno", "answeredbynumber"}},
	{"receiver_name", []string{"receiver", "agent", "agentname", "member", "membername", "answeredby", "attendedby", "executive", "executivename"}},
	{"Status", []string{"callresult", "result", "disposition", "outcome", "calloutcome", "callstate"}},
	{startTime, []string{"start", "started", "startdatetime", "startedat", "starttimestamp", "callstart", "callstarttime", "callstarted", "datetime",
		"calldatetime", "dateandtime", "dateofcall"}},
	{"EndTime", []string{"end", "ended", "enddatetime", "endedat", "endtimestamp", "callend", "callendtime", "callended", "hanguptime"}},
	{"CallDuration", []string{"duration", "totalduration", "totalcallduration", "calllength"}},
	{"TalkDuration", []string{"talk", "talktime", "talkingtime", "totaltalktime", "conversationduration", "conversationtime", "billsec"}},
	{"CallRecordingUrl", []string{"recordingurl", "recording", "callrecording", "recordinglink", "recordingfile", "file"}},
	{"campid", []string{"campaign", "campaignid", "campaignname"}},
	{"call_group", []string{"group", "groupname", "department", "departmentname", "dept", "queue", "queuename", "team", "teamname"}},
	{"coins", []string{"coin", "coindeducted", "coinsdeducted", "coinsused", "creditdeducted", "creditsdeducted", "credits", "creditsused"}},
	{"error_code", nil},
	{"LegA_Picked_time", []string{"legapicked", "legapickedat"}},
	{"LegB_Start_time", []string{"legbstart", "legbstarted", "legbstartedat"}},
	{"LegB_Picked_time", []string{"legbpicked", "legbpickedat"}},
	{"callstatus", nil},
	{"type", nil},
	{"Uniqueid", nil}, {"agent_email", nil}, {"group_id", nil}, {"key_press", []string{"keypressed"}}, {"hangup_cause", nil},
	{"account_id", nil}, {"cparty_number", nil}, {"cparty_recording", nil},
	{customerRole, []string{"customer", "customernumber", "customerno", "customerphone", "customerphonenumber", "customermobile", "customermobilenumber",
		"customermobileno", "customercontact", "customercontactnumber", "client", "clientnumber", "clientno", "clientphone", "clientphonenumber",
		"clientmobile", "clientmobilenumber", "clientmobileno", "clientcontact", "clientcontactnumber", "callernum", "msisdn"}},
	{agentRole, []string{"membernum", "membernumber", "memberno", "memberphone", "membermobile"}},
	{dateRole, []string{"date", "calldate", "startdate"}},
	{timeRole, []string{"time", "calltime"}},
}

// timeFields are the fields with local times.
var timeFields = []string{startTime, "EndTime", "LegA_Picked_time", "LegB_Start_time", "LegB_Picked_time"}

// durationFields are the fields in seconds.
var durationFields = []string{"CallDuration", "TalkDuration"}

// isNothing reports whether a cell says nothing of a field, as the loader reads it. A 0 is a value of a number.
func (m *Mapping) isNothing(field, cell string) bool {
	isOwn := func(own string) bool { return strings.EqualFold(spool.TrimBlanks(own), spool.TrimBlanks(cell)) }
	if slices.ContainsFunc(m.NothingValues, isOwn) {
		return true
	}
	isNumber := field == "coins" || slices.Contains(durationFields, field)
	return spool.IsNothing(cell) && !(isNumber && strings.TrimSpace(cell) == "0")
}

// reportFields are the fields that only reports of finished calls have.
var reportFields = slices.Concat(durationFields, timeFields[1:], []string{"CallRecordingUrl"})

// fieldByHeading has the field of each known heading.
var fieldByHeading = func() map[string]string {
	known := map[string]string{}
	for _, field := range fields {
		if !isRole(field.name) {
			known[normal(field.name)] = field.name
		}
	}
	for _, field := range fields {
		for _, heading := range field.headings {
			known[heading] = field.name
		}
	}
	return known
}()

// isRole reports whether a name is not a field of the vendor but a column that is turned into one.
func isRole(name string) bool {
	return slices.Contains([]string{customerRole, agentRole, callerRole, dialledRole, dateRole, timeRole}, name)
}

// vendorFields are the names that --field and --set take.
func vendorFields() (names []string) {
	for _, field := range fields {
		if !isRole(field.name) {
			names = append(names, field.name)
		}
	}
	return names
}

// normal returns a heading in lower case, letters and digits only.
func normal(heading string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// units are how headings name seconds.
var units = []string{"", "s", "sec", "secs", "second", "seconds", "insec", "insecs", "inseconds", "hhmmss", "hmmss", "mmss", "hms"}

// fieldOf returns the field of a heading, "" if it has none: by its name, or by its name without a unit, as in Talk (s). A duration in
// minutes is not one in seconds.
func fieldOf(heading string) string {
	if field, ok := fieldByHeading[normal(heading)]; ok {
		return field
	}
	name, unit := heading, ""
	if i := strings.IndexAny(heading, "(["); i > 0 {
		name, unit = heading[:i], normal(heading[i:])
	} else if words := strings.FieldsFunc(heading, func(r rune) bool { return r == ' ' || r == '_' }); len(words) > 1 {
		last := len(words) - 1
		name, unit = strings.Join(words[:last], " "), normal(words[last])
	}
	field := fieldByHeading[strings.TrimSuffix(normal(name), "in")]
	if unit != "" && slices.Contains(durationFields, field) && slices.Contains(units, unit) {
		return field
	}
	if unit != "" && (field == startTime || field == "EndTime") && slices.Contains([]string{"ist", "localtime", "local", "india", "asiakolkata"}, unit) {
		return field
	}
	return ""
}
