package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/store"
)

// version is set by the release build.
var version = "0.1"

// buildVersion describes the program.
type buildVersion struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"` // empty if it was built outside of a repository
	Time     string `json:"commit_time,omitempty"`
	Modified bool   `json:"modified,omitempty"` // the working tree had changes
	DuckDB   string `json:"duckdb"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newBuildVersion() buildVersion {
	v := buildVersion{Version: version, DuckDB: store.DuckDBVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Commit = setting.Value
		case "vcs.time":
			v.Time = setting.Value
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}

func (v buildVersion) String() string {
	commit := "built without version control information"
	if v.Commit != "" {
		commit = "commit " + v.Commit[:min(12, len(v.Commit))]
		if day, _, ok := strings.Cut(v.Time, "T"); ok {
			commit += " of " + day
		}
		if v.Modified {
			commit += ", modified"
		}
	}
	return fmt.Sprintf("%s (%s), DuckDB %s, %s, %s", v.Version, commit, cmp.Or(v.DuckDB, "unknown"), v.Go, v.Platform)
}

func versionCommand(a *app) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the version of DuckDB",
		Example: `  callsheet version
  callsheet version --json | jq -r .commit`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(newBuildVersion())
			}
			_, err := fmt.Fprintf(a.stdout, "callsheet %s\n", newBuildVersion())
			return err
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return command
}
