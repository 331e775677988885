package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"callsheet/internal/locale"
	"callsheet/internal/period"
)

// name is fit for a URL, a file name and a label.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// validate finds everything wrong at once, each with its key.
func (c *Config) validate() error {
	var errs []error
	add := func(key, format string, args ...any) {
		for i, value := range args {
			args[i] = shown(value)
		}
		errs = append(errs, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
	}
	checkZone(add, "timezone", c.Timezone)
	if _, err := locale.Parse(c.Locale); err != nil {
		add("locale", "%w", err)
	}
	if c.DataDir == "" {
		add("data_dir", "is empty")
	}
	c.Collector.validate(add)
	if _, err := ParseMemory(c.Store.MemoryLimit); err != nil && c.Store.MemoryLimit != "" {
		add("store.memory_limit", "%w", err)
	}
	if c.Store.TimeLimit <= 0 {
		add("store.time_limit", "%v is no time", c.Store.TimeLimit)
	}
	c.Business.validate(add)
	c.validateReports(add)
	c.validateNames(add)
	c.Mail.validate(add)
	for i, address := range c.AlertTo {
		if _, err := mail.ParseAddress(address); err != nil {
			add(fmt.Sprintf("alert_to[%d]", i), "%q is no mail address", address)
		}
	}
	if len(c.AlertTo) > 0 && (c.Mail.Host == "" || c.Mail.From == "") {
		add("alert_to", "needs mail.host and mail.from")
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		add("log.level", "%q is none of debug, info, warn, error", c.Log.Level)
	}
	if !slices.Contains([]string{"text", "json"}, c.Log.Format) {
		add("log.format", "%q is neither text nor json", c.Log.Format)
	}
	return errors.Join(errs...)
}

// shown is a value as a message shows it: of a URL only the scheme, of several words only the first, since a URL may hold a secret, and
// a typing error can make one value of several lines and comments of the file.
func shown(value any) any {
	text, ok := value.(string)
	if scheme, _, isURL := strings.Cut(text, "://"); ok && isURL {
		text = scheme + "://…"
	}
	if first := strings.Fields(text); ok && len(first) > 1 {
		return first[0] + "…"
	}
	if ok {
		return text
	}
	return value
}

type adder func(key, format string, args ...any)

func (c *Collector) validate(add adder) {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		add("collector.listen", "is not host:port")
	}
	if _, _, err := net.SplitHostPort(c.AdminListen); err != nil && c.AdminListen != "" {
		add("collector.admin_listen", "is not host:port")
	}
	if c.ID != "" && (!name.MatchString(c.ID) || strings.Contains(c.ID, ".")) {
		add("collector.id", "%q may have letters, digits, - and _ only", c.ID)
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		add("collector.tls", "needs both cert_file and key_file")
	}
	seen := map[string]bool{}
	for i, source := range c.Sources {
		key := fmt.Sprintf("collector.sources[%d]", i)
		if !name.MatchString(source.Name) {
			add(key+".name", "%q may have letters, digits, . - and _ only", source.Name)
		}
		if seen[source.Name] {
			add(key+".name", "%q is there twice", source.Name)
		}
		seen[source.Name] = true
		checkZone(add, key+".timezone", source.Timezone)
		if source.OutgoingCaller != "agent" && source.OutgoingCaller != "customer" {
			add(key+".outgoing_caller", "%q is neither agent nor customer", source.OutgoingCaller)
		}
		checkNetworks(add, key+".allow", source.Allow)
	}
	checkNetworks(add, "collector.trusted_proxies", c.TrustedProxies)
	if c.Limits.MaxDeliveries < 1 || c.Limits.MaxDeliveries > 100_000 {
		add("collector.limits.max_deliveries", "%d is not between 1 and 100000", c.Limits.MaxDeliveries)
	}
	if c.Limits.InFlight < 1 || c.Limits.Wait <= 0 || c.Limits.Connections < 1 {
		add("collector.limits", "in_flight, wait and connections must be positive")
	}
}

