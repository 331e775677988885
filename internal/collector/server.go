package collector

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

const (
	adminConnections = 100             // limit of connections to the admin address
	spareFiles       = 200             // for these, the spool and child processes
	drainTime        = 7 * time.Second // for requests in flight when the server stops
)

// ListenOptions are the addresses of a collector.
type ListenOptions struct {
	Address           string
	AdminAddress      string // of health and metrics; empty to serve them on Address
	MaxConnections    int    // to Address
	CertFile, KeyFile string // for TLS on Address; empty for none
	Log               *slog.Logger
	Now               func() time.Time // the wall clock, for the age of connections
}

// Listeners are the open addresses of a collector.
type Listeners struct {
	Address string // with the port, where the system has chosen it

	hooks, admin net.Listener // admin may be nil
	limited      *limitedListener
	tls          *TLS // nil for plain HTTP
}

// Listen opens the addresses.
func Listen(o ListenOptions) (_ *Listeners, err error) {
	l := &Listeners{}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	addresses := []string{o.Address}
	if o.AdminAddress != "" {
		addresses = append(addresses, o.AdminAddress)
	}
	if err := checkInherited(addresses...); err != nil {
		return nil, err
	}
	hooks, err := ListenOn("collector.listen", o.Address)
	if err != nil {
		return nil, err
	}
	l.Address, l.limited = hooks.Addr().String(), limitConnections(hooks, connectionLimit(o.MaxConnections, o.Log), o.Now)
	l.hooks = l.limited
	if o.CertFile != "" {
		if l.tls, err = NewTLS(o.CertFile, o.KeyFile, o.Log); err != nil {
			return nil, exitcode.UsageError(err)
		}
		l.hooks = tls.NewListener(l.hooks, l.tls.Config())
	}
	if o.AdminAddress != "" {
		admin, err := ListenOn("collector.admin_listen", o.AdminAddress)
		if err != nil {
			return nil, err
		}
		l.admin = limitConnections(admin, adminConnections, o.Now)
	}
	return l, nil
}

// Close closes the addresses.
func (l *Listeners) Close() error {
	var errs []error
	for _, listener := range []net.Listener{l.hooks, l.admin} {
		if listener != nil {
			errs = append(errs, listener.Close())
		}
	}
	return errors.Join(errs...)
}

// CheckListen returns the error that Listen would have for the address of a configuration key, unless a program is listening there: the
// collector itself, usually.
func CheckListen(key, address string) error {
	if connection, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		return connection.Close()
	}
	listener, err := ListenOn(key, address)
	if err != nil {
		return err
	}
	return listener.Close()
}

// ListenOn listens on the address of a configuration key, or takes the listener that systemd has opened for it.
func ListenOn(key, address string) (net.Listener, error) {
	listener, err := inheritedFor(address)
	if listener == nil && err == nil {
		listener, err = net.Listen("tcp", address)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program\nhint: stop it, or choose another %s", address, key)
	}
	if errors.Is(err, syscall.EACCES) {
		return nil, fmt.Errorf("the port of %s needs a privilege\nhint: set %s to a port from 1024, behind a reverse proxy; or give the service AmbientCapabilities=CAP_NET_BIND_SERVICE", address, key)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w\nhint: %s must be an address of this machine", address, err, key)
	}
	return listener, nil
}

// connectionLimit returns the configured number of connections, or fewer if this process may not open that many files: a collector
// without a free descriptor can neither accept a connection nor open the next day's file.
func connectionLimit(configured int, log *slog.Logger) int {
	files := openFileLimit()
	limit := min(configured, max(files-spareFiles, files/2))
	if limit < configured {
		log.Warn("connection limit reduced to fit the open file limit", "connections", limit, "configured", configured, "files", files)
	}
	return limit
}

// Server is a collector that serves requests and writes to its spool.
type Server struct {
	Failed <-chan error // receives the error of a listener that fails

	listeners *Listeners
	collector *collector
	spool     *spool.Writer
	servers   []*http.Server
	failed    chan error
}

// Serve opens the spool and serves requests until Stop. On failure it closes the listeners.
func Serve(l *Listeners, options Options, spoolOptions spool.Options) (*Server, error) {
	s := &Server{listeners: l, failed: make(chan error, 2)}
	s.Failed = s.failed
	spoolOptions.Committed = func(lines, bytes int, took time.Duration) { s.collector.committed(lines, bytes, took) }
	writer, err := spool.Open(spoolOptions)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s.spool, options.Spool = writer, writer
	options.SeparateAdmin = l.admin != nil
	s.collector = newCollector(options)
	if files, err := spool.List(spoolOptions.Dir); err == nil { // a file that cannot be read is reported by loads
		last, _ := spool.LastReceived(files)
		s.collector.resume(last)
	}
	s.serve(l.hooks, s.collector.handler())
	if l.admin != nil {
		s.serve(l.admin, s.collector.admin())
	}
	return s, nil
}

func (s *Server) serve(listener net.Listener, handler http.Handler) {
	server := s.collector.server(handler)
	s.servers = append(s.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.failed <- err
		}
	}()
}

// Reload applies other options while requests are served. The addresses, TLS or plain HTTP, and the spool's folder and collector id stay
// as they are. After an error, of a certificate, nothing has changed.
func (s *Server) Reload(options Options, listen ListenOptions, zone *time.Location) error {
	if s.listeners.tls != nil && listen.CertFile != "" {
		if err := s.listeners.tls.use(listen.CertFile, listen.KeyFile); err != nil {
			return exitcode.UsageError(err)
		}
	}
	s.listeners.limited.setLimit(connectionLimit(listen.MaxConnections, listen.Log))
	s.spool.SetZone(zone)
	s.collector.reload(options)
	return nil
}

// Stop reports not ready for a while, so that a load balancer stops sending before connections are refused. Then it waits for
// requests in flight and closes the spool.
func (s *Server) Stop(lameDuck time.Duration) error {
	s.collector.drain()
	time.Sleep(lameDuck)
	// A http.Server that shuts down closes connections whose request it has not read yet. So first no more are accepted.
	errs := []error{s.listeners.Close()}
	s.listeners.limited.settle()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	for _, server := range s.servers {
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.spool.Close())...)
}
