//go:build unix

package monitor

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/pipeline"
)

func TestFilesWithSecretsThatOthersReadAreNamed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode fs.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const (
		token    = "collector: {sources: [{name: main, tokens: [a-token-for-tests]}]}\n"
		variable = "collector: {sources: [{name: main, tokens: [\"${TOKEN}\"]}]}\n"
		partly   = "reports: [{name: a, heartbeat: \"https://example.com/${KEY}\"}]\n"
		password = "mail: {host: a, username: u, password: secret}\n"
		file     = "collector: {sources: [{name: main, tokens_file: tokens}]}\n"
		key      = "collector: {tls: {cert_file: cert, key_file: tokens}, sources: [{name: main, tokens: [\"${TOKEN}\"]}]}\n"
		mailFile = "mail: {host: a, username: u, password_file: tokens}\n"
		webhook  = "reports: [{name: a, deliver: [{webhook: {url_file: tokens}}]}]\n"
	)
	for _, c := range []struct {
		text           string
		mode, fileMode fs.FileMode
		want           string
	}{
		{token, 0o600, 0o600, ""},
		{token, 0o400, 0o600, ""},
		{token, 0o644, 0o600, "the configuration has tokens or passwords"},
		{token, 0o640, 0o600, "chmod 600 "}, // it belongs to this user, who needs no group
		{token, 0o602, 0o600, "mode 0602"},
		{variable, 0o644, 0o600, ""},
		{partly, 0o644, 0o600, "the configuration has tokens or passwords"},
		{password, 0o604, 0o600, "the configuration has tokens or passwords"},
		{file, 0o644, 0o644, "collector.sources[0].tokens_file names a file with secrets"},
		{file, 0o644, 0o600, ""},
		{key, 0o644, 0o640, "collector.tls.key_file"},
		{mailFile, 0o644, 0o666, "mail.password_file"},
		{webhook, 0o644, 0o644, "reports[0].deliver[0].webhook.url_file"},
	} {
		path := write("callsheet.yaml", c.text, c.mode)
		write("tokens", "another-token\n", c.fileMode)
		loaded, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		k := &checker{Pipeline: &pipeline.Pipeline{Config: loaded, ConfigPath: path}}
		err = k.checkSecretFiles()
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%o, %o: %v; want %q", c.text, c.mode, c.fileMode, err, c.want)
		}
	}
}

func TestUnencryptedDeliveriesFromOtherMachinesAreNamed(t *testing.T) {
	for _, c := range []struct {
		listen, tls, proxy string
		want               bool
	}{
		{"127.0.0.1:8080", "", "", false}, {"localhost:8080", "", "", false}, {"[::1]:8080", "", "", false}, {"[::ffff:127.0.0.1]:80", "", "", false},
		{"127.9.9.9:8080", "", "", false}, {"0.0.0.0:8080", "", "", true}, {":8080", "", "", true}, {"[::]:8080", "", "", true}, {"192.0.2.1:8080", "", "", true},
		{"calls.example.com:443", "", "", true}, {"0.0.0.0:8443", "cert.pem", "", false}, {"0.0.0.0:8080", "", "203.0.113.7", false},
	} {
		collector := config.Collector{Listen: c.listen, TLS: config.TLS{CertFile: c.tls}}
		if c.proxy != "" {
			collector.TrustedProxies = []string{c.proxy}
		}
		if err := checkEncryption(collector); (err != nil) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestAddressIsFreeOrTheCollectorsOwn(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, want := range map[string]string{
		"127.0.0.1:0": "", taken.Addr().String(): "", "192.0.2.1:8080": "hint: collector.listen must be an address of this machine",
	} {
		if err := collector.CheckListen("collector.listen", address); (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", address, err, want)
		}
	}
	if os.Geteuid() != 0 {
		if err := collector.CheckListen("collector.listen", "127.0.0.1:7"); err != nil && !strings.Contains(err.Error(), "needs a privilege") {
			t.Errorf("%v", err)
		}
	}
}
