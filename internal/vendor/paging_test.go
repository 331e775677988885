package vendor

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callsheet/internal/demo"
	"callsheet/internal/demo/vendorapi"
	"callsheet/internal/spool"
)

// pageAnswer changes the answers of the list: nth counts its requests from 1.
func (s *stand) pageAnswer(change func(nth, number int, answer map[string]any) vendorapi.Reply) {
	nth := 0
	s.server.Answer = func(name string, form url.Values, answer map[string]any) vendorapi.Reply {
		if name != "call_list_v2" {
			return nil
		}
		nth++
		number, _ := strconv.Atoi(form.Get("current_page"))
		return change(nth, number, answer)
	}
}

func rowsOf(answer map[string]any) []demo.ListRow {
	rows, _ := answer["result"].([]demo.ListRow)
	return rows
}

// addCall adds a call of the day, the newest.
func (s *stand) addCall(id string) demo.ListRow {
	i := slices.IndexFunc(made.Calls, func(c demo.ListedCall) bool { return c.Start.Format(time.DateOnly) == day })
	added := made.Calls[i]
	added.Row.ID, added.Row.SidID = id, "179999999"+id+".1"
	s.server.Update(func(a *vendorapi.Account) { a.Calls = slices.Insert(slices.Clone(a.Calls), i, added) })
	return added.Row
}

// TestRowsThatMoveAreAllRead checks lists that change, or are answered oddly, while their pages are read, and can be read whole.
func TestRowsThatMoveAreAllRead(t *testing.T) {
	first, second := ofDay()[:25], ofDay()[25:50]
	for name, change := range map[string]func(s *stand, rows *[]demo.ListRow, nth, number int, answer map[string]any){
		"total is a number in a text": func(_ *stand, _ *[]demo.ListRow, _, _ int, answer map[string]any) {
			answer["total"] = strconv.Itoa(answer["total"].(int))
			answer["current_page"] = strconv.Itoa(answer["current_page"].(int))
			answer["voicemail"] = "0"
		},
		"only total": func(_ *stand, _ *[]demo.ListRow, _, _ int, answer map[string]any) {
			for _, key := range []string{"current_page", "answered_total", "noanswer_total", "voicemail"} {
				delete(answer, key)
			}
		},
		"rows without an id": func(_ *stand, rows *[]demo.ListRow, nth, _ int, answer map[string]any) {
			for i := range rowsOf(answer) {
				rowsOf(answer)[i].ID = ""
			}
			for i := range *rows {
				(*rows)[i].ID = ""
			}
		},
		"voicemail counts apart": func(_ *stand, _ *[]demo.ListRow, _, _ int, answer map[string]any) {
			missed, _ := strconv.Atoi(answer["noanswer_total"].(string))
			answer["noanswer_total"], answer["voicemail"] = missed-2, "2"
		},
		"a call comes in": func(s *stand, rows *[]demo.ListRow, nth, _ int, _ map[string]any) {
			if nth == 2 {
				*rows = append(*rows, s.addCall("1"))
			}
		},
		"calls come in all the time": func(s *stand, rows *[]demo.ListRow, nth, _ int, _ map[string]any) {
			if nth < 5 {
				*rows = append(*rows, s.addCall(strconv.Itoa(nth)))
			}
		},
		"a page is repeated once": func(_ *stand, _ *[]demo.ListRow, nth, number int, answer map[string]any) {
			if nth == 2 {
				answer["result"] = first
			}
		},
		"a page is skipped once": func(_ *stand, _ *[]demo.ListRow, nth, number int, answer map[string]any) {
			if nth == 1 {
				answer["result"] = second
			}
		},
		"a row is skipped once": func(_ *stand, _ *[]demo.ListRow, nth, number int, answer map[string]any) {
			if nth == 2 {
				answer["result"] = rowsOf(answer)[1:]
			}
		},
		"a page is empty once": func(_ *stand, _ *[]demo.ListRow, nth, number int, answer map[string]any) {
			if nth == 2 {
				answer["result"] = []demo.ListRow{}
			}
		},
		"a row goes away": func(s *stand, rows *[]demo.ListRow, nth, _ int, _ map[string]any) {
			if nth == 2 {
				gone := (*rows)[3].ID
				s.server.Update(func(a *vendorapi.Account) {
					a.Calls = slices.DeleteFunc(slices.Clone(a.Calls), func(c demo.ListedCall) bool { return c.Row.ID == gone })
				})
				*rows = slices.Delete(*rows, 3, 4)
			}
		},
		"the counts contradict each other once": func(_ *stand, _ *[]demo.ListRow, nth, _ int, answer map[string]any) {
			if nth == 2 {
				answer["answered_total"] = "1"
			}
		},
	} {
		for _, size := range []int{0, 7} { // of the pages; the server keeps to its own
			s, rows := newStand(t), ofDay()
			s.server.MaxPerPage = size
			s.pageAnswer(func(nth, number int, answer map[string]any) vendorapi.Reply {
				change(s, &rows, nth, number, answer)
				return nil
			})
			list, err := s.FetchCalls(t.Context(), day, nil)
			if err != nil || list.Total != int64(len(rows)) {
				t.Errorf("%s: %d of %d, %v\n%s", name, list.Total, len(rows), err, s.server.Requests())
				continue
			}
			s.checkWhole(t, rows)
			if found := s.leftovers(t); len(found) > 0 {
				t.Errorf("%s: left %s", name, found)
			}
		}
	}
}

