package config

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/locale"
	"callsheet/internal/period"
	"callsheet/internal/suggest"
)

// name is the form of names, which are used in URLs, file names and labels.
var name = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// maxName is the maximum length of a name, which is a part of a file name: those of file systems have 255 bytes at most.
const maxName = 100

// keyErrors collects the errors of keys.
type keyErrors []error

func (errs *keyErrors) add(key, format string, args ...any) {
	for i, value := range args {
		args[i] = redact(value)
	}
	*errs = append(*errs, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
}

// validate adds all errors of the configuration.
func (c *Config) validate(add adder) {
	checkZone(add, "timezone", c.Timezone)
	if _, err := locale.Parse(c.Locale); err != nil {
		add("locale", "%w", err)
	}
	if c.DataDir == "" {
		add("data_dir", "is empty")
	}
	c.Collector.validate(add)
	c.checkAddresses(add)
	if _, err := ParseMemory(c.Store.MemoryLimit); err != nil && c.Store.MemoryLimit != "" {
		add("store.memory_limit", "%w", err)
	}
	if c.Store.Threads < 0 || c.Store.Threads > 1024 {
		add("store.threads", "%d must be between 0 and 1024; 0 is one per core", c.Store.Threads)
	}
	if c.Store.TimeLimit <= 0 {
		add("store.time_limit", "%v must be positive", c.Store.TimeLimit)
	}
	if c.Store.LoadEvery < 0 {
		add("store.load_every", "%v must not be negative; 0 is off", c.Store.LoadEvery)
	}
	c.validateLake(add)
	c.Business.validate(add)
	c.validateReports(add)
	c.validateNames(add)
	c.Page.validate(add)
	c.Mail.validate(add)
	c.validateAlerts(add)
	checkChoice(add, "log.level", c.Log.Level, "debug", "info", "warn", "error")
	checkChoice(add, "log.format", c.Log.Format, "text", "json")
}

// redact returns a value for an error message: the scheme of a URL, which may contain a secret, and the first of several words, since a
// typing error can turn several lines of the file into one value.
func redact(value any) any {
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

// adder adds an error of a key.
type adder func(key, format string, args ...any)

func (c *Collector) validate(add adder) {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		add("collector.listen", "must be host:port")
	}
	if _, _, err := net.SplitHostPort(c.AdminListen); err != nil && c.AdminListen != "" {
		add("collector.admin_listen", "must be host:port")
	}
	if c.ID != "" && (!name().MatchString(c.ID) || strings.Contains(c.ID, ".")) {
		add("collector.id", "%q may contain letters, digits, - and _ only", c.ID)
	}
	if len(c.ID) > maxName {
		add("collector.id", "has %d characters; %d are the most, since it is part of file names", len(c.ID), maxName)
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		add("collector.tls", "needs both cert_file and key_file")
	}
	seen := map[string]bool{}
	for i, source := range c.Sources {
		key := fmt.Sprintf("collector.sources[%d]", i)
		if !name().MatchString(source.Name) {
			add(key+".name", "%q may contain letters, digits, . - and _ only", source.Name)
		}
		if len(source.Name) > maxName {
			add(key+".name", "has %d characters; %d are the most, since it is part of file names", len(source.Name), maxName)
		}
		if seen[source.Name] {
			add(key+".name", "%q is defined twice", source.Name)
		}
		seen[source.Name] = true
		checkZone(add, key+".timezone", source.Timezone)
		checkChoice(add, key+".outgoing_caller", source.OutgoingCaller, "agent", "customer")
		checkNetworks(add, key+".allow", source.Allow)
		source.validateReading(add, key)
		if source.VendorAPI != nil {
			source.VendorAPI.validate(add, key+".vendor_api")
		}
		if order := source.Import.DateOrder; order != "" {
			checkChoice(add, key+".import.date_order", order, "dmy", "mdy")
		}
	}
	checkNetworks(add, "collector.trusted_proxies", c.TrustedProxies)
	if c.Limits.MaxDeliveries < 1 || c.Limits.MaxDeliveries > 100_000 {
		add("collector.limits.max_deliveries", "%d must be between 1 and 100000", c.Limits.MaxDeliveries)
	}
	if c.Limits.InFlight < 1 || c.Limits.Wait <= 0 || c.Limits.Connections < 1 {
		add("collector.limits", "in_flight, wait and connections must be positive")
	}
}

// checkAddresses reports two keys with one address, at which only one of them could listen.
func (c *Config) checkAddresses(add adder) {
	keys := []struct{ name, address string }{
		{"collector.listen", c.Collector.Listen}, {"collector.admin_listen", c.Collector.AdminListen}, {"page.listen", c.Page.Listen},
	}
	for i, key := range keys {
		for _, other := range keys[:i] {
			if isSameAddress(key.address, other.address) {
				add(key.name, "is the address of %s\nhint: use another port", other.name)
			}
		}
	}
}

// isSameAddress reports whether only one program can listen at two addresses. At port 0, each gets a port of its own.
func isSameAddress(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return false
	}
	everyHost := []string{"", "0.0.0.0", "::"}
	return hostA == hostB || slices.Contains(everyHost, hostA) || slices.Contains(everyHost, hostB)
}

func (b *Business) validate(add adder) {
	checkSeconds(add, "business.short_abandon", b.ShortAbandon)
	checkSeconds(add, "business.service_level_target", b.ServiceLevelTarget)
	checkSeconds(add, "business.recovery_window", b.RecoveryWindow)
	if _, err := b.OpenHours(); err != nil {
		add("business.hours", "%v", err)
	}
	if b.ExcludeOutOfHours && len(b.Hours) == 0 {
		add("business.exclude_out_of_hours", "needs business.hours")
	}
	for i, day := range b.Holidays {
		if _, err := period.ParseDay(day); err != nil {
			add(fmt.Sprintf("business.holidays[%d]", i), "%v", err)
		}
	}
	b.validateGoals(add)
	b.validateNumbers(add)
	b.validateAgents(add)
}

// checkSeconds checks a duration that is stored in seconds, as the vendor's times are.
func checkSeconds(add adder, key string, span time.Duration) {
	below := span.Truncate(time.Second)
	switch {
	case span <= 0:
		add(key, "must be a positive duration such as 5s or 24h")
	case below == 0:
		add(key, "%v is not a whole number of seconds, as times of calls are\nhint: write 1s", span)
	case below != span:
		add(key, "%v is not a whole number of seconds, as times of calls are\nhint: write %v or %v", span, below, below+time.Second)
	}
}

// checkChoice checks that a value is one of the choices of a key.
func checkChoice(add adder, key, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		add(key, "%q "+mustBe(value, choices), value)
	}
}

// mustBe returns an error's text without the value, which may be a secret in the wrong place.
func mustBe(value string, choices []string) string {
	last := len(choices) - 1
	return "must be " + strings.Join(choices[:last], ", ") + " or " + choices[last] + suggest.Hint(value, choices, "")
}

func checkZone(add adder, key, zone string) {
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		add(key, "unknown time zone %q; expected a name such as Asia/Kolkata", zone)
	}
}

func checkNetworks(add adder, key string, networks []string) {
	for _, network := range networks {
		if _, err := ParseNetwork(network); err != nil {
			add(key, "%q is not an address or a network such as 203.0.113.0/24", network)
		}
	}
}

// ParseNetwork parses an address or a network. IPv4-mapped IPv6 (::ffff:10.0.0.0/104) becomes IPv4; a zone is removed.
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
