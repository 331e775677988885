package main

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

var (
	india = time.FixedZone("", 5*3600+1800)
	first = time.Date(2026, 9, 1, 0, 0, 0, 0, india)
)

// home is a configuration with a spool and databases.
type home struct {
	config, data, spool string
}

func newHome(dir, name string, publish bool) (*home, error) {
	h := &home{config: filepath.Join(dir, name+".yaml"), data: filepath.Join(dir, name)}
	h.spool = filepath.Join(h.data, "spool")
	return h, errors.Join(os.MkdirAll(h.spool, 0o700), h.configure(publish))
}

func (h *home) configure(publish bool) error {
	return os.WriteFile(h.config, fmt.Appendf(nil, "data_dir: %s\nstore:\n  publish: %t\n", h.data, publish), 0o600)
}

// empty removes the databases, and the file of another program's.
func (h *home) empty(other string) error {
	for _, path := range []string{filepath.Join(h.data, "calls.duckdb"), filepath.Join(h.data, "published", "calls.duckdb"), other} {
		if err := os.Remove(path); path != "" && err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (h *home) dayFile(day time.Time) string {
	return filepath.Join(h.spool, day.Format(time.DateOnly)+".ndjson")
}

// writeReports writes calls over days, a file each, as the collector would; number is that of the first. It returns the bytes.
func (h *home) writeReports(from time.Time, days, calls, number int) (bytes int64, err error) {
	dice := rand.New(rand.NewPCG(uint64(number), 1))
	for day := range days {
		file, err := os.OpenFile(h.dayFile(from.AddDate(0, 0, day)), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return bytes, err
		}
		lines := bufio.NewWriterSize(file, 1<<20)
		share := calls*(day+1)/days - calls*day/days
		var line []byte
		for i := range share {
			open := from.AddDate(0, 0, day).Add(9*time.Hour + 11*time.Hour*time.Duration(i)/time.Duration(share))
			line = appendReport(line[:0], dice, open.Truncate(time.Second), number)
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

// appendReport appends the spool's line of a call that began at a moment.
func appendReport(to []byte, dice *rand.Rand, start time.Time, number int) []byte {
	wait, talk := time.Duration(2+dice.IntN(38))*time.Second, time.Duration(5+dice.IntN(595))*time.Second
	status, picked := "ANSWER", start.Add(wait).Format(time.DateTime)
	if dice.IntN(5) == 0 {
		status, picked, talk = "NOANSWER", "", 0
	}
	end := start.Add(wait + talk)
	const two = "2006-01-02  15:04:05"
	return fmt.Appendf(to, `{"id":"01K6%022d","received_at":"%s","source":"main","kind":"call_report","encoding":"json","payload":`+
		`{"SourceNumber":"09%09d","DestinationNumber":"0120400000%d","DialWhomNumber":"92800000%02d","CallDuration":"%.0f","coins":"1",`+
		`"Status":"%s","StartTime":"%s","EndTime":"%s","CallSid":"%d.%d","CallRecordingUrl":"https://callrecords.example.io/incoming/01_%s",`+
		`"Direction":"IVR","campid":"","TalkDuration":"%.0f","call_group":"Group%d","receiver_name":"Agent%d","error_code":"",`+
		`"LegA_Picked_time":"%s","LegB_Start_time":"%s","LegB_Picked_time":"%s"}}`+"\n",
		number, end.Format("2006-01-02T15:04:05.000000Z07:00"), dice.IntN(400_000), 1+dice.IntN(9), dice.IntN(100), (wait + talk).Seconds(),
		status, start.Format(two), end.Format(two), start.Unix(), 9_604_000+number, start.Format("20060102150405")+strconv.Itoa(number%10),
		talk.Seconds(), 1+dice.IntN(20), 1+dice.IntN(60), start.Format(two), start.Format(two), picked)
}
