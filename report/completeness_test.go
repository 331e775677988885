package report

import (
	"strings"
	"testing"
	"time"

	"callsheet/internal/locale"
	"callsheet/internal/sqlvalue"
)

func datesOf(days ...string) []any {
	var list []any
	for _, day := range days {
		at, _ := time.Parse(time.DateOnly, day)
		list = append(list, sqlvalue.Date(at))
	}
	return list
}

func TestCompletenessInWords(t *testing.T) {
	b, err := newBook(t.Context(), readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "yesterday"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.workbook.Close()
	lastDelivery := func(at time.Time) row { return row{columns: []string{"complete_through"}, values: []any{at}} }
	end := b.req.Period.End(b.req.Zone)
	b.evidence = lastDelivery(end.Add(-10 * time.Hour))
	if got := b.gaps(); got != "no gap in the data is known until 4 Oct 2026 14:00" {
		t.Error(got)
	}
	b.evidence = lastDelivery(end)
	const checked = "Checked against the vendor's list on 29 Nov 2026 06:00: "
	for want, figures := range map[string]map[string]any{
		"":                                      {},
		"Not checked against the vendor's list": {"verdict": "unchecked", "unchecked_days": datesOf("2026-10-05")},
		checked + "complete":                    {"verdict": "complete", "missing": int64(0)},
		checked + "complete, 3 calls recovered": {"verdict": "complete", "recovered": int64(3)},
		checked + "nothing missing; 5–7 Oct not checked":        {"verdict": "partly_checked", "unchecked_days": datesOf("2026-10-05", "2026-10-06", "2026-10-07")},
		checked + "2 calls missing on 5 Oct, 1 call recovered":  {"verdict": "incomplete", "missing": int64(2), "missing_days": datesOf("2026-10-05"), "recovered": int64(1)},
		checked + "1 call differs on 5 Oct; 31 Oct not checked": {"verdict": "incomplete", "differing": int64(1), "differing_days": datesOf("2026-10-05"), "unchecked_days": datesOf("2026-10-31")},
		checked + "1 call that the vendor does not list on 5 Oct, 1 unreadable row of the list on 6 Oct": {
			"verdict": "incomplete", "unknown_to_vendor": int64(1), "unknown_days": datesOf("2026-10-05"), "unreadable": int64(1), "unreadable_days": datesOf("2026-10-06")},
	} {
		b.complete = row{}
		for column, value := range with(figures, map[string]any{"fetched_at": time.Date(2026, 11, 29, 6, 0, 0, 0, india)}) {
			b.complete.columns, b.complete.values = append(b.complete.columns, column), append(b.complete.values, value)
		}
		if got := b.checked(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got, complete := b.gaps(), want == "" || strings.Contains(want, ": complete"); (got == "the data has no gaps") != complete {
			t.Errorf("%q: %s", want, got)
		}
		if got, faulty := b.incompleteFinding(), figures["verdict"] == "incomplete"; len(got) == 1 != faulty {
			t.Errorf("%q: %v", want, got)
		}
	}
}

func TestDaysInWords(t *testing.T) {
	for want, days := range map[string][]any{
		"5 Oct":                  datesOf("2026-10-05"),
		"5–7 Oct and 9 Oct":      datesOf("2026-10-05", "2026-10-06", "2026-10-07", "2026-10-09"),
		"30 Sep – 1 Oct":         datesOf("2026-09-30", "2026-10-01"),
		"1 Oct, 3 Oct and 5 Oct": datesOf("2026-10-01", "2026-10-03", "2026-10-05"),
		"4 days":                 datesOf("2026-10-01", "2026-10-03", "2026-10-05", "2026-10-07"),
	} {
		if got := daysInWords(locale.Locale{}, toDays(days)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	american, days := locale.Locale{MonthFirst: true}, datesOf("2026-10-05", "2026-10-06", "2026-10-31", "2026-11-01")
	if got := daysInWords(american, toDays(days)); got != "Oct 5–6 and Oct 31 – Nov 1" {
		t.Errorf("got %q", got)
	}
}
