package store

import (
	"fmt"
	"strings"
	"testing"
)

// Metrics that add up over any parts of the calls.
var additive = strings.Fields(`calls incoming outgoing ivr_only offered answered answered_in missed missed_masked abandoned short_abandoned
		connected agent_no_show customer_no_answer talk_seconds call_seconds coins coins_unanswered coins_failed_agent coins_failed_customer
		coins_failed_unknown coins_unanswered_in
		missed_episodes open_episodes recovered_by_callback recovered_by_return unrecovered`)

// TestFiguresAddUp checks invariants over random worlds: each statement finds the violations.
func TestFiguresAddUp(t *testing.T) {
	skipIfShort(t)
	statements := map[string]string{
		"every call is incoming, outgoing or unknown": `from total where calls <> incoming + outgoing + (select count(*) from slice where direction = 'unknown')`,
		"incoming calls are answered, missed or the IVR's": `from total where incoming <> answered_in + missed + ivr_only
			or offered <> answered_in + missed or abandoned > missed or short_abandoned > abandoned`,
		"outgoing calls connect or fail on a leg": `from total where outgoing < connected + agent_no_show + customer_no_answer
			or connected + agent_no_show + customer_no_answer <> outgoing`,
		"coins on unanswered calls are lost on one side": `from (from total union all by name from by_agent union all by name from by_group)
			where coins_unanswered <> coins_failed_agent + coins_failed_customer + coins_failed_unknown + coins_unanswered_in
				or coins_unanswered > coins
			union all by name
			select 'differ' as call_group from total
			where (coins, coins_unanswered) <> (select (sum(coins), sum(coins_unanswered)) from spent)
				or (coins, coins_unanswered) <> (select (sum(coins), sum(coins_unanswered)) from wasted)`,
		"waits have every call that was answered or abandoned": `from total where
			(answered_in, abandoned) <> (select (sum(answered_in), sum(abandoned)) from waited)`,
		"no agent is charged for an unanswered incoming call": `from by_agent where coins_unanswered_in <> 0`,
		"episodes of all days take every missed call with a known caller once": `select sum(attempts) from missed('2000-01-01', '2100-01-01')
			having sum(attempts) <> (select count(*) from calls
				where direction = 'incoming' and not answered and outcome <> 'ivr_only' and customer_key is not null)`,
		"episodes of a caller do not overlap": `from (select *, lead(first_missed_at) over (partition by right(customer_number, 10)
			order by first_missed_at) as next_at from episodes) where next_at <= last_missed_at or next_at <= recovered_at`,
		"callers are recovered or not": `from total where missed_episodes <> open_episodes + recovered_by_callback + recovered_by_return + unrecovered`,
		"callers are recovered within the window": `from episodes, settings
			where recovered_at not between last_missed_at and last_missed_at + to_seconds(recovery_window_seconds)`,
		"whoever waits has waited since an episode opened": `from waiting where first_missed_at not in (select started_at from customer_episodes)`,
		"whoever waits is a lost caller":                   `from total where callers_lost <> (select count(*) from waiting)`,
		"lost callers were missed":                         `from total where callers_lost > missed - missed_masked`,
		"shares are shares":                                `from by_agent where answer_rate not between 0 and 1 or agent_answer_rate not between 0 and 1 or busy_share not between 0 and 1 or service_level not between 0 and 1`,
		"an agent's answered calls rang":                   `from by_agent where answered > agent_answer_rate * rang + 0.001 or answered > rang`,
		"agents' legs are calls, or more of them":          `from (select sum(calls) as legs from by_agent) where legs < (select count(*) from slice where agent is not null)`,
		"percentiles are in order":                         `from by_group where median_talk_seconds > p90_talk_seconds or p90_talk_seconds > longest_talk_seconds or avg_talk_seconds > longest_talk_seconds`,
		"customers are not more than calls":                `from by_group where unique_customers > calls or repeat_customers * 2 > incoming`,
		"reports are the calls, others and doubles": `from (from evidence union all from evidence(DAYS, p_direction := 'incoming')
				union all from evidence('2026-10-22', '2026-10-24') union all from evidence('2026-10-22', '2026-10-23', p_hours := 'closed'))
			where reports_received - duplicates_removed - versions_superseded - further_legs <> calls or duplicates_removed < 0
				or versions_superseded < 0 or further_legs < 0
			union all by name select 'calls' as differ from evidence where calls <> (select calls from total)`,
		"the peak is that of the busiest day and hour": `from total where peak_concurrent <> (select max(peak_concurrent) from by_day)
			or peak_concurrent <> (select max(peak_concurrent) from by_hour)`,
		"a day alone equals that day within more": `from by_day where local_day = '2026-10-23' except from days('2026-10-23', '2026-10-23')`,
		"an hour of a day alone equals that hour within more": `select weekday, local_hour, peak_concurrent from hours('2026-10-23', '2026-10-23')
			except select weekday, local_hour, peak_concurrent from hours('2026-10-19', '2026-10-25')`,
		"an earlier period has its own figures": `select before_calls, before_answer_rate, before_coins, before_p90_talk_seconds,
				before_peak_concurrent, before_missed_episodes from summary('2026-10-27', '2026-10-27')
			except select calls, answer_rate, coins, p90_talk_seconds, peak_concurrent, missed_episodes from total('2026-10-20', '2026-10-20')`,
		"changes are those of the summary": `select value, before, usual_low, usual_high from changes('2026-10-27', '2026-10-27') where name = 'talk_seconds'
			except select talk_seconds, before_talk_seconds, usual_low_talk_seconds, usual_high_talk_seconds from summary('2026-10-27', '2026-10-27')`,
		"days add up":   addUp("from by_day"),
		"groups add up": addUp("from by_group"),
		"a day alone is the same as within several": `(select * exclude (local_day, peak_concurrent) from by_day
				where local_day in ('2026-10-21', '2026-10-26'))
			except (select * exclude (peak_concurrent)
				from (from total('2026-10-21', '2026-10-21') union all from total('2026-10-26', '2026-10-26')))`,
		"numbers add up": addUp("from numbers(DAYS)"),
		"hours add up":   addUp("from by_hour"),
		"directions add up": addUp("from summary(DAYS, p_direction := 'incoming')", "from summary(DAYS, p_direction := 'outgoing')",
			"from summary(DAYS, p_direction := 'unknown')"),
		"the business's hours and the others add up": addUp("from summary(DAYS, p_hours := 'business')",
			"from summary(DAYS, p_hours := 'closed')"),
	}
	tables := map[string]string{"slice": "period_calls", "total": "summary", "episodes": "missed", "by_agent": "agents", "by_group": "groups",
		"spent": "coins", "wasted": "waste", "waited": "waits",
		"by_day": "days", "by_hour": "hours", "evidence": "evidence", "waiting": "to_call_back"}
	inPeriod := func(statement string) string {
		return strings.ReplaceAll(statement, "DAYS", "'"+worldFrom+"', '"+worldTo+"'")
	}
	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w, spool := randomWorld(seed+10, "Asia/Kolkata", 800)
			reader := loaded(t, w.settings, map[string]string{"2026-10-20.ndjson": spool})
			for table, source := range tables { // each query runs once
				query(t, reader, inPeriod("create temp table "+table+" as from "+source+"(DAYS)"))
			}
			for promise, statement := range statements {
				if rows := query(t, reader, inPeriod("with wrong as ("+statement+") from wrong")); len(rows) > 1 {
					t.Errorf("%s: it does not hold:\n%s", promise, lines(rows))
				}
			}
		})
	}
}

// addUp finds figures whose parts do not add up to the total.
func addUp(parts ...string) string {
	var differ []string
	for _, name := range additive {
		differ = append(differ, fmt.Sprintf("sum(%[1]s) <> (select %[1]s from total)", name))
	}
	return "select 'differ' as parts from (" + strings.Join(parts, " union all by name ") + ") having " + strings.Join(differ, " or ")
}
