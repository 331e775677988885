package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"callsheet/internal/password"
	"callsheet/internal/servertest"
)

var pictures = flag.String("pictures", "", "folder for pictures of the page; docs/pictures/make sets it")

// browser is a Chromium with one tab. Everything that goes wrong in it fails the test at its end.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string
	expected []string // parts of problems that a test causes
}

// startBrowser starts Chromium for a page at an address, from which alone it may load something.
func startBrowser(t *testing.T, address string) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CALLSHEET_TEST_SERVERS") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("needs chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-dev-shm-usage", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, closeTab := chromedp.NewContext(allocator)
	b := &browser{t: t, ctx: ctx}
	t.Cleanup(func() {
		closeTab()
		stop()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, problem := range b.problems {
			if !slices.ContainsFunc(b.expected, func(part string) bool { return strings.Contains(problem, part) }) {
				t.Error(problem)
			}
		}
	})
	if err := chromedp.Listen(ctx, func(event any) {
		switch event := event.(type) {
		case *runtime.EventConsoleAPICalled:
			b.problem("the console has %s: %+v", event.Type, event.Args)
		case *runtime.EventExceptionThrown:
			b.problem("an exception: %+v", event.ExceptionDetails)
		case *log.EventEntryAdded:
			b.problem("the log has %s: %s %s", event.Entry.Level, event.Entry.Text, event.Entry.URL)
		case *network.EventRequestWillBeSent:
			// Chromium draws its own form controls with data: URLs.
			if !strings.HasPrefix(event.Request.URL, "http://"+address+"/") && !strings.HasPrefix(event.Request.URL, "data:") {
				b.problem("a request to %s", event.Request.URL)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	call(b, log.Enable, cdp.Empty{})
	call(b, network.Enable, network.EnableParams{})
	return b
}

// call sends a command of the protocol.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) problem(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// expect lets a test cause problems that contain a text.
func (b *browser) expect(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, part)
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func evaluate[T any](b *browser, expression string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	result, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// until waits until a page is loaded and an expression of JavaScript is true, also beyond a navigation.
func (b *browser) until(expression string) {
	b.t.Helper()
	expression = `document.readyState === "complete" && (` + expression + `)`
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		isTrue, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && isTrue {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: %v\n%s", expression, err, evaluate[string](b, `location.href + "\n" + document.body.innerText`))
		}
	}
}

// has is an expression that is true while an element has a text.
func has(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].some((e) => e.innerText.includes(%q))`, selector, text)
}

// signIn fills in the form that is shown, or will be.
func (b *browser) signIn(name, password string) {
	b.t.Helper()
	b.until(`document.querySelector("#name") !== null && document.readyState === "complete"`)
	evaluate[string](b, `document.querySelector("#name").value = ""`)
	b.run(chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", password+"\r"))
}

// look makes the window as large as a device's, dark or light.
func (b *browser) look(width, height int64, scheme string) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 500})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// picture saves what is seen, if the test is asked to.
func (b *browser) picture(name string) {
	b.t.Helper()
	if *pictures == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// checkAccess looks for what people with a screen reader, a keyboard or weak eyes cannot use, with axe-core.
func (b *browser) checkAccess(where string) {
	b.t.Helper()
	path := os.Getenv("CALLSHEET_TEST_AXE")
	if path == "" {
		if os.Getenv("CALLSHEET_TEST_SERVERS") != "" {
			b.t.Fatal("CALLSHEET_TEST_AXE is not set")
		}
		b.t.Logf("%s is not checked: set CALLSHEET_TEST_AXE to axe.min.js of the npm package axe-core", where)
		return
	}
	source, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	evaluate[int](b, string(source)+"\n;0")
	text := evaluate[string](b, `axe.run().then((r) => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise)
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, one := range found {
		b.t.Errorf("%s: %s (%s): %s: %+v", where, one.ID, one.Impact, one.Help, one.Nodes)
	}
}

// pageSite is a running serve with a page.
type pageSite struct {
	*reloading
	page string // its address
}

// startPage starts serve with a page, which a browser opens.
func startPage(t *testing.T, settings string) *pageSite {
	t.Helper()
	skipIfShort(t)
	s := &pageSite{page: servertest.FreeAddress()}
	s.reloading = startReloading(t, "serve", strings.ReplaceAll(oneSource("a-token-for-tests", "")+"store: {load_every: 0s}\n"+settings, "PAGE", s.page))
	s.until("the page", func() bool {
		response, err := http.Get("http://" + s.page + "/assets/page.css")
		if err == nil {
			response.Body.Close()
		}
		return err == nil
	})
	return s
}

// say delivers a live event of a call that began so many seconds ago, or its report if the status is empty.
func (s *pageSite) say(ago int, number, group, agent, status string) {
	s.t.Helper()
	virtual := map[string]string{"Support": "01204000002", "Billing": "01204000003", "बिक्री": "01204000005"}[group]
	event := map[string]string{
		"SourceNumber": "0987654" + number, "DestinationNumber": cmp.Or(virtual, "01204000001"), "DialWhomNumber": agent, "Status": status, "Direction": "IVR", "call_group": group,
		"CallSid": fmt.Sprintf("%d.%s", s.now().Unix()-int64(ago), number),
	}
	if status == "" {
		event["EndTime"], event["Status"] = "2026-10-05 10:15:51", "ANSWER"
	}
	body, err := json.Marshal(event)
	if err != nil {
		s.t.Fatal(err)
	}
	if code := s.answers("/hooks/main/a-token-for-tests", string(body)); code != http.StatusOK {
		s.t.Fatalf("answered %d", code)
	}
}

// now is the time of the first call, so that the events of a call have one id.
func (s *pageSite) now() time.Time { return pageTestNow() }

var pageTestNow = sync.OnceValue(time.Now)

// process returns the process id of the page's process, 0 if there is none.
func (s *pageSite) process() int { return s.child("page") }

func TestCallsInABrowser(t *testing.T) {
	s := startPage(t, `page: {listen: "PAGE"}
business:
  agents: [{number: "9280000001", name: Asha}, {number: "9280000002", name: आशीष}]
  number_groups: {"01204000001": Sales, "01204000002": Support, "01204000003": Billing, "01204000005": बिक्री}
`)
	b := startBrowser(t, s.page)
	b.look(1280, 900, "light")
	b.run(chromedp.Navigate("http://" + s.page + "/"))
	b.until(has("#no-calls", "No calls in progress"))
	b.checkAccess("an empty page")

	s.say(5, "1001", "Sales", "", "Ringing")
	b.until(has("#calls tr.waiting", "•••1001"))
	evaluate[int](b, `window.row = document.querySelector("#calls tr.waiting"); 0`)
	s.say(5, "1001", "Sales", "9280000002", "Transfer to agent")
	b.until(has("#calls tr.ringing", "आशीष"))
	s.say(5, "1001", "Sales", "9280000002", "Picked")
	b.until(has("#calls tr.talking", "आशीष") + " && " + has("#agents", "Talking"))
	if !evaluate[bool](b, `window.row === document.querySelector("#calls tr.talking")`) {
		t.Error("the row was replaced: what was selected or focused in it is lost")
	}
	b.until(`document.querySelector("#calls tr.talking .duration").innerText !== "0:00"`) // it runs
	s.say(5, "1001", "Sales", "9280000002", "")
	b.until(has("#no-calls", "No calls in progress"))

	// After its process is killed, the page says that it is not live, and reconnects when the process is back.
	s.say(40, "1002", "Sales", "", "Ringing")
	b.until(has("#calls", "1002"))
	b.expect("net::ERR_")
	pid := s.process()
	if pid == 0 {
		t.Fatal("the page has no process")
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil { // it answers nothing, as a machine that is gone
		t.Fatal(err)
	}
	b.until(has("#connection", "Not live since"))
	b.picture("page-lost")
	s.say(40, "1002", "Sales", "9280000001", "Picked") // a delivery is stored meanwhile
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	b.until(has("#calls tr.talking", "Asha") + ` && document.querySelector("#connection").hidden && document.querySelector("#announcement").innerText === "Live again"`)

	// What a busy minute looks like.
	for i, agent := range []string{"9280000002", "9280000003", "9280000004"} {
		group := []string{"Sales", "Support", "बिक्री"}[i]
		s.say(95+30*i, fmt.Sprint(2000+i), group, agent, "Picked")
	}
	s.say(35, "2010", "Support", "", "Ringing")
	s.say(52, "2011", "Sales", "", "Ringing")
	s.say(4, "2012", "बिक्री", "", "Ringing")
	s.say(12, "2013", "बिक्री", "9280000001", "Transfer to agent")
	s.say(3, "2014", "", "", "Levitating")
	b.until(has("#calls", "2014"))

	// Calls stay sorted by a column while others come and go.
	const customers = `[...document.querySelectorAll("#calls-table .c-customer")].map((cell) => cell.innerText.slice(-4)).join(" ")`
	evaluate[int](b, `document.querySelectorAll("#calls-table .sort")[2].click(); 0`)
	sorted := evaluate[string](b, customers)
	if !slices.IsSorted(strings.Fields(sorted)) || len(strings.Fields(sorted)) < 8 {
		t.Errorf("sorted by the customer: %s", sorted)
	}
	s.say(1, "1000", "Sales", "", "Ringing")
	b.until(customers + ` === "1000 ` + sorted + `"`)
	s.say(1, "1000", "Sales", "9280000001", "")
	b.until(customers + ` === "` + sorted + `"`)
	for _, scheme := range []string{"light", "dark"} {
		for name, size := range map[string][2]int64{"desktop": {1280, 960}, "phone": {390, 844}} {
			b.look(size[0], size[1], scheme)
			b.run(chromedp.Navigate("http://" + s.page + "/"))
			b.until(has("#calls", "2014"))
			if evaluate[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s: the page is wider than the screen", name)
			}
			b.checkAccess(name + ", " + scheme)
			b.picture("page-" + name + "-" + scheme)
		}
		b.look(1920, 1080, scheme)
		b.run(chromedp.Navigate("http://" + s.page + "/wall"))
		b.until(has("#boards section.late", "Over 20 s") + " && " + has("#boards section.free", "Nobody waits"))
		if evaluate[bool](b, `document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth`) {
			t.Error("the wallboard is larger than the screen")
		}
		b.checkAccess("wall, " + scheme)
		b.picture("page-wall-" + scheme)
	}
}

func TestUsersInABrowser(t *testing.T) {
	const secret = "correct horse"
	hash := password.New(secret)
	s := startPage(t, `page:
  listen: "PAGE"
  users:
    - {name: asha, role: viewer, groups: [Sales], password: "`+hash+`"}
    - {name: ravi, role: operator, password: "`+hash+`"}
`)
	s.say(5, "1001", "Sales", "9280000001", "Picked")
	s.say(5, "1002", "Support", "9280000002", "Picked")
	b := startBrowser(t, s.page)
	b.expect("401")
	b.look(390, 844, "light")
	b.run(chromedp.Navigate("http://"+s.page+"/wall"), chromedp.WaitVisible("#name"))
	b.checkAccess("the form")
	b.picture("page-sign-in")
	b.signIn("asha", "wrong horse")
	b.until(has("#error", "is wrong"))
	b.checkAccess("the form after a mistake")
	b.signIn("asha", secret)
	b.until(`location.pathname === "/wall" && ` + has("#boards", "Sales"))
	b.run(chromedp.Navigate("http://" + s.page + "/"))
	b.until(has("#calls", "1001"))
	b.expect("404")
	b.run(chromedp.Navigate("http://" + s.page + "/ask"))
	b.until(has("main", "There is no such page."))
	b.run(chromedp.Navigate("http://" + s.page + "/data"))
	b.until(has("main", "No figures yet"))
	b.checkAccess("the data for a viewer")
	b.run(chromedp.Navigate("http://" + s.page + "/reports"))
	b.until(has("main", "No workbook of your groups"))
	b.checkAccess("the reports for a viewer")
	b.run(chromedp.Navigate("http://" + s.page + "/"))
	b.until(has("#calls", "1001"))
	s.say(1, "1003", "Support", "", "Ringing")
	s.say(1, "1004", "Sales", "", "Ringing")
	b.until(has("#calls", "1004"))
	text := evaluate[string](b, `document.documentElement.outerHTML`)
	if strings.Contains(text, "1002") || strings.Contains(text, "1003") || strings.Contains(text, "Support") || strings.Contains(text, "9280000002") {
		t.Errorf("a viewer of Sales sees Support:\n%s", text)
	}
	b.run(chromedp.Click(".user button"))
	b.signIn("ravi", secret)
	b.until(has("#calls", "1003") + " && " + has("#calls", "1004"))
	evaluate[string](b, `document.querySelector("#group").value = "Support"`)
	b.run(chromedp.Click(".filter button"))
	b.until(`location.search === "?group=Support" && ` + has("#calls", "1003") + " && !" + has("#calls", "1004"))
	if output := s.log.String(); strings.Contains(output, secret) || strings.Contains(output, hash) || !strings.Contains(output, `msg="signed in" user=asha`) {
		t.Errorf("the log has a password, or no sign-in:\n%s", output)
	}
}

// askInBrowser asks the data of the demo, which has the page at an address.
func askInBrowser(b *browser, page, config string) {
	b.t.Helper()
	b.run(chromedp.Click(`a[href="/ask"]`))
	b.until(`location.pathname === "/ask" && document.querySelectorAll("[data-word]").length > 100`)
	b.checkAccess("the form for SQL")

	// Names are completed with the keyboard.
	b.run(chromedp.SendKeys("#sql", "select call_gr"))
	b.until(has("#completions", "call_group"))
	b.checkAccess("completions")
	b.picture("page-ask-completion")
	b.run(chromedp.SendKeys("#sql", "\t, offe"))
	b.until(has("#completions", "offered"))
	b.run(chromedp.SendKeys("#sql", "\t, answer_rate from kpi(['call_group'], calls)"))
	if typed := evaluate[string](b, `document.querySelector("#sql").value`); typed != "select call_group, offered, answer_rate from kpi(['call_group'], calls)" {
		b.t.Fatalf("typed %q", typed)
	}

	// The answer is a table, which sorts and filters, and a chart.
	b.run(chromedp.SendKeys("#sql", " order by call_group"), chromedp.Click("#run"))
	b.until(has("#result", "Support") + ` && document.querySelectorAll("#chart rect").length === document.querySelectorAll("#result tbody tr").length`)
	b.checkAccess("an answer")
	b.look(1280, 1110, "light") // the whole page
	b.picture("page-ask")
	b.look(1280, 960, "light")
	const groups = `[...document.querySelectorAll("#result tbody tr:not([hidden])")].map((row) => row.cells[0].innerText).join()`
	before := evaluate[string](b, groups)
	b.run(chromedp.Click(`#result thead th:first-child button`), chromedp.Click(`#result thead th:first-child button`))
	names := strings.Split(before, ",")
	slices.Reverse(names)
	if got := evaluate[string](b, groups); got != strings.Join(names, ",") {
		b.t.Errorf("%s, sorted downwards: %s", before, got)
	}
	b.run(chromedp.SendKeys("#result-table-filter", "suPP"))
	b.until(has(`[data-match]`, fmt.Sprintf("1 of %d rows", len(names))))
	if got := evaluate[string](b, groups); got != "Support" {
		b.t.Errorf("filtered: %s", got)
	}

	// The question is in the address, and not in what is sent to the server.
	b.run(chromedp.Reload())
	b.until(`document.readyState === "complete" && location.search === "" && document.querySelector("#sql")?.value.endsWith("order by call_group") && !document.querySelector("#result")`)
	b.askSQL("from callz", `document.querySelector("#problem")?.innerText.includes('Did you mean "calls"') && `+has("#problem", "^"))
	b.checkAccess("a mistake")
	b.picture("page-ask-mistake")
	b.askSQL("select i from range(1500) r(i)", has("#cut", "The first 1,000 rows"))
	b.askSQL("select started_at, direction, answered, talk_seconds, coins from calls order by 1 limit 60", has("#result", "incoming")+` && document.querySelector("#chart path") !== null`)
	b.checkAccess("a line")
	b.picture("page-ask-line")

	// A query that takes too long is cancelled by the button, and by leaving the page; another one can run then.
	const endless = "select sum(a.i * b.i % 7) from range(10000000) a(i), range(10000000) b(i)"
	b.askSQL(endless, `!document.querySelector("#cancel").hidden`)
	b.checkAccess("a query that runs")
	b.run(chromedp.Click("#cancel"))
	b.until(has("#progress", "Cancelled"))
	answers := func(n string) {
		b.t.Helper()
		b.until(`document.querySelector("#sql") !== null && document.readyState === "complete"`)
		b.untilAsked("select "+n+" as n", has("#result td", n))
	}
	answers("4711")
	b.askSQL(endless, `!document.querySelector("#cancel").hidden`)
	b.expect("net::ERR_ABORTED")
	b.run(chromedp.Navigate("http://" + page + "/ask"))
	b.expect("503")
	answers("4712")

	// A named query has a form.
	b.run(chromedp.Click(`a[href="/ask/queries"]`))
	b.until(`location.pathname === "/ask/queries" && ` + has("table", "groups"))
	b.checkAccess("the named queries")
	b.picture("page-ask-queries")
	b.run(chromedp.Click(`a[href="/ask/queries/groups"]`))
	b.until(`location.pathname === "/ask/queries/groups" && document.readyState === "complete"`)
	b.run(chromedp.Click("#run"))
	b.until(has("#result", "Support"))
	b.checkAccess("a named query")
	b.picture("page-ask-query")
	b.run(chromedp.SendKeys("#parameter-group", "Nowhere\r"))
	b.until(has("#warning", `no call has the group "Nowhere"`))
	b.downloads(config)
	b.look(390, 844, "dark")
	for _, path := range []string{"/ask#sql=" + url.PathEscape("select call_group, offered, missed from kpi(['call_group'], calls)"), "/ask/queries", "/ask/queries/groups"} {
		b.run(chromedp.Navigate("http://" + page + path))
		b.until(`document.readyState === "complete" && document.querySelector("[data-word], table, #run") !== null`)
		if !strings.HasSuffix(path, "queries") {
			b.run(chromedp.Click("#run"))
			b.until(has("#result", "Support"))
		}
		if evaluate[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
			b.t.Errorf("%s is wider than a phone", path)
		}
		if path == "/ask/queries" {
			b.run(chromedp.SendKeys("#queries-table-filter", "agent_days"))
			b.until(has("[data-match]", "1 of ") + ` && !document.querySelector("#queries-table tbody").innerText.includes("billing")`)
		}
		b.checkAccess(path + " on a phone")
		b.picture("page-phone-ask" + strings.ReplaceAll(strings.TrimPrefix(strings.Split(path, "#")[0], "/ask"), "/", "-"))
	}
	b.look(1280, 960, "light")
}

// ask returns what the page answers to a form.
func (b *browser) ask(path string, fields url.Values) string {
	b.t.Helper()
	return evaluate[string](b, fmt.Sprintf(`fetch(%q, {method: "POST", body: new URLSearchParams(%q)}).then((r) => r.bytes()).then((b) => b.toBase64())`, path, fields.Encode()),
		chromedp.EvalAwaitPromise)
}

// downloads compares files of the page with those of the commands.
func (b *browser) downloads(config string) {
	b.t.Helper()
	for _, c := range []struct {
		path   string
		fields url.Values
		args   []string
	}{
		{"/ask", url.Values{"sql": {"-- all\nfrom calls order by call_key;"}}, []string{"sql", "from calls order by call_key"}},
		{"/ask/queries/agents", url.Values{"from": {"2020-01-01"}, "to": {"2035-12-31"}, "group": {"Sales"}}, []string{"query", "agents", "--from", "2020-01-01", "--to", "2035-12-31", "--group", "Sales"}},
		{"/ask/queries/long_talks", url.Values{"seconds": {"60"}, "from": {"2020-01-01"}}, []string{"query", "long_talks", "--set", "seconds=60", "--from", "2020-01-01"}},
	} {
		for _, format := range []string{"csv", "xlsx"} {
			c.fields.Set("format", format)
			want, err := exec.Command("callsheet", append([]string{"--config", config}, append(c.args, "--format", format)...)...).Output()
			if err != nil || len(want) < 50 {
				b.t.Fatalf("%v: %v: %s", c.args, err, want)
			}
			if got := b.ask(c.path, c.fields); got != base64.StdEncoding.EncodeToString(want) {
				b.t.Errorf("%s as %s: %d characters, the command has %d bytes", c.path, format, len(got), len(want))
			}
		}
	}
	for statement, want := range map[string]string{
		"from read_csv('/etc/passwd')": "read_csv is not allowed", "delete from calls": "attached in read-only mode", "attach '/etc/passwd'": "not allowed", "select 1; select 2": "only one statement",
	} {
		text, _ := base64.StdEncoding.DecodeString(b.ask("/ask", url.Values{"sql": {statement}}))
		if page := string(text); !strings.Contains(page, want) || strings.Contains(page, "root:") || strings.Contains(page, `id="result"`) {
			b.t.Errorf("%s:\n%s", statement, page)
		}
	}
}

// askSQL asks, and waits until an expression is true.
func (b *browser) askSQL(statement, until string) {
	b.t.Helper()
	b.until(`document.querySelector("#run")?.disabled === false`)
	evaluate[int](b, fmt.Sprintf(`document.querySelector("#reply").replaceChildren(); document.querySelector("#sql").value = %q; document.querySelector("#run").click(); 0`, statement))
	b.until(until)
}

// untilAsked asks until an expression is true: the query before may still be running.
func (b *browser) untilAsked(statement, expression string) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		b.askSQL(statement, `document.querySelector("#reply").childElementCount > 0`)
		if evaluate[bool](b, expression) {
			return
		}
		if time.Now().After(end) {
			b.t.Fatal(evaluate[string](b, `document.querySelector("#reply").innerText`))
		}
	}
}

func TestDemoInABrowser(t *testing.T) {
	skipIfShort(t)
	dir := filepath.Join(t.TempDir(), "demo")
	if out, err := exec.Command("callsheet", "demo", "--dir", dir, "--calls", "40", "--days", "2").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// On other addresses than those of the demo, which may be in use.
	config, page := filepath.Join(dir, "callsheet.yaml"), servertest.FreeAddress()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("listen: 127.0.0.1:8080", "listen: "+servertest.FreeAddress(), "listen: "+demoPage, "listen: "+page).Replace(string(text))
	if err := os.WriteFile(config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "queries"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "queries", "long_talks.sql"), []byte("-- Long talks.\nselect call_sid, talk_seconds from calls where talk_seconds > $seconds::int order by all"), 0o600); err != nil {
		t.Fatal(err)
	}
	var output syncedBuffer
	serving := exec.Command("callsheet", "demo", "--dir", dir, "--serve")
	serving.Stdout, serving.Stderr = &output, &output
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		serving.Process.Kill()
		serving.Wait()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	for end := time.Now().Add(time.Minute); !strings.Contains(output.String(), "serving the page"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the page is not served")
		}
	}
	b := startBrowser(t, page)
	b.look(1280, 960, "light")
	b.run(chromedp.Navigate("http://" + page + "/"))
	b.until(has("#calls tr.talking", "Talking") + " && " + has("#groups", "बिक्री") + ` && document.querySelectorAll("#agents tbody tr").length > 3`)
	evaluate[int](b, `window.calls = new Set([...document.querySelectorAll("#calls tr")].map((row) => row.id)); 0`)
	b.until(`[...document.querySelectorAll("#calls tr")].some((row) => !window.calls.has(row.id))`) // a call comes
	b.checkAccess("the demo")
	b.picture("page-demo")
	b.run(chromedp.Click(`a[href="/today"]`))
	b.until(has("#figures", "There is no usual range yet") + " || " + has("#no-data", "No delivery of today"))
	b.checkAccess("today, in the first weeks")
	b.picture("page-today-first")
	b.run(chromedp.Click(`a[href="/data"]`))
	b.until(has(".words", "main: last delivery") + " && " + has("#rejects", "unreadable body"))
	b.checkAccess("the state of the data")
	b.picture("page-data")
	b.run(chromedp.SendKeys("#rejects-table-filter", "unreadable body"))
	b.until(has("#rejects [data-match]", " of ") + ` && document.querySelectorAll("#rejects tbody tr[hidden]").length > 0`)

	askInBrowser(b, page, config)

	// A report is run and downloaded.
	b.run(chromedp.Click(`a[href="/reports"]`))
	b.until(`location.pathname === "/reports" && ` + has("table", "daily"))
	b.checkAccess("the reports")
	b.run(chromedp.Click(`a[href="/reports/daily"]`))
	b.until(`location.pathname === "/reports/daily" && ` + has("main", "Never ran"))
	b.run(chromedp.Click(`.filter button`))
	b.until(has("#outcome", "is done") + " && " + has(".files", ".xlsx") + " && " + has(".run h2", "Sent"))
	b.checkAccess("a report")
	b.picture("page-report")
	b.look(390, 844, "dark")
	for _, path := range []string{"/data", "/reports", "/reports/daily"} {
		b.run(chromedp.Navigate("http://" + page + path))
		b.until(`location.pathname === "` + path + `" && document.readyState === "complete"`)
		if evaluate[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("%s is wider than a phone", path)
		}
		b.checkAccess(path + " on a phone")
		b.picture("page-phone" + strings.ReplaceAll(path, "/", "-"))
	}
	b.look(1280, 960, "light")
	b.run(chromedp.Navigate("http://" + page + "/reports/daily"))
	b.until(has(".files", ".xlsx"))
	name := evaluate[string](b, `document.querySelector(".files a").href.split("/").at(-1)`)
	text, err = os.ReadFile(filepath.Join(dir, "data", "reports", "daily", name))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := evaluate[string](b, `fetch(document.querySelector(".files a").href).then((r) => r.bytes()).then((b) => b.toBase64())`, chromedp.EvalAwaitPromise),
		base64.StdEncoding.EncodeToString(text); got != want {
		t.Errorf("the download has %d characters, the workbook %d", len(got), len(want))
	}
	b.expect("net::ERR_")
	if err := serving.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := serving.Wait(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if !strings.Contains(output.String(), "http://"+page+"/wall") {
		t.Error("the address is not printed")
	}
}
