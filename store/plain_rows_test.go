package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reports are the deliveries of a call that are reports.
func (c plainCall) reports() []worldLine {
	return slices.DeleteFunc(slices.Clone(c.deliveries), func(l worldLine) bool { return l.kind != "call_report" })
}

// versions counts different reports.
func (c plainCall) versions() int { return len(c.deliveriesByVersion()) }

// deliveriesByVersion returns the deliveries of each different report.
func (c plainCall) deliveriesByVersion() map[string][]worldLine {
	versions := map[string][]worldLine{}
	for _, report := range c.reports() {
		text, err := json.Marshal(report.payload)
		if err != nil {
			panic(err)
		}
		versions[string(text)] = append(versions[string(text)], report)
	}
	return versions
}

func (c plainCall) received() []time.Time {
	var times []time.Time
	for _, report := range c.reports() {
		times = append(times, report.at)
	}
	return times
}

func (c plainCall) firstReceived() time.Time {
	return slices.MinFunc(c.received(), time.Time.Compare)
}

func (c plainCall) imported() bool {
	return !slices.ContainsFunc(c.reports(), func(report worldLine) bool { return !report.imported() })
}

// flags are the contradictions and gaps in the reports of these worlds.
func (c plainCall) flags() (flags []string) {
	found := map[string]bool{"conflicting_versions": c.corrected, "unknown_direction": c.direction == "unknown", "derived_direction": c.directionUnreported}
	parts := c.legs
	if len(parts) == 0 {
		parts = []plainCall{c}
	}
	for i, part := range parts {
		sent := cmp.Or(strings.TrimSpace(part.status.status), strings.TrimSpace(part.status.callstatus))
		found["no_status"] = found["no_status"] || sent == ""
		found["unknown_status"] = found["unknown_status"] || sent != "" && part.status.outcome == "unknown"
		found["derived_end"] = found["derived_end"] || part.endUnreported
		found["derived_duration"] = found["derived_duration"] || i == 0 && c.noDuration
		found["talk_over_call"] = found["talk_over_call"] || part.talkSeconds > part.callSeconds
		if i == 0 {
			part.noDuration = c.noDuration
		}
		_, known := part.wait()
		found["derived_wait"] = found["derived_wait"] || i == 0 && part.direction == "incoming" && part.answered && part.legBPicked.IsZero() && known
	}
	for flag, is := range found {
		if is {
			flags = append(flags, flag)
		}
	}
	slices.Sort(flags)
	return flags
}

func (w plainWorld) clockTime(t time.Time) string { return t.In(w.zone).Format(time.DateTime) }

func (w plainWorld) calledRows(q plainQuestion, keys []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for _, c := range w.slice(q.stretch(), q.filter) {
		wait := math.NaN()
		switch seconds, known := c.wait(); {
		case c.direction == "incoming" && !c.answered:
			wait = c.ended.Sub(c.started).Seconds()
		case c.direction == "incoming" && known:
			wait = seconds
		}
		talk := 0.0
		if c.answered {
			talk = float64(c.talkSeconds)
		}
		rows[c.source+"|"+c.sid] = plainRow{
			"started_at": w.clockTime(c.started), "ended_at": w.clockTime(c.ended), "direction": c.direction, "call_group": c.group, "agent": c.agent(),
			"customer_number": c.customerNumber, "virtual_number": c.virtualNumber, "outcome": c.status.outcome, "failed_leg": c.status.failedLeg,
			"answered": c.answered, "talk_seconds": talk, "call_seconds": float64(c.callSeconds), "wait_seconds": wait,
			"coins": float64(c.coins) / 100, "campaign_id": c.campaign, "in_business_hours": w.isOpen(c), "flags": fmt.Sprint(c.flags()),
			"short_abandon": c.missed() && c.missedReason() == "caller hung up" && float64(c.callSeconds) < w.settings.ShortAbandon.Seconds(),
			"versions":      float64(c.versions()), "deliveries": float64(len(c.reports())), "imported": c.imported(),
			"first_received_at": w.clockTime(c.firstReceived()), "last_received_at": w.clockTime(slices.MaxFunc(c.received(), time.Time.Compare)),
		}
	}
	return rows
}

// spokenSince returns when somebody last spoke to the customer of an episode after the last missed call, if anybody did.
func (w plainWorld) spokenSince(e plainEpisode) (last time.Time) {
	for _, c := range w.calls {
		if c.answered && c.started.After(e.last.started) && c.started.After(last) && lastTen(c.customerNumber) == lastTen(e.first.customerNumber) {
			last = c.started
		}
	}
	return last
}

