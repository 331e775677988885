package config

import (
	"fmt"
	"maps"
	"slices"
)

// checkEffect reports keys that are set and do nothing beside the others. It runs before the defaults are filled in.
func (c *Config) checkEffect(add adder) {
	if !c.Store.Publish && (c.Store.PublishedMode != 0 || c.Store.PublishedGroup != "") {
		add("store", "published_mode and published_group do nothing with publish: false")
	}
	if c.Store.Lake.Enabled() && (c.Store.PublishedMode != 0 || c.Store.PublishedGroup != "") {
		add("store", "published_mode and published_group do nothing with a lake, whose readers have users of their own in the catalog")
	}
	if !c.Store.Lake.Enabled() && c.Store.Lake.MaintainEvery != Default().Store.Lake.MaintainEvery {
		add("store.lake.maintain_every", "does nothing without catalog and data")
	}
	if c.Store.Lake.PasswordFile != "" && c.Store.Lake.hasPassword() {
		add("store.lake.password_file", "does nothing beside the password in catalog; leave one of them out")
	}
	for i, source := range c.Collector.Sources {
		if source.VendorAPI != nil {
			source.VendorAPI.checkEffect(add, fmt.Sprintf("collector.sources[%d].vendor_api", i))
		}
	}
	c.Page.checkEffect(add)
	c.Mail.checkEffect(add)
	for i, report := range c.Reports {
		key := fmt.Sprintf("reports[%d]", i)
		report.checkEffect(add, key)
		if report.WaitForReconciliation && report.Schedule != "" {
			c.checkReconciliation(add, key+".wait_for_reconciliation", report)
		}
		for j, d := range report.Deliver {
			d.checkEffect(add, fmt.Sprintf("%s.deliver[%d]", key, j), report.Burst != "")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.Webhooks())) {
		c.Webhooks()[key].checkEffect(add, key)
	}
}

// checkReconciliation reports a report that waits for what never comes.
func (c *Config) checkReconciliation(add adder, key string, report Report) {
	named := report.Filters["source"]
	reconciled := slices.ContainsFunc(c.Collector.Sources, func(s Source) bool {
		return s.VendorAPI != nil && (named == "" || s.Name == named)
	})
	switch {
	case report.WaitForData == 0:
		add(key, "does nothing without wait_for_data, which is how long to wait")
	case !reconciled && named != "":
		add(key, "does nothing: source %s has no vendor_api", named)
	case !reconciled:
		add(key, "does nothing: no source has vendor_api")
	}
}

func (r Report) checkEffect(add adder, key string) {
	if r.Schedule == "" {
		for _, unused := range []struct {
			key string
			set bool
		}{{"skip", len(r.Skip) > 0}, {"catch_up", r.CatchUp != nil}, {"wait_for_data", r.WaitForData != 0}, {"retry_for", r.RetryFor != nil},
			{"wait_for_reconciliation", r.WaitForReconciliation}} {
			if unused.set {
				add(key+"."+unused.key, "does nothing without schedule")
			}
		}
	}
	if r.IfNothing == "tell" && r.OnlyIf == "" && r.Burst == "" {
		add(key+".if_nothing", "does nothing without only_if or burst: the report is always sent")
	}
	if r.Link != "" && !slices.ContainsFunc(r.Deliver, func(d Delivery) bool { return d.Mail != nil || d.Webhook != nil }) {
		add(key+".link", "does nothing without mail or webhook in deliver, which show it")
	}
}

func (d Delivery) checkEffect(add adder, key string, burst bool) {
	if d.Mail != nil && len(d.Mail.Recipients) > 0 && !burst {
		add(key+".mail.recipients", "does nothing without burst; use to")
	}
}
