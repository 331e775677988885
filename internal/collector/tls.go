package collector

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// TLS is a certificate and its key in files, read again when either changes, so that a renewed certificate needs no
// restart.
type TLS struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	changed [2]time.Time // of the files when they were last read, whether or not they were a pair
}

// NewTLS reads the pair; a pair that cannot be read at the start is an error.
func NewTLS(certFile, keyFile string, log *slog.Logger) (*TLS, error) {
	t := &TLS{certFile: certFile, keyFile: keyFile, log: log}
	if err := t.read(t.times()); err != nil {
		return nil, fmt.Errorf("reading the certificate: %w\nhint: collector.tls needs cert_file and key_file in PEM, readable by this user", err)
	}
	return t, nil
}

// Config is for a server.
func (t *TLS) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: t.certificate}
}

// certificate is the pair as it stands in the files. A broken new one is told once, and the old one goes on serving.
func (t *TLS) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if times := t.times(); times != t.changed {
		if err := t.read(times); err != nil {
			t.log.Error("the new certificate cannot be used; the old one stays", "error", err)
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
