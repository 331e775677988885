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
	"strings"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/demo"
	"callsheet/internal/demo/vendorapi"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
)

// demoAuthcode is the key of the made-up account.
const demoAuthcode = "demo-authcode"

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
	return demo.Options{Calls: o.calls, Days: o.days, Seed: o.seed, Until: until, Zone: zone}, nil
}

// The mark of a demo's folder has its options, so that the stand-in has the same calls.
const (
	markText    = "created by callsheet demo; emptied by the next\n"
	markOptions = "--calls %d --days %d --seed %d --until %s\n"
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

      vendor_api: {kind: callerdesk, url: "%s", authcode: %s, per_page: %d, requests_per_minute: %d}

then: callsheet --config %[4]s reconcile --from %[2]s --to %[3]s
`, display.Plural(stand.calls, "call"), size.Until.AddDate(0, 0, -o.days).Format(time.DateOnly), size.Until.AddDate(0, 0, -1).Format(time.DateOnly), file,
		stand.api.URL, demoAuthcode, stand.api.PerPage, stand.api.RequestsPerMinute)
	select {
	case err := <-stand.failed:
		return err
	case <-ctx.Done():
		return stand.server.Close()
	}
}
