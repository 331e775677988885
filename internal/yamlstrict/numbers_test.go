package yamlstrict

import "testing"

// TestNumbersWithoutQuotesStayAsTheyAreWritten: people forget the quotes of phone numbers.
func TestNumbersWithoutQuotesStayAsTheyAreWritten(t *testing.T) {
	for _, number := range []string{"01204000001", "09280000001", "+911204000001", "1204000001", "007", "0x10", "0b1", "0o17", "1_000", "1.0", "1.50", ".5", "-0", "1e3",
		"98765432101234567890", "'01204000001'", `"01204000001"`} {
		var got struct {
			Key   map[string]string `yaml:"key"`
			Text  string            `yaml:"text"`
			List  []string          `yaml:"list"`
			Count int               `yaml:"count"`
		}
		text := "key: {" + number + ": " + number + "} # 0120\nlist: [ü, " + number + ", " + number + "]\ntext: " + number + "\ncount: 12\n"
		want := number
		if number[0] == '\'' || number[0] == '"' {
			want = number[1 : len(number)-1]
		}
		if err := Decode([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", number, err)
			continue
		}
		if got.Key[want] != want || got.Text != want || len(got.List) != 3 || got.List[1] != want || got.List[2] != want || got.Count != 12 {
			t.Errorf("%s: %+v", number, got)
		}
	}
}
