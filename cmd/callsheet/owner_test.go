//go:build linux

package main

import (
	"callsheet/internal/servertest"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// serviceUser is an account other than root that owns the folder of the service.
type serviceUser struct {
	uid, gid int
	home     string // the folder, with callsheet.yaml and data in it
}

// newServiceUser creates a folder owned by the account "nobody". It needs root.
func newServiceUser(t *testing.T, config string) serviceUser {
	t.Helper()
	account, err := user.Lookup("nobody")
	if os.Geteuid() != 0 || err != nil {
		t.Skip("needs root, and an account nobody")
	}
	s := serviceUser{home: t.TempDir()}
	s.uid, _ = strconv.Atoi(account.Uid)
	s.gid, _ = strconv.Atoi(account.Gid)
	s.give(t, filepath.Dir(s.home), 0, 0o755)
	program, err := exec.LookPath("callsheet")
	if err != nil {
		t.Fatal(err)
	}
	s.give(t, filepath.Dir(filepath.Dir(program)), 0, 0o755)
	s.give(t, s.home, s.uid, 0o755)
	path := filepath.Join(s.home, "callsheet.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s.give(t, path, s.uid, 0o600)
	return s
}

func (s serviceUser) give(t *testing.T, path string, uid int, mode os.FileMode) {
	t.Helper()
	if err := os.Chown(path, uid, s.gid); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// command returns a command of callsheet that runs as the given user.
func (s serviceUser) command(uid int, args ...string) *exec.Cmd {
	command := exec.Command("callsheet", append([]string{"--config", filepath.Join(s.home, "callsheet.yaml")}, args...)...)
	command.Env = append(os.Environ(), "CALLSHEET_MAIN_TOKEN=a-token-for-tests")
	command.Dir = s.home
	if uid != 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(s.gid)}}
	}
	return command
}

// TestRootBesideAServiceLeavesNoFiles runs every command as root while the service collects as another user.
func TestRootBesideAServiceLeavesNoFiles(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	address := servertest.FreeAddress()
	s := newServiceUser(t, strings.NewReplacer("ADDRESS", address, "template: daily", "template: one.yaml").Replace(smallConfig))
	if err := os.WriteFile(filepath.Join(s.home, "one.yaml"), []byte(oneSheet), 0o644); err != nil {
		t.Fatal(err)
	}
	s.give(t, filepath.Join(s.home, "one.yaml"), s.uid, 0o600)
	export := filepath.Join(s.home, "export.ndjson")
	if err := os.WriteFile(export, []byte(callOf(7, "Sales")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// Root runs the first command, before anything exists.
	do := func(uid int, args ...string) {
		t.Helper()
		if out, err := s.command(uid, args...).CombinedOutput(); err != nil {
			t.Errorf("%s as %d: %v\n%s", strings.Join(args, " "), uid, err, out)
		}
	}
	do(0, "import", export)
	serving := s.command(s.uid, "serve")
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	defer serving.Process.Kill()
	if err := waitReady(address); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"load"}, {"load", "--rebuild"}, {"query", "groups"}, {"sql", "select 1"}, {"report", "daily", "--period", "2026-10-05", "--preview"},
		{"run", "daily", "--for", "2026-10-06"}, {"run", "daily", "--for", "2026-10-06", "--resend"}, {"prune", "--runs", "4000"}, {"archive"},
		{"schedule"}, {"check"},
	} {
		do(0, args...)
	}
	if status, _, err := post(address, "after"); status != 200 || err != nil {
		t.Errorf("the service answers %d, %v", status, err)
	}
	for _, args := range [][]string{{"load"}, {"report", "daily", "--period", "2026-10-05"}, {"run", "daily", "--for", "2026-10-06", "--resend"}} {
		do(s.uid, args...)
	}
	err := filepath.WalkDir(s.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == export {
			return err
		}
		info, err := entry.Info()
		if err == nil && int(info.Sys().(*syscall.Stat_t).Uid) != s.uid {
			t.Errorf("%s belongs to %d", path, info.Sys().(*syscall.Stat_t).Uid)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := serving.Process.Signal(os.Interrupt); err != nil || serving.Wait() != nil {
		t.Errorf("the service ended with %v", err)
	}

	// Files that only root can access are refused with the reason.
	closed := t.TempDir()
	s.give(t, closed, 0, 0o700)
	out, err := s.command(0, "report", "daily", "--period", "2026-10-05", "--out", filepath.Join(closed, "x.xlsx")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "hint: callsheet was started by root and runs as nobody") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAnalystReadsThePublishedFileAlone, as a member of a group, without the configuration; others do not.
func TestAnalystReadsThePublishedFileAlone(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	s := newServiceUser(t, "data_dir: ./data\nstore: {published_group: GID}\n")
	path := filepath.Join(s.home, "callsheet.yaml")
	writeConfig := func(gid int) {
		if err := os.WriteFile(path, []byte("data_dir: ./data\nstore: {published_group: "+strconv.Itoa(gid)+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.give(t, path, s.uid, 0o600)
	}
	spool := filepath.Join(s.home, "data", "spool")
	if err := os.MkdirAll(spool, 0o755); err != nil {
		t.Fatal(err)
	}
	s.give(t, filepath.Dir(spool), s.uid, 0o755)
	s.give(t, spool, s.uid, 0o700)
	run := func(uid, gid int, args ...string) (string, error) {
		command := exec.Command("callsheet", args...)
		command.Dir, command.Env = "/", append(os.Environ(), "HOME="+t.TempDir())
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		out, err := command.CombinedOutput()
		return string(out), err
	}
	const analyst, analysts, stranger = 12345, 54321, 12346
	writeConfig(1)
	if out, err := run(s.uid, s.gid, "--config", path, "load"); err == nil || !strings.Contains(out, "hint: sudo usermod -aG 1 nobody") {
		t.Errorf("a group without the user: %v: %s", err, out)
	}
	writeConfig(s.gid)
	if out, err := run(s.uid, s.gid, "--config", path, "load"); err != nil {
		t.Fatalf("load: %v: %s", err, out)
	}
	published := filepath.Join(s.home, "data", "published", "calls.duckdb")
	if out, err := run(analyst, s.gid, "sql", "--db", published, "select 40 + count(*) as n from calls"); err != nil || !strings.Contains(out, "40") {
		t.Errorf("an analyst: %v: %s", err, out)
	}
	if out, err := run(analyst, s.gid, "query", "--db", published, "groups"); err != nil {
		t.Errorf("an analyst: %v: %s", err, out)
	}
	if out, err := run(stranger, analysts, "sql", "--db", published, "select 1"); err == nil || !strings.Contains(strings.ToLower(out), "permission") {
		t.Errorf("a stranger: %v: %s", err, out)
	}
	if out, err := run(analyst, s.gid, "--config", path, "sql", "select 1"); err == nil || !strings.Contains(out, "hint: --db FILE reads the published file without the configuration") {
		t.Errorf("without --db: %v: %s", err, out)
	}
}

func TestPortWithoutAPrivilegeIsExplained(t *testing.T) {
	t.Parallel()
	if start, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start"); err == nil && strings.TrimSpace(string(start)) != "1024" {
		t.Skip("every user may listen on port 80 here")
	}
	s := newServiceUser(t, strings.Replace(smallConfig, "ADDRESS", "127.0.0.1:80", 1))
	out, err := s.command(s.uid, "collect").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the port of 127.0.0.1:80 needs a privilege\nhint: set collector.listen to a port from 1024") {
		t.Errorf("%v: %s", err, out)
	}
}