func (b *Business) validate(add adder) {
	for key, span := range map[string]time.Duration{"short_abandon": b.ShortAbandon,
		"service_level_target": b.ServiceLevelTarget, "recovery_window": b.RecoveryWindow} {
		if span <= 0 {
			add("business."+key, "must be a positive duration such as 5s or 24h")
		}
	}
	if _, err := b.OpenHours(); err != nil {
		add("business.hours", "%v", err)
	}
	for i, day := range b.Holidays {
		if _, err := period.ParseDay(day); err != nil {
			add(fmt.Sprintf("business.holidays[%d]", i), "%v", err)
		}
	}
	for i, agent := range b.Agents {
		key := fmt.Sprintf("business.agents[%d]", i)
		if agent.Number == "" || agent.Name == "" {
			add(key, "needs number and name")
		}
		for _, day := range []string{agent.From, agent.To} {
			if _, err := period.ParseDay(day); day != "" && err != nil {
				add(key, "%v", err)
			}
		}
		for j, other := range b.Agents[:i] {
			if lastTen(agent.Number) == lastTen(other.Number) && agent.overlaps(other) {
				add(key, "has the number of agents[%d] in the same days; end that entry with to before this one's from", j)
			}
		}
	}
}

// overlaps tells whether two entries share a day; days compare as text.
func (a Agent) overlaps(b Agent) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}

func lastTen(number string) string {
	digits := regexp.MustCompile(`\D`).ReplaceAllString(number, "")
	return digits[max(len(digits)-10, 0):]
}

// Filters are the keys that queries and reports can filter by, each with what it lets pass.
var Filters = []string{"group", "agent", "number", "direction", "campaign", "source", "hours"}

var hoursForm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)$`)

// CheckFilter says what is wrong with a filter's key or value.
func CheckFilter(key, value string) error {
	switch {
	case !slices.Contains(Filters, key):
		return fmt.Errorf("%q is none of %s", key, strings.Join(Filters, ", "))
	case key == "direction" && !slices.Contains([]string{"incoming", "outgoing", "unknown"}, value):
		return fmt.Errorf("direction %q is none of incoming, outgoing, unknown", value)
	case key == "hours" && value != "business" && value != "closed" && !hoursForm.MatchString(value):
		return fmt.Errorf("hours %q is none of business, closed or a span such as 09:00-13:30", value)
	}
	return nil
}

func (c *Config) validateReports(add adder) {
	seen := map[string]bool{}
	for i, report := range c.Reports {
		key := fmt.Sprintf("reports[%d]", i)
		if !name.MatchString(report.Name) {
			add(key+".name", "%q may have letters, digits, . - and _ only, since it names files", report.Name)
		}
		if seen[report.Name] {
			add(key+".name", "%q is there twice", report.Name)
		}
		seen[report.Name] = true
		checkZone(add, key+".timezone", report.Timezone)
		if report.Schedule != "" {
			if _, err := cron.ParseStandard(report.Schedule); err != nil {
				if len(strings.Fields(report.Schedule)) != 5 {
					err = errors.New("minute hour day-of-month month weekday are expected, as in \"0 8 * * *\"")
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
				add(key+".skip", "%q is neither weekends nor holidays", days)
			}
		}
		if _, known := Bursts[report.Burst]; report.Burst != "" && !known {
			add(key+".burst", "%q is none of %s", report.Burst, strings.Join(slices.Sorted(maps.Keys(Bursts)), ", "))
		}
		if *report.CatchUp < 0 || report.WaitForData < 0 || report.RetryFor < 0 {
			add(key, "catch_up, wait_for_data and retry_for must not be negative")
		}
		if report.IfNothing != "skip" && report.IfNothing != "tell" {
			add(key+".if_nothing", "%q is neither skip nor tell", report.IfNothing)
		}
		for j, delivery := range report.Deliver {
			c.validateDelivery(add, fmt.Sprintf("%s.deliver[%d]", key, j), delivery)
		}
	}
}

// Bursts are the columns of whose values each can have a workbook, with the filter that is set to the value.
var Bursts = map[string]string{
	"call_group": "group", "agent": "agent", "virtual_number": "number", "campaign_id": "campaign",
}

func (c *Config) validateDelivery(add adder, key string, d Delivery) {
	if d.ways() != 1 {
		add(key, "needs exactly one of folder, mail, bucket, webhook")
	}
	if d.Name != "" && d.Folder == "" && d.Bucket == "" {
		add(key+".name", "is for folder and bucket only")
	}
	if strings.Contains(d.Folder, "://") {
		add(key+".folder", "is a URL; a folder is a path, of a share where it is mounted")
	}
	if d.Keep != 0 && d.Folder == "" || d.Keep < 0 {
		add(key+".keep", "is for folder only, and not negative")
	}
	if d.Mail != nil {
		if c.Mail.Host == "" || c.Mail.From == "" {
			add(key+".mail", "needs mail.host and mail.from")
		}
		for _, address := range slices.Concat(d.Mail.To, d.Mail.CC, d.Mail.BCC, slices.Concat(slices.Collect(maps.Values(d.Mail.Recipients))...)) {
			if _, err := mail.ParseAddress(address); err != nil {
				add(key+".mail", "%q is no mail address", address)
			}
		}
	}
	if d.Webhook != nil && !slices.Contains([]string{"", "json", "slack", "teams", "googlechat"}, d.Webhook.Shape) {
		add(key+".webhook.shape", "is none of json, slack, teams, googlechat")
	}
	if d.Bucket != "" && !bucketForm.MatchString(d.Bucket) {
		add(key+".bucket", "begins with none of s3://, gs://, azblob://, file://")
	}
}

var bucketForm = regexp.MustCompile(`^(s3|gs|azblob|file)://`)

