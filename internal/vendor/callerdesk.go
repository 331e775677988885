package vendor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/spool"
)

// callerDesk is the API of CallerDesk and of the other brands of the same panel.
type callerDesk struct{ *client }

// callerDeskRows has the names of the fields of its list.
var callerDeskRows = rowNames{
	id: "id", call: "sid_id", direction: "Flow_type", start: "startdatetime", date: "call_date", customer: "caller_num", agent: "member_num",
	status: "callresult", statusWord: "callstatus",
	others: [][2]string{
		{"DestinationNumber", "deskphone"}, {"CallDuration", "total_duration"}, {"coins", "coin_deducted"}, {"EndTime", "enddatetime"},
		{"CallRecordingUrl", "file"}, {"TalkDuration", "talk_duration"}, {"call_group", "group_name"}, {"receiver_name", "member_name"},
		{"LegA_Picked_time", "LegA_Picked_time"}, {"LegB_Start_time", "LegB_Start_time"}, {"LegB_Picked_time", "LegB_Picked_time"},
	},
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
			r, err := c.row(fields, callerDeskRows, day)
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
	err = serverError{fmt.Errorf("the vendor refused: %s", c.clean(message))}
	switch {
	case c.clean(message) == "":
		return false, serverError{errors.New("the vendor refused, and did not say why")}
	case busyMessage().MatchString(message):
		return false, temporaryError{error: err}
	case authMessage().MatchString(message):
		return false, fmt.Errorf("%w\nhint: set authcode to the key that the vendor's panel shows now; some accounts need secret, too", err)
	}
	return false, err
}

// Messages of errors that pass, and of those about the authcode.
var (
	busyMessage = lazyregexp.New(`(?i)too many|rate limit|limit exceeded|try again|temporar|timed? ?out|server (is )?busy|under maintenance`)
	authMessage = lazyregexp.New(`(?i)auth|credential|token|secret|key`)
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

// members returns the agents, whose list may come in pages. Where the vendor does not say how many there are, it ends with a page that is not full,
// or that has none that was not on an earlier one.
func (c *callerDesk) members(ctx context.Context) (members []map[string]string, err error) {
	seen, total := map[string]bool{}, int64(0)
	for number := 1; number <= maxMemberPages; number++ {
		found, counted, err := c.entries(ctx, "getmemberlist_V2", "getmember", url.Values{"current_page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(c.PerPage)}})
		if err != nil {
			return nil, err
		}
		total = max(total, counted)
		before := len(members)
		for _, member := range found {
			if key := member["member_id"] + " " + member["member_num"]; !seen[key] {
				seen[key] = true
				members = append(members, member)
			}
		}
		switch hasNew := len(members) > before; {
		case total > 0 && int64(len(seen)) >= total, total == 0 && (len(found) < c.PerPage || !hasNew):
			return members, nil
		case !hasNew:
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
		findAmounts(whole, balanceNames, found)
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
