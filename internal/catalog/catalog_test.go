package catalog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"callsheet/internal/servertest"
)

// open returns the database at an address as a machine sees it.
func open(address *url.URL, machine string) *Database {
	return &Database{Machine: machine, Resolve: func() (*url.URL, string, error) { return address, servertest.Password, nil }}
}

func texts(t *testing.T, d *Database) (texts []string) {
	t.Helper()
	runs, err := d.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		texts = append(texts, string(run.Text))
	}
	return texts
}

// TestCatalog runs the tests below on one server; the last one stops it.
func TestCatalog(t *testing.T) {
	server := servertest.StartPostgres(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, server *servertest.Postgres, database string)
	}{
		{"OneMachineHoldsALock", oneMachineHoldsALock}, {"LostLockRefusesRows", lostLockRefusesRows},
		{"RunsOfManyMachines", runsOfManyMachines}, {"ErrorsOfAMissingCatalog", errorsOfAMissingCatalog},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, server, strings.ToLower(test.name)) })
	}
}

func oneMachineHoldsALock(t *testing.T, server *servertest.Postgres, database string) {
	address := server.Database(t, database)
	address.RawQuery = "keepalives_idle=30&connect_timeout=10&sslmode=prefer" // of libpq
	first, second := open(address, "first"), open(address, "second")

	release, err := first.Lock(t.Context(), "report daily", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Lock(t.Context(), "report daily", 0); !IsHeld(err) || err.Error() != "report daily is running on the machine first" {
		t.Errorf("second: %v", err)
	}
	other, err := second.Lock(t.Context(), "report weekly", 0)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		time.Sleep(300 * time.Millisecond)
		release()
	}()
	daily, err := second.Lock(t.Context(), "report daily", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	other()
	if _, err := first.Lock(t.Context(), "report daily", 0); !IsHeld(err) {
		t.Errorf("after the release of another lock: %v", err)
	}
	daily()
	if open := server.Exec(t, database, "select count(*) from pg_stat_activity where application_name like 'callsheet %'"); open != "0" {
		t.Errorf("%s connections are open", open)
	}
	if got := server.Exec(t, database, "select count(*) from pg_locks where locktype = 'advisory'"); got != "0" {
		t.Errorf("%s locks are held", got)
	}
}

// lostLockRefusesRows ends the session of a machine that holds a lock. Another machine takes the lock; the first one writes no row, although it
// could connect again, until it has released its locks.
func lostLockRefusesRows(t *testing.T, server *servertest.Postgres, database string) {
	address := server.Database(t, database)
	first, second := open(address, "first"), open(address, "second")
	release, err := first.Lock(t.Context(), "report daily", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.AppendRun(t.Context(), []byte(`{"n":1}`)); err != nil {
		t.Fatal(err)
	}
	watched, stop := first.Watch(t.Context())
	defer stop()
	server.Exec(t, database, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'callsheet first'")
	taken, err := second.Lock(t.Context(), "report daily", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.AppendRun(t.Context(), []byte(`{"n":2}`)); !errors.Is(err, errLost) {
		t.Errorf("append: %v", err)
	}
	if err := first.AppendRun(t.Context(), []byte(`{"n":3}`)); !errors.Is(err, errLost) {
		t.Errorf("a second append: %v", err)
	}
	select {
	case <-watched.Done():
	case <-time.After(time.Minute):
		t.Error("the loss is not noticed")
	}
	if cause := context.Cause(watched); !errors.Is(cause, errLost) {
		t.Errorf("the cause is %v", cause)
	}
	if _, err := first.Lock(t.Context(), "report weekly", 0); !errors.Is(err, errLost) {
		t.Errorf("another lock: %v", err)
	}
	release()
	if _, err := first.Lock(t.Context(), "report daily", 0); !IsHeld(err) {
		t.Errorf("the lock of the second: %v", err)
	}
	taken()
	if release, err = first.Lock(t.Context(), "report daily", 0); err != nil {
		t.Fatal(err)
	}
	defer release()
	if got := fmt.Sprint(texts(t, second)); got != `[{"n":1}]` {
		t.Errorf("the ledger has %s", got)
	}
}

func runsOfManyMachines(t *testing.T, server *servertest.Postgres, database string) {
	address := server.Database(t, database)
	if got := texts(t, open(address, "reader")); got != nil {
		t.Errorf("an empty ledger has %v", got)
	}
	var machines sync.WaitGroup
	for i := range 4 { // at once, also while the table is made
		machines.Go(func() {
			d := open(address, fmt.Sprint(i))
			for j := range 10 {
				if err := d.AppendRun(t.Context(), fmt.Appendf(nil, `{"machine":%d,"n":%d}`, i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	machines.Wait()
	d := open(address, "last")
	runs, err := d.Runs(t.Context())
	if err != nil || len(runs) != 40 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if err := d.RewriteRuns(t.Context(), []Run{{runs[1].ID, []byte(`{"n":"new"}`)}}, []int64{runs[0].ID, runs[5].ID}); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, d); len(got) != 38 || got[0] != `{"n":"new"}` || got[1] != string(runs[2].Text) {
		t.Errorf("after a change: %v", got)
	}
}

func errorsOfAMissingCatalog(t *testing.T, server *servertest.Postgres, database string) {
	address := server.Database(t, database)
	wrong := &Database{Machine: "first", Resolve: func() (*url.URL, string, error) { return address, "not-the-word", nil }}
	if _, err := wrong.Runs(t.Context()); err == nil || !strings.Contains(err.Error(), "password authentication failed") || strings.Contains(err.Error(), "not-the-word") {
		t.Errorf("a wrong password: %v", err)
	}
	server.Stop()
	if _, err := open(address, "first").Lock(t.Context(), "report daily", 0); err == nil || IsHeld(err) || !strings.Contains(err.Error(), "the lake's catalog cannot be opened") {
		t.Errorf("a server that is away: %v", err)
	}
}

// TestCatalogThatIsAwayIsNamed needs no server: nothing listens at the address.
func TestCatalogThatIsAwayIsNamed(t *testing.T) {
	address := &url.URL{Scheme: "postgres", User: url.User("callsheet"), Host: servertest.FreeAddress(), Path: "/lake"}
	_, err := open(address, "first").Runs(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the lake's catalog cannot be opened") || strings.Contains(err.Error(), servertest.Password) {
		t.Errorf("got %v", err)
	}
}
