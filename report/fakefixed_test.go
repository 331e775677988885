package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

var fakeColumns = strings.Fields(`started_at ended_at direction call_group agent customer_number virtual_number agent_number
	outcome failed_leg answered talk_seconds call_seconds wait_seconds ring_seconds coins campaign_id
	in_business_hours short_abandon status flags recording_url source call_sid`)

func (s *fakeSource) details(in []fakeCall) ([]string, [][]any, error) {
	var rows [][]any
	for i, c := range in {
		var wait, url any = nil, nil
		if c.direction == "incoming" {
			wait = c.wait
		}
		if c.answered {
			url = "https://recordings.example.com/" + c.sid + ".mp3"
		}
		flags := []any{}
		if i%50 == 7 {
			flags = []any{"talk_over_call", "derived_talk"}
		}
		// The driver gives instants in UTC; the sheet must show them in the report's zone.
		row := []any{
			c.at.UTC(), c.at.UTC().Add(time.Duration(c.talk+c.wait) * time.Second), c.direction, orNil(c.group), orNil(c.agent),
			c.customer, c.vn, "09811100001", c.outcome, nil, c.answered, c.talk, c.talk + c.wait, wait, nil, c.coins,
			orNil(c.camp), true, false, strings.ToUpper(c.outcome), flags, url, "main", c.sid,
		}
		if i == 0 {
			for column, value := range s.extraCall {
				row[slices.Index(fakeColumns, column)] = value
			}
		}
		rows = append(rows, row)
	}
	return fakeColumns, rows, nil
}

// missedCallers has a row for each missed call: in this data set nobody is called back.
func missedCallers(in []fakeCall) ([]string, [][]any, error) {
	var rows [][]any
	for _, c := range in {
		if c.direction == "incoming" && !c.answered {
			rows = append(rows, []any{c.customer, c.vn, orNil(c.group), c.at.UTC(), c.at.UTC(), int64(1), "unrecovered", nil, nil, nil})
		}
	}
	return strings.Fields(`customer_number virtual_number call_group first_missed_at last_missed_at attempts recovery
		recovered_by recovered_at minutes_to_recover`), rows, nil
}

// fixed are the answers that do not depend on the calls.
func fixed(name string) ([]string, [][]any, error) {
	switch name {
	case "settings":
		return []string{"timezone", "short_abandon_seconds", "service_level_target_seconds", "recovery_window_seconds"},
			[][]any{{"Asia/Kolkata", int64(5), int64(20), int64(86400)}}, nil
	case "evidence":
		return strings.Fields(`complete_through reports_received duplicates_removed versions_superseded late_reports
				live_without_report reports_without_live rejected_lines unknown_statuses unknown_keys flagged_calls
				masked_calls ungrouped_calls`),
			[][]any{{time.Date(2026, 10, 5, 2, 28, 0, 0, time.UTC), int64(4412), int64(9), int64(3), int64(1), int64(2),
				int64(0), int64(1), int64(0), int64(4), int64(5), int64(6), int64(14)}}, nil
	case "metrics":
		return []string{"name", "label", "unit", "format", "formula", "good"}, fakeWords(`
			calls|Calls|calls|count|number of calls, one per call however often it was delivered|neutral
			unrecovered|Not called back|episodes|count|missed callers nobody reached within the recovery window|lower
			incoming|Incoming|calls|count|calls with direction incoming|neutral
			outgoing|Outgoing|calls|count|calls with direction outgoing|neutral
			offered|Offered|calls|count|incoming − IVR only|neutral
			answered|Answered|calls|count|answered calls of both directions|higher
			answered_in|Answered incoming|calls|count|incoming calls answered|higher
			missed|Missed|calls|count|offered − answered incoming|lower
			answer_rate|Answer rate|fraction|rate|answered incoming / offered|higher
			abandoned|Abandoned|calls|count|missed calls with outcome abandoned or cancelled|lower
			service_level|Service level|fraction|rate|incoming calls answered within the target wait / (offered − short abandoned)|higher
			avg_wait_seconds|Average wait|seconds|short_duration|mean of start to answer over answered incoming calls; an upper bound, the vendor gives no queue-entry time|lower
			p90_wait_seconds|90 % waited at most|seconds|short_duration|90th percentile of start to answer over answered incoming calls|lower
			connected|Connected|calls|count|outgoing calls answered|higher
			connect_rate|Connect rate|fraction|rate|connected / outgoing|higher
			talk_seconds|Talk time|seconds|duration|sum of talk time over answered calls|neutral
			avg_talk_seconds|Average talk|seconds|short_duration|mean talk time over answered calls|neutral
			longest_talk_seconds|Longest talk|seconds|duration|longest talk time of an answered call|neutral
			coins|Coins|coins|coins|sum of coins charged|lower
			coins_unanswered|Coins on unanswered|coins|coins|sum of coins charged for calls that were not answered|lower
			coins_per_answered|Coins per answered|coins per call|coins|coins / answered|lower
			unique_customers|Customers|customers|count|distinct customer numbers by their last ten digits; masked numbers are not counted|neutral`), nil
	case "columns":
		return []string{"name", "label", "format", "meaning"}, fakeWords(`
			started_at|Started|time|start of the call, in the report zone
			ended_at|Ended|time|end of the call, in the report zone
			local_day|Day|day|day the call started, in the report zone
			local_hour|Hour|hour|hour the call started, in the report zone
			weekday|Weekday|weekday|weekday the call started, 1 Monday to 7 Sunday
			direction|Direction|text|incoming, outgoing or unknown
			call_group|Group|text|reported group, else the configured group of the virtual number
			agent|Agent|text|agent name, else agent number
			customer_number|Customer|text|the customer's number as sent
			virtual_number|Virtual number|text|the number the call was triggered on
			agent_number|Agent number|text|the agent's number as sent
			outcome|Outcome|text|normalised status
			failed_leg|Failed leg|text|whose leg failed: agent or customer
			answered|Answered|yesno|whether the call was answered
			talk_seconds|Talk time|duration|talk time, 0 unless answered
			call_seconds|Call time|duration|start to end of the call
			wait_seconds|Wait|short_duration|incoming: start to answer, or to the end when not answered
			ring_seconds|Ring|short_duration|ringing of the second leg
			coins|Coins|coins|coins charged
			campaign_id|Campaign|text|campaign of an outgoing call
			in_business_hours|In business hours|yesno|started within business hours
			short_abandon|Short abandon|yesno|abandoned within the short-abandon limit
			status|Status|text|the vendor's status word as sent
			flags|Flags|list|contradictions found in what the vendor sent
			recording_url|Recording|link|recording of the call
			source|Source|text|account the delivery came from
			call_sid|Call SID|text|the vendor's id of the call`), nil
	}
	return nil, nil, fmt.Errorf("unknown query %q", name)
}

func fakeWords(table string) [][]any {
	var rows [][]any
	for line := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		var row []any
		for field := range strings.SplitSeq(strings.TrimSpace(line), "|") {
			row = append(row, field)
		}
		rows = append(rows, row)
	}
	return rows
}
