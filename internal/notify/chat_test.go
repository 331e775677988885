package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// hostileTexts would mention somebody, be formatted or break a message where they are not escaped.
var hostileTexts = []string{
	"R&D <!channel>", "<!here|x> & <@U123ABC>", "<users/all>", "@everyone @here @channel", "*bold* _italic_ ~struck~", "`code` ```block```",
	"<https://evil.example|click>", "[click](https://evil.example)", "> quoted", "- item", "* item", "1. item", "# heading", `"quotes" \ 'and' \n`,
	"&lt;already&gt; &amp;", "{{DATE(2026-10-05T00:00:00Z)}}", "<at>Boss</at>", ":tada:", "snake_case_name.ndjson", "विक्रय <!channel> 😀", "a|b<c>d", "2*3*4", "||spoiler||",
}

// TestChatsShowTextsAsTheyAre puts hostile texts everywhere and reads the message as the chat would show it.
func TestChatsShowTextsAsTheyAre(t *testing.T) {
	for _, text := range hostileTexts {
		message := Message{Report: "daily", Title: "Title " + text, Part: text, When: "Sunday", Link: "https://files.example.com/a?b=c&d=|x>",
			Figures: []Figure{{text, text + " 1", text + " up"}}, Notes: []string{text, "first\n" + text}, Filters: "only " + text, Findings: []Finding{{Text: text + " is low"}}}
		for format, show := range map[string]func(testing.TB, []byte) string{"slack": shownInSlack, "teams": shownInTeams, "googlechat": shownInGoogleChat} {
			body, err := json.Marshal(message.payload(format))
			if err != nil {
				t.Fatal(err)
			}
			shown := show(t, body)
			want := text
			if format == "googlechat" {
				want = strings.ReplaceAll(text, "`", "ˋ")
			}
			for _, part := range []string{"Title " + want + ", " + want + ", only " + want + ", Sunday", "• " + want + " is low", want + " 1", want + " up", "first\n" + want} {
				if !strings.Contains(shown, part) {
					t.Errorf("%s does not show %q but\n%s\nsent as %s", format, part, shown, body)
				}
			}
		}
	}
}

// TestLongMessagesFitTheLimitsOfChats has more and longer texts than any chat takes.
func TestLongMessagesFitTheLimitsOfChats(t *testing.T) {
	for _, count := range []int{0, 1, 12, 600} {
		for _, unit := range []string{"x", "&", "वि", "😀", "a b "} {
			long := strings.Repeat(unit, 5000)
			message := Message{Title: long, Part: long, When: long}
			for n := range count {
				message.Notes = append(message.Notes, fmt.Sprintf("note %d %s", n, strings.Repeat(unit, 30)))
			}
			for range min(count, 12) {
				message.Figures = append(message.Figures, Figure{"Calls", "1", "▲ 2"})
			}
			if count == 1 {
				message.Notes, message.Figures = []string{long + "\n" + long}, []Figure{{long, long, long}}
			}
			for format, show := range map[string]func(testing.TB, []byte) string{"slack": shownInSlack, "teams": shownInTeams, "googlechat": shownInGoogleChat} {
				body, err := json.Marshal(message.payload(format))
				if err != nil {
					t.Fatal(err)
				}
				shown := show(t, body)
				if n := strings.Count(shown, "note "); count > 1 && n < count && (n < 3 || !strings.Contains(shown, fmt.Sprintf("… %d more lines do not fit", count-n))) {
					t.Errorf("%s shows %d of %d notes and does not say that they were cut: %.3000s", format, n, count, shown)
				}
			}
		}
	}
}

// strictly decodes JSON and refuses fields that the type does not have, as the chats' own schemas do.
func strictly(t testing.TB, body []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Errorf("%v in %s", err, body)
	}
}

type slackTextObject struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji"`
}

var slackLink = regexp.MustCompile(`^<https?://[^<>|\s]+\|The workbook>$`)

