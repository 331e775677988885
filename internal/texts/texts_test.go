package texts

import "testing"

func TestTextsHaveValuesInTheirPlaces(t *testing.T) {
	texts, err := Parse([]byte(`{"swap": "{1}, then {0}", "files_one": "1 file", "files_many": "{0} files"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := texts.Text("swap", "{1}", 2); got != "2, then {1}" || err != nil { // a value is no text
		t.Errorf("%q, %v", got, err)
	}
	for n, want := range map[int64]string{0: "0 files", 1: "1 file", 1234: "1,234 files"} {
		if got, err := texts.Count("files", n); got != want || err != nil {
			t.Errorf("%d: %q, %v", n, got, err)
		}
	}
	if _, err := texts.Text("none"); err == nil {
		t.Error("a key without a text is no error")
	}
}
