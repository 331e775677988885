package display

import (
	"bytes"
	"testing"
)

func TestEscapingWriterKeepsLineBreaks(t *testing.T) {
	var out bytes.Buffer
	if _, err := (EscapingWriter{&out}).Write([]byte("file \x1b[31mx\x9b: wrong\nhint:\tsee आशीष\n")); err != nil {
		t.Fatal(err)
	}
	if want := `file \x1b[31mx\x9b: wrong` + "\nhint:\tsee आशीष\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
