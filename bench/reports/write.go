package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	duplicatePercent = 3 // of deliveries that arrive twice
	correctedPercent = 2 // of reports that a second one with other coins follows
)

// delivery is a line of the spool without its id.
type delivery struct {
	receivedAt time.Time
	source     source
	kind       string
	payload    []byte
}

// Write writes the deliveries of calls over days, one file per day, in the order in which a collector would have received them. number is
// the number of the first call. It returns the lines and bytes written, before compression.
func (h *Home) Write(from time.Time, days, calls, number int) (lines, bytes int64, err error) {
	rng := rand.New(rand.NewPCG(uint64(number), 1))
	for day := range days {
		share := calls*(day+1)/days - calls*day/days
		var received []delivery
		for i := range share {
			start := from.AddDate(0, 0, day).Add(9*time.Hour + 11*time.Hour*time.Duration(i)/time.Duration(share)).Truncate(time.Second)
			received = h.appendCall(received, rng, start, number+i)
		}
		slices.SortStableFunc(received, func(a, b delivery) int { return a.receivedAt.Compare(b.receivedAt) })
		n, err := h.writeDay(from.AddDate(0, 0, day), received, number)
		lines, bytes = lines+int64(len(received)), bytes+n
		if err != nil {
			return lines, bytes, err
		}
		number += share
	}
	return lines, bytes, nil
}

// writeDay writes the file of a day. firstCall makes its ids unique.
func (h *Home) writeDay(day time.Time, received []delivery, firstCall int) (bytes int64, err error) {
	file, err := os.OpenFile(h.DayFile(day), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	to := io.WriteCloser(file)
	if h.Compressed {
		if to, err = zstd.NewWriter(file, zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
			return 0, err
		}
	}
	buffered := bufio.NewWriterSize(to, 1<<20)
	for i, d := range received {
		n, err := fmt.Fprintf(buffered, `{"id":"01K6%011d%011d","received_at":"%s","source":"%s","kind":"%s","encoding":"json","payload":%s}`+"\n",
			firstCall, i, d.receivedAt.Format("2006-01-02T15:04:05.000000Z07:00"), d.source.name, d.kind, d.payload)
		if bytes += int64(n); err != nil {
			return bytes, err
		}
	}
	err = errors.Join(buffered.Flush(), to.Close())
	if h.Compressed {
		err = errors.Join(err, file.Close())
	}
	return bytes, err
}

// appendCall appends the deliveries of a call with a start time.
func (h *Home) appendCall(to []delivery, rng *rand.Rand, start time.Time, number int) []delivery {
	from := sources[0]
	if number%3 == 0 && !h.OneSource {
		from = sources[1]
	}
	c := newCall(rng, start.In(from.location), number, h.OutgoingEvery > 0 && number%h.OutgoingEvery == 0)
	first := len(to)
	add := func(after time.Duration, kind string, payload []byte) {
		to = append(to, delivery{start.Add(after + time.Duration(rng.IntN(900_000))*time.Microsecond), from, kind, payload})
	}
	for i, event := range c.live()[:h.LiveEvents] {
		add(c.wait*time.Duration(i)/2, "live_call", event)
	}
	add(c.wait+c.talk, "call_report", c.report())
	if rng.IntN(100) < correctedPercent {
		c.coins++
		add(c.wait+c.talk+time.Duration(10+rng.IntN(3000))*time.Second, "call_report", c.report())
	}
	for _, d := range to[first:len(to):len(to)] {
		if rng.IntN(100) < duplicatePercent {
			d.receivedAt = d.receivedAt.Add(time.Duration(1+rng.IntN(60)) * time.Second)
			to = append(to, d)
		}
	}
	return to
}

// call is a call as the vendor describes it. Its times are in the zone of the source.
type call struct {
	start                               time.Time
	wait, talk                          time.Duration
	answered                            bool
	from, to, dialled, direction, group string
	agent, sid, recording               string
	coins                               int
}

func newCall(rng *rand.Rand, start time.Time, n int, outgoing bool) call {
	at, line := rng.IntN(phones), rng.IntN(numbers)
	c := call{
		start: start, wait: time.Duration(2+rng.IntN(38)) * time.Second, talk: time.Duration(5+rng.IntN(595)) * time.Second,
		answered: rng.IntN(5) > 0, from: fmt.Sprintf("09%09d", rng.IntN(400_000)), to: number(line), dialled: phone(at), direction: "IVR",
		group: group(at % groups), agent: agent(at, start.In(india)), sid: fmt.Sprintf("%d.%d", start.Unix(), 9_604_000+n), coins: 1,
		recording: "https://callrecords.example.io/incoming/01_" + start.Format("20060102150405") + fmt.Sprint(n%10),
	}
	if !c.answered {
		c.talk = 0
		if rng.IntN(2) == 0 { // half of the missed calls have no group and agent
			c.group, c.agent = "", "0"
		}
	}
	if outgoing {
		c.from, c.dialled, c.direction = c.dialled, c.from, "WEBOBD"
	}
	return c
}

// Deliveries returns the payloads of an incoming call of the first source that begins at a time: three live events, then the report.
func Deliveries(rng *rand.Rand, start time.Time, number int) [][]byte {
	c := newCall(rng, start.In(sources[0].location), number, false)
	return append(c.live(), c.report())
}

// Hook is the path at which a collector with the configuration receives deliveries of the first source.
func Hook() string { return "/hooks/" + sources[0].name + "/" + token(sources[0]) }

// Groups are the names of all groups.
func Groups() (names []string) {
	for i := range groups {
		names = append(names, group(i))
	}
	return names
}

// wide is the vendor's format of the start and the end, with two spaces.
const wide = "2006-01-02  15:04:05"

// live returns the payloads of its live events.
func (c *call) live() (events [][]byte) {
	last := "Ringing"
	if c.answered {
		last = "Picked"
	}
	for i, status := range []string{"Ringing", "Transfer to agent", last} {
		dialled := c.dialled
		if i == 0 { // the caller is in the menu
			dialled = ""
		}
		events = append(events, fmt.Appendf(nil, `{"SourceNumber":"%s","DestinationNumber":"%s","DialWhomNumber":"%s","Status":"%s","StartTime":"%s",`+
			`"CallSid":"%s","Direction":"%s","call_group":"%s"}`, c.from, c.to, dialled, status, c.start.Format(wide), c.sid, c.direction, c.group))
	}
	return events
}

// report returns the payload of its report.
func (c *call) report() []byte {
	end := c.start.Add(c.wait + c.talk)
	status, picked := "NOANSWER", ""
	if c.answered {
		status, picked = "ANSWER", c.start.Add(c.wait).Format(time.DateTime)
	}
	return fmt.Appendf(nil, `{"SourceNumber":"%s","DestinationNumber":"%s","DialWhomNumber":"%s","CallDuration":"%.0f","coins":"%d",`+
		`"Status":"%s","StartTime":"%s","EndTime":"%s","CallSid":"%s","CallRecordingUrl":"%s",`+
		`"Direction":"%s","campid":"","TalkDuration":"%.0f","call_group":"%s","receiver_name":"%s","error_code":"",`+
		`"LegA_Picked_time":"%s","LegB_Start_time":"%s","LegB_Picked_time":"%s"}`,
		c.from, c.to, c.dialled, (c.wait + c.talk).Seconds(), c.coins, status, c.start.Format(wide), end.Format(wide), c.sid, c.recording,
		c.direction, c.talk.Seconds(), c.group, c.agent, c.start.Format(time.DateTime), c.start.Format(time.DateTime), picked)
}
