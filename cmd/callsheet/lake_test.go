package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"callsheet/internal/servertest"
)

// TestLakeScript runs testdata/lake/*.txtar with a catalog in PostgreSQL and a bucket.
func TestLakeScript(t *testing.T) {
	server := servertest.StartPostgres(t)
	bucket := servertest.StartS3(t)
	extensions := servertest.Extensions(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/lake",
		Setup: func(env *testscript.Env) error {
			env.Setenv(maxThreads, os.Getenv(maxThreads))
			catalog := server.Database(t, strings.TrimPrefix(filepath.Base(env.WorkDir), "script-"))
			for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
				env.Setenv(name, os.Getenv(name))
			}
			text, err := os.ReadFile(filepath.Join(env.WorkDir, "first.yaml"))
			if err != nil {
				return err
			}
			first := strings.NewReplacer("CATALOG", catalog.String(), "BUCKET", bucket, "EXTENSIONS", extensions).Replace(string(text))
			second := strings.NewReplacer("id: first", "id: second", "data_dir: first", "data_dir: second").Replace(first)
			for path, text := range map[string]string{
				"first.yaml": first, "second.yaml": second, "other.yaml": strings.NewReplacer("Sales", "Support", "collector:", "collector:\n  sources: [{name: renamed, tokens: []}]").Replace(second), "password": servertest.Password + "\n",
			} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, path), []byte(text), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exitcode": exitCodeOf},
	})
}