func (w plainWorld) missedRows(q plainQuestion, _ []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for _, e := range w.episodes(w.slice(q.stretch(), q.filter)) {
		row := plainRow{
			"customer_number": e.first.customerNumber, "virtual_number": e.first.virtualNumber, "call_group": e.first.group,
			"last_missed_at": w.clockTime(e.last.started), "attempts": float64(e.attempts), "recovery": e.recovery(),
			"recovered_at": "", "recovered_by": "", "recovered_group": "", "minutes_to_recover": math.NaN(), "last_spoken_at": "",
			"local_day": w.day(e.first), "hours_waiting": w.through.Sub(e.first.started).Hours(),
		}
		if by := e.recovered; by != nil {
			row["recovered_at"], row["recovered_by"], row["recovered_group"] = w.clockTime(by.started), by.agent(), by.group
			row["minutes_to_recover"] = e.minutes()
		}
		if spoken := w.spokenSince(e); !spoken.IsZero() {
			row["last_spoken_at"] = w.clockTime(spoken)
		}
		rows[w.clockTime(e.first.started)] = row
	}
	return rows
}

// waitingRows has a row per customer who was missed in the slice and to whom nobody has spoken since: the first such call, and all missed calls of
// the customer since somebody last did.
func (w plainWorld) waitingRows(q plainQuestion, _ []string) map[string]plainRow {
	firstOf := map[string]plainCall{}
	for _, c := range w.slice(q.stretch(), q.filter) {
		customer := lastTen(c.customerNumber)
		if customer == "" || !c.missed() || !w.spokenSince(plainEpisode{first: c, last: c}).IsZero() {
			continue
		}
		if first, known := firstOf[customer]; !known || c.started.Before(first.started) || c.started.Equal(first.started) && c.source+c.sid < first.source+first.sid {
			firstOf[customer] = c
		}
	}
	rows := map[string]plainRow{}
	for customer, call := range firstOf {
		var waiting []plainEpisode
		attempts := 0
		for _, e := range w.episodes(w.calls) { // of one customer in their order
			if lastTen(e.first.customerNumber) == customer && w.spokenSince(e).IsZero() {
				waiting = append(waiting, e)
				attempts += e.attempts
			}
		}
		first, last := waiting[0].first, waiting[len(waiting)-1].last
		row := plainRow{
			"customer_number": call.customerNumber, "virtual_number": call.virtualNumber, "call_group": call.group,
			"last_missed_at": w.clockTime(last.started), "attempts": float64(attempts), "local_day": w.day(first),
			"hours_waiting": w.through.Sub(first.started).Hours(), "waiting": waited(w.through.Sub(first.started)), "waiting_since": "older",
		}
		for since, ago := range map[string]int{"today": 0, "yesterday": -1} {
			if w.day(first) == w.local(w.through).AddDate(0, 0, ago).Format(time.DateOnly) {
				row["waiting_since"] = since
			}
		}
		rows[w.clockTime(first.started)] = row
	}
	return rows
}

