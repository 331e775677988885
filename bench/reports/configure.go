package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	phones  = 200 // of agents; each has had two agents, one after the other
	numbers = 40  // virtual numbers
	groups  = 20
)

// source is an account of the vendor, with the zone of the times that it sends. Every third call is one of the second.
type source struct {
	name, zone string
	location   *time.Location
}

// The clocks of the second zone change.
var sources = []source{newSource("main", "Asia/Kolkata"), newSource("london", "Europe/London")}

func newSource(name, zone string) source {
	location, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // the benchmarks cannot run without time zones
	}
	return source{name, zone, location}
}

var holidays = []string{"2026-01-26", "2026-03-04", "2026-04-03", "2026-05-01", "2026-08-15", "2026-09-14", "2026-10-02", "2026-10-20",
	"2026-11-08", "2026-12-25"}

func token(s source) string { return "benchmark-token-of-" + s.name + "-000000" }

func phone(i int) string  { return fmt.Sprintf("92800%05d", i) }
func number(i int) string { return fmt.Sprintf("012040%05d", 1+i) }
func group(i int) string  { return fmt.Sprintf("Group%d", 1+i) }

// handedOver is the day on which the second agent of a phone takes it over.
func handedOver(phone int) time.Time { return First.AddDate(0, 0, phone%30-15) }

// agent is the name of a phone's agent on a day.
func agent(phone int, day time.Time) string {
	if day.Before(handedOver(phone)) {
		return fmt.Sprintf("Agent%d", 1+phone)
	}
	return fmt.Sprintf("Agent%d", 1+phones+phone)
}

// Configure writes the configuration.
func (h *Home) Configure(publish bool) error {
	var c bytes.Buffer
	fmt.Fprintf(&c, "timezone: Asia/Kolkata\ndata_dir: %s\nstore:\n  publish: %t\n", h.Data, publish)
	if h.Lake != nil {
		fmt.Fprintf(&c, "  lake: {catalog: %q, data: %q, extension_directory: %q}\n", h.Lake.Catalog, h.Lake.Data, h.Lake.Extensions)
	}
	fmt.Fprintf(&c, "collector:\n")
	if h.Lake != nil {
		fmt.Fprintf(&c, "  id: %s\n", filepath.Base(h.Data))
	}
	if h.Listen != "" {
		fmt.Fprintf(&c, "  listen: %s\n", h.Listen)
	}
	fmt.Fprintf(&c, "  sources:\n")
	for _, source := range sources {
		fmt.Fprintf(&c, "    - {name: %s, tokens: [%q], timezone: %s}\n", source.name, token(source), source.zone)
	}
	if h.Page != "" {
		fmt.Fprintf(&c, "page: {listen: %q}\n", h.Page)
	}
	fmt.Fprintf(&c, "business:\n  hours: {mon-fri: \"09:00-13:00, 14:00-18:00\", sat: \"10:00-14:00\"}\n  holidays: [")
	for _, day := range holidays {
		fmt.Fprintf(&c, "%q, ", day)
	}
	fmt.Fprintf(&c, "]\n  goals: {answer_rate: 0.85, service_level: 0.8, abandon_rate: 0.05, avg_wait_seconds: 30}\n")
	fmt.Fprintf(&c, "  group_goals: {Group1: {answer_rate: 0.9}, Group2: {service_level: 0.7}}\n")
	fmt.Fprintf(&c, "  number_goals: {%q: {answer_rate: 0.8}}\n  number_groups:\n", number(0))
	for i := range numbers {
		fmt.Fprintf(&c, "    %q: %s\n", number(i), group(i%groups))
	}
	fmt.Fprintf(&c, "  agents:\n")
	for i := range phones {
		day := handedOver(i)
		fmt.Fprintf(&c, "    - {number: %q, name: %s, to: %q}\n", phone(i), agent(i, day.AddDate(0, 0, -1)), day.AddDate(0, 0, -1).Format(time.DateOnly))
		fmt.Fprintf(&c, "    - {number: %q, name: %s, from: %q}\n", phone(i), agent(i, day), day.Format(time.DateOnly))
	}
	return os.WriteFile(h.Config, c.Bytes(), 0o600)
}
