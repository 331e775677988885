package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"callsheet/internal/demo/vendorapi"
)

// vendorapi FILE CONFIG starts a stand-in of the vendor's API until the script ends, and puts its address into CONFIG for VENDOR_URL. It
// serves the account in FILE, which the script may replace. A request in "fail" is answered with that text.
func vendorAPI(ts *testscript.TestScript, _ bool, args []string) {
	path, config := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var account struct {
			vendorapi.Account
			Fail map[string]string
		}
		text, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(text, &account)
		}
		if err != nil {
			panic(err)
		}
		api := vendorapi.New(account.Account)
		api.Answer = func(name string, _ url.Values, _ map[string]any) vendorapi.Reply {
			if body, ok := account.Fail[name]; ok {
				return vendorapi.Body(http.StatusOK, body)
			}
			return nil
		}
		api.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	text := strings.ReplaceAll(ts.ReadFile(args[1]), "VENDOR_URL", server.URL)
	ts.Check(os.WriteFile(config, []byte(text), 0o600))
}
