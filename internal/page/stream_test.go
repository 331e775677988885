package page

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsheet/internal/spool"
)

func TestACallAppearsChangesAndLeaves(t *testing.T) {
	s := startSite(t, Options{})
	calls, wall := s.browser().stream("/live/stream?view=live"), s.browser().stream("/live/stream?view=wall")
	calls.until("No calls in progress", true)
	s.deliver("1001", "Sales", "", "Ringing")
	calls.until(`(?s)class="waiting".*•••1001`, true)
	wall.until(`(?s)Sales</h2>\s*<p class="level">Within 20 s`, true)
	s.deliver("1001", "Sales", "9280000001", "Transfer to agent")
	calls.until(`(?s)class="ringing".*9280000001`, true)
	s.deliver("1001", "Sales", "9280000001", "Picked")
	calls.until(`(?s)class="talking".*9280000001`, true)
	wall.until(`Nobody waits`, true)
	// A transfer rings the next phone; the caller has been answered.
	s.deliver("1001", "Sales", "9280000002", "Transfer to agent")
	calls.until(`(?s)class="ringing".*9280000002`, true)
	if a := s.browser().get("/wall"); !strings.Contains(a.text, "Nobody waits") {
		t.Errorf("a transferred caller waits:\n%s", a.text)
	}
	s.deliver("1001", "Sales", "98xxxx0003", "Picked") // a masked number is no agent
	calls.until(`(?s)class="talking".*Not known.*No agent has a call`, true)
	s.deliver("1001", "Sales", "9280000001", "")
	calls.until("•••1001", false) // the digits alone can be those of a time
	// A page that is opened later shows the same, and so does one after a restart.
	s.deliver("1002", "Sales", "9280000002", "Picked")
	s.browser().stream("/live/stream?view=live").until("9280000002", true)
	s.stop()
	s.start()
	if a := s.browser().get("/"); !strings.Contains(a.text, "9280000002") || strings.Contains(a.text, "•••1001") || strings.Contains(a.text, "9876541002") {
		t.Errorf("after a restart:\n%s", a.text)
	}
}

func (s *site) stuckBrowser() {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(1 << 10); err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /live/stream?view=live HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

func TestAStuckBrowserDelaysNobody(t *testing.T) {
	s := startSite(t, Options{})
	s.stuckBrowser()
	open := s.browser().stream("/live/stream?view=live")
	for i := range 300 {
		s.deliver(fmt.Sprint(3000+i), strings.Repeat("Sales ", 300), "", "Ringing")
		if i%20 == 19 && i < 200 { // as many as are shown
			open.until(fmt.Sprint(3000+i-19), true)
		}
	}
	open.until("And 100 more calls", true)
}

func TestAStuckBrowserIsDropped(t *testing.T) {
	s := startSite(t, Options{Now: func() time.Time { return time.Now().Add(200*time.Millisecond - sendTimeout) }})
	s.stuckBrowser()
	wait := func(what string, happened func() bool) {
		t.Helper()
		for end := time.Now().Add(60 * time.Second); !happened(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("timed out waiting for " + what)
			}
		}
	}
	wait("the stream", func() bool { return len(s.server.streams) == 1 })
	n := 0
	wait("its end", func() bool {
		n++
		s.deliver(fmt.Sprint(4000+n), strings.Repeat("Sales ", 500), "", "Ringing")
		return len(s.server.streams) == 0
	})
}

func TestADiskThatHangsIsShown(t *testing.T) {
	s := startSite(t, Options{})
	open := s.browser().stream("/live/stream?view=live")
	open.until("No calls", true)
	s.server.noteStuck(time.Now().Add(stuckAfter + time.Second)) // as if no poll had ended since
	open.until("Deliveries cannot be read since", true)
	open.until("cannot be read", false) // the next poll
	if !strings.Contains(s.log.String(), "the disk does not respond") || !strings.Contains(s.log.String(), "can be read again") {
		t.Errorf("the log has\n%s", s.log.String())
	}
}

func TestTextsOfDeliveriesAreEscaped(t *testing.T) {
	s := startSite(t, Options{})
	const group = `<script>alert(1)</script>"'>`
	e := spool.Envelope{Source: "main", Kind: spool.KindLiveCall, Encoding: spool.EncodingJSON}
	e.Payload, _ = json.Marshal(map[string]string{"CallSid": "1", "Status": "Picked", "call_group": group, "DialWhomNumber": group, "SourceNumber": group, "DestinationNumber": group})
	if err := s.spool.Append(t.Context(), []spool.Envelope{e}, nil); err != nil {
		t.Fatal(err)
	}
	text := s.browser().stream("/live/stream?view=live").until("alert", true)
	for _, text := range []string{text, s.browser().get("/").text, s.browser().get("/wall").text, s.browser().get("/?" + url.Values{"group": {group}}.Encode()).text} {
		if strings.Contains(text, "<script>alert") || !strings.Contains(text, "&lt;script&gt;") {
			t.Errorf("a text is not escaped:\n%s", text)
		}
	}
}

func TestASpoolThatCannotBeReadIsShown(t *testing.T) {
	s := startSite(t, Options{})
	open := s.browser().stream("/live/stream?view=live")
	open.until("No calls", true)
	dir := filepath.Join(filepath.Dir(s.options.SessionFile), "spool")
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	open.until("Deliveries cannot be read since [0-9]+:", true)
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	open.until("cannot be read", false)
}
