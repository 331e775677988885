package shell

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitStatements(t *testing.T) {
	for _, c := range []struct {
		typed    string
		want     []string
		complete bool
	}{
		{"select 1;\n", []string{"select 1"}, true},
		{"select 1\n", nil, false},
		{"select 1; select 2;\n", []string{"select 1", " select 2"}, true},
		{"select 1; select\n", []string{"select 1"}, false},
		{"select 1; -- one\n", []string{"select 1"}, true},
		{"select 1 -- no end;\n", nil, false},
		{"select 1 /* ; /* ; */ ; */;\n", []string{"select 1 /* ; /* ; */ ; */"}, true},
		{"select 1 /*\n;\n", nil, false},
		{"select ';';\n", []string{"select ';'"}, true},
		{"select 'it''s;\n", nil, false},
		{"select 'it''s';\n", []string{"select 'it''s'"}, true},
		{`select e'it\'s;';` + "\n", []string{`select e'it\'s;'`}, true},
		{`select 'C:\';` + "\n", []string{`select 'C:\'`}, true},
		{`select "a;b" from t;` + "\n", []string{`select "a;b" from t`}, true},
		{"select $$;$$, $x$;$$;$x$;\n", []string{"select $$;$$, $x$;$$;$x$"}, true},
		{"select a$b$;\n", []string{"select a$b$"}, true},
		{"select $1;\n", []string{"select $1"}, true},
		{"select 'गुण;' as π;\n", []string{"select 'गुण;' as π"}, true},
		{"select '\xff';\xff;\n", []string{"select '\xff'", "\xff"}, true},
		{";;\n", nil, true},
		{"\n", nil, true},
		{"-- empty;\n", nil, true},
	} {
		got, complete := splitStatements(c.typed)
		if !slices.Equal(got, c.want) || complete != c.complete {
			t.Errorf("%q is %q, complete %v; want %q, %v", c.typed, got, complete, c.want, c.complete)
		}
	}
}

func TestSingleLine(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		ok          bool
	}{
		{"select 1 -- one\n  from calls\n;\n", "select 1 from calls ;", true},
		{"select 'a  b' /* two\nlines */ as c;\n", "select 'a  b' as c;", true},
		{"select 'a\nb';\n", "", false},
		{".tables", ".tables", true},
		{"\n", "", true},
	} {
		if got, ok := singleLine(c.typed); got != c.want || ok != c.ok {
			t.Errorf("%q became %q, %v; want %q, %v", c.typed, got, ok, c.want, c.ok)
		}
	}
}

func TestComplete(t *testing.T) {
	words := []string{"agents", "answer_rate", "answered", "calls", "from"}
	for _, c := range []struct {
		line  string // the cursor is at |
		head  string
		found []string
		tail  string
	}{
		{"fr|", "", []string{"from"}, ""},
		{"from CA|", "from ", []string{"calls"}, ""},
		{"select 'गुण', calls.ans| from calls", "select 'गुण', calls.", []string{"answer_rate", "answered"}, " from calls"},
		{"select |", "select ", []string{" "}, ""},
		{"select nothing|", "select ", []string{"nothing "}, ""},
		{"from|", "", []string{"from "}, ""},
		{".fo|", ".", []string{"format"}, ""},
		{".timing |", ".timing ", []string{"on", "off"}, ""},
		{".schema ca|", ".schema ", []string{"calls"}, ""},
	} {
		before, after, _ := strings.Cut(c.line, "|")
		head, found, tail := complete(words, before+after, len([]rune(before)))
		if head != c.head || !slices.Equal(found, c.found) || tail != c.tail {
			t.Errorf("%s: %q %q %q, want %q %q %q", c.line, head, found, tail, c.head, c.found, c.tail)
		}
	}
}

func TestWordsOfOtherPrompts(t *testing.T) {
	for line, want := range map[string]string{
		"exit": ".quit", "QUIT;": ".quit", `\q`: ".quit", " quit ": ".quit", "help": ".help", `\?`: ".help", `\dt`: ".tables", `\d calls`: ".schema calls", `\x`: ".x",
		"select 1;": "select 1;", ".quit": ".quit", "from exit;": "from exit;", "": "",
	} {
		if got := dotCommandOf(line); got != want {
			t.Errorf("%q is taken for %q, want %q", line, got, want)
		}
	}
}