func (m *Mail) validate(add adder) {
	if !slices.Contains([]string{"starttls", "tls", "none"}, m.TLS) {
		add("mail.tls", "is none of starttls, tls, none")
	}
	if strings.ContainsAny(m.Host, "/@ ") {
		add("mail.host", "is a host name alone; port, tls, username and password are keys of their own")
	}
	if address, err := netip.ParseAddr(m.Host); m.TLS == "none" && !m.Insecure && m.Host != "" && m.Host != "localhost" &&
		(err != nil || !address.IsLoopback()) {
		add("mail.tls", "none sends passwords and reports in the clear; take starttls or tls, or say insecure: true")
	}
	if m.From != "" {
		if _, err := mail.ParseAddress(m.From); err != nil {
			add("mail.from", "is not a mail address, as in \"Call reports <reports@example.com>\"")
		}
	}
}

func (d Delivery) ways() int {
	n := 0
	for _, given := range []bool{d.Folder != "", d.Mail != nil, d.Bucket != "", d.Webhook != nil} {
		if given {
			n++
		}
	}
	return n
}

func checkZone(add adder, key, zone string) {
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		add(key, "unknown time zone %q; names are like Asia/Kolkata", zone)
	}
}

func checkNetworks(add adder, key string, networks []string) {
	for _, network := range networks {
		if _, err := ParseNetwork(network); err != nil {
			add(key, "%q is neither an address nor a network such as 203.0.113.0/24", network)
		}
	}
}

// ParseNetwork reads an address or a network. IPv4 written as IPv6 (::ffff:10.0.0.0/104) is IPv4; a zone is dropped.
func ParseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		address = address.Unmap()
		return address.Prefix(address.BitLen())
	}
	network, err := netip.ParsePrefix(text)
	if address := network.Addr(); address.Is4In6() && network.Bits() >= 96 {
		return netip.PrefixFrom(address.Unmap(), network.Bits()-96), err
	}
	return network, err
}
