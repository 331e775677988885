package monitor

import (
	"context"
	"time"

	"callsheet/internal/vendor"
)

// vendorTimeout limits the check of a vendor's API.
const vendorTimeout = 30 * time.Second

// checkVendorAPIs asks each vendor's API for one page of its list of calls.
func (k *checker) checkVendorAPIs(ctx context.Context) {
	for _, source := range k.Config.Collector.Sources {
		if source.VendorAPI == nil {
			continue
		}
		what := "vendor's API of source " + source.Name
		k.begin(what)
		api, err := k.VendorAPI(source)
		if err == nil {
			limited, cancel := context.WithTimeout(ctx, vendorTimeout)
			err = api.Check(limited)
			cancel()
		}
		k.addFinding(what, err, vendor.IsTemporary(err)) // it may be down for the moment
	}
}
