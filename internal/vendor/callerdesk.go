package vendor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/spool"
)

// callerDesk is the API of CallerDesk and of the other brands of the same panel.
type callerDesk struct{ *client }

// listFields are the fields of a row of the list with a counterpart in a call report. The numbers of the parties depend on the direction.
var listFields = [][2]string{
	{"SourceNumber", ""}, {"DestinationNumber", "deskphone"}, {"DialWhomNumber", ""}, {"CallDuration", "total_duration"},
	{"coins", "coin_deducted"}, {"Status", "callresult"}, {"callstatus", "callstatus"}, {"StartTime", "startdatetime"},
	{"EndTime", "enddatetime"}, {"CallSid", "sid_id"}, {"CallRecordingUrl", "file"}, {"Direction", "Flow_type"},
	{"TalkDuration", "talk_duration"}, {"call_group", "group_name"}, {"receiver_name", "member_name"},
	{"LegA_Picked_time", "LegA_Picked_time"}, {"LegB_Start_time", "LegB_Start_time"}, {"LegB_Picked_time", "LegB_Picked_time"},
}

func (c *callerDesk) page(ctx context.Context, day string, number int) (page, error) {
	var p page
	form := url.Values{"start_date": {day}, "end_date": {day}, "current_page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(c.PerPage)}}
	err := c.post(ctx, "call_list_v2", form, func(answer object) (err error) {
		p = page{}
		if p.IsEmpty, err = c.success(answer, callWords); err != nil || p.IsEmpty {
			return err
		}
		if p.Total, err = c.total(answer); err != nil {
			return err
		}
		if shown := text(answer["current_page"]); shown != "" {
			if p.Number, err = strconv.Atoi(shown); err != nil {
				return errors.New("current_page in the answer is no number")
			}
		}
		rows, err := list(answer, "result", p.Total == 0)
		for i, fields := range rows {
			r, err := c.row(fields, day)
			if err != nil {
				return fmt.Errorf("page %d, row %d: %w", number, i+1, err)
			}
			p.Rows = append(p.Rows, r)
		}
		return err
	})
	return p, err
}

// success returns nil if the vendor did what was asked, or isEmpty if it has nothing of it, which it reports as an error. of are
// the words for what was asked.
func (c *callerDesk) success(answer object, of []string) (isEmpty bool, err error) {
	message := text(answer["message"])
	switch strings.ToLower(text(answer["type"])) {
	case "success":
		return false, nil
	case "error":
	default:
		return false, errors.New("the answer is JSON of an unknown form: its type is neither success nor error")
	}
	if saysNothing(message, of) {
		return true, nil
	}
	err = fmt.Errorf("the vendor refused: %s", c.clean(message))
	switch {
	case c.clean(message) == "":
		return false, errors.New("the vendor refused, and did not say why")
	case busyMessage.MatchString(message):
		return false, temporaryError{error: err}
	case authMessage.MatchString(message):
		return false, fmt.Errorf("%w\nhint: set authcode to the key that the vendor's panel shows now; some accounts need secret, too", err)
	}
	return false, err
}

// Messages of errors that pass, and of those about the authcode.
var (
	busyMessage = regexp.MustCompile(`(?i)too many|rate limit|limit exceeded|try again|temporar|timed? ?out|server (is )?busy|under maintenance`)
	authMessage = regexp.MustCompile(`(?i)auth|credential|token|secret|key`)
)

// total returns the number of rows of the whole list, with which those of its parts agree.
func (c *callerDesk) total(answer object) (int64, error) {
	count := func(name string) (n int64, ok bool, err error) {
		shown := text(answer[name])
		if shown == "" {
			return 0, false, nil
		}
		n, err = strconv.ParseInt(shown, 10, 64)
		if err != nil || n < 0 {
			return 0, false, fmt.Errorf("%s in the answer is no number of calls", name)
		}
		return n, true, nil
	}
	total, hasTotal, err := count("total")
	answered, hasAnswered, answeredErr := count("answered_total")
	missed, hasMissed, missedErr := count("noanswer_total")
	voicemail, _, voicemailErr := count("voicemail")
	switch {
	case err != nil || answeredErr != nil || missedErr != nil || voicemailErr != nil:
		return 0, errors.Join(err, answeredErr, missedErr, voicemailErr)
	case !hasTotal:
		return 0, errors.New("the answer has no total, so nothing shows whether the list is complete")
	case hasAnswered && hasMissed && total != answered+missed && total != answered+missed+voicemail:
		return 0, fmt.Errorf("%w: total is %d, answered_total %d and noanswer_total %d", errContradiction, total, answered, missed)
	}
	return total, nil
}

// list returns the objects of a member of an answer. It may be missing if isOptional.
func list(answer object, name string, isOptional bool) ([]json.RawMessage, error) {
	value := bytes.TrimSpace(answer[name])
	var objects []json.RawMessage
	if len(value) == 0 || value[0] != '[' {
		if isOptional && text(value) == "" {
			return nil, nil
		}
		return nil, fmt.Errorf("the answer is JSON of an unknown form: %s is no list", name)
	}
	if err := json.Unmarshal(value, &objects); err != nil {
		return nil, err
	}
	for i, object := range objects {
		compact, ok := spool.CompactPayload(object)
		if !ok || compact[0] != '{' {
			return nil, fmt.Errorf("the answer is JSON of an unknown form: entry %d of %s is no object", i+1, name)
		}
		objects[i] = compact
	}
	return objects, nil
}

// row returns a row as a call report. Fields without a counterpart keep their names.
func (c *callerDesk) row(fields json.RawMessage, day string) (row, error) {
	values := object{}
	for name, value := range spool.Members(fields) {
		values[string(name)] = value
	}
	sid, flow := text(values["sid_id"]), text(values["Flow_type"])
	if isNothing(sid) {
		return row{}, errors.New("it has no sid_id, so it is not known which call it is")
	}
	direction := c.Direction(flow)
	switch {
	case flow == "":
		return row{}, fmt.Errorf("call %s has no Flow_type, so it is not known who called", c.clean(sid))
	case direction == "":
		return row{}, fmt.Errorf("call %s has the Flow_type %q, which is neither IVR nor WEBOBD\nhint: say what it means in direction_words of source %s", c.clean(sid), c.clean(flow), c.Source)
	}
	if err := checkDay(values, day); err != nil {
		return row{}, fmt.Errorf("call %s: %w", c.clean(sid), err)
	}
	key := text(values["id"])
	if isNothing(key) {
		key = sid + " " + flow + " " + text(values["startdatetime"])
	}
	caller, dialled := "caller_num", "member_num"
	if direction == "outgoing" && c.OutgoingCaller == "agent" {
		caller, dialled = dialled, caller
	}
	payload, used := []byte{'{'}, map[string]bool{}
	add := func(name string, value json.RawMessage) {
		if len(payload) > 1 {
			payload = append(payload, ',')
		}
		payload = append(append(spool.AppendString(payload, name), ':'), value...)
		used[strings.ToLower(name)] = true
	}
	for _, field := range listFields {
		from := field[1]
		switch field[0] {
		case "SourceNumber":
			from = caller
		case "DialWhomNumber":
			from = dialled
		case "Status":
			if isNumber.MatchString(text(values[from])) && text(values["callstatus"]) != "" {
				continue // a code of the panel; callstatus has the word
			}
		}
		if value, ok := values[from]; ok {
			add(field[0], value)
			delete(values, from)
		}
	}
	for name := range spool.Members(fields) {
		value, left := values[string(name)]
		if !left {
			continue
		}
		delete(values, string(name))
		known := spool.FieldName(name)
		if known == "type" || known != "" && used[strings.ToLower(known)] { // it would replace another field
			name = append([]byte("list_"), name...)
		}
		add(string(name), value)
	}
	return row{key, append(payload, '}')}, nil
}

var isNumber = regexp.MustCompile(`^[0-9]+$`)

// isNothing reports whether a text stands for no value.
func isNothing(text string) bool {
	return slices.Contains([]string{"", "0", "-", "--", "null", "none", "nan", "n/a", "na", "undefined"}, strings.ToLower(text))
}

// checkDay checks that a row is one of the day that was asked for, by its start or by call_date.
func checkDay(values object, day string) error {
	var shown []string
	for _, name := range []string{"startdatetime", "call_date"} {
		value := text(values[name])
		date, _, _ := strings.Cut(strings.ReplaceAll(value, "T", " "), " ")
		if isNothing(value) || date == "0000-00-00" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("its %s is not a time such as %s 10:15:52", name, day)
		}
		if date == day {
			return nil
		}
		shown = append(shown, date)
	}
	if len(shown) == 0 {
		return errors.New("it has no time")
	}
	return fmt.Errorf("it is one of %s, and %s was asked for", shown[0], day)
}

