package pipeline

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/demo"
	"callsheet/internal/demo/vendorapi"
	"callsheet/internal/spool"
	"callsheet/internal/vendor"
	"callsheet/store"
)

var seeds = flag.Uint64("seeds", 1, "how many random cases a test tries")

// vendorWorld is an account of the vendor, and two stores: one got every webhook, the other one some of them, and some that say something else.
type vendorWorld struct {
	t         *testing.T
	now       time.Time
	server    *vendorapi.Server
	api       vendor.API
	all, some *Pipeline
	days      []string
	expected  map[string]bool // "CallSid difference" of the second store
}

const worldConfig = `
timezone: Asia/Kolkata
data_dir: %s
collector:
  sources:
    - {name: main, tokens: ["0123456789abcdef0123456789"], vendor_api: {kind: callerdesk, url: %q, authcode: code, per_page: 20, requests_per_minute: 60000}}
business:
  number_groups: {"01204000001": Sales}
`

func newVendorWorld(t *testing.T, seed uint64) *vendorWorld {
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2026, 10, 8, 0, 0, 0, 0, zone)
	w := &vendorWorld{t: t, now: until.Add(3 * time.Hour), days: []string{"2026-10-05", "2026-10-06", "2026-10-07"}, expected: map[string]bool{}}
	account := vendorapi.FromDemo(demo.Options{Calls: 150, Days: 3, Seed: seed, Until: until, Zone: zone}, "code")
	w.server = vendorapi.New(account)
	server := httptest.NewServer(w.server)
	t.Cleanup(server.Close)
	w.all, w.some = w.store(server.URL), w.store(server.URL)
	if w.api, err = w.some.VendorAPI(w.some.Config.Collector.Sources[0]); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 22))
	var all, some []spool.Envelope
	for _, call := range account.Calls {
		report := spool.Envelope{
			ReceivedAt: call.End.Add(time.Duration(rng.IntN(5000)) * time.Millisecond), Source: "main", Kind: spool.KindCallReport, Encoding: spool.EncodingJSON}
		truth := webhookOf(call.Row)
		report.Payload = payloadOf(t, truth)
		all = append(all, report)
		switch rng.IntN(6) {
		case 0: // lost
			w.expected[call.Row.SidID+" missing"] = true
			continue
		case 1: // delivered twice
			again := report
			again.ReceivedAt = again.ReceivedAt.Add(time.Minute)
			some = append(some, again)
		case 2: // delivered with something else
			report.Payload = payloadOf(t, w.change(rng, call, truth))
		}
		some = append(some, report)
	}
	for i := range 3 { // not in the list
		call := account.Calls[rng.IntN(len(account.Calls))]
		other := webhookOf(call.Row)
		other["CallSid"] = fmt.Sprintf("%d.99%03d", call.Start.Unix(), i)
		w.expected[other["CallSid"]+" unknown to the vendor"] = true
		report := spool.Envelope{ReceivedAt: call.End, Source: "main", Kind: spool.KindCallReport, Encoding: spool.EncodingJSON, Payload: payloadOf(t, other)}
		all, some = append(all, report), append(some, report)
	}
	w.deliver(w.all, all)
	w.deliver(w.some, some)
	return w
}

// webhookOf returns the report of a call that says what the row says.
func webhookOf(row demo.ListRow) map[string]string {
	source, dialled := row.CallerNum, row.MemberNum
	if row.FlowType == "WEBOBD" {
		source, dialled = dialled, source
	}
	return map[string]string{
		"CallSid": row.SidID, "Direction": row.FlowType, "SourceNumber": source, "DialWhomNumber": dialled, "DestinationNumber": row.Deskphone,
		"CallDuration": row.TotalDuration, "TalkDuration": row.TalkDuration, "coins": row.CoinDeducted, "Status": row.CallResult, "callstatus": row.CallStatus,
		"StartTime": row.StartDateTime, "EndTime": row.EndDateTime, "call_group": row.GroupName, "receiver_name": row.MemberName, "CallRecordingUrl": row.File,
		"LegA_Picked_time": row.LegAPicked, "LegB_Start_time": row.LegBStart, "LegB_Picked_time": row.LegBPicked, "campid": "9995", "error_code": "19",
	}
}

