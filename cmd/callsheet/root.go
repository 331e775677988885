package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/internal/exitcode"
)

// version is set by the release build.
var version = "0.1"

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "callsheet",
		Short: "Telephony webhooks in, numbers and Excel workbooks out",
		Long: `callsheet keeps every telephony webhook as a line of NDJSON, loads the lines into DuckDB exactly once,
and turns them into numbers per group and agent, Excel workbooks for managers and SQL for analysts.`,
		Example: `  callsheet demo                                  # try it, in a separate folder
  callsheet init && callsheet serve               # collect deliveries, run the scheduled reports
  callsheet query groups --from 2026-10-01 --to 2026-10-31
  callsheet report daily --period yesterday`,
		Version:           version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              cobra.NoArgs,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	path := "callsheet.yaml"
	if env := os.Getenv("CALLSHEET_CONFIG"); env != "" {
		path = env
	}
	root.PersistentFlags().StringVar(&a.configPath, "config", path, "configuration file; also CALLSHEET_CONFIG")
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exitcode.UsageError(fmt.Errorf("%w\nhint: %s --help shows the flags", err, c.CommandPath()))
	})
	root.AddCommand(demoCommand(a), initCommand(a), serveCommand(a), collectCommand(a), loadCommand(a), queryCommand(a),
		sqlCommand(a), importCommand(a), archiveCommand(a), verifyCommand(a), pruneCommand(a), reportCommand(a), runCommand(a), scheduleCommand(a), statusCommand(a), checkCommand(a))
	for _, command := range append(root.Commands(), root) {
		checkArguments(command)
	}
	return root
}

// checkArguments adds the usage exit code and a hint to cobra's errors about arguments.
func checkArguments(command *cobra.Command) {
	check := command.Args
	command.Args = func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			return exitcode.UsageError(fmt.Errorf("%s\nhint: %s --help shows the arguments", strings.TrimSuffix(err.Error(), "."), c.CommandPath()))
		}
		return nil
	}
}