// waited returns a duration in words.
func waited(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func (w plainWorld) repeatCustomers(q plainQuestion, _ []string) map[string]plainRow {
	calls := map[string][]plainCall{}
	for _, c := range w.slice(q.stretch(), q.filter) {
		if key := lastTen(c.customerNumber); key != "" && c.direction == "incoming" {
			calls[key] = append(calls[key], c)
		}
	}
	rows := map[string]plainRow{}
	for key, of := range calls {
		if len(of) < 2 {
			continue
		}
		answered, talk := 0.0, 0.0
		first, last := of[0].started, of[0].started
		for _, c := range of {
			if c.answered {
				answered++
				talk += float64(c.talkSeconds)
			}
			if c.started.Before(first) {
				first = c.started
			}
			if c.started.After(last) {
				last = c.started
			}
		}
		rows[key] = plainRow{"incoming": float64(len(of)), "answered_in": answered, "talk_seconds": talk,
			"first_called_at": w.clockTime(first), "last_called_at": w.clockTime(last)}
	}
	return rows
}

func (w plainWorld) previousPeriod(q plainQuestion, _ []string) map[string]plainRow {
	row := w.comparedPeriod(q, q.stretch().previous())
	row["has_data"] = row["left_out"] != "no data" && row["left_out"] != "incomplete" && !w.isIncomplete(q.stretch(), q)
	return map[string]plainRow{"all calls": row}
}

func (w plainWorld) comparedPeriods(q plainQuestion, _ []string) map[string]plainRow {
	whole := q.stretch()
	stretches := []plainStretch{whole, whole.back(1), whole.back(2), whole.back(3), whole.back(4)}
	if previous := whole.previous(); previous != whole.back(1) {
		stretches = append(stretches, previous)
	}
	directions := map[string]bool{}
	for _, c := range w.slice(plainStretch{whole.back(4).from, whole.until}, q.filter) {
		directions[c.direction] = true
	}
	rows := map[string]plainRow{}
	for n, stretch := range stretches {
		row := w.comparedPeriod(q, stretch)
		row["has_incoming"], row["has_outgoing"] = directions["incoming"], directions["outgoing"]
		row["is_before"] = stretch == whole.previous()
		row["is_usual"] = n >= 1 && n <= 4 && row["left_out"] == "" && w.isUsual(stretch, whole) && !w.isIncomplete(whole, q)
		rows[strconv.Itoa(n)] = row
	}
	return rows
}

func (w plainWorld) comparedPeriod(q plainQuestion, stretch plainStretch) plainRow {
	source, _ := q.filter.arguments["source"].(string)
	cut, isCut, hasData := stretch, false, w.hasFigures(stretch, q.filter)
	if stretch != q.stretch() {
		cut, isCut = w.cut(stretch, q.stretch())
		hasData = w.isComparable(stretch, q)
	}
	leftOut, until := "", ""
	silent, isIncomplete := w.silentHours(cut, source)
	switch {
	case !hasData:
		leftOut = "no data"
	case isIncomplete:
		leftOut = "incomplete"
	case q.stretch().days() < 28 && w.hasHoliday(cut):
		leftOut = "holiday"
	}
	if isCut && hasData && !isIncomplete && !w.isIncomplete(q.stretch(), q) {
		until = cut.until.Format(time.DateTime)
	}
	return plainRow{
		"first_day": stretch.from.Format(time.DateOnly), "last_day": stretch.until.AddDate(0, 0, -1).Format(time.DateOnly), "until": until,
		"left_out": leftOut, "no_calls": noCalls(silent, q.from == q.to), "first_delivery": w.firstDelivery(q).Format(time.DateOnly), "data_from": w.began(source).Format(time.DateOnly),
		"data_through": w.local(w.through).Format(time.DateTime), "data_begins_at": w.beganAt(source).Format(time.DateTime),
	}
}

// evidence counts what was delivered for the calls of a slice.
func (w plainWorld) evidence(q plainQuestion, _ []string) map[string]plainRow {
	f := map[string]float64{}
	count := func(name string, is bool) {
		f[name] += map[bool]float64{true: 1}[is]
	}
	for _, c := range w.slice(q.stretch(), q.filter) {
		reports, versions, flags := len(c.reports()), c.versions(), c.flags()
		f["reports_received"] += float64(reports)
		f["duplicates_removed"] += float64(reports - versions)
		f["versions_superseded"] += float64(versions - max(1, len(c.legs)))
		f["further_legs"] += float64(max(1, len(c.legs)) - 1)
		f["calls"]++
		for _, deliveries := range c.deliveriesByVersion() {
			first := slices.MinFunc(deliveries, func(a, b worldLine) int { return a.at.Compare(b.at) })
			isImported := !slices.ContainsFunc(deliveries, func(l worldLine) bool { return !l.imported() })
			count("late_reports", !isImported && w.day(plainCall{started: first.at}) > w.day(plainCall{started: c.ended}))
		}
		count("imported_calls", c.imported())
		count("reports_without_live", len(c.deliveries) == reports)
		count("unknown_statuses", slices.Contains(flags, "unknown_status"))
		count("flagged_calls", len(flags) > 0)
		count("masked_calls", lastTen(c.customerNumber) == "")
		count("ungrouped_calls", c.group == "")
	}
	source, isOfSource := q.filter.arguments["source"].(string)
	for _, live := range w.unreported {
		if isOfSource && live.source != source {
			continue
		}
		day := w.day(plainCall{started: live.at})
		count("live_without_report", day >= q.from && day <= q.to && live.at.Before(w.through.Add(-6*time.Hour)))
	}
	row := plainRow{"complete_through": w.clockTime(w.through), "last_delivery_at": w.clockTime(w.through)}
	for _, name := range strings.Fields(`reports_received duplicates_removed versions_superseded further_legs calls late_reports imported_calls live_without_report
		reports_without_live rejected_lines files_with_problems unknown_statuses unknown_keys flagged_calls masked_calls ungrouped_calls`) {
		row[name] = f[name]
	}
	return map[string]plainRow{"all calls": row}
}

func (w plainWorld) flagged(q plainQuestion, _ []string) map[string]plainRow {
	rows := map[string]plainRow{}
	for _, flag := range strings.Fields(`talk_over_call end_before_start legs_out_of_order answered_without_talk talk_without_answer clock_mismatch
		derived_talk unknown_talk unknown_duration derived_duration derived_start derived_end derived_wait conflicting_versions no_status
		unknown_status conflicting_values unknown_direction derived_direction duration_mismatch dropped_fraction unreadable_number
		unreadable_value unreadable_time`) {
		count := 0.0
		for _, c := range w.slice(q.stretch(), q.filter) {
			if slices.Contains(c.flags(), flag) {
				count++
			}
		}
		rows[flag] = plainRow{"calls": count}
	}
	return rows
}
