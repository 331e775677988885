package main

import (
	"callsheet/internal/servertest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestPromptOnATerminal types a statement of several lines, dot commands, Tab, mistakes, Ctrl-C and Ctrl-D, while newer data is
// published.
func TestPromptOnATerminal(t *testing.T) {
	skipIfShort(t)
	state := t.TempDir()
	config := promptHome(t, "")
	p := startPrompt(t, config, "PAGER=sed s/^/paged:/", "XDG_STATE_HOME="+state)
	p.expect(".help for help")

	p.enter("select count(*) + 100 as calls")
	p.expect("...>")
	p.enter("from calls where call_sid <> 'a;b' -- and;")
	p.enter("  ;")
	p.expect("102\r\n1 row, ")

	p.enter(".timing off")
	p.enter(".metrics recovered_by")
	p.expect("recovered_by_return")
	p.enter(".schema loads")
	p.expect("last_received_at  TIMESTAMP WITH TIME ZONE")
	p.enter(".nonsense")
	p.expect("hint: .help lists the commands")
	p.enter("select nothing from calls;")
	p.expect("LINE 1: select nothing from calls") // and not the wrapped statement
	p.enter("create temp table mine as select 'kept' as here; from mine;")
	p.expect("kept\r\n")
	p.write("select 6 * 7 as x from metric_cat\t limit 1;\r")
	p.expect("42\r\n")
	p.enter("from calls;") // wider than the screen
	p.expect("paged:source")
	p.enter(".timing on")
	p.enter("from range(100000000000) a, range(1000) b;")
	p.expect("10,000 rows, ")

	p.write("select count(*) from range(100000000000) a, range(1000) b;\r")
	p.stop()
	p.enter(".limit 10ms")
	p.enter("select count(*) from range(100000000000) a, range(1000) b;")
	p.expect("took longer than 10ms")
	p.enter(".limit 500ms")
	p.enter("select levenshtein(repeat('a', 500000), repeat('b', 500000));") // which ignores interrupts
	p.expect("took longer than 500ms")
	p.expect("temporary tables are gone")
	p.enter(".limit 1m")
	p.write("select levenshtein(repeat('a', 500000), repeat('b', 500000));\r")
	p.stop()
	p.enter("select length(repeat('x', 1000000000));")
	p.expect("needed more than 200MB and was stopped")
	p.enter("select 'limit' || 'less';")
	p.expect("limitless\r\n")
	p.write("select nonsense")
	p.discard()
	p.enter("select 'still ' || 'here';")
	p.expect("still here\r\n")

	loadSamples(t, config, "report_outgoing_answered", "report_outgoing_customer_busy")
	p.enter("select 'now ' || count(*) as calls from calls;")
	p.expect("newer data: published")
	p.expect("now 4\r\n")

	p.write("\x04")
	if err := p.command.Wait(); err != nil {
		t.Errorf("exited with %v\n%s", err, p.seen)
	}
	history, err := os.ReadFile(filepath.Join(state, "callsheet", "history"))
	if want := "select count(*) + 100 as calls from calls where call_sid <> 'a;b' ;\n.timing off\n"; err != nil || !strings.HasPrefix(string(history), want) {
		t.Errorf("the history is %q, %v; want first %q", history, err, want)
	}
}

// TestPromptDoesNotBlockLoads reads the database itself, as without a published copy.
func TestPromptDoesNotBlockLoads(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	config := promptHome(t, "store: {publish: false}\n")
	p := startPrompt(t, config, "PAGER=", "XDG_STATE_HOME="+t.TempDir())
	p.enter("select 'now ' || count(*) as calls from calls;")
	p.expect("now 2\r\n")
	p.expect("callsheet> ")
	loadSamples(t, config, "report_outgoing_answered")
	p.enter("select 'now ' || count(*) as calls from calls;")
	p.expect("now 3\r\n")
	p.enter("create temp table mine as select 1; from mine;") // it would be gone
	p.expect("keeps no temporary tables")
	p.enter(".quit")
	if err := p.command.Wait(); err != nil {
		t.Errorf("exited with %v\n%s", err, p.seen)
	}
}

// promptHome writes a configuration and a database of two calls.
func promptHome(t *testing.T, settings string) (config string) {
	t.Helper()
	config = loaderHome(t)
	if err := os.WriteFile(config, []byte("data_dir: ./data\n"+settings), 0o600); err != nil {
		t.Fatal(err)
	}
	loadSamples(t, config, "report_answered", "report_missed")
	return config
}

// loadSamples adds samples to the spool and loads them.
func loadSamples(t *testing.T, config string, names ...string) {
	t.Helper()
	for _, name := range names {
		line, err := os.ReadFile("../../internal/collector/testdata/samples/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		appendLine(t, config, "2026-10-05.ndjson", strings.TrimSpace(string(line))+"\n")
	}
	if out, err := exec.Command("callsheet", "--config", config, "load").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// terminal is a pseudo-terminal with a running prompt.
type terminal struct {
	t       *testing.T
	command *exec.Cmd
	file    *os.File
	output  chan string
	seen    string // output since the last expected text
}

func startPrompt(t *testing.T, config string, environment ...string) *terminal {
	t.Helper()
	p := &terminal{t: t, command: exec.Command("callsheet", "--config", config, "sql", "--memory", "200MB"), output: make(chan string)}
	p.command.Env = append(os.Environ(), append(environment, "TERM=xterm")...)
	var err error
	if p.file, err = pty.StartWithSize(p.command, &pty.Winsize{Cols: 120, Rows: 40}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(p.output)
		buffer := make([]byte, 4096)
		for {
			n, err := p.file.Read(buffer)
			select {
			case p.output <- string(buffer[:n]):
			case <-ended:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		close(ended)
		p.command.Process.Kill()
		p.file.Close()
	})
	return p
}

func (p *terminal) write(keys string) {
	p.t.Helper()
	if _, err := p.file.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

func (p *terminal) enter(line string) {
	p.t.Helper()
	p.write(line + "\r")
}

// expect waits for output and discards everything up to it.
func (p *terminal) expect(want string) {
	p.t.Helper()
	p.pressUntil("", want)
}

// stop presses Ctrl-C until the running statement has stopped.
func (p *terminal) stop() {
	p.t.Helper()
	p.pressUntil("\x03", "stopped")
	p.discard() // a Ctrl-C that came after the statement must not stop the next one
}

// discard presses Ctrl-C at the prompt, where it discards the input. It waits until the editor reads keys: before, Ctrl-C is a
// signal.
func (p *terminal) discard() {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		mode, err := unix.IoctlGetTermios(int(p.file.Fd()), unix.TCGETS)
		if err != nil {
			p.t.Fatal(err)
		}
		if mode.Lflag&unix.ISIG == 0 {
			break
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("no prompt in\n%s", p.seen)
		}
	}
	p.write("\x03")
	p.expect("^C")
	p.expect("callsheet> ")
}

// pressUntil presses keys repeatedly until the output appears: a test cannot see when a statement has begun to run.
func (p *terminal) pressUntil(keys, want string) {
	p.t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(30 * time.Second)
	for {
		if _, after, found := strings.Cut(p.seen, want); found {
			p.seen = after
			return
		}
		select {
		case text, ok := <-p.output:
			if !ok {
				p.t.Fatalf("the prompt ended without %q:\n%s", want, p.seen)
			}
			p.seen += text
		case <-ticker.C:
			p.write(keys)
		case <-deadline:
			p.t.Fatalf("no %q in\n%s", want, p.seen)
		}
	}
}

// TestServeStopsWithItsTerminal closes the terminal on which serve was started.
func TestServeStopsWithItsTerminal(t *testing.T) {
	t.Parallel()
	s := &reloading{served: &served{t: t, dir: t.TempDir(), address: servertest.FreeAddress(), log: &syncedBuffer{}}}
	s.write(oneSource("a-token-for-tests", ""))
	s.process = exec.Command("callsheet", "--config", s.path(), "serve")
	terminal, err := pty.Start(s.process)
	if err != nil {
		t.Fatal(err)
	}
	defer s.process.Process.Kill()
	if err := waitReady(s.address); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	ended := make(chan error, 1)
	go func() { ended <- s.process.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("it does not stop")
	}
}
