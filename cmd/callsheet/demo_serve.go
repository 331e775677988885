package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/demo"
	"callsheet/internal/exitcode"
)

// The calls that go on while a demo is served: some ten at any time. They begin before the start, so that the page is not empty then.
const (
	demoBatch      = 2 * time.Hour
	demoBatchCalls = 590
	demoBefore     = 25 * time.Minute
)

// serveDemo serves the demo in the folder, with calls going on, until ctx ends.
func (a *app) serveDemo(ctx context.Context, o demoOptions, hangups hangups) error {
	a.configPath = filepath.Join(o.dir, "callsheet.yaml")
	p, err := a.open()
	if err != nil {
		return err
	}
	c := p.Config
	if c.Page.Listen == "" || len(c.Collector.Sources) == 0 {
		return exitcode.UsageError(fmt.Errorf("%s has no page.listen, or no source\nhint: delete the folder, and callsheet demo creates a new one", a.configPath))
	}
	tokens, err := c.ResolveTokens(c.Collector.Sources[0])
	if err != nil {
		return exitcode.UsageError(err)
	}
	hook := fmt.Sprintf("http://%s/hooks/%s/%s", c.Collector.Listen, c.Collector.Sources[0].Name, tokens[0])
	return a.serve(ctx, p, hangups, func(ctx context.Context) {
		fmt.Fprintf(a.stdout, "\ncalls in progress   http://%s/\nwallboard           http://%[1]s/wall\ntoday               http://%[1]s/today\n\nThese calls are simulated. Ctrl-C stops them.\n\n", c.Page.Listen)
		if err := a.sendOngoing(ctx, c, o.seed, hook); err != nil && ctx.Err() == nil {
			p.Log.Error("simulating calls stopped", "error", err)
		}
	})
}

// sendOngoing sends the deliveries of calls that go on, each when it is due, until ctx ends.
func (a *app) sendOngoing(ctx context.Context, c *config.Config, seed uint64, hook string) error {
	zone := c.Collector.Sources[0].Zone()
	var waiting []demo.Delivery // sorted
	for from := a.now().Add(-demoBefore); ; from = from.Add(demoBatch) {
		seed++
		waiting = append(waiting, demo.Ongoing(demo.Options{Calls: demoBatchCalls, Seed: seed, Zone: zone}, from, demoBatch)...)
		slices.SortStableFunc(waiting, func(x, y demo.Delivery) int { return x.At.Compare(y.At) })
		end := from.Add(demoBatch)
		for len(waiting) > 0 && waiting[0].At.Before(end) {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(waiting[0].At.Sub(a.now())):
			}
			if err := demo.Send(ctx, &http.Client{}, hook, waiting[:1], nil, nil); err != nil {
				return err
			}
			waiting = waiting[1:]
		}
	}
}

// hasDemo reports whether the folder has a complete demo.
func (o demoOptions) hasDemo() bool {
	_, errMark := os.Stat(filepath.Join(o.dir, demoMark))
	_, errConfig := os.Stat(filepath.Join(o.dir, "callsheet.yaml"))
	return errors.Join(errMark, errConfig) == nil && !o.isIncomplete()
}

// isIncomplete reports whether the folder has a demo whose creation was interrupted or failed.
func (o demoOptions) isIncomplete() bool {
	mark, err := os.ReadFile(filepath.Join(o.dir, demoMark))
	return err == nil && strings.HasSuffix(string(mark), markIncomplete)
}
