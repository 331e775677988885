//go:build unix

package servertest

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Password is that of the user of a test server. It needs quoting in a connection string, a URL and SQL.
const Password = `it's a "secret"\`

// Postgres is a running PostgreSQL server. Each connection needs the password.
type Postgres struct {
	dir      string
	port     int
	programs string
	command  *exec.Cmd
	log      bytes.Buffer
}

// StartPostgres starts a server. The test is skipped if the program is not installed.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	p := &Postgres{programs: installed(t)}
	var err error
	if p.dir, err = os.MkdirTemp("", "callsheet-postgres-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(p.dir) })
	if account := serverUser(); account != nil {
		if err := os.Chown(p.dir, int(account.Uid), int(account.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	password := filepath.Join(p.dir, "password")
	if err := os.WriteFile(password, []byte(Password+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(p.dir, "data")
	initdb := p.program("initdb", "--pgdata", data, "--username", "callsheet", "--auth", "scram-sha-256", "--pwfile", password, "--no-sync", "--encoding", "UTF8", "--locale", "C")
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p.port = FreePort()
	p.Start(t)
	t.Cleanup(func() { p.Stop() })
	return p
}

// Start starts the server again after Stop.
func (p *Postgres) Start(t testing.TB) {
	t.Helper()
	p.log.Reset()
	p.command = p.program("postgres", "-D", filepath.Join(p.dir, "data"), "-p", strconv.Itoa(p.port), "-k", p.dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
	p.command.Stdout, p.command.Stderr = &p.log, &p.log
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	for range 600 {
		if p.psql("postgres", "select 1").Run() == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("PostgreSQL does not start\n%s", p.log.String())
}

// Stop ends the server at once, as a crash would. Its connections are cut.
func (p *Postgres) Stop() {
	if p.command.ProcessState == nil {
		_ = p.command.Process.Signal(syscall.SIGQUIT)
		_ = p.command.Wait()
	}
}

// Database creates a database and returns its URL, without the password.
func (p *Postgres) Database(t testing.TB, name string) *url.URL {
	t.Helper()
	p.Exec(t, "postgres", fmt.Sprintf("create database %q", name))
	return &url.URL{Scheme: "postgres", User: url.User("callsheet"), Host: fmt.Sprintf("127.0.0.1:%d", p.port), Path: "/" + name}
}

// Exec runs a statement as the owner of a database, and returns what it prints.
func (p *Postgres) Exec(t testing.TB, database, statement string) string {
	t.Helper()
	out, err := p.psql(database, statement).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", statement, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *Postgres) psql(database, statement string) *exec.Cmd {
	command := exec.Command("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--host", "127.0.0.1", "--port", strconv.Itoa(p.port),
		"--username", "callsheet", "--dbname", database, "--command", statement)
	command.Env = append(os.Environ(), "PGPASSWORD="+Password)
	return command
}

// program returns a command of the server, which refuses to run as root.
func (p *Postgres) program(name string, args ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(p.programs, name), args...)
	command.Dir = p.dir
	command.SysProcAttr = &syscall.SysProcAttr{Credential: serverUser()}
	return command
}

// serverUser returns the user postgres for tests that run as root, and nil for others.
func serverUser() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// installed returns the folder with the programs of the newest PostgreSQL.
func installed(t testing.TB) string {
	t.Helper()
	skipIfShort(t)
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		missing(t, "PostgreSQL (the package postgresql)")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}
