package config

import (
	"fmt"
	"maps"
	"net/mail"
	"path"
	"slices"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/period"
	"callsheet/internal/suggest"
	"callsheet/queries"
)

var hoursForm = lazyregexp.New(`^([01]\d|2[0-3]):[0-5]\d-([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)$`)

// Directions are the values of the filter direction, NamedHours those of the filter hours that have a name.
var (
	Directions = []string{"incoming", "outgoing", "unknown"}
	NamedHours = []string{"business", "closed"}
)

// CheckFilter returns an error if a filter's key or value is invalid.
func CheckFilter(key, value string) error {
	switch {
	case !slices.Contains(queries.Filters, key):
		return fmt.Errorf("unknown filter %q%s", key, suggest.Hint(key, queries.Filters, "available:"))
	case strings.TrimSpace(value) == "":
		return fmt.Errorf("%s is empty, which no call is\nhint: leave it out for all calls", key)
	case key == "direction" && !slices.Contains(Directions, value):
		return fmt.Errorf("direction %q must be incoming, outgoing or unknown%s", value, suggest.Hint(value, Directions, ""))
	case key == "hours" && !slices.Contains(NamedHours, value) && !hoursForm().MatchString(value):
		hint := ""
		if near := suggest.Nearest(value, NamedHours); near != "" {
			hint = "\nhint: did you mean " + near + "?"
		} else if written := suggest.Span(value); written != "" {
			hint = "\nhint: " + written
		}
		return fmt.Errorf("hours %q must be business, closed or a span such as 09:00-13:30%s", value, hint)
	case key == "hours" && isEmptySpan(value):
		return fmt.Errorf("hours %q is a span without a length\nhint: write when it ends, such as 09:00-13:30, or leave it out for the whole day", value)
	}
	return nil
}

// isEmptySpan reports whether a span ends when it begins. 24:00 is 00:00 of the next day, so 00:00-24:00 is not empty.
func isEmptySpan(span string) bool {
	opens, closes, ok := strings.Cut(span, "-")
	return ok && opens == closes
}

func (c *Config) validateReports(add adder) {
	seen := map[string]bool{}
	for i, report := range c.Reports {
		key := fmt.Sprintf("reports[%d]", i)
		if !name().MatchString(report.Name) {
			add(key+".name", "%q may contain letters, digits, . - and _ only, since it is part of file names", report.Name)
		}
		if seen[report.Name] {
			add(key+".name", "%q is defined twice", report.Name)
		}
		seen[report.Name] = true
		if len(report.Name) > maxName {
			add(key+".name", "has %d characters; %d are the most, since it is part of file names", len(report.Name), maxName)
		}
		if report.Timezone != c.Timezone { // which is checked
			checkZone(add, key+".timezone", report.Timezone)
		}
		if report.Schedule != "" {
			if err := c.checkSchedule(report); err != nil {
				add(key+".schedule", "%w", err)
			}
		}
		if _, err := period.Parse(report.Period, time.Unix(0, 0)); err != nil {
			add(key+".period", "%v", err)
		}
		for _, filter := range slices.Sorted(maps.Keys(report.Filters)) {
			if err := CheckFilter(filter, report.Filters[filter]); err != nil {
				add(key+".filters", "%v", err)
			}
		}
		for _, days := range report.Skip {
			checkChoice(add, key+".skip", days, "weekends", "holidays")
		}
		if report.Burst != "" {
			checkChoice(add, key+".burst", report.Burst, slices.Sorted(maps.Keys(Bursts))...)
		}
		if *report.CatchUp < 0 || report.WaitForData < 0 || *report.RetryFor < 0 {
			add(key, "catch_up, wait_for_data and retry_for must not be negative")
		}
		if report.Link != "" && !strings.Contains(report.Link, "://") {
			add(key+".link", "is not a URL, such as https://files.example.com/{report}-{period}.xlsx")
		}
		checkChoice(add, key+".if_nothing", report.IfNothing, "skip", "tell")
		c.checkGoalCondition(add, key, report)
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
	} else if folders := path.Dir(d.Name); d.Keep > 0 && strings.Contains(folders, "{period}") {
		add(key+".keep", "does nothing with {period} in a folder of name: each period has a folder of its own\nhint: {period} may be in the name of the file")
	}
	if d.Mail != nil {
		if d.Mail.Summary != "" {
			checkChoice(add, key+".mail.summary", d.Mail.Summary, "picture", "pdf", "none")
		}
		if c.Mail.Host == "" || c.Mail.From == "" {
			add(key+".mail", "needs mail.host and mail.from")
		}
		for _, part := range slices.Sorted(maps.Keys(d.Mail.Recipients)) {
			if strings.TrimSpace(part) == "" {
				add(key+".mail.recipients", "needs the name of a part for each list of addresses\nhint: to gets every part")
			}
		}
		for _, address := range slices.Concat(d.Mail.To, d.Mail.CC, d.Mail.BCC, slices.Concat(slices.Collect(maps.Values(d.Mail.Recipients))...)) {
			if _, err := mail.ParseAddress(address); err != nil {
				add(key+".mail", "%q is not a mail address", address)
			}
		}
		if _, err := mail.ParseAddress(d.Mail.ReplyTo); err != nil && d.Mail.ReplyTo != "" {
			add(key+".mail.reply_to", "%q is not a mail address", d.Mail.ReplyTo)
		}
	}
	if d.Webhook != nil {
		d.Webhook.validate(add, key+".webhook")
	}
	if d.Bucket != "" && !bucketForm().MatchString(d.Bucket) {
		add(key+".bucket", "must begin with s3://, gs://, azblob:// or file://")
	}
}

var bucketForm = lazyregexp.New(`^(s3|gs|azblob|file)://`)

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
