package importer

import (
	"strings"
	"testing"
)

func TestAColumnOfDatesIsTheDayOfTimesOfDay(t *testing.T) {
	for name, c := range map[string]struct{ headings, row, want string }{
		"start and end":            {"Date,Start Time,End Time", "25-10-2026,10:15:02,10:15:51", `"EndTime":"2026-10-25 10:15:51","StartTime":"2026-10-25 10:15:02"`},
		"past midnight":            {"Date,Start Time,End Time", "25-10-2026,23:59:30,00:01:02", `"EndTime":"2026-10-26 00:01:02","StartTime":"2026-10-25 23:59:30"`},
		"at midnight":              {"Date,Start Time,End Time", "2026-10-31,23:59:30,00:00:00", `"EndTime":"2026-11-01 00:00:00","StartTime":"2026-10-31 23:59:30"`},
		"past midnight in words":   {"Date,Start Time,End Time", "31-Oct-2026,11:59 PM,12:01 am", `"EndTime":"2026-11-01 12:01 am","StartTime":"31-Oct-2026 11:59 PM"`},
		"an end before the start":  {"Date,Start Time,End Time", "25-10-2026,10:15:02,10:15:01", `"EndTime":"2026-10-25 10:15:01","StartTime":"2026-10-25 10:15:02"`},
		"the vendor's zero":        {"Date,Start Time,End Time", "25-10-2026,10:15:02,00:00:00", `"EndTime":"00:00:00","StartTime":"2026-10-25 10:15:02"`},
		"no end":                   {"Date,Start Time,End Time", "25-10-2026,10:15:02,-", `"EndTime":"-","StartTime":"2026-10-25 10:15:02"`},
		"date, time and end":       {"Date,Time,End Time", "25-10-2026,10:15,10:16", `"EndTime":"2026-10-25 10:16","StartTime":"2026-10-25 10:15"`},
		"a whole end":              {"Date,Start Time,End Time", "25-10-2026,10:15:02,25-10-2026 10:15:51", `"EndTime":"2026-10-25 10:15:51","StartTime":"2026-10-25 10:15:02"`},
		"a whole start":            {"Start Time,End Time", "25-10-2026 23:15:02,01:15:51", `"StartTime":"2026-10-25 23:15:02","EndTime":"2026-10-26 01:15:51"`},
		"a whole start and a date": {"Date,Start Time,End Time", "25-10-2026,25-10-2026 10:15:02,10:15:51", `"Date":"25-10-2026","StartTime":"2026-10-25 10:15:02","EndTime":"2026-10-25 10:15:51"`},
		"a leg":                    {"Date,Start Time,LegA_Picked_time", "25-10-2026,10:15:02,10:15:09", `"LegA_Picked_time":"2026-10-25 10:15:09","StartTime":"2026-10-25 10:15:02"`},
		"a day that is not known":  {"Date,Start Time,End Time", "Sunday,23:59:30,00:01:02", `"EndTime":"00:01:02","StartTime":"Sunday 23:59:30"`},
		"no date":                  {"Start Time,End Time", "10:15:02,10:15:51", `"StartTime":"10:15:02","EndTime":"10:15:51"`},
	} {
		got, _, err := readContent(t, testReading(t), "CallSid,Talk,"+c.headings+"\n1.1,40,"+c.row+"\n")
		if err != nil || len(got) != 1 || !strings.HasSuffix(got[0], `"TalkDuration":"40",`+c.want+"}") {
			t.Errorf("%s: %v %v\nwant %s", name, got, err, c.want)
		}
	}
}
