// Package reports writes the spools that the benchmarks load, with realistic call reports.
package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

var india = time.FixedZone("", 5*3600+1800)

// First is the first day of the benchmarks' last month.
var First = time.Date(2026, 9, 1, 0, 0, 0, 0, india)

// Home is a configuration with a spool and databases.
type Home struct {
	Config, Data, Spool string
	// OutgoingEvery makes every nth call outgoing; none if 0.
	OutgoingEvery int
}

// NewHome creates one in a folder.
func NewHome(dir, name string, publish bool) (*Home, error) {
	h := &Home{Config: filepath.Join(dir, name+".yaml"), Data: filepath.Join(dir, name)}
	h.Spool = filepath.Join(h.Data, "spool")
	return h, errors.Join(os.MkdirAll(h.Spool, 0o700), h.Configure(publish))
}

// Configure writes the configuration.
func (h *Home) Configure(publish bool) error {
	return os.WriteFile(h.Config, fmt.Appendf(nil, "data_dir: %s\nstore:\n  publish: %t\n", h.Data, publish), 0o600)
}

// Empty removes the databases and a file of another program, if other is not empty.
func (h *Home) Empty(other string) error {
	for _, path := range []string{filepath.Join(h.Data, "calls.duckdb"), filepath.Join(h.Data, "published", "calls.duckdb"), other} {
		if err := os.Remove(path); path != "" && err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// DayFile returns the spool file of a day.
func (h *Home) DayFile(day time.Time) string {
	return filepath.Join(h.Spool, day.Format(time.DateOnly)+".ndjson")
}

// Write writes calls over days, one file per day, as the collector would. number is the number of the first call. It returns the bytes
// written.
func (h *Home) Write(from time.Time, days, calls, number int) (bytes int64, err error) {
	rng := rand.New(rand.NewPCG(uint64(number), 1))
	for day := range days {
		file, err := os.OpenFile(h.DayFile(from.AddDate(0, 0, day)), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return bytes, err
		}
		lines := bufio.NewWriterSize(file, 1<<20)
		share := calls*(day+1)/days - calls*day/days
		var line []byte
		for i := range share {
			open := from.AddDate(0, 0, day).Add(9*time.Hour + 11*time.Hour*time.Duration(i)/time.Duration(share))
			line = h.appendReport(line[:0], rng, open.Truncate(time.Second), number)
			bytes += int64(len(line))
			number++
			if _, err := lines.Write(line); err != nil {
				return bytes, err
			}
		}
		if err := errors.Join(lines.Flush(), file.Close()); err != nil {
			return bytes, err
		}
	}
	return bytes, nil
}

// appendReport appends the spool line of a call with a start time.
func (h *Home) appendReport(to []byte, rng *rand.Rand, start time.Time, number int) []byte {
	wait, talk := time.Duration(2+rng.IntN(38))*time.Second, time.Duration(5+rng.IntN(595))*time.Second
	status, picked := "ANSWER", start.Add(wait).Format(time.DateTime)
	if rng.IntN(5) == 0 {
		status, picked, talk = "NOANSWER", "", 0
	}
	end := start.Add(wait + talk)
	phone := rng.IntN(100)
	agent := phone
	if phone%10 == 0 && start.Hour() >= 15 {
		agent = 100 + phone // a phone that two agents share, one after the other
	}
	source, dialled, direction := fmt.Sprintf("09%09d", rng.IntN(400_000)), fmt.Sprintf("92800000%02d", phone), "IVR"
	if h.OutgoingEvery > 0 && number%h.OutgoingEvery == 0 {
		source, dialled, direction = dialled, source, "WEBOBD"
	}
	const two = "2006-01-02  15:04:05"
	return fmt.Appendf(to, `{"id":"01K6%022d","received_at":"%s","source":"main","kind":"call_report","encoding":"json","payload":`+
		`{"SourceNumber":"%s","DestinationNumber":"0120400000%d","DialWhomNumber":"%s","CallDuration":"%.0f","coins":"1",`+
		`"Status":"%s","StartTime":"%s","EndTime":"%s","CallSid":"%d.%d","CallRecordingUrl":"https://callrecords.example.io/incoming/01_%s",`+
		`"Direction":"%s","campid":"","TalkDuration":"%.0f","call_group":"Group%d","receiver_name":"Agent%d","error_code":"",`+
		`"LegA_Picked_time":"%s","LegB_Start_time":"%s","LegB_Picked_time":"%s"}}`+"\n",
		number, end.Format("2006-01-02T15:04:05.000000Z07:00"), source, 1+rng.IntN(9), dialled, (wait + talk).Seconds(),
		status, start.Format(two), end.Format(two), start.Unix(), 9_604_000+number, start.Format("20060102150405")+strconv.Itoa(number%10),
		direction, talk.Seconds(), 1+phone/5, 1+agent, start.Format(two), start.Format(two), picked)
}
