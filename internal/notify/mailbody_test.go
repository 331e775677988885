package notify

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"golang.org/x/net/html"
)

// builtInTemplates returns the templates that mails have without a site's own.
func builtInTemplates(t *testing.T) MailTemplates {
	t.Helper()
	page, err := os.ReadFile("../../templates/mail.html")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../templates/mail.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := ParseMailTemplates(string(page), string(text))
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// fullMessage has everything that a mail can show, with names that are hard to show.
func fullMessage() Message {
	return Message{
		Report: "groups", Title: "Daily call report", Period: "2026-10-04", When: "Sunday 4 October 2026", Part: "R&D <!channel>",
		Filters: "only incoming calls, business hours", Zone: "Asia/Kolkata", File: "built.xlsx", SHA256: strings.Repeat("ab", 32),
		Headline: "1,234 calls offered, 81.8% answered (usually 82.0–88.4%), R&D fell most; 12 callers still wait.",
		Figures: []Figure{
			{"Calls offered", "1,234", "▲ 12 (1.0%), better; usually 1,100 to 1,300"},
			{"Answer rate", "81.8%", "▼ 2.5 points, worse; usually 82.0% to 88.4%"},
			{"Talk time", "107:06:55", "▼ 2:41:21 (27.4%), neutral; usually 107:16:52 to 109:48:16"},
			{"Service level", "unknown", "nothing to measure"},
		},
		ComparedWith: "Sunday 27 September 2026 (the same weekday before)",
		Findings: []Finding{
			{"2 spool files are missing, changed or unreadable: calls may be missing", "Evidence"},
			{"12 missed callers still need a call back; the first called on 4 Oct 2026 09:13 Asia/Kolkata", "Missed"},
			{"<b>Sales</b>: 63.4% answered, 12.8 points below the overall rate; 15 of 41 calls missed", ""},
		},
		Groups: &Table{
			Title: "Groups", Columns: []string{"Group", "Offered", "Answer rate", "Answered", "Missed", "Average wait", "Coins"},
			Rows: [][]string{
				{"Sales & <Support>", "41", "63.4%", "26", "15", "0:16", "144.5"},
				{"ग्राहक सेवा और तकनीकी सहायता विभाग, नई दिल्ली और मुंबई", "1,036", "80.6%", "1,029", "7", "0:17", "187"},
				{"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte", "17", "", "12", "5", "", "125"},
			},
			Total: []string{"All groups", "1,234", "81.8%", "1,067", "27", "0:17", "456.5"}, More: "and 3 more",
		},
		Notes: []string{
			"This report may be incomplete: no data from after the period had arrived when it was built.",
			"2 spool files are missing, changed or unreadable: calls may be missing.",
			"Last delivery received 5 Oct 2026 07:58 Asia/Kolkata · 193 deliveries, 6 duplicates removed",
			"no call has the group \"Slaes\"\nhint: did you mean \"Sales\"?",
		},
	}
}

// messages are those that the templates must be able to show.
func messages() map[string]Message {
	full := fullMessage()
	calm := full
	calm.Findings, calm.NoFindings, calm.Part, calm.Filters = nil, "Nothing: no group is far below the overall rate.", "", ""
	calm.ComparedWith, calm.NoComparison = "", "No comparison: no earlier period is complete"
	plain := full // of a report whose definition has no summary
	plain.Figures, plain.Findings, plain.Groups, plain.ComparedWith = []Figure{}, nil, nil, ""
	return map[string]Message{
		"full": full, "calm": calm, "without a summary": plain,
		"nothing to report": {Title: "Daily call report", When: "Sunday 4 October 2026", Zone: "Asia/Kolkata", Filters: "only group Sales", Notes: []string{"There is nothing to report."}},
		"alert":             {Title: "Report daily: failed", When: "for 2026-10-04", Notes: []string{"mail server 127.0.0.1:25: connection refused\nhint: run it again"}},
	}
}

func parseHTML(t *testing.T, text string) *html.Node {
	t.Helper()
	page, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// elements returns the elements of a page with a name, or all.
func elements(page *html.Node, name string) (found []*html.Node) {
	for node := range page.Descendants() {
		if node.Type == html.ElementNode && (name == "" || node.Data == name) {
			found = append(found, node)
		}
	}
	return found
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns the text that a node shows, in one line.
func textOf(node *html.Node) string {
	var b strings.Builder
	for child := range node.Descendants() {
		hidden := child.Parent.Data == "style" || child.Parent.Data == "title" || strings.Contains(attribute(child.Parent, "style"), "display:none")
		if child.Type == html.TextNode && !hidden {
			b.WriteString(child.Data + " ")
		}
	}
	return oneLine(b.String())
}

// TestBothBodiesSayTheSame compares the words of the HTML and of the plain text.
func TestBothBodiesSayTheSame(t *testing.T) {
	words := func(text string) []string {
		words := strings.FieldsFunc(strings.NewReplacer("•", " ", "-", " ", ":", " ").Replace(text), func(r rune) bool { return r <= ' ' || r == '\u00a0' })
		slices.Sort(words)
		return words
	}
	for name, message := range messages() {
		for _, attached := range []bool{true, false} {
			page, text, err := builtInTemplates(t).Execute(message, Enclosed{Workbook: attached, PDF: "summary.pdf"})
			if err != nil {
				t.Fatal(err)
			}
			shown := textOf(parseHTML(t, page))
			// A long word is split in the text, where nothing else can be done.
			split := regexp.MustCompile(`Donau\S+`)
			shown, text = split.ReplaceAllString(shown, "Donau"), regexp.MustCompile(`(?m)^itätenh\S*$`).ReplaceAllString(split.ReplaceAllString(text, "Donau"), "")
			if got, want := strings.Join(words(text), "\n"), strings.Join(words(shown), "\n"); got != want {
				t.Errorf("%s, attached %v: the text is\n%s\nand the HTML\n%s", name, attached, text, shown)
			}
		}
	}
}

func TestBodySaysWhatTheMessageHas(t *testing.T) {
	message := fullMessage()
	page, text, err := builtInTemplates(t).Execute(message, Enclosed{Workbook: true, Picture: "cid:summary@callsheet"})
	if err != nil {
		t.Fatal(err)
	}
	for kind, shown := range map[string]string{"html": textOf(parseHTML(t, page)), "text": oneLine(text)} {
		for _, want := range []string{
			"Daily call report, R&D <!channel>, only incoming calls, business hours", "Sunday 4 October 2026 · times in Asia/Kolkata",
			"Compared with Sunday 27 September 2026 (the same weekday before)", "Needs attention",
			"<b>Sales</b>: 63.4% answered", "Sales & <Support> 41 63.4% 26 15", "All groups 1,234 81.8% 1,067 27", "and 3 more",
			"Full report attached: groups-2026-10-04-", "Last delivery received 5 Oct 2026 07:58 Asia/Kolkata",
		} {
			if !strings.Contains(shown, want) {
				t.Errorf("%s lacks %q:\n%s", kind, want, shown)
			}
		}
		if strings.Contains(shown, "calls may be missing. ") {
			t.Errorf("%s repeats a finding as a note", kind)
		}
	}
	_, table, _ := strings.Cut(text, "\nGroups\n")
	table, _, _ = strings.Cut(table, "\n\n")
	message.Filters = ""
	if page, text, err := builtInTemplates(t).Execute(message, Enclosed{}); err != nil || strings.Contains(page+text, allCalls) {
		t.Errorf("%v: a part is shown as all calls:\n%s", err, text)
	}
	for _, line := range strings.Split(table, "\n") {
		if uniseg.StringWidth(line) > 78 || strings.TrimRight(line, " ") != line {
			t.Errorf("the table has the line %q", line)
		}
	}
	if strings.Contains(text, "\n\n\n") || strings.Contains(text, "&lt;") {
		t.Errorf("the text is\n%s", text)
	}
}

// unsupportedCSS is what Outlook's engine, that of Word, or Gmail ignores or shows wrongly where a layout depends on it.
var unsupportedCSS = regexp.MustCompile(`(?i)\b(flex|grid|position|float|background-image|background:|url\(|margin:\s*-|calc\(|var\(|@import|@font-face|box-shadow|transform|object-fit|gap:|rem\b|vw\b)`)

// TestBodyIsReadableInEveryMailReader checks what can be known without the readers: they support less than browsers.
func TestBodyIsReadableInEveryMailReader(t *testing.T) {
	page, _, err := builtInTemplates(t).Execute(fullMessage(), Enclosed{Workbook: true, Picture: "cid:summary@callsheet"})
	if err != nil {
		t.Fatal(err)
	}
	if found := unsupportedCSS.FindString(page); found != "" {
		t.Errorf("it has %q, which mail readers do not support", found)
	}
	if len(page) > 90_000 {
		t.Errorf("%d bytes; Gmail cuts a mail at 102 KB", len(page))
	}
	for _, want := range []string{`<html lang="en">`, `name="color-scheme" content="light dark"`, "prefers-color-scheme: dark", "<!--[if mso]><table", "<!--[if mso]></td>", "max-width:640px"} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	parsed := parseHTML(t, page)
	for _, node := range elements(parsed, "") {
		style := attribute(node, "style")
		switch node.Data {
		case "script", "link", "form", "input", "button", "iframe", "object", "svg", "video":
			t.Errorf("mail readers remove <%s>", node.Data)
		case "table":
			if role := attribute(node, "role"); role == "" && len(elements(node, "th")) == 0 {
				t.Errorf("a table is neither for layout nor has headers: %s", textOf(node))
			}
		case "img":
			if !strings.HasPrefix(attribute(node, "src"), "cid:") || !strings.Contains(attribute(node, "alt"), "1,234") || attribute(node, "width") == "" {
				t.Errorf("picture %v", node.Attr)
			}
		case "div", "span", "p", "a":
			if strings.Contains(style, "padding") || strings.Contains(style, "width") && !strings.Contains(style, "display:none") {
				t.Errorf("Outlook ignores padding and width of <%s>: %s", node.Data, style)
			}
		}
		for _, key := range []string{"src", "background"} {
			if value := attribute(node, key); strings.Contains(value, "//") {
				t.Errorf("a mail loads nothing: %s", value)
			}
		}
		if width, err := strconv.Atoi(attribute(node, "width")); err == nil && width > 390 && !strings.Contains(style, "max-width") {
			t.Errorf("<%s> is wider than a phone: %s", node.Data, style)
		}
	}
}

// TestColoursHaveContrast: 4.5 to 1 on the background, in the light and in the dark scheme.
func TestColoursHaveContrast(t *testing.T) {
	page, _, err := builtInTemplates(t).Execute(fullMessage(), Enclosed{Workbook: true})
	if err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile(`[^-]color:\s*#([0-9a-f]{6})`)
	style, body, _ := strings.Cut(page, "</style>")
	for text, background := range map[string]string{style: "14181d", body: "ffffff"} {
		found := colour.FindAllStringSubmatch(text, -1)
		if len(found) < 3 || !strings.Contains(text, "background-color:#"+background) && !strings.Contains(text, "background-color: #"+background) {
			t.Fatalf("%d colours on %s", len(found), background)
		}
		for _, match := range found {
			if ratio := contrast(t, match[1], background); ratio < 4.5 {
				t.Errorf("%s on %s: %.1f to 1", match[1], background, ratio)
			}
		}
	}
}

// contrast is the ratio that WCAG 2 defines.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(hex string) (sum float64) {
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			share := float64(n) / 255
			if share > 0.04045 {
				sum += weight * math.Pow((share+0.055)/1.055, 2.4)
			} else {
				sum += weight * share / 12.92
			}
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestTemplatesOfASiteKeepWorking: these use what a template could use when mails had only figures and notes.
func TestTemplatesOfASiteKeepWorking(t *testing.T) {
	texts, err := ParseMailTemplates(`<p>{{.Title}}{{with .Part}}, {{.}}{{end}} {{.When}} {{.Report}} {{.Period}}</p>{{range .Figures}}<b>{{.Label}}</b> {{.Value}} {{.Change}}{{end}}`+
		`{{if .Attached}}{{.Name}}{{else if .Link}}<a href="{{.Link}}">it</a>{{end}}{{range .Notes}}<i>{{.}}</i>{{end}}`, `{{.Title}} {{range .Notes}}{{.}}{{end}}{{.SHA256}}`)
	if err != nil {
		t.Fatal(err)
	}
	page, text, err := texts.Execute(fullMessage(), Enclosed{Workbook: true})
	if err != nil || !strings.Contains(page, "<b>Calls offered</b> 1,234") || strings.Count(page, "<i>") != 4 || !strings.Contains(text, "calls may be missing.") {
		t.Errorf("%v\n%s\n%s", err, page, text)
	}
}

// TestSubjectNamesPartAndFilters: nobody shall take a part for the whole.
func TestSubjectNamesPartAndFilters(t *testing.T) {
	for subject, want := range map[string]string{
		"":                   "Daily call report, R&D <!channel>, only incoming calls, business hours, Sunday 4 October 2026",
		"{title}: {filters}": "Daily call report: only incoming calls, business hours",
	} {
		if got := (Mail{Subject: subject}).subject(fullMessage()); got != want {
			t.Errorf("%q: got %q", subject, got)
		}
	}
	for want, message := range map[string]Message{"daily (all calls)": {Report: "daily"}, "daily (only Sales)": {Report: "daily", Part: "Sales"}} {
		if got := (Mail{Subject: "{report} ({filters})"}).subject(message); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestJSONOfAMessageKeepsItsNames: services read it.
func TestJSONOfAMessageKeepsItsNames(t *testing.T) {
	text, err := json.Marshal(fullMessage())
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"report", "title", "period", "when", "part", "sha256", "figures", "notes", "filters", "zone", "compared_with", "findings", "groups"} {
		if fields[want] == nil {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