// TestOnlyAListThatIsThereStays: the first fetch of a day has no earlier one.
func TestOnlyAListThatIsThereStays(t *testing.T) {
	const stays = "attempts; the list of an earlier fetch stays\nhint: "
	tooMany := func(_, _ int, answer map[string]any) vendorapi.Reply {
		answer["total"] = answer["total"].(int) + 1
		delete(answer, "answered_total")
		return nil
	}
	s := newStand(t)
	s.pageAnswer(tooMany)
	if _, err := s.FetchCalls(t.Context(), day, nil); err == nil || !strings.Contains(err.Error(), "attempts\nhint: ") {
		t.Errorf("the first fetch: %v", err)
	}
	s.server.Answer = nil
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Fatal(err)
	}
	s.pageAnswer(tooMany)
	if _, err := s.FetchCalls(t.Context(), day, nil); err == nil || !strings.Contains(err.Error(), stays) {
		t.Errorf("a later fetch: %v", err)
	}
}

// TestListThatCannotBeProvenIsRefused checks that the list of an earlier fetch stays when the pages cannot be the whole list.
func TestListThatCannotBeProvenIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		want   string
		change func(nth, number int, answer map[string]any) vendorapi.Reply
	}{
		"a row is never shown": {"lists", func(_, number int, answer map[string]any) vendorapi.Reply {
			if number == 2 {
				answer["result"] = rowsOf(answer)[1:]
			}
			return nil
		}},
		"a page is always repeated": {"lists", func(_, number int, answer map[string]any) vendorapi.Reply {
			if number == 3 {
				answer["result"] = ofDay()[:25]
			}
			return nil
		}},
		"every page is the first one": {"page 2 was asked for, and the vendor answered with page 1", func(_, _ int, answer map[string]any) vendorapi.Reply {
			answer["current_page"], answer["result"] = 1, ofDay()[:25]
			return nil
		}},
		"the first page without end": {"lists 25", func(_, _ int, answer map[string]any) vendorapi.Reply {
			answer["result"] = ofDay()[:25]
			return nil
		}},
		"new rows without end": {"more rows", func(nth, _ int, answer map[string]any) vendorapi.Reply {
			rows := slices.Clone(ofDay()[:25])
			for i := range rows {
				rows[i].ID = strconv.Itoa(nth*100 + i)
			}
			answer["result"] = rows
			return nil
		}},
		"more in total than there are": {"counts", func(_, _ int, answer map[string]any) vendorapi.Reply {
			if answer["type"] == "success" {
				answer["total"] = answer["total"].(int) + 1
				delete(answer, "answered_total")
			}
			return nil
		}},
		"fewer in total than there are": {"more rows", func(_, _ int, answer map[string]any) vendorapi.Reply {
			answer["total"] = 40
			delete(answer, "answered_total")
			return nil
		}},
		"parts that are not the total": {"answered_total 1", func(_, _ int, answer map[string]any) vendorapi.Reply {
			answer["answered_total"] = 1
			return nil
		}},
		"no total":     {"no total", func(_, _ int, answer map[string]any) vendorapi.Reply { delete(answer, "total"); return nil }},
		"an odd total": {"total in the answer is no number", func(_, _ int, answer map[string]any) vendorapi.Reply { answer["total"] = "many"; return nil }},
		"no list":      {"result is no list", func(_, _ int, answer map[string]any) vendorapi.Reply { answer["result"] = "x"; return nil }},
		"no type":      {"type", func(_, _ int, answer map[string]any) vendorapi.Reply { delete(answer, "type"); return nil }},
		"an odd row":   {"entry 1 of result is no object", func(_, _ int, answer map[string]any) vendorapi.Reply { answer["result"] = []int{1}; return nil }},
		"another day":  {"it is one of 2026-10-07", changeRow(func(r *demo.ListRow) { r.StartDateTime, r.CallDate = "2026-10-07 00:00:01", "2026-10-07 00:00:01" })},
		"no time":      {"it has no time", changeRow(func(r *demo.ListRow) { r.StartDateTime, r.CallDate = "0000-00-00 00:00:00", "" })},
		"an odd time":  {"is not a time", changeRow(func(r *demo.ListRow) { r.StartDateTime = "06/10/2026 10:00:00" })},
		"no id":        {"no sid_id", changeRow(func(r *demo.ListRow) { r.SidID = "" })},
		"an odd flow":  {`the Flow_type "FAX"`, changeRow(func(r *demo.ListRow) { r.FlowType = "FAX" })},
		"no flow":      {`no Flow_type`, changeRow(func(r *demo.ListRow) { r.FlowType = "" })},
		"no records": {"no calls of 2026-10-06 any more", func(_, _ int, _ map[string]any) vendorapi.Reply {
			return vendorapi.Body(200, `{"type":"error","message":"No records found"}`)
		}},
		"an empty list": {"no calls of 2026-10-06 any more", func(_, _ int, _ map[string]any) vendorapi.Reply {
			return vendorapi.Body(200, `{"type":"success","result":[],"total":0}`)
		}},
		"only the total": {"counts", func(_, _ int, _ map[string]any) vendorapi.Reply {
			return vendorapi.Body(200, `{"type":"success","result":[],"total":"5"}`)
		}},
	} {
		s := newStand(t)
		if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(spool.VendorListPath(s.dir, "main", day))
		if err != nil {
			t.Fatal(err)
		}
		asked := len(s.server.Requests())
		s.pageAnswer(c.change)
		_, err = s.FetchCalls(t.Context(), day, nil)
		after, readErr := os.ReadFile(spool.VendorListPath(s.dir, "main", day))
		if err == nil || !strings.Contains(err.Error(), c.want) || readErr != nil || string(after) != string(before) {
			t.Errorf("%s: %v, %v", name, err, readErr)
		}
		if asked = len(s.server.Requests()) - asked; asked > 60 {
			t.Errorf("%s: %d requests", name, asked)
		}
		t.Logf("%s, after %d requests: %v", name, asked, err)
	}
}

