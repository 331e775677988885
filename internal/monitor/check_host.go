package monitor

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"

	"callsheet/internal/collector"
	"callsheet/internal/config"
)

// checkHost checks what the machine gives the service: files that nobody else reads, addresses to listen on, a
// certificate, space on the disk.
func (k *checker) checkHost(diskErr error) {
	c := k.Config
	k.warn("who can read secrets", k.checkSecretFiles())
	if len(c.Collector.Sources) > 0 {
		k.add("collector.listen "+c.Collector.Listen, collector.CheckListen("collector.listen", c.Collector.Listen))
		if c.Collector.AdminListen != "" {
			k.add("collector.admin_listen "+c.Collector.AdminListen, collector.CheckListen("collector.admin_listen", c.Collector.AdminListen))
		}
		if files := c.Collector.TLS; files.CertFile != "" {
			_, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), k.Log)
			k.add("certificate "+c.Path(files.CertFile), err)
		}
		k.warn("encryption of deliveries", checkEncryption(c.Collector))
	}
	k.checkPage()
	k.warn("disk of "+c.Data(), diskErr)
}

// checkPage checks what the page needs to start.
func (k *checker) checkPage() {
	c := k.Config
	if c.Page.Listen == "" {
		return
	}
	k.add("page.listen "+c.Page.Listen, collector.CheckListen("page.listen", c.Page.Listen))
	if files := c.Page.TLS; files.CertFile != "" {
		_, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), k.Log)
		k.add("certificate "+c.Path(files.CertFile), err)
	}
	if len(c.Page.Users) > 0 && c.Page.UserHeader == "" {
		_, err := c.ResolvePasswords()
		k.add("passwords of page.users", err)
	}
}

// checkSecretFiles reports files with secrets that other users can read or replace the content of.
func (k *checker) checkSecretFiles() error {
	var errs []error
	if k.Config.HasSecrets() {
		errs = append(errs, checkPrivate("the configuration has tokens or passwords", k.ConfigPath))
	}
	for _, file := range k.Config.SecretFiles() {
		errs = append(errs, checkPrivate(file.Key+" names a file with secrets", file.Path))
	}
	return errors.Join(errs...)
}

// checkPrivate returns an error if other users can read or write a file. Members of its group may read it if it is not this user's own:
// a service reads a file of root that way. Other checks report a missing file.
func checkPrivate(what, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	open, remedy := fs.FileMode(0o026), "chmod 640 "
	if isOwn(info) {
		open, remedy = 0o066, "chmod 600 "
	}
	if !info.Mode().IsRegular() || info.Mode()&open == 0 {
		return nil
	}
	return fmt.Errorf("%s, and other users can read or change it: %s has the mode %04o\nhint: %s%s", what, path, info.Mode().Perm(), remedy, path)
}

// checkEncryption returns an error if deliveries and their tokens can come in unencrypted from other machines.
func checkEncryption(c config.Collector) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil || c.TLS.CertFile != "" || len(c.TrustedProxies) > 0 || host == "localhost" {
		return nil
	}
	if address, err := netip.ParseAddr(host); err == nil && address.Unmap().IsLoopback() {
		return nil
	}
	return errors.New("collector.listen is open to other machines without TLS, so tokens and calls can be read on the way\nhint: set collector.tls; or listen on 127.0.0.1 behind a reverse proxy with TLS; or name a proxy on another machine in collector.trusted_proxies")
}
