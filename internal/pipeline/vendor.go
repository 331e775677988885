package pipeline

import (
	"context"
	"errors"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/spool"
	"callsheet/internal/vendor"
)

// VendorAPI returns the API of a source that has vendor_api. It keeps to the rate limit over all of its requests, so a process needs one.
func (p *Pipeline) VendorAPI(source config.Source) (vendor.API, error) {
	authcode, secret, err := p.Config.ResolveVendorAPI(source)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(source.Timezone)
	if err != nil {
		return nil, err
	}
	v := source.VendorAPI
	return vendor.New(vendor.Options{
		Kind: v.Kind, URL: v.URL, Authcode: authcode, Secret: secret, DataDir: p.Config.Data(),
		Source: source.Name, Zone: zone, OutgoingCaller: source.OutgoingCaller, DirectionWords: source.DirectionWords,
		PerPage: v.PerPage, RequestsPerMinute: v.RequestsPerMinute, Now: p.Now,
	})
}

// FetchBalance fetches the balance of an account and keeps it; the next load takes it in.
func (p *Pipeline) FetchBalance(ctx context.Context, api vendor.API) error {
	balance, err := api.Balance(ctx)
	if err != nil {
		return err
	}
	lock, err := p.lockVendorFiles(ctx)
	if err != nil {
		return err
	}
	return errors.Join(spool.AppendBalance(p.Config.Data(), balance), lock.Release())
}
