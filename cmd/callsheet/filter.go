package main

import (
	"maps"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/queries"
)

// filterFlags are --group, --agent and so on.
type filterFlags map[string]*string

var filterHelp = map[string]string{
	"group":     "only calls of this group",
	"agent":     "only calls of this agent",
	"number":    "only calls of this virtual number",
	"direction": "only incoming, outgoing or unknown calls",
	"campaign":  "only calls of this campaign",
	"source":    "only calls of this source",
	"hours":     "only calls that started in these hours: business, closed, or a range such as 09:00-13:30",
}

func (f filterFlags) register(command *cobra.Command) {
	for _, key := range queries.Filters {
		f[key] = command.Flags().String(key, "", filterHelp[key])
	}
}

// parse returns the filters that were given, after checking their values.
func (f filterFlags) parse() (map[string]string, error) {
	selected := map[string]string{}
	for key, value := range maps.All(f) {
		if *value == "" {
			continue
		}
		if err := config.CheckFilter(key, *value); err != nil {
			return nil, exitcode.UsageError(err)
		}
		selected[key] = *value
	}
	return selected, nil
}
