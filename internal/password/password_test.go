package password

import (
	"strings"
	"testing"
)

func TestAHashMatchesItsPasswordOnly(t *testing.T) {
	text := New("correct horse")
	h, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Matches("correct horse") || h.Matches("correct horse ") || h.Matches("") {
		t.Error("the wrong passwords match")
	}
	if New("correct horse") == text {
		t.Error("two hashes of a password are equal: the salt is missing")
	}
}

func TestWhatIsNoHashIsRefusedWithoutItsText(t *testing.T) {
	good := New("correct horse")
	for _, text := range []string{
		"", "XQZ-password", strings.Replace(good, "argon2id", "argon2i", 1), good[:len(good)-30], good + "$", " " + good, good + "\n",
		strings.Replace(good, "m=47104", "m=4294967295", 1), strings.Replace(good, "m=47104", "m=0", 1), strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "v=19", "v=16", 1), strings.ReplaceAll(good, "$", " "),
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), "hint: callsheet user hash") || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
