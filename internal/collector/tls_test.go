package collector

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writePair writes a self-signed certificate with a serial number and its key, with a modification time.
func writePair(t *testing.T, dir string, serial int64, at time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeAt(t, filepath.Join(dir, "cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), at)
	writeAt(t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), at)
}

func writeAt(t *testing.T, path string, text []byte, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// served returns the serial number of the certificate for a new connection.
func served(t *testing.T, address string) int64 {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestRenewedCertificateIsServedAndABrokenOneIsNot(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := NewTLS(certFile, keyFile, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("missing files were accepted")
	}
	writePair(t, dir, 1, at)
	pair, err := NewTLS(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c, _ := testCollector(Options{})
	listener, err := tls.Listen("tcp", "127.0.0.1:0", pair.Config())
	if err != nil {
		t.Fatal(err)
	}
	server := c.server(c.handler())
	go server.Serve(listener)
	defer server.Close()
	address := listener.Addr().String()
	if got := served(t, address); got != 1 {
		t.Errorf("certificate %d, want 1", got)
	}
	writeAt(t, certFile, []byte("not a certificate"), at.Add(time.Minute))
	if got := served(t, address); got != 1 {
		t.Errorf("with a broken new one: certificate %d, want 1", got)
	}
	writePair(t, dir, 2, at.Add(2*time.Minute))
	if got := served(t, address); got != 2 {
		t.Errorf("renewed: certificate %d, want 2", got)
	}
}
