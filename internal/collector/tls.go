package collector

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// TLS is a certificate with its key. It reads the files again when either changes, so that a renewed certificate needs no restart.
type TLS struct {
	log *slog.Logger

	mu      sync.Mutex
	files   [2]string // of the certificate and its key
	current *tls.Certificate
	changed [2]time.Time // modification times of the files when they were last read, successfully or not
}

// NewTLS reads the certificate and its key.
func NewTLS(certFile, keyFile string, log *slog.Logger) (*TLS, error) {
	t := &TLS{log: log}
	return t, t.use(certFile, keyFile)
}

// use reads a certificate and its key, which may be in other files than before. After an error the old ones stay.
func (t *TLS) use(certFile, keyFile string) error {
	next := &TLS{files: [2]string{certFile, keyFile}}
	if err := next.read(next.times()); err != nil {
		return fmt.Errorf("reading the certificate: %w\nhint: cert_file and key_file must be PEM files that this user can read", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files, t.current, t.changed = next.files, next.current, next.changed
	return nil
}

// Config returns the TLS configuration for a server.
func (t *TLS) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: t.certificate}
}

// certificate returns the current certificate. If a changed one cannot be read, it logs that once and keeps the old one.
func (t *TLS) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if times := t.times(); times != t.changed {
		if err := t.read(times); err != nil {
			t.log.Error("cannot use the new certificate; keeping the old one", "error", err)
		} else {
			t.log.Info("the certificate was renewed")
		}
	}
	return t.current, nil
}

func (t *TLS) read(times [2]time.Time) error {
	t.changed = times
	pair, err := tls.LoadX509KeyPair(t.files[0], t.files[1])
	if err == nil {
		t.current = &pair
	}
	return err
}

func (t *TLS) times() (times [2]time.Time) {
	for i, path := range t.files {
		if info, err := os.Stat(path); err == nil {
			times[i] = info.ModTime()
		}
	}
	return times
}