func (c *callerDesk) Directory(ctx context.Context) (all []spool.DirectoryEntry, err error) {
	members, err := c.members(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		all = append(all, spool.DirectoryEntry{Kind: spool.DirectoryAgent, ID: m["member_id"], Name: m["member_name"], Number: m["member_num"]})
	}
	groups, _, err := c.entries(ctx, "getgrouplist_v2", "grouplist", nil)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		all = append(all, spool.DirectoryEntry{Kind: spool.DirectoryGroup, ID: g["group_id"], Name: g["group_name"], NumberID: g["deskphone_id"]})
	}
	numbers, _, err := c.entries(ctx, "getdeskphone_v2", "getdeskphone", nil)
	if err != nil {
		return nil, err
	}
	for _, n := range numbers {
		all = append(all, spool.DirectoryEntry{Kind: spool.DirectoryNumber, ID: n["did_id"], Number: cmp.Or(n["deskphone"], n["did_num"])})
	}
	return all, nil
}

// maxMemberPages is far above what an account has.
const maxMemberPages = 100

// members returns the agents, whose list may come in pages.
func (c *callerDesk) members(ctx context.Context) (members []map[string]string, err error) {
	seen := map[string]bool{}
	for number := 1; number <= maxMemberPages; number++ {
		found, total, err := c.entries(ctx, "getmemberlist_V2", "getmember", url.Values{"current_page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(c.PerPage)}})
		if err != nil {
			return nil, err
		}
		before := len(members)
		for _, member := range found {
			if key := member["member_id"] + " " + member["member_num"]; !seen[key] {
				seen[key] = true
				members = append(members, member)
			}
		}
		switch {
		case int64(len(seen)) >= total:
			return members, nil
		case len(members) == before:
			return nil, fmt.Errorf("getmemberlist_V2: the vendor has %d agents and lists %d of them", total, len(seen))
		}
	}
	return nil, fmt.Errorf("getmemberlist_V2: the list does not end after %d pages", maxMemberPages)
}

// entries returns the texts of a list of the directory, and how many it has in all, 0 if the vendor does not say.
func (c *callerDesk) entries(ctx context.Context, request, name string, form url.Values) (entries []map[string]string, total int64, err error) {
	err = c.post(ctx, request, form, func(answer object) error {
		entries = nil
		if isEmpty, err := c.success(answer, directoryWords); err != nil || isEmpty {
			return err
		}
		if shown := text(answer["total_record"]); shown != "" {
			if total, err = strconv.ParseInt(shown, 10, 64); err != nil {
				return errors.New("total_record in the answer is no number")
			}
		}
		objects, err := list(answer, name, false)
		for _, fields := range objects {
			entry := map[string]string{}
			for key, value := range spool.Members(fields) {
				entry[string(key)] = text(value)
			}
			entries = append(entries, entry)
		}
		return err
	})
	return entries, total, err
}

// balanceNames are the names of the balance, the likeliest first; the answer is not documented.
var balanceNames = []string{"remainingbalance", "balanceremaining", "remainingcoins", "remainingcoin", "coinbalance", "coinsbalance",
	"availablebalance", "currentbalance", "accountbalance", "walletbalance", "balance"}

func (c *callerDesk) balance(ctx context.Context) (coins string, err error) {
	err = c.post(ctx, "profile_billing_v2", nil, func(answer object) error {
		if isEmpty, err := c.success(answer, directoryWords); err != nil {
			return err
		} else if isEmpty {
			return errNoBalance
		}
		found := map[string][]string{}
		whole, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		findBalances(whole, found)
		for _, name := range balanceNames {
			switch amounts := slices.Compact(slices.Sorted(slices.Values(found[name]))); len(amounts) {
			case 0:
			case 1:
				coins = amounts[0]
				return nil
			default:
				return errors.New("the answer has more than one balance")
			}
		}
		return errNoBalance
	})
	return coins, err
}

var errNoBalance = errors.New("the answer has no balance")

var amount = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// findBalances adds the amounts in an object and the objects within it by the letters of their name.
func findBalances(object []byte, found map[string][]string) {
	for key, value := range spool.Members(object) {
		if len(value) > 0 && value[0] == '{' {
			findBalances(value, found)
			continue
		}
		name := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(string(key)))
		if shown := strings.ReplaceAll(text(value), ",", ""); slices.Contains(balanceNames, name) && amount.MatchString(shown) {
			found[name] = append(found[name], shown)
		}
	}
}
