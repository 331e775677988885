package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/demo"
	"callsheet/internal/demo/vendorapi"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
)

// The address in the configuration of a demo, and the key of the made-up account.
const (
	demoVendorAPI = "127.0.0.1:8090"
	demoAuthcode  = "demo-authcode"
)

// size returns the options of the generated calls, which end yesterday if until is empty.
func (o demoOptions) size(now time.Time) (size demo.Options, err error) {
	if o.calls < 1 || o.days < 1 {
		return size, exitcode.UsageError(errors.New("--calls and --days must be at least 1"))
	}
	zone, err := time.LoadLocation(config.VendorZone)
	if err != nil {
		return size, err
	}
	last, err := period.ParseDay(cmp.Or(o.until, now.In(zone).AddDate(0, 0, -1).Format(time.DateOnly)))
	if err != nil {
		return size, exitcode.UsageError(err)
	}
	until := time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, zone)
	return demo.Options{Calls: o.calls, Lost: lostReports(o.calls), Days: o.days, Seed: o.seed, Until: until, Zone: zone}, nil
}

// The mark of a demo's folder has its options, so that the stand-in has the same calls, and says while the demo is incomplete.
const (
	markText    = "created by callsheet demo; emptied by the next\n"
	markOptions = "--calls %d --days %d --seed %d --until %s\n"

	markIncomplete = "incomplete\n"
)

func markOf(o demo.Options) string {
	return markText + fmt.Sprintf(markOptions, o.Calls, o.Days, o.Seed, o.Until.AddDate(0, 0, -1).Format(time.DateOnly))
}

// ofFolder returns the options of the demo in the folder; o if there is none.
func (o demoOptions) ofFolder() demoOptions {
	text, err := os.ReadFile(filepath.Join(o.dir, demoMark))
	if err != nil {
		return o
	}
	found := o
	if _, err := fmt.Sscanf(strings.TrimPrefix(string(text), markText), markOptions, &found.calls, &found.days, &found.seed, &found.until); err != nil {
		return o
	}
	return found
}

// standIn is a server of the vendor's API with made-up calls.
type standIn struct {
	server *http.Server
	failed <-chan error
	calls  int
	api    config.VendorAPI // how it is reached
}

// vendorAPIBlock is the configuration of the stand-in at a URL.
func vendorAPIBlock(url string) string {
	return fmt.Sprintf("vendor_api: {kind: callerdesk, url: %q, authcode: %s, per_page: 100, requests_per_minute: 60000}", url, demoAuthcode)
}

// startStandIn starts the stand-in for the calls of a demo.
func startStandIn(address string, size demo.Options) (*standIn, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	account := vendorapi.FromDemo(size, demoAuthcode)
	handler := http.NewServeMux()
	handler.Handle("/api/", vendorapi.New(account))
	handler.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	server, failed := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}, make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	return &standIn{server, failed, len(account.Calls), config.VendorAPI{
		Kind: "callerdesk", URL: "http://" + listener.Addr().String() + "/api", Authcode: demoAuthcode, PerPage: 100, RequestsPerMinute: 60_000, DaysBack: 3,
	}}, nil
}

// lostReports is how many calls of a demo have reports that do not arrive.
func lostReports(calls int) int {
	if calls < 20 {
		return 0
	}
	return min(2+calls/1000, 20)
}

// reconcileDemo compares the calls of a demo with the list of a stand-in, and imports those whose reports did not arrive.
func (a *app) reconcileDemo(ctx context.Context, c *config.Config, size demo.Options) (r reconciliation, err error) {
	stand, err := startStandIn("127.0.0.1:0", size)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stand.server.Close()) }()
	with := *c
	with.Collector.Sources = slices.Clone(c.Collector.Sources)
	with.Collector.Sources[0].VendorAPI = &stand.api
	var days []string
	for day := size.Until.AddDate(0, 0, -size.Days); day.Before(size.Until); day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	r, err = a.runReconciliation(ctx, a.pipeline(&with), with.Collector.Sources[:1], map[string][]string{with.Collector.Sources[0].Name: days}, true)
	if err == nil {
		err = r.outcome(true)
	}
	return r, err
}

// serveVendorAPI serves the stand-in until ctx ends.
func (a *app) serveVendorAPI(ctx context.Context, o demoOptions) error {
	size, err := o.size(a.now())
	if err != nil {
		return err
	}
	stand, err := startStandIn(o.vendorAPI, size)
	if err != nil {
		return fmt.Errorf("--vendor-api: %w", err)
	}
	file := filepath.Join(o.dir, "callsheet.yaml")
	if _, err := os.Stat(file); err != nil { // there is no demo
		file = a.configPath
	}
	fmt.Fprintf(a.stdout, `stand-in of the vendor's API, with %s from %s to %s; Ctrl-C stops it

in %s, under the source:

      %s

then: callsheet --config %[4]s reconcile --from %[2]s --to %[3]s
`, display.Plural(stand.calls, "call"), size.Until.AddDate(0, 0, -o.days).Format(time.DateOnly), size.Until.AddDate(0, 0, -1).Format(time.DateOnly), file,
		vendorAPIBlock(stand.api.URL))
	select {
	case err := <-stand.failed:
		return err
	case <-ctx.Done():
		return stand.server.Close()
	}
}
