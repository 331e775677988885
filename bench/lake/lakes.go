package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"callsheet/bench/reports"
)

// lakes creates empty lakes, and removes them at the end.
type lakes struct {
	catalog, data, extensions string
	name                      string // of the run, which no other one has
	databases                 []string
}

// create creates the database of a lake.
func (l *lakes) create(name string) (*reports.Lake, error) {
	catalog, err := url.Parse(l.catalog)
	if err != nil {
		return nil, err
	}
	if l.catalog == "" || l.data == "" {
		return nil, errors.New("-catalog or -data is missing")
	}
	database := l.name + "-" + name
	if _, err := psql(l.catalog, fmt.Sprintf("create database %q", database)); err != nil {
		return nil, err
	}
	l.databases = append(l.databases, database)
	catalog.Path = "/" + database
	lake := &reports.Lake{Catalog: catalog.String(), Data: l.folder() + name + "/"}
	if _, parameters, found := strings.Cut(l.data, "?"); found {
		lake.Data += "?" + parameters
	}
	if l.extensions != "" {
		lake.Extensions, err = filepath.Abs(l.extensions)
	}
	return lake, err
}

// folder is where the data of this run is.
func (l *lakes) folder() string {
	path, _, _ := strings.Cut(l.data, "?")
	if !l.inBucket() {
		path, _ = filepath.Abs(path) // one in a configuration is relative to its file
	}
	return strings.TrimSuffix(path, "/") + "/" + l.name + "/"
}

func (l *lakes) inBucket() bool { return strings.HasPrefix(l.data, "s3://") }

// drop removes the databases, and the data from a folder.
func (l *lakes) drop() (err error) {
	for _, database := range l.databases {
		_, dropErr := psql(l.catalog, fmt.Sprintf("drop database %q with (force)", database))
		err = errors.Join(err, dropErr)
	}
	switch {
	case len(l.databases) == 0:
		return nil
	case l.inBucket():
		fmt.Fprintln(os.Stderr, "the data stays in", l.folder())
		return err
	}
	return errors.Join(err, os.RemoveAll(l.folder()))
}

// psql runs a statement and returns what it prints.
func psql(database, statement string) (string, error) {
	out, err := exec.Command("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", database, "--command", statement).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql, %s: %w\n%s", statement, err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
