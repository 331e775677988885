package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/internal/exitcode"
)

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
		Version:       newBuildVersion().String(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVar(&a.configPath, "config", defaultConfig(), "configuration file; also CALLSHEET_CONFIG")
	root.PersistentFlags().BoolVar(&a.runningConfig, "running-config", false, "read the configuration of the parent process from standard input")
	if err := root.PersistentFlags().MarkHidden("running-config"); err != nil {
		panic(err)
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("callsheet {{.Version}}\n")
	root.AddCommand(demoCommand(a), initCommand(a), serveCommand(a), collectCommand(a), loadCommand(a), queryCommand(a), billingCommand(a),
		sqlCommand(a), importCommand(a), archiveCommand(a), backupCommand(a), restoreCommand(a), verifyCommand(a), reconcileCommand(a), directoryCommand(a), pruneCommand(a), maintainCommand(a), migrateCommand(a), publishCommand(a), reportCommand(a), runCommand(a), scheduleCommand(a), statusCommand(a), checkCommand(a),
		configCommand(a), templateCommand(a), pageCommand(a), userCommand(a), versionCommand(a))
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	refuseUnknownCommands(root)
	addCompletions(a, root)
	checkArguments(root)
	return root
}

// defaultConfig is the path of the configuration without --config.
func defaultConfig() string { return cmp.Or(os.Getenv("CALLSHEET_CONFIG"), "callsheet.yaml") }

// checkArguments adds the usage exit code and a hint to cobra's errors about arguments and about flags that exclude each other, and checks the
// values of flags, of a command and those below it.
func checkArguments(command *cobra.Command) {
	for _, sub := range command.Commands() {
		checkArguments(sub)
	}
	check := command.Args
	command.Args = func(c *cobra.Command, args []string) error {
		if err := cmp.Or(checkExclusive(c), checkValues(c)); err != nil || check == nil {
			return err
		}
		if err := check(c, args); errors.As(err, new(exitcode.Error)) {
			return err
		} else if err != nil {
			return exitcode.UsageError(fmt.Errorf("%s\nhint: %s --help shows the arguments", strings.TrimSuffix(err.Error(), "."), c.CommandPath()))
		}
		return nil
	}
}