// changeRow changes the third row of the first page.
func changeRow(change func(*demo.ListRow)) func(nth, number int, answer map[string]any) vendorapi.Reply {
	return func(_, number int, answer map[string]any) vendorapi.Reply {
		if rows := rowsOf(answer); number == 1 {
			change(&rows[2])
		}
		return nil
	}
}

func TestDayWithoutCalls(t *testing.T) {
	s := newStand(t)
	for _, answer := range []string{`{"type":"error","message":"No data available for the selected dates."}`, `{"type":"success","result":[],"total":"0"}`,
		`{"type":"success","result":null,"total":0,"answered_total":"","noanswer_total":null}`} {
		s.pageAnswer(func(int, int, map[string]any) vendorapi.Reply { return vendorapi.Body(200, answer) })
		if list, err := s.FetchCalls(t.Context(), day, nil); err != nil || list.Total != 0 {
			t.Errorf("%s: %+v, %v", answer, list, err)
		}
		s.checkWhole(t, nil)
	}
}

// TestOneCallChargedTwiceIsTwoRows checks that rows with an id of their own are kept apart, and that a row that was read twice is not.
func TestOneCallChargedTwiceIsTwoRows(t *testing.T) {
	s, rows := newStand(t), ofDay()
	twice := rows[4]
	twice.ID, twice.CoinDeducted = "99", "7"
	s.pageAnswer(func(_, number int, answer map[string]any) vendorapi.Reply {
		if number == 1 {
			answer["result"] = append(slices.Clone(rowsOf(answer)), twice)
		}
		answer["total"] = answer["total"].(int) + 1
		delete(answer, "answered_total")
		return nil
	})
	list, err := s.FetchCalls(t.Context(), day, nil)
	if err != nil || list.Rows != int64(len(rows)+1) {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestNewestContentOfARowCounts checks a row that changes between the pages on which it is read.
func TestNewestContentOfARowCounts(t *testing.T) {
	s, rows := newStand(t), ofDay()
	s.pageAnswer(func(nth, number int, answer map[string]any) vendorapi.Reply {
		if nth == 1 {
			rowsOf(answer)[24].CoinDeducted = "77"
			rows = append(rows, s.addCall("1")) // so that the last row of the page is on the next one, too
		}
		return nil
	})
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Fatal(err)
	}
	s.checkWhole(t, rows)
}

// errPulled is the end of a process in a test.
var errPulled = errors.New("the plug was pulled")

// interrupt fetches until the given request, and returns the number of requests before.
func (s *stand) interrupt(t *testing.T, at int) {
	t.Helper()
	s.pageAnswer(func(nth, _ int, _ map[string]any) vendorapi.Reply {
		if nth == at {
			return vendorapi.Body(http.StatusUnauthorized, "")
		}
		return nil
	})
	if _, err := s.FetchCalls(t.Context(), day, nil); err == nil {
		t.Fatal(errPulled)
	}
	s.server.Answer = nil
}

func TestInterruptedFetchGoesOn(t *testing.T) {
	rows := ofDay()
	pages := (len(rows) + 24) / 25
	path := func(s *stand) string { return filepath.Join(s.dir, "vendor", "main", "."+day+".partial") }
	for name, c := range map[string]struct {
		between func(s *stand)
		pages   int // that are read again
	}{
		"at once":           {func(*stand) {}, pages - 2},
		"after 23 hours":    {func(s *stand) { s.clock.Add(int64(23 * time.Hour)) }, pages - 2},
		"after a day":       {func(s *stand) { s.clock.Add(int64(25 * time.Hour)) }, pages},
		"clock set back":    {func(s *stand) { s.clock.Add(-int64(time.Hour)) }, pages},
		"half a page saved": {func(s *stand) { cutFile(t, path(s), 40) }, pages - 1},
		"an empty file":     {func(s *stand) { cutFile(t, path(s), 1<<30) }, pages},
		"the day ended":     {func(s *stand) { s.clock.Store(time.Date(2026, 10, 7, 0, 10, 0, 0, zone).UnixNano()) }, pages},
		"a call came in":    {func(s *stand) { rows = append(ofDay(), s.addCall("1")) }, (len(rows)+25)/25 + 1}, // and the one that shows it
	} {
		rows = ofDay()
		s := newStand(t)
		if name == "the day ended" {
			s.clock.Store(time.Date(2026, 10, 6, 23, 50, 0, 0, zone).UnixNano())
		}
		began := s.clock.Load()
		s.interrupt(t, 3)
		c.between(s)
		asked := len(s.server.Requests())
		list, err := s.FetchCalls(t.Context(), day, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s.checkWhole(t, rows)
		if asked = len(s.server.Requests()) - asked; asked != c.pages {
			t.Errorf("%s: %d requests, want %d: %s", name, asked, c.pages, s.server.Requests())
		}
		if resumed := c.pages < pages; list.FetchedAt.Equal(time.Unix(0, began)) != resumed {
			t.Errorf("%s: fetched at %v", name, list.FetchedAt)
		}
	}
}

// cutFile removes the last bytes of a file.
func cutFile(t *testing.T, path string, n int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, max(info.Size()-n, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestOneProcessFetches checks that a second fetch does not disturb one that is running.
func TestOneProcessFetches(t *testing.T) {
	s := newStand(t)
	s.pageAnswer(func(nth, _ int, _ map[string]any) vendorapi.Reply {
		if nth == 1 {
			if _, err := s.FetchCalls(t.Context(), day, nil); err == nil || !strings.Contains(err.Error(), "in use by process") {
				t.Errorf("a second fetch: %v", err)
			}
		}
		return nil
	})
	if _, err := s.FetchCalls(t.Context(), day, nil); err != nil {
		t.Fatal(err)
	}
	s.checkWhole(t, ofDay())
}
