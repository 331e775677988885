package collector

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// firstInherited is the first file descriptor that systemd hands over.
const firstInherited = 3

// inherited returns the listeners that systemd has opened for this process, by sd_listen_fds(3). While the service restarts, the kernel keeps
// new connections in their queues, so that none is refused. They are taken once.
var inherited = sync.OnceValues(func() (listeners []net.Listener, err error) {
	if os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	count, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil {
		return nil, fmt.Errorf("LISTEN_FDS=%q is not a number", os.Getenv("LISTEN_FDS"))
	}
	for fd := firstInherited; fd < firstInherited+count; fd++ {
		syscall.CloseOnExec(fd)
		file := os.NewFile(uintptr(fd), "socket "+strconv.Itoa(fd)+" of systemd")
		listener, err := net.FileListener(file)
		file.Close() // the listener has a copy
		if err != nil {
			return nil, fmt.Errorf("%s: %w\nhint: the socket unit needs ListenStream=ADDRESS:PORT", file.Name(), err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
})

// inheritedFor returns the inherited listener of an address, nil if there is none.
func inheritedFor(address string) (net.Listener, error) {
	listeners, err := inherited()
	if err != nil {
		return nil, err
	}
	for _, listener := range listeners {
		if isSameAddress(listener.Addr(), address) {
			return listener, nil
		}
	}
	return nil, nil
}

// checkInherited returns an error if systemd listens on an address at which this process would never answer.
func checkInherited(addresses ...string) error {
	listeners, err := inherited()
	if err != nil {
		return err
	}
	for _, listener := range listeners {
		used := false
		for _, address := range addresses {
			used = used || isSameAddress(listener.Addr(), address)
		}
		if !used {
			return fmt.Errorf("systemd listens on %s, and the collector on %s\nhint: give ListenStream of the socket unit and collector.listen the same address",
				listener.Addr(), strings.Join(addresses, " and "))
		}
	}
	return nil
}

// isSameAddress compares the address of a listener with one of the configuration, such as 127.0.0.1:8080 or :8080.
func isSameAddress(listening net.Addr, configured string) bool {
	a, ok := listening.(*net.TCPAddr)
	b, err := net.ResolveTCPAddr("tcp", configured)
	if !ok || err != nil || a.Port != b.Port {
		return false
	}
	isAny := func(ip net.IP) bool { return ip == nil || ip.IsUnspecified() }
	return isAny(a.IP) && isAny(b.IP) || a.IP.Equal(b.IP)
}
