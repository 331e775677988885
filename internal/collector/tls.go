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
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	changed [2]time.Time // modification times of the files when they were last read, successfully or not
}

// NewTLS reads the certificate and its key.
func NewTLS(certFile, keyFile string, log *slog.Logger) (*TLS, error) {
	t := &TLS{certFile: certFile, keyFile: keyFile, log: log}
	if err := t.read(t.times()); err != nil {
		return nil, fmt.Errorf("reading the certificate: %w\nhint: collector.tls needs cert_file and key_file in PEM, readable by this user", err)
	}
	return t, nil
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
	pair, err := tls.LoadX509KeyPair(t.certFile, t.keyFile)
	if err == nil {
		t.current = &pair
	}
	return err
}

func (t *TLS) times() (times [2]time.Time) {
	for i, path := range []string{t.certFile, t.keyFile} {
		if info, err := os.Stat(path); err == nil {
			times[i] = info.ModTime()
		}
	}
	return times
}
