package notify

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// partNames are parts of a burst whose names are hard to write into a header.
var partNames = []string{
	"Sales", "बिक्री विभाग", "Büro & Café; 100% “sure”", `a "quoted" \ name`, "O'Brien's, (night)", "🙂 support 👩‍👩‍👧", "x=y; filename=evil.exe", "=?utf-8?q?evil?=",
	"%41%42.exe", strings.Repeat("ग्राहक", 12), strings.Repeat("long ", 19) + "name", "tab\tand\r\nBcc: thief@example.com", "日本語", "Ω≈ç√",
}

// TestAttachmentNamesAreReadByEveryReader composes a mail for each name and reads the name back with Go's and Python's parsers.
func TestAttachmentNamesAreReadByEveryReader(t *testing.T) {
	for _, part := range partNames {
		message := fullMessage()
		message.Part, message.File = part, testMessage(t, "bytes").File
		want := message.fileName("")
		m := Mail{Templates: builtInTemplates(t), Server: MailServer{From: "reports@example.com"}}
		d, err := m.draft(t.Context(), message, "a@example.com")
		if err != nil {
			t.Fatal(err)
		}
		content, err := m.compose(d, false)
		if err != nil {
			t.Fatal(err)
		}
		header := attachmentHeader(t, content)
		for field, key := range map[string]string{"Content-Disposition": "filename", "Content-Type": "name"} {
			raw := header.Get(field)
			if strings.Contains(raw, `"=?`) {
				t.Errorf("%q: an encoded-word within quotes: %s", part, raw)
			}
			_, parameters, err := mime.ParseMediaType(raw)
			if err != nil || parameters[key] != want {
				t.Errorf("%q: %s is %q, want %q: %v in %s", part, key, parameters[key], want, err, raw)
			}
			if fallback := regexp.MustCompile(` ` + key + `="([ -~]+)"`).FindStringSubmatch(raw); fallback == nil || !strings.HasSuffix(fallback[1], ".xlsx") {
				t.Errorf("%q: no name in ASCII in %s", part, raw)
			}
		}
		for line := range bytes.Lines(content) {
			if len(line) > 1000 || !bytes.HasSuffix(line, []byte("\r\n")) && !bytes.HasSuffix(content, line) {
				t.Errorf("%q: a line of %d bytes: %.80s", part, len(line), line)
			}
		}
		readWithPython(t, content, want)
	}
}

// attachmentHeader returns the header of the part that is attached.
func attachmentHeader(t *testing.T, content []byte) mail.Header {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(message.Body, parameters["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			t.Fatal("nothing is attached")
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Disposition"), "attachment") {
			return mail.Header(part.Header)
		}
	}
}

// python reads a mail strictly. Its only complaint may be that a name is given in two forms, of which it takes the first.
const python = `
import email, email.policy, json, sys
message = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default.clone(raise_on_defect=True))
parts = list(message.walk())
defects = [str(d) for p in parts for h in p.values() for d in h.defects if not str(d).startswith("duplicate parameter name")]
print(json.dumps({"names": [p.get_filename() for p in message.iter_attachments()], "types": [p["content-type"].params.get("name") for p in message.iter_attachments()],
  "kinds": [p.get_content_type() for p in parts], "defects": defects}))`

func readWithPython(t *testing.T, content []byte, want string) {
	t.Helper()
	interpreter, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is not installed: the mail is read with Go's parser only")
		return
	}
	command := exec.Command(interpreter, "-c", python)
	command.Stdin = bytes.NewReader(content)
	out, err := command.CombinedOutput()
	var read struct{ Names, Types, Kinds, Defects []string }
	if err != nil || json.Unmarshal(out, &read) != nil {
		t.Fatalf("Python: %v\n%s", err, out)
	}
	if len(read.Names) != 1 || read.Names[0] != want || len(read.Defects) > 0 {
		t.Errorf("Python reads %+v, want %q", read, want)
	}
}
