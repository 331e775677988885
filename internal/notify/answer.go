package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/remote"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// readAnswer returns the begin of an answer's body, as far as it came: the status says already what became of the request.
func readAnswer(response *http.Response) []byte {
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return body
}

// plainReason matches the reasons of chats, such as invalid_blocks or "Bad Request: chat not found". Without digits it holds no token.
var plainReason = lazyregexp.New(`^[A-Za-z][A-Za-z_ :,.'-]{2,100}$`)

// answerReason returns the reason or the number of an error in an answer, such as {"ok":false,"error":"invalid_auth"}, or invalid_blocks.
// It returns nothing that may be a part of a secret.
func answerReason(answer []byte, secrets []string) string {
	var fields map[string]any
	if json.Unmarshal(answer, &fields) != nil {
		return reasonIn(strings.TrimSpace(string(answer)), secrets)
	}
	if nested, ok := fields["error"].(map[string]any); ok {
		fields = nested
	}
	for _, key := range []string{"error", "description", "status", "message", "code", "error_code", "type"} {
		if reason := reasonIn(fields[key], secrets); reason != "" {
			return reason
		}
	}
	return ""
}

func reasonIn(value any, secrets []string) string {
	switch value := value.(type) {
	case float64:
		if text := fmt.Sprint(value); len(text) <= 6 && !slices.Contains(secrets, text) {
			return "error " + text
		}
	case string:
		words := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" :,.'", r) })
		if plainReason().MatchString(value) && !slices.ContainsFunc(append(words, value), func(word string) bool { return remote.Overlaps(word, secrets) }) {
			return value
		}
	}
	return ""
}

// refusal returns the error of an answer of success whose body says that the request failed, as Slack and Telegram do: {"ok":false}.
func refusal(answer []byte, secrets []string) error {
	var result struct {
		OK *bool `json:"ok"`
	}
	if json.Unmarshal(answer, &result) != nil || result.OK == nil || *result.OK {
		return nil
	}
	reason := answerReason(answer, secrets)
	err := fmt.Errorf("the server refused the message: %s", reason)
	if reason == "" {
		return fmt.Errorf("the server refused the message and gave no reason")
	}
	if slices.ContainsFunc([]string{"internal", "fatal", "timeout", "unavailable", "limited"}, func(word string) bool { return strings.Contains(reason, word) }) ||
		temporaryNumber().MatchString(reason) {
		return err
	}
	return permanent(err)
}

// temporaryNumber matches reasons that are a status for "later".
var temporaryNumber = lazyregexp.New(`^error (429|5[0-9]{2})$`)

// pageError returns an error if a chat answered with a web page. The message is not in the chat then: the URL is that of a page, or
// something between sent a page of its own.
func (w Webhook) pageError(answer []byte) error {
	if slices.Contains([]string{"slack", "slackfile", "teams", "googlechat"}, w.Shape) && remote.IsWebPage(answer) {
		return permanent(errors.New("the server answered with a web page\nhint: configure the address of the webhook; that of a channel or a page takes no messages"))
	}
	return nil
}

// requestSecrets returns the parts of a request that nobody else may read: of its URL, and of headers that the configuration sets.
func requestSecrets(request *http.Request) (secrets []string) {
	u := request.URL
	password, _ := u.User.Password()
	secrets = append(strings.Split(u.Path, "/"), u.User.Username(), password, u.Fragment)
	for key, values := range u.Query() {
		secrets = append(secrets, values...)
		if strings.Join(values, "") == "" {
			secrets = append(secrets, key)
		}
	}
	for name, values := range request.Header {
		if name != "Content-Type" && name != "User-Agent" {
			secrets = append(secrets, strings.Fields(strings.Join(values, " "))...)
		}
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" })
}

// maxShownSegment is the longest segment of a path that is shown; a longer one may be a token.
const maxShownSegment = 40

// redirectTarget returns where an answer redirects to. A server often appends the path of the request, which is secret: such parts
// are "…", and the query is left out.
func redirectTarget(response *http.Response) string {
	to, err := response.Location()
	if err != nil || to.Host == "" {
		return "a URL that cannot be read"
	}
	secrets := requestSecrets(response.Request)
	long := slices.DeleteFunc(slices.Clone(secrets), func(secret string) bool { return len(secret) < 8 })
	if remote.Overlaps(to.Host, long) {
		return to.Scheme + "://…"
	}
	target := to.Scheme + "://" + to.Host
	for segment := range strings.SplitSeq(strings.Trim(to.EscapedPath(), "/"), "/") {
		switch {
		case segment == "":
		case len(segment) <= maxShownSegment && !remote.Overlaps(segment, secrets):
			target += "/" + segment
		case !strings.HasSuffix(target, "/…"):
			target += "/…"
		}
	}
	return target
}
