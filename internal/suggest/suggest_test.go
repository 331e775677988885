package suggest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"agents", "call_group", "daily", "groups", "Sales", "बिक्री", "weekly"}
	for word, want := range map[string]string{
		"SALES": "Sales", "Salse": "Sales", "grops": "groups", "dialy": "daily", "बिकरी": "बिक्री", "call_grup": "call_group",
		"week": "weekly", "dailyreport": "daily", "nonsense": "", "quarterly": "", "": "", "x": "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	if got := Nearest("grup", []string{"agent", "call_group", "local_day"}); got != "call_group" {
		t.Errorf("a part of a name: got %q", got)
	}
}

func TestUnits(t *testing.T) {
	for text, want := range map[string]string{
		"5": "write 5s for seconds, 5m for minutes or 5h for hours", "24": "write 24s for seconds, 24m for minutes or 24h for hours",
		"5 sec": "write 5s", "10 Minutes": "write 10m", "2d": "write 48h", "1 week": "write 168h", "250 ms": "write 250ms", "20.0": "write 20s for seconds, 20m for minutes or 20h for hours",
		"soon": "", "123456789": "", "5 parsecs": "", "": "", "hunter2": "",
	} {
		if got := Duration(text); got != want {
			t.Errorf("duration %q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"8M": "write 8MiB", "8 mb": "write 8MiB", "512kib": "write 512KiB", "2 gb": "write 2GiB", "lots": "", "8": "", "9 mugs": ""} {
		if got := Size(text); got != want {
			t.Errorf("size %q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"9-18": "write 09:00-18:00", "9:00-18:00": "write 09:00-18:00", "9am - 6pm": "write 09:00-18:00", "9.30 to 17.15": "write 09:30-17:15",
		"12am-12pm": "write 00:00-12:00", "18:00-09:00": "", "25-26": "", "9:75-10": "", "all day": "", "13pm-14pm": "",
	} {
		if got := Span(text); got != want {
			t.Errorf("span %q: got %q, want %q", text, got, want)
		}
	}
}
