package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"callsheet/internal/job"
	"callsheet/internal/smtptest"
)

// fakeSMTP is an SMTP server that delays its answers and can refuse recipients.
type fakeSMTP struct {
	mutex   sync.Mutex
	arrived map[string][]string // mails by recipient
	refused map[string]*smtp.SMTPError
	onData  func() // called when a mail has been read, before it is answered
	delay   time.Duration
	port    int
}

func startFakeSMTP(t *testing.T) *fakeSMTP {
	t.Helper()
	s := &fakeSMTP{arrived: map[string][]string{}, refused: map[string]*smtp.SMTPError{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{server: s}, nil }))
	server.Domain = "localhost"
	listener := smtptest.Listen(t)
	s.port = listener.Port()
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return s
}

type mailSession struct {
	server *fakeSMTP
	to     string
}

func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }
func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mutex.Lock()
	defer s.server.mutex.Unlock()
	s.to = to
	if err := s.server.refused[to]; err != nil {
		return err
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mutex.Lock()
	onData := s.server.onData
	s.server.mutex.Unlock()
	if onData != nil {
		onData()
	}
	time.Sleep(s.server.delay / 2)
	s.server.mutex.Lock()
	s.server.arrived[s.to] = append(s.server.arrived[s.to], string(text))
	s.server.mutex.Unlock()
	time.Sleep(s.server.delay / 2)
	return nil
}

func (s *fakeSMTP) setOnData(do func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.onData = do
}

func (s *fakeSMTP) refuse(to string, err *smtp.SMTPError) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.refused[to] = err
}

// mails returns the mails delivered to a recipient.
func (s *fakeSMTP) mails(to string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.arrived[to]
}

func (s *fakeSMTP) counts() map[string]int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	counts := map[string]int{}
	for to, mails := range s.arrived {
		counts[to] = len(mails)
	}
	return counts
}

// oneSheet is the definition of a report with one sheet.
const oneSheet = "title: Groups\nsheets:\n  - {kind: table, name: Groups, query: groups, columns: [call_group, calls]}\n"

// reportHome creates a configuration with a mail server and reports, which is the YAML list, and the template one. It returns its path.
func reportHome(t *testing.T, mailServer *fakeSMTP, reports string) (config string) {
	t.Helper()
	config = loaderHome(t)
	text := fmt.Sprintf("data_dir: ./data\nmail: {host: 127.0.0.1, port: %d, tls: none, from: reports@example.com}\nalert_to: [ops@example.com]\nreports:\n%s", mailServer.port, reports)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(filepath.Dir(config), "templates"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(config), "templates", "one.yaml"), []byte(oneSheet), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// callOf returns the delivery of an answered call of a group.
func callOf(n int, group string) string {
	return fmt.Sprintf(`{"CallSid":"1791175502.%d","Direction":"IVR","SourceNumber":"09%08d","DestinationNumber":"01204000001","Status":"ANSWER","StartTime":"2026-10-05  10:15:02","EndTime":"2026-10-05  10:15:51","CallDuration":"49","TalkDuration":"40","LegB_Picked_time":"2026-10-05 10:15:10","call_group":%q,"coins":"1"}`+"\n", n, n, group)
}

// runCallsheet runs the program.
func runCallsheet(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	command := exec.Command("callsheet", args...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

var (
	killedRuns = flag.Int("killedruns", 2, "number of runs that are killed until an attempt finishes")
	burstParts = flag.Int("parts", 9, "number of parts of the burst")
)

// TestKilledRunSendsNothingTwice kills the program during a run and starts it again until it finishes.
func TestKilledRunSendsNothingTwice(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	mailServer := startFakeSMTP(t)
	mailServer.delay = 60 * time.Millisecond
	var posted atomic.Int32
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		posted.Add(1)
	}))
	defer sink.Close()
	recipients := []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com", "f@example.com"}
	config := reportHome(t, mailServer, fmt.Sprintf(`  - {name: one, schedule: "0 8 * * *", deliver: [{mail: {to: [%s]}}, {folder: ./out}, {webhook: {url: %q}}]}
`, strings.Join(recipients, ", "), sink.URL+"/s3cret"))
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "Sales"))
	if code, _, stderr := runCallsheet(t, "--config", config, "load"); code != 0 {
		t.Fatal(stderr)
	}
	kills, unknown := 0, 0
	for day := range *killedRuns {
		mailServer.mutex.Lock()
		clear(mailServer.arrived)
		mailServer.mutex.Unlock()
		posted.Store(0)
		run := []string{"--config", config, "run", "one", "--for", fmt.Sprintf("2026-10-%02dT08:00", 6+day), "--json"}
		summary, killed := killUntilDone(t, mailServer, run)
		kills += killed
		counts := mailServer.counts()
		uncertain := 0
		for _, row := range summary.Runs {
			got := counts[row.Recipient]
			switch {
			case strings.HasPrefix(row.Recipient, "webhook"):
				got = int(posted.Load())
			case !strings.Contains(row.Recipient, "@"):
				got = 1
			}
			switch row.State {
			case job.Sent:
				if got != 1 {
					t.Errorf("%s is sent and got it %d times", row.Recipient, got)
				}
			case job.Unknown:
				uncertain++
				if got > 1 {
					t.Errorf("%s is unknown and got it %d times", row.Recipient, got)
				}
			default:
				t.Errorf("%s is %s: %s", row.Recipient, row.State, row.Error)
			}
		}
		unknown += uncertain
		if len(summary.Runs) != len(recipients)+2 || (summary.State == job.Unknown) != (uncertain > 0) {
			t.Errorf("%d rows, %d unknown, the summary is %s", len(summary.Runs), uncertain, summary.State)
		}
		if uncertain == 0 {
			continue
		}
		if code, _, stderr := runCallsheet(t, append(run, "--resend")...); code != 0 {
			t.Errorf("--resend: exit code %d\n%s", code, stderr)
		}
		duplicates := 0
		for _, to := range recipients {
			got := mailServer.counts()[to]
			if got < 1 {
				t.Errorf("after --resend %s has no mail", to)
			}
			duplicates += got - 1
		}
		if duplicates+int(posted.Load())-1 > uncertain {
			t.Errorf("%d got it twice, %d were unknown", duplicates, uncertain)
		}
	}
	t.Logf("%d kills, %d of them while something was being sent", kills, unknown)
	out := filepath.Join(filepath.Dir(config), "out")
	if got, err := filepath.Glob(filepath.Join(out, "one-*.xlsx")); err != nil || len(got) != *killedRuns {
		t.Errorf("the folder has %v, %v", got, err)
	}
	// A later run removes partial files that killed runs have left.
	partial := filepath.Join(out, ".callsheet-1.tmp")
	if err := os.WriteFile(partial, []byte("partial"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(partial, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06T08:00"); code != 0 {
		t.Error(stderr)
	}
	if _, err := os.Stat(partial); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a partial file of two hours ago is still there: %v", err)
	}
}