func (o slackTextObject) show(t testing.TB, limit int) string {
	t.Helper()
	if n := length(o.Text); n < 1 || n > limit {
		t.Errorf("a text has %d characters of 1 to %d", n, limit)
	}
	if o.Type == "mrkdwn" && slackLink.MatchString(o.Text) {
		return o.Text
	}
	if o.Type != "plain_text" || o.Emoji == nil || *o.Emoji {
		t.Errorf("Slack formats %q as %s", o.Text, o.Type)
	}
	return unescapeChat(t, o.Text)
}

// unescapeChat decodes the three entities of Slack and Google Chat. Nothing else may be special.
func unescapeChat(t testing.TB, text string) string {
	t.Helper()
	if bare := regexp.MustCompile(`[<>]|&(?:[^alg]|a[^m]|[lg][^t]|$)`).FindString(text); bare != "" {
		t.Errorf("%q is not escaped in %q", bare, text)
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

// shownInSlack checks a payload by https://docs.slack.dev/reference/block-kit/blocks and returns what it shows.
func shownInSlack(t testing.TB, body []byte) string {
	t.Helper()
	var message struct {
		Text     string `json:"text"`
		Markdown *bool  `json:"mrkdwn"`
		Blocks   []struct {
			Type   string            `json:"type"`
			Text   *slackTextObject  `json:"text"`
			Fields []slackTextObject `json:"fields"`
		} `json:"blocks"`
	}
	strictly(t, body, &message)
	if message.Markdown == nil || *message.Markdown || len(message.Blocks) > 50 {
		t.Errorf("%d blocks, mrkdwn %v", len(message.Blocks), message.Markdown)
	}
	shown := []string{unescapeChat(t, message.Text)}
	for _, block := range message.Blocks {
		valid := block.Type == "header" && block.Text != nil && block.Fields == nil ||
			block.Type == "section" && (block.Text != nil) != (block.Fields != nil) && len(block.Fields) <= 10
		if !valid {
			t.Errorf("invalid_blocks: %+v", block)
		}
		if block.Text != nil {
			shown = append(shown, block.Text.show(t, map[string]int{"header": 150, "section": 3000}[block.Type]))
		}
		for _, field := range block.Fields {
			shown = append(shown, field.show(t, 2000))
		}
	}
	return strings.Join(shown, "\n")
}

// shownInTeams checks a payload by the schema of Adaptive Cards 1.4 and returns what it shows.
func shownInTeams(t testing.TB, body []byte) string {
	t.Helper()
	if len(body) > 28*1024 {
		t.Errorf("%d bytes", len(body))
	}
	var message struct {
		Type        string `json:"type"`
		Attachments []struct {
			ContentType string `json:"contentType"`
			Content     struct {
				Type    string `json:"type"`
				Schema  string `json:"$schema"`
				Version string `json:"version"`
				Body    []struct {
					Type    string `json:"type"`
					Inlines []struct {
						Type     string `json:"type"`
						Text     string `json:"text"`
						Weight   string `json:"weight"`
						Size     string `json:"size"`
						IsSubtle bool   `json:"isSubtle"`
					} `json:"inlines"`
				} `json:"body"`
				Actions []struct {
					Type  string `json:"type"`
					Title string `json:"title"`
					URL   string `json:"url"`
				} `json:"actions"`
			} `json:"content"`
		} `json:"attachments"`
	}
	strictly(t, body, &message)
	if message.Type != "message" || len(message.Attachments) != 1 || message.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
		t.Fatalf("%s", body)
	}
	var shown []string
	for _, block := range message.Attachments[0].Content.Body {
		if block.Type != "RichTextBlock" || len(block.Inlines) == 0 {
			t.Errorf("Teams formats a %s", block.Type)
		}
		line := ""
		for _, run := range block.Inlines {
			line += run.Text
		}
		shown = append(shown, line)
	}
	return strings.Join(shown, "\n")
}

// Google Chat shows code as it is; elsewhere pairs of the characters format a text, and <…> is a link or a mention.
var (
	googleCode   = regexp.MustCompile("`([^`\n]+)`")
	googleBold   = regexp.MustCompile(`(^|[\s>])\*([^*\n]+)\*`)
	googleFormat = regexp.MustCompile(`(?m)[*_~]\S|^\s*([-*>]|&gt;)\s`)
)

func shownInGoogleChat(t testing.TB, body []byte) string {
	t.Helper()
	var message struct {
		Text string `json:"text"`
	}
	strictly(t, body, &message)
	if n := length(message.Text); n > 4096 || len(body) > 32_000 {
		t.Errorf("%d characters, %d bytes", n, len(body))
	}
	var shown []string
	for line := range strings.SplitSeq(message.Text, "\n") {
		if strings.HasPrefix(line, "<") && slackLink.MatchString(line) {
			continue
		}
		var codes []string
		line = googleCode.ReplaceAllStringFunc(line, func(code string) string {
			codes = append(codes, unescapeChat(t, strings.Trim(code, "`")))
			return fmt.Sprintf("\x00%d\x00", len(codes)-1)
		})
		line = googleBold.ReplaceAllString(line, "$1$2")
		if found := googleFormat.FindString(line); found != "" {
			t.Errorf("Google Chat formats %q in %q", found, line)
		}
		line = unescapeChat(t, line)
		for i, code := range codes {
			line = strings.Replace(line, fmt.Sprintf("\x00%d\x00", i), code, 1)
		}
		shown = append(shown, line)
	}
	return strings.Join(shown, "\n")
}

// TestRedirectsAreErrorsThatNameTheTarget promises that nothing is sent anywhere else, and that the error shows no secret.
func TestRedirectsAreErrorsThatNameTheTarget(t *testing.T) {
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for location, want := range map[string]string{
			"https://login.example.com/sign-in":                          "https://login.example.com/sign-in\n",
			"https://login.example.com/sign-in?next=/services/s3cret":    "https://login.example.com/sign-in\n",
			"https://new.example.com/services/s3cret":                    "https://new.example.com/…\n",
			"https://new.example.com/v2/services/x-S3CRET-y/post":        "https://new.example.com/v2/…/post\n",
			"https://user:s3cret@new.example.com/a%2573%2533cret":        "https://new.example.com/…\n",
			"https://new.example.com/s%33cret#s3cret":                    "https://new.example.com/…\n",
			"https://new.example.com/" + strings.Repeat("0123456789", 5): "https://new.example.com/…\n",
			"/elsewhere":     "/elsewhere\n",
			"":               "a URL that cannot be read",
			"http://[s3cret": "a URL that cannot be read",
			"https://t0ken-in-query.example.com/?key=t0ken-in-query": "https://…\n",
		} {
			requests := 0
			w := startWebhook(t, "json", func(w http.ResponseWriter, r *http.Request) {
				requests++
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			})
			address := w.URL
			w.URL = func() (string, error) { url, err := address(); return url + "?key=t0ken-in-query", err }
			_, err := w.Send(t.Context(), testMessage(t, "text"), "there")
			url, _ := w.URL()
			for _, err := range []error{err, Ping(t.Context(), url, w.Timeout)} {
				if !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "redirects are not followed") {
					t.Errorf("%d to %s: %v", status, location, err)
				}
				if err != nil && (strings.Contains(strings.ToLower(err.Error()), "s3cret") || strings.Contains(err.Error(), "t0ken")) {
					t.Errorf("%d to %s: the error has the secret: %v", status, location, err)
				}
			}
			if requests != 2 {
				t.Errorf("%d to %s: %d requests", status, location, requests)
			}
		}
	}
}

