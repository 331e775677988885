package config

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"callsheet/internal/period"
	"callsheet/queries"
)

var hoursForm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)$`)

// CheckFilter returns an error if a filter's key or value is invalid.
func CheckFilter(key, value string) error {
	switch {
	case !slices.Contains(queries.Filters, key):
		return fmt.Errorf("unknown filter %q; available: %s", key, strings.Join(queries.Filters, ", "))
	case key == "direction" && !slices.Contains([]string{"incoming", "outgoing", "unknown"}, value):
		return fmt.Errorf("direction %q must be incoming, outgoing or unknown", value)
	case key == "hours" && value != "business" && value != "closed" && !hoursForm.MatchString(value):
		return fmt.Errorf("hours %q must be business, closed or a span such as 09:00-13:30", value)
	}
	return nil
}

func (c *Config) validateReports(add adder) {
	seen := map[string]bool{}
	for i, report := range c.Reports {
		key := fmt.Sprintf("reports[%d]", i)
		if !name.MatchString(report.Name) {
			add(key+".name", "%q may contain letters, digits, . - and _ only, since it is part of file names", report.Name)
		}
		if seen[report.Name] {
			add(key+".name", "%q is defined twice", report.Name)
		}
		seen[report.Name] = true
		checkZone(add, key+".timezone", report.Timezone)
		if report.Schedule != "" {
			if _, err := cron.ParseStandard(report.Schedule); err != nil {
				if len(strings.Fields(report.Schedule)) != 5 {
					err = errors.New("expected minute hour day-of-month month weekday, such as \"0 8 * * *\"")
				}
				add(key+".schedule", "%w", err)
			}
		}
		if _, err := period.Parse(report.Period, time.Unix(0, 0)); err != nil {
			add(key+".period", "%v", err)
		}
		for filter, value := range report.Filters {
			if err := CheckFilter(filter, value); err != nil {
				add(key+".filters", "%v", err)
			}
		}
		for _, days := range report.Skip {
			if days != "weekends" && days != "holidays" {
				add(key+".skip", "%q must be weekends or holidays", days)
			}
		}
		if _, known := Bursts[report.Burst]; report.Burst != "" && !known {
			add(key+".burst", "%q is not one of %s", report.Burst, strings.Join(slices.Sorted(maps.Keys(Bursts)), ", "))
		}
		if *report.CatchUp < 0 || report.WaitForData < 0 || *report.RetryFor < 0 {
			add(key, "catch_up, wait_for_data and retry_for must not be negative")
		}
		if report.IfNothing != "skip" && report.IfNothing != "tell" {
			add(key+".if_nothing", "%q must be skip or tell", report.IfNothing)
		}
		for j, delivery := range report.Deliver {
			c.validateDelivery(add, fmt.Sprintf("%s.deliver[%d]", key, j), delivery)
		}
	}
}

// Bursts are the columns that a report can be split by, each with the filter that selects one value.
var Bursts = map[string]string{
	"call_group": "group", "agent": "agent", "virtual_number": "number", "campaign_id": "campaign",
}

func (c *Config) validateDelivery(add adder, key string, d Delivery) {
	if d.channels() != 1 {
		add(key, "needs exactly one of folder, mail, bucket, webhook")
	}
	if d.Name != "" && d.Folder == "" && d.Bucket == "" {
		add(key+".name", "is only for folder and bucket")
	}
	if strings.Contains(d.Folder, "://") {
		add(key+".folder", "is a URL; a folder is a path, such as that of a mounted share")
	}
	if d.Keep != 0 && d.Folder == "" || d.Keep < 0 {
		add(key+".keep", "is only for folder, and must not be negative")
	}
	if d.Mail != nil {
		if c.Mail.Host == "" || c.Mail.From == "" {
			add(key+".mail", "needs mail.host and mail.from")
		}
		for _, address := range slices.Concat(d.Mail.To, d.Mail.CC, d.Mail.BCC, slices.Concat(slices.Collect(maps.Values(d.Mail.Recipients))...)) {
			if _, err := mail.ParseAddress(address); err != nil {
				add(key+".mail", "%q is not a mail address", address)
			}
		}
	}
	if d.Webhook != nil && !slices.Contains([]string{"", "json", "slack", "teams", "googlechat"}, d.Webhook.Shape) {
		add(key+".webhook.shape", "must be json, slack, teams or googlechat")
	}
	if d.Bucket != "" && !bucketForm.MatchString(d.Bucket) {
		add(key+".bucket", "must begin with s3://, gs://, azblob:// or file://")
	}
}

var bucketForm = regexp.MustCompile(`^(s3|gs|azblob|file)://`)

// channels returns the number of channels that are set.
func (d Delivery) channels() int {
	n := 0
	for _, given := range []bool{d.Folder != "", d.Mail != nil, d.Bucket != "", d.Webhook != nil} {
		if given {
			n++
		}
	}
	return n
}