// killUntilDone kills a run and starts it again until it finishes. It kills it at a random time and while a mail is sent, in turns. The
// random time grows, so that a run finishes on a slow machine as well.
func killUntilDone(t *testing.T, mailServer *fakeSMTP, run []string) (summary runJSON, kills int) {
	t.Helper()
	limit := 300 * time.Millisecond
	for {
		process := exec.Command("callsheet", run...)
		var out, log bytes.Buffer
		process.Stdout, process.Stderr = &out, &log
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		killIn := func(wait time.Duration) { time.AfterFunc(wait, func() { process.Process.Kill() }) }
		if kills%2 == 0 {
			killIn(50*time.Millisecond + rand.N(limit))
			limit += limit / 4
		} else {
			mailServer.setOnData(func() { killIn(rand.N(mailServer.delay)) })
		}
		process.Wait()
		mailServer.setOnData(nil)
		if process.ProcessState.ExitCode() < 0 {
			kills++
			continue
		}
		if err := json.Unmarshal(out.Bytes(), &summary); err != nil {
			t.Fatalf("%v\n%s%s", err, out.String(), log.String())
		}
		return summary, kills
	}
}

// TestBurstSendsEachPartToItsRecipients has one part with a full mailbox and one without recipients.
func TestBurstSendsEachPartToItsRecipients(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	mailServer := startFakeSMTP(t)
	config := reportHome(t, mailServer, `  - name: one
    burst: call_group
    deliver: [{mail: {recipients_query: recipients.sql, subject: "{title} for {part}"}}, {folder: ./out, name: "{part}/{period}.xlsx"}]
`)
	statement := "select call_group as part, lower(replace(call_group, ' ', '-')) || '@example.com' as address from calls where call_group <> 'Group 7' group by all\nunion all select 'Nobody''s', 'nobody@example.com'"
	if err := os.WriteFile(filepath.Join(filepath.Dir(config), "recipients.sql"), []byte(statement), 0o600); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for i := range *burstParts {
		lines.WriteString(callOf(i, fmt.Sprintf("Group %d", i)))
	}
	lines.WriteString(callOf(999, ""))
	appendLine(t, config, "2026-10-05.ndjson", lines.String())
	mailServer.refuse("group-3@example.com", &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "mailbox is full"})
	code, stdout, stderr := runCallsheet(t, "--config", config, "run", "one", "--for", "2026-10-06T08:00", "--json")
	var summary runJSON
	if err := json.Unmarshal([]byte(stdout), &summary); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	if code != 3 || summary.State != job.Partial || !strings.Contains(stderr, fmt.Sprint("2 of ", 2**burstParts)) {
		t.Errorf("exit code %d, %s\n%s", code, summary.State, stderr)
	}
	mailServer.mutex.Lock()
	defer mailServer.mutex.Unlock()
	if len(mailServer.arrived) != *burstParts-2+1 { // all but those two, and the operator
		t.Errorf("%d recipients have mail: %q", len(mailServer.arrived), slices.Sorted(maps.Keys(mailServer.arrived)))
	}
	for i := range *burstParts {
		to := fmt.Sprintf("group-%d@example.com", i)
		mails := mailServer.arrived[to]
		want := 1
		if i == 3 || i == 7 {
			want = 0
		}
		if len(mails) != want || want == 1 && (!strings.Contains(mails[0], fmt.Sprintf("Subject: Groups for Group %d\r\n", i)) || strings.Contains(mails[0], "Group 999")) {
			t.Errorf("%s has %d mails", to, len(mails))
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(config), "out", fmt.Sprintf("Group %d", i), "2026-10-05.xlsx")); err != nil {
			t.Error(err)
		}
	}
	if alert := mailServer.arrived["ops@example.com"]; len(alert) != 1 || !strings.Contains(alert[0], "mailbox is full") || !strings.Contains(alert[0], "no recipients") {
		t.Errorf("the operator has %q", alert)
	}
	_, stdout, _ = runCallsheet(t, "--config", config, "sql", "select state, count(*) as n from report_runs group by all order by all", "--format", "csv")
	// Each part has a mail, a file and a summary, and the run has a summary.
	if want := fmt.Sprintf("state,n\nfailed,2\npartly,3\nsent,%d\n", 3**burstParts-4); stdout != want && stdout != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("report_runs has\n%s", stdout)
	}
}