// TestAnswersThatRefuseAMessageAreErrors has the answers of real chats.
func TestAnswersThatRefuseAMessageAreErrors(t *testing.T) {
	for _, c := range []struct {
		status    int
		body      string
		want      string // of the error; none if empty
		permanent bool
	}{
		{200, "ok", "", false},
		{202, "", "", false},
		{204, "", "", false},
		{200, `{"name":"spaces/AAA/messages/BBB","text":"ok"}`, "", false},
		{200, `{"ok":true,"result":{"message_id":1}}`, "", false},
		{400, "invalid_blocks", "400 Bad Request: invalid_blocks", true},
		{404, "no_service", "404 Not Found: no_service", true},
		{200, `{"ok":false,"error":"channel_not_found"}`, "refused the message: channel_not_found", true},
		{200, `{"ok":false,"error":"internal_error"}`, "refused the message: internal_error", false},
		{200, `{"ok":false,"error":"s3cret"}`, "gave no reason", false},
		{200, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3"}`, "error 429", false},
		{200, `{"ok":false,"error_code":502,"description":"502"}`, "error 502", false},
		{200, `{"ok":false,"error_code":5021}`, "error 5021", true},
		{304, "", "304 Not Modified", true},
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, "400 Bad Request: Bad Request: chat not found", true},
		{400, `{"ok":false,"description":"Bad token s3cret"}`, "400 Bad Request", true},
		{400, `{"message":"Cannot send an empty message","code":50006}`, "Cannot send an empty message", true},
		{400, `{"error":{"message":"(#131030) Recipient phone number not in allowed list","type":"OAuthException","code":131030}}`, "error 131030", true},
		{400, `{"error":{"code":400,"message":"Message cannot be empty.","status":"INVALID_ARGUMENT"}}`, "INVALID_ARGUMENT", true},
		{500, "<html>s3cret</html>", "500 Internal Server Error", false},
	} {
		w := startWebhook(t, "json", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		})
		_, err := w.Send(t.Context(), testMessage(t, "text"), "there")
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || errors.Is(err, ErrPermanent) != c.permanent || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
	}
}