// change returns a report that differs from the truth in one thing, and expects that to be found.
func (w *vendorWorld) change(rng *rand.Rand, call demo.ListedCall, truth map[string]string) map[string]string {
	report, row := maps.Clone(truth), call.Row
	var what string
	switch kind := rng.IntN(5); {
	case kind == 0 && !call.Answered:
		what, report["Status"], report["callstatus"] = "status", "CONGESTION", "CONGESTION"
	case kind == 1 && call.Answered && row.TalkDuration != "":
		what, report["TalkDuration"] = "talk", row.TalkDuration+"7"
	case kind == 2 && row.GroupName != "":
		what, report["call_group"] = "group", "Elsewhere"
	case kind == 3 && call.Answered && row.MemberNum != "":
		key := "DialWhomNumber"
		if row.FlowType == "WEBOBD" {
			key = "SourceNumber"
		}
		what, report[key], report["receiver_name"] = "agent", "9811111111", "Somebody Else"
	default:
		what, report["coins"] = "coins", row.CoinDeducted+"7"
		if !strings.Contains(row.CoinDeducted, ".") {
			report["coins"] = row.CoinDeducted + ".25"
		}
	}
	w.expected[row.SidID+" "+what] = true
	return report
}

func payloadOf(t *testing.T, fields map[string]string) []byte {
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (w *vendorWorld) store(url string) *Pipeline {
	w.t.Helper()
	dir := w.t.TempDir()
	path := filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, worldConfig, dir, url), 0o600); err != nil {
		w.t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		w.t.Fatal(err)
	}
	return &Pipeline{Config: c, ConfigPath: path, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler)}
}

// deliver writes deliveries to the spool of a store.
func (w *vendorWorld) deliver(p *Pipeline, reports []spool.Envelope) {
	w.t.Helper()
	slices.SortStableFunc(reports, func(a, b spool.Envelope) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	if err := os.MkdirAll(p.Config.SpoolDir(), 0o700); err != nil {
		w.t.Fatal(err)
	}
	var text []byte
	for i, report := range reports {
		report.ID = fmt.Sprintf("01%020d%04d", w.now.Unix(), i)
		text = report.AppendLine(text)
	}
	path := filepath.Join(p.Config.SpoolDir(), w.now.Format("2006-01-02.150405")+".ndjson")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *vendorWorld) refresh(p *Pipeline) {
	w.t.Helper()
	summary, err := p.Refresh(w.t.Context(), false, nil)
	if err != nil || len(summary.Warnings) > 0 {
		w.t.Fatal(summary.Warnings, err)
	}
}

// fetch fetches and loads the lists a minute later, and compares.
func (w *vendorWorld) fetch() ([]FetchedDay, []store.Reconciliation) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	fetched := w.some.FetchLists(w.t.Context(), w.api, "main", w.days, func(string) func(rows, total int64) { return nil })
	for _, day := range fetched {
		if day.Err != nil {
			w.t.Fatal(day.Err)
		}
	}
	w.refresh(w.some)
	return fetched, w.compare(fetched)
}

func (w *vendorWorld) compare(fetched []FetchedDay) []store.Reconciliation {
	w.t.Helper()
	days, err := w.some.Compare(w.t.Context(), fetched)
	if err != nil || len(days) != len(w.days) {
		w.t.Fatal(days, err)
	}
	return days
}

// importNewer imports what is newer and loads it.
func (w *vendorWorld) importNewer(fetched []FetchedDay) (missing, differing int64, id string) {
	w.t.Helper()
	taken, err := w.some.ImportNewer(w.t.Context(), fetched)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, one := range taken {
		missing, differing, id = missing+one.Missing, differing+one.Differing, one.Import
	}
	w.refresh(w.some)
	return missing, differing, id
}

