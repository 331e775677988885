package notify

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// hostileParts are different groups that file systems take for the same, or refuse.
var hostileParts = []string{
	"Sales", "SALES", "sales", "Sales ", "Sales.", " Sales", "Straße", "STRASSE", "strasse", "café", "cafe\u0301", "CAFÉ", "हिन्दी", "हिन्\u200dदी",
	"Sales\u200b", "\ufeffSales", "ΣΑΛΕΣ", "σαλες", "σαλεσ", "K1", "\u212a1", "CON", "con", "Con.txt", "NUL.x", "nul .x", "COM¹", "com1", "LPT³.log",
	"CONIN$", "conout$", "a/b", "a\\b", "a:b", "a*b", "a?b", `a"b`, "a<b", "a>b", "a|b", "a_b", "A_B", "a\tb", "a\x00b", "a\x7fb", "...", " ", "..", "~",
	"desktop.ini", strings.Repeat("x", 300), strings.Repeat("X", 300), strings.Repeat("é", 127), strings.Repeat("😀", 80), "\xff", "\xfe",
	"Sales-1a2b3c4d", "SALES-1A2B3C4D", "İzmir", "izmir", "ızmir",
}

// partMessages returns a message for each part of a burst.
func partMessages(t *testing.T, parts []string) (messages []Message) {
	names := UniqueNames(parts)
	for _, part := range parts {
		message := testMessage(t, part)
		message.Part, message.PartName = part, names[part]
		messages = append(messages, message)
	}
	return messages
}

func TestPartsHaveNamesThatAnySystemKeepsApart(t *testing.T) {
	for _, pattern := range []string{"", "{part}", "{part}.xlsx", "{part}/{period}.xlsx", "{period}.{part}", "c{part}", "{part}{part}{part}{part}.xlsx", "{report}.{part}{part}{part}"} {
		seen := map[string]string{}
		for _, message := range partMessages(t, hostileParts) {
			name := message.fileName(pattern)
			key := foldName(name)
			if other, taken := seen[key]; taken {
				t.Errorf("%s: %q and %q have the name %q", pattern, message.Part, other, name)
			}
			seen[key] = message.Part
			for element := range strings.SplitSeq(name, "/") {
				if err := CheckName(element); err != nil || len(element) > 255 || len(utf16.Encode([]rune(element))) > 255 || !norm.NFC.IsNormalString(element) {
					t.Errorf("%s: %q becomes %q: %v", pattern, message.Part, element, err)
				}
			}
		}
	}
	if got := (Message{Report: "r", Period: "p", Part: "n"}).fileName("co{part}.xlsx"); CheckName(got) != nil {
		t.Errorf("a device: %q", got)
	}
}

// TestThePartsThatAreLikeAnotherHaveTheSameNameInEveryRun has all known parts, in any order, beside those of a run.
func TestThePartsThatAreLikeAnotherHaveTheSameNameInEveryRun(t *testing.T) {
	names := UniqueNames([]string{"Support", "Sales", "SALES", "Sales"})
	if len(names) != 2 || names["Sales"] == "" || names["SALES"] == "" || names["Support"] != "" {
		t.Errorf("got %q", names)
	}
	for _, other := range [][]string{{"SALES", "Sales"}, {"sales", "Sales", "SALES", "Support"}} {
		got := UniqueNames(other)
		delete(got, "sales")
		if !maps.Equal(got, names) {
			t.Errorf("of %q got %q, want %q", other, got, names)
		}
	}
}

func TestPartsKeepTheirFilesOnAShareOfWindows(t *testing.T) {
	share, kept := smb(t)
	for _, pattern := range []string{"", "{part}/{report}.xlsx"} {
		folder := Folder{Dir: filepath.Join(share, "calls"), Name: pattern}
		places := map[string]string{}
		for _, message := range partMessages(t, slices.DeleteFunc(slices.Clone(hostileParts), func(part string) bool { return part == "" })) {
			place, err := folder.Send(t.Context(), message, "")
			if err != nil {
				t.Fatalf("%q: %v", message.Part, err)
			}
			places[message.Part] = place
		}
		for part, place := range places {
			if got, err := os.ReadFile(place); err != nil || string(got) != part {
				t.Errorf("%s has the calls of %q, not of %q: %v", place, got, part, err)
			}
		}
	}
	files := 0
	err := filepath.WalkDir(kept, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			files++
		}
		return err
	})
	if want := 2 * len(hostileParts); err != nil || files != want {
		t.Errorf("the server has %d files, want %d, %v", files, want, err)
	}
}

func TestCheckName(t *testing.T) {
	for _, valid := range []string{"", "{report}-{period}.xlsx", "{part}", "{period}/{part}.xlsx", ".{part}", "{report} {title}.xlsx", "console.xlsx", "com10.xlsx", "été.xlsx"} {
		if err := CheckName(valid); err != nil {
			t.Errorf("%s: %v", valid, err)
		}
	}
	for pattern, want := range map[string]string{
		"{day}.xlsx": "unknown placeholder {day}", "reports?.xlsx": "invalid on Windows", "a\\{part}": "invalid on Windows", "{period} 08:00": "invalid on Windows",
		"a\nb": "control characters", "{part}.": "dot or space at the end", "{part} ": "dot or space", "{part}./{period}": "dot or space",
		"../{part}": "empty folder, . or ..", "{period}/../{part}": "empty folder", "/{part}": "empty folder", "{part}/": "empty folder", "a//b": "empty folder",
		"NUL.xlsx": "device", "{period}/con": "device", "Com².txt": "device", "aux .x": "device", "CONIN$": "device",
	} {
		if err := CheckName(pattern); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%q: %v, want %q", pattern, err, want)
		}
	}
}
