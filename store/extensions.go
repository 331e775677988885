package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// DuckDB checks the signature of an extension each time it is loaded, which takes half a second of processor time for those of a lake. So it checks
// them once, and their SHA-256, which Go computes ten times faster, is part of the fingerprint of the definitions.

// extensions returns DuckDB's extensions that the lake needs, in the order in which they are loaded.
func (l Lake) extensions() []string {
	if l.isBucket() {
		return []string{"postgres_scanner", "ducklake", "httpfs"}
	}
	return []string{"postgres_scanner", "ducklake"}
}

// loadExtensions returns the statements that load the extensions, after fetching those that are missing.
func (l Lake) loadExtensions() (statements []string) {
	if l.Extensions != "" {
		statements = append(statements, "set extension_directory = "+quote(l.Extensions))
	}
	for _, extension := range l.extensions() {
		statements = append(statements, "install "+extension, "load "+extension)
	}
	return statements
}

// extensionFolder is where DuckDB looks for the files NAME.duckdb_extension.
func (l Lake) extensionFolder() string {
	home, _ := os.UserHomeDir()
	system := runtime.GOOS
	if system == "darwin" {
		system = "osx"
	}
	return filepath.Join(cmp.Or(l.Extensions, filepath.Join(home, ".duckdb", "extensions")), DuckDBVersion(), system+"_"+runtime.GOARCH)
}

// hashExtensions returns the hashes of the files of the extensions.
func (l Lake) hashExtensions() (string, error) {
	extensions := l.extensions()
	hashes, errs := make([]string, len(extensions)), make([]error, len(extensions))
	var running sync.WaitGroup
	for i, extension := range extensions {
		running.Go(func() {
			hashes[i], errs[i] = hashFile(filepath.Join(l.extensionFolder(), extension+".duckdb_extension"))
		})
	}
	running.Wait()
	return strings.Join(hashes, " "), errors.Join(errs...)
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	return fmt.Sprintf("%x", hash.Sum(nil)), cmp.Or(err, file.Close())
}

// verifyExtensions fetches extensions that are missing, and lets DuckDB check the signatures of all. It returns their hash.
func (l Lake) verifyExtensions(ctx context.Context) (hash string, err error) {
	connector, err := newConnector("", "", func(execer driver.ExecerContext) error {
		for _, statement := range l.loadExtensions() {
			if _, err := execer.ExecContext(ctx, statement, nil); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		return "", l.explain(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return "", l.explain(err)
	}
	if hash, err = l.hashExtensions(); err != nil {
		return "", l.explain(err)
	}
	return hash, nil
}
