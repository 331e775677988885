package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain runs the child too.
func TestMain(m *testing.M) {
	if os.Getenv("CHILD_TEST_PARENT") != "" {
		parentOfSleeper()
	}
	parent, err := Attach()
	if err != nil {
		panic(err)
	}
	if parent == nil {
		os.Exit(m.Run())
	}
	play(parent, os.Args[1])
}

// play runs the role of a child in a test.
func play(parent *Parent, part string) {
	switch part {
	case "answer":
		fmt.Print("to standard output")
		for i := range 3 {
			parent.Send(i)
		}
		parent.End(Outcome{Code: 3, Error: "something needs attention"})
		os.Exit(3)
	case "panic":
		panic("of the test")
	case "segv":
		syscall.Kill(os.Getpid(), syscall.SIGSEGV)
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "quit":
		os.Exit(0)
	case "memory":
		var kept [][]byte
		for {
			block := bytes.Repeat([]byte{1}, 1<<20)
			kept = append(kept, block)
			if len(kept) > 4096 {
				os.Exit(0)
			}
		}
	case "stop":
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		parent.Send("ready")
		<-asked
		parent.End(Outcome{Error: "stopped"})
		os.Exit(0)
	case "nice":
		var threads sync.WaitGroup
		for range 5 { // threads of its own
			threads.Go(func() {
				runtime.LockOSThread()
				time.Sleep(10 * time.Millisecond)
			})
		}
		threads.Wait()
		_, err := Command{Args: []string{"answer"}}.Run(context.Background())
		parent.Send(niceOf("self"))
		parent.End(Outcome{Error: fmt.Sprint(err)})
		os.Exit(0)
	case "child of child":
		outcome, err := Command{Args: []string{"answer"}, Memory: 1 << 40}.Run(context.Background())
		parent.End(Outcome{Code: outcome.Code, Error: fmt.Sprint(err)})
		os.Exit(0)
	case "hang":
		signal.Ignore(syscall.SIGTERM)
		parent.Send("ready")
	}
	time.Sleep(time.Hour)
}

func TestChildSendsMessagesAndItsOutcome(t *testing.T) {
	var stdout bytes.Buffer
	var got []string
	outcome, err := Command{Args: []string{"answer"}, Stdout: &stdout, Receive: func(m json.RawMessage) { got = append(got, string(m)) }}.Run(t.Context())
	if want := (Outcome{3, "something needs attention"}); err != nil || outcome != want {
		t.Errorf("%+v, %v", outcome, err)
	}
	if strings.Join(got, " ") != "0 1 2" || stdout.String() != "to standard output" {
		t.Errorf("messages %q, output %q", got, stdout.String())
	}
}

func TestChildWithoutAnOutcomeHasCrashed(t *testing.T) {
	for part, want := range map[string]string{
		"panic": "panic: of the test", "segv": "SIGSEGV: segmentation violation", "kill": "signal: killed", "quit": "exit status 0",
	} {
		_, err := Command{Args: []string{part}}.Run(t.Context())
		if crash := new(Crash); !errors.As(err, &crash) || crash.Detail != want {
			t.Errorf("%s: %v, want %s", part, err, want)
		}
	}
}

func TestChildIsKilledOverItsMemoryLimit(t *testing.T) {
	_, err := Command{Args: []string{"memory"}, Memory: 200 << 20}.Run(t.Context())
	if !errors.Is(err, ErrMemory) {
		t.Error(err)
	}
}

func TestAChildOfAChildMayUseMoreMemory(t *testing.T) {
	outcome, err := Command{Args: []string{"child of child"}, Memory: 200 << 20}.Run(t.Context())
	if want := (Outcome{3, "<nil>"}); err != nil || outcome != want {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// niceOf returns how nice each thread of a process is.
func niceOf(pid string) (nice []int) {
	paths, _ := filepath.Glob("/proc/" + pid + "/task/*/stat")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil { // it has ended
			continue
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		n, _ := strconv.Atoi(fields[16])
		nice = append(nice, n)
	}
	return nice
}

func TestAllThreadsOfAChildOfLowPriorityAreNice(t *testing.T) {
	own := niceOf("self")[0]
	for _, isLow := range []bool{false, true} {
		want := own
		if isLow {
			want = min(own+lowNice, 19)
		}
		var threads []int
		_, err := Command{Args: []string{"nice"}, Group: true, Low: isLow, Receive: func(m json.RawMessage) { _ = json.Unmarshal(m, &threads) }}.Run(t.Context())
		if err != nil || len(threads) < 2 || slices.ContainsFunc(threads, func(n int) bool { return n != want }) {
			t.Errorf("low %t: %v, %v, want %d", isLow, threads, err, want)
		}
	}
}

func TestChildStopsWithItsContextOrIsKilled(t *testing.T) {
	for part, want := range map[string]string{"stop": "<nil>", "hang": "crashed (signal: killed)"} {
		ctx, cancel := context.WithCancel(t.Context())
		grace := 10 * time.Millisecond
		if part == "stop" {
			grace = time.Minute
		}
		_, err := Command{Args: []string{part}, Group: true, Grace: grace, Receive: func(json.RawMessage) { cancel() }}.Run(ctx)
		if fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", part, err, want)
		}
	}
}

// parentOfSleeper starts a child, prints its process id, and waits to be killed.
func parentOfSleeper() {
	os.Unsetenv("CHILD_TEST_PARENT")
	p, err := Command{Args: []string{"hang"}}.Start()
	if err != nil {
		panic(err)
	}
	fmt.Println(p.exec.Process.Pid)
	time.Sleep(time.Hour)
}

func TestChildDiesWithItsParent(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "CHILD_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 20)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil {
		t.Fatal(err)
	}
	parent.Process.Kill()
	parent.Wait()
	for end := time.Now().Add(10 * time.Second); running(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("the child outlives its parent")
		}
	}
}

// running reports whether a process is running and not a zombie.
func running(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(text), ") Z ")
}