// TestAWebPageIsNoAnswerOfAChat has what the address of a channel, instead of its webhook, or a portal of the network answers.
func TestAWebPageIsNoAnswerOfAChat(t *testing.T) {
	for body, isPage := range map[string]bool{
		"<!DOCTYPE html>\n<title>Sign in</title>": true, "\ufeff \r\n<HTML><body>s3cret": true, "<html lang=en>": true,
		"ok": false, "": false, "1": false, `{"text":"<html>"}`: false, "<ok/>": false,
	} {
		for _, format := range []string{"slack", "teams", "googlechat", "json"} {
			w := startWebhook(t, format, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, body) })
			_, err := w.Send(t.Context(), testMessage(t, "text"), "there")
			if want := isPage && format != "json"; want != (err != nil) || want && (!errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "answered with a web page")) {
				t.Errorf("%s, %q: %v", format, body, err)
			}
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	for header, want := range map[string]string{"30": "30s", "1.5": "1.5s", "Mon, 05 Oct 2026 08:02:00 GMT": "2m0s", "Mon, 05 Oct 2026 07:00:00 GMT": "0s", "": "0s", "-1": "0s", "soon": "0s", "NaN": "0s"} {
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			w := startWebhook(t, "json", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", "Mon, 05 Oct 2026 08:00:00 GMT")
				w.Header().Set("Retry-After", header)
				w.WriteHeader(status)
			})
			_, err := w.Send(t.Context(), testMessage(t, "text"), "there")
			if got := RetryAfter(err).String(); got != want || errors.Is(err, ErrPermanent) {
				t.Errorf("%d %q: %s, %v", status, header, got, err)
			}
		}
	}
	if RetryAfter(errors.New("x")) != 0 {
		t.Error("an error of another kind")
	}
}

// TestLinksThatNoChatOpensAreText has a path, with which Teams refuses a card.
func TestLinksThatNoChatOpensAreText(t *testing.T) {
	for _, link := range []string{`\\server\share\daily.xlsx`, "/mnt/share/daily.xlsx", "file:///mnt/daily.xlsx", "javascript:alert(1)"} {
		message := testMessage(t, "x")
		message.Link = link
		for format, show := range map[string]func(testing.TB, []byte) string{"slack": shownInSlack, "teams": shownInTeams, "googlechat": shownInGoogleChat} {
			body, err := json.Marshal(message.payload(format))
			if err != nil || !strings.Contains(show(t, body), "The workbook: "+link) || bytes.Contains(body, []byte("|The workbook")) || bytes.Contains(body, []byte("OpenUrl")) {
				t.Errorf("%s: %s, %v", format, body, err)
			}
		}
	}
}