// rows returns columns of the rows of a named query.
func (w *vendorWorld) rows(p *Pipeline, query string, columns ...int) (rows []string) {
	w.t.Helper()
	reader, err := p.OpenReader(w.t.Context(), ReaderOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer reader.Close()
	err = reader.Query(context.Background(), query, map[string]any{"from": "2026-10-01", "to": "2026-10-31"}, func([]string) error { return nil }, func(values []any) error {
		var cells []string
		for _, column := range columns {
			cells = append(cells, fmt.Sprint(values[column]))
		}
		rows = append(rows, strings.Join(cells, " "))
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(rows)
	return rows
}

func (w *vendorWorld) differences() []string { return w.rows(w.some, "vendor_differences", 3, 6) }
func (w *vendorWorld) content(p *Pipeline) []string {
	return w.rows(p, "content", 0, 1, 2)
}

// TestReconcileFindsExactlyWhatDiffers drops, doubles and changes webhooks at random.
func TestReconcileFindsExactlyWhatDiffers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	t.Parallel()
	for seed := range *seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newVendorWorld(t, seed+1)
			w.refresh(w.all)
			fetched, days := w.fetch()
			expected := slices.Sorted(maps.Keys(w.expected))
			if found := w.differences(); !slices.Equal(found, expected) {
				t.Fatalf("found\n%q, expected\n%q", found, expected)
			}
			var missing, unknown, differing int64
			for _, day := range days {
				missing, unknown, differing = missing+day.Missing, unknown+day.UnknownToVendor, differing+day.Differing
				if day.VendorCalls-day.Missing+day.UnknownToVendor != day.OurCalls || day.IsComplete {
					t.Errorf("%+v", day)
				}
			}
			if missing+unknown+differing != int64(len(expected)) || missing == 0 || differing == 0 || unknown != 3 {
				t.Errorf("%d missing, %d unknown, %d differing of %d", missing, unknown, differing, len(expected))
			}
			before := w.content(w.some)

			gotMissing, gotDiffering, id := w.importNewer(fetched)
			if gotMissing != missing || gotDiffering != differing {
				t.Errorf("%d missing and %d differing were imported; there were %d and %d", gotMissing, gotDiffering, missing, differing)
			}
			if got, want := w.content(w.some), w.content(w.all); !slices.Equal(got, want) {
				t.Errorf("content after taking in\n%q, with all webhooks\n%q", got, want)
			}
			var recovered int64
			for _, day := range w.compare(fetched) {
				recovered += day.Recovered
				if day.Missing+day.Differing > 0 || *day.VendorCoins > *day.OurCoins {
					t.Errorf("after taking in: %+v", day)
				}
			}
			if recovered != missing {
				t.Errorf("%d recovered, %d missing", recovered, missing)
			}
			again, _ := w.fetch()
			if missing, differing, _ := w.importNewer(again); missing+differing > 0 {
				t.Errorf("taking in again: %d missing, %d differing", missing, differing)
			}

			if err := spool.Undo(w.some.Config.SpoolDir(), id); err != nil {
				t.Fatal(err)
			}
			w.refresh(w.some)
			if after := w.content(w.some); !slices.Equal(after, before) {
				t.Errorf("content after undoing\n%q, before\n%q", after, before)
			}
			if found := w.differences(); !slices.Equal(found, expected) {
				t.Errorf("after undoing\n%q, expected\n%q", found, expected)
			}
		})
	}
}

// TestWhatWasReportedLastCounts: a webhook after the list, the next list, and nothing more than that.
func TestWhatWasReportedLastCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	t.Parallel()
	w := newVendorWorld(t, 3)
	fetched, _ := w.fetch()
	w.importNewer(fetched)
	contentOfList := w.content(w.some)

	// A webhook with old content arrives late, after the list: it counts, until the next list says otherwise.
	w.now = w.now.Add(time.Minute)
	var call demo.ListedCall
	w.server.Update(func(account *vendorapi.Account) { call = account.Calls[10] })
	late := webhookOf(call.Row)
	late["coins"] = "99"
	w.deliver(w.some, []spool.Envelope{{ReceivedAt: w.now, Source: "main", Kind: spool.KindCallReport, Encoding: spool.EncodingJSON, Payload: payloadOf(t, late)}})
	w.refresh(w.some)
	differs := call.Row.SidID + " coins"
	if found := w.differences(); !slices.Contains(found, differs) {
		t.Errorf("a late webhook does not count: %q", found)
	}
	if missing, differing, _ := w.importNewer(fetched); missing+differing > 0 {
		t.Errorf("%d missing and %d differing were imported from a list that is older than the webhook", missing, differing)
	}
	fetched, _ = w.fetch()
	if missing, differing, _ := w.importNewer(fetched); missing != 0 || differing != 1 {
		t.Errorf("%d missing and %d differing were imported from the newer list", missing, differing)
	}
	if got := w.content(w.some); !slices.Equal(got, contentOfList) {
		t.Errorf("content\n%q, before the late webhook\n%q", got, contentOfList)
	}
	for range 2 {
		fetched, _ = w.fetch()
		if missing, differing, _ := w.importNewer(fetched); missing+differing > 0 {
			t.Errorf("%d missing and %d differing were imported again", missing, differing)
		}
	}

	// The vendor corrects a call.
	w.server.Update(func(account *vendorapi.Account) { account.Calls[10].Row.CoinDeducted = "77" })
	fetched, _ = w.fetch()
	if found := w.differences(); !slices.Contains(found, differs) {
		t.Errorf("a correction of the vendor is not found: %q", found)
	}
	if _, differing, _ := w.importNewer(fetched); differing != 1 || slices.Contains(w.differences(), differs) {
		t.Errorf("a correction of the vendor is not imported: %q", w.differences())
	}
}
