package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"callsheet/internal/demo"
	"callsheet/internal/demo/vendorapi"
)

const secretAuthcode = "an-authcode-that-nobody-sees"

// withVendorAPI is a configuration with a source whose vendor's API is at a URL.
func withVendorAPI(url string) string {
	return "collector: {listen: ADDRESS, sources: [{name: main, tokens: [a-token-for-tests], " + vendorAPISettings(url) + "}]}\n"
}

// vendorAPISettings are those of such a source.
func vendorAPISettings(url string) string {
	return fmt.Sprintf("vendor_api: {kind: callerdesk, url: %q, authcode: %s, per_page: 100, requests_per_minute: 60000}", url+"/api", secretAuthcode)
}

// listOfThreeDays starts a stand-in of the vendor's API that lists calls of the last three days, and returns its URL.
func listOfThreeDays(t *testing.T) string {
	india := time.FixedZone("", 19800)
	today := time.Now().In(india)
	calls := demo.Options{Calls: 30, Days: 3, Seed: 1, Zone: india, Until: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, india)}
	api := httptest.NewServer(vendorapi.New(vendorapi.FromDemo(calls, secretAuthcode)))
	t.Cleanup(api.Close)
	return api.URL
}

// TestServeReconciles loses every webhook of three days; serve takes the calls in from the vendor's list.
func TestServeReconciles(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	api := listOfThreeDays(t)
	s := startReloading(t, "serve", withVendorAPI(api))
	s.until("reconciled", func() bool { return strings.Contains(s.log.String(), "reconciled") })
	s.until("complete", func() bool { return strings.Contains(s.status(), "of the last two weeks, 3 days complete, 0 not") })
	s.until("metrics", func() bool {
		return s.metric(`callsheet_reconciled_days{source="main",verdict="complete"}`) == `callsheet_reconciled_days{source="main",verdict="complete"} 3`
	})
	if text := s.log.String() + s.status(); strings.Contains(text, secretAuthcode) {
		t.Error("the authcode can be read")
	}
}

// TestServeReportsAFailedReconciliation has an API that refuses the authcode, with the status 200.
func TestServeReportsAFailedReconciliation(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"type":"error","message":"Invalid authcode `+secretAuthcode+`"}`)
	}))
	defer api.Close()
	s := startReloading(t, "serve", withVendorAPI(api.URL))
	s.until("failed", func() bool { return strings.Contains(s.log.String(), "reconciliation failed") })
	s.until("status", func() bool {
		return strings.Contains(s.status(), "source main cannot be compared with the vendor's list since ")
	})
	if s.answers("/hooks/main/a-token-for-tests", "{}") != http.StatusOK {
		t.Error("a delivery is refused")
	}
	if text := s.log.String() + s.status(); strings.Contains(text, secretAuthcode) {
		t.Error("the authcode can be read")
	}
}
