package collector

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// arrivalGrace is how long a connection may wait for its sender before it can be closed for another one: long enough for
// a delivery that is on its way.
const arrivalGrace = 500 * time.Millisecond

// LimitConnections bounds the connections of a listener that are open at once. One over the limit gets in while another
// only waits for its sender: that one is closed. Those that have not delivered anything are closed first, the oldest of
// them first, as long as they are more than a quarter of the limit; then also those that wait for the next delivery. When
// three quarters of the limit are open, an address has at most a quarter of connections that have not delivered anything. A
// connection is not closed in its first half second of waiting, nor while its delivery is being stored. Accept is for one
// goroutine.
func LimitConnections(listener net.Listener, limit int, now func() time.Time) net.Listener {
	return &limitedListener{
		Listener: listener, limit: limit, grace: arrivalGrace, now: now, strangersOf: map[netip.Prefix]int{}, changed: make(chan struct{}, 1),
	}
}

// limitedListener is the listener that LimitConnections makes.
type limitedListener struct {
	net.Listener
	limit int
	grace time.Duration
	now   func() time.Time

	mu          sync.Mutex
	closed      bool
	open        int
	strangers   list.List // of *limitedConn that have not delivered anything, the oldest first
	senders     list.List // of *limitedConn that wait for the next delivery, the longest first
	strangersOf map[netip.Prefix]int
	changed     chan struct{} // has a token when something that Accept waits for may have come
}

// limitedConn is a connection of a limitedListener.
type limitedConn struct {
	net.Conn
	listener *limitedListener
	from     netip.Prefix

	// Under the listener's mu.
	in     *list.List // strangers or senders; nil while a delivery is stored and answered
	at     *list.Element
	since  time.Time // when it came into that list
	closed bool
}

// Accept returns the next connection once there is room for it.
func (l *limitedListener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &limitedConn{Conn: accepted, listener: l}
	if peer, err := netip.ParseAddrPort(accepted.RemoteAddr().String()); err == nil {
		c.from = neighbourhood(canonical(peer.Addr()))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.open >= l.limit-l.limit/4 && l.strangersOf[c.from] >= l.strangersShare() {
		oldest := l.oldestStranger(c.from)
		if l.remainingGrace(oldest) > 0 {
			break // many deliveries at once
		}
		oldest.closeLocked()
	}
	l.makeRoom()
	if l.closed {
		return nil, errors.Join(net.ErrClosed, accepted.Close())
	}
	l.open++
	c.enterList(&l.strangers)
	return c, nil
}

// makeRoom waits until a connection more may be open, or the listener is closed. It closes what only waits for its sender.
func (l *limitedListener) makeRoom() {
	for l.open >= l.limit && !l.closed {
		var ripe <-chan time.Time // when the next connection may be closed
		if c, wait := l.evictable(); c != nil && wait <= 0 {
			c.closeLocked()
			continue
		} else if c != nil {
			ripe = time.After(wait)
		}
		l.mu.Unlock()
		select {
		case <-l.changed:
		case <-ripe:
		}
		l.mu.Lock()
	}
}

// strangersShare is how many connections may have delivered nothing before they are the first to be closed.
func (l *limitedListener) strangersShare() int { return max(l.limit/4, 1) }

// evictable is the connection to close next, and how long it must stay open; nil if all are busy.
func (l *limitedListener) evictable() (next *limitedConn, wait time.Duration) {
	if l.strangers.Len() > 0 {
		next = l.strangers.Front().Value.(*limitedConn)
		wait = l.remainingGrace(next)
	}
	if l.senders.Len() > 0 && l.strangers.Len() <= l.strangersShare() {
		sender := l.senders.Front().Value.(*limitedConn)
		if remaining := l.remainingGrace(sender); next == nil || wait > 0 && remaining < wait {
			return sender, remaining
		}
	}
	return next, wait
}

func (l *limitedListener) remainingGrace(c *limitedConn) time.Duration {
	return l.grace - l.now().Sub(c.since)
}

// oldestStranger is the oldest connection of an address that has not delivered anything; there must be one.
func (l *limitedListener) oldestStranger(from netip.Prefix) *limitedConn {
	at := l.strangers.Front()
	for at.Value.(*limitedConn).from != from {
		at = at.Next()
	}
	return at.Value.(*limitedConn)
}

// Close closes the listener and ends an Accept that waits for room.
func (l *limitedListener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.signal()
	return l.Listener.Close()
}

func (l *limitedListener) signal() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// Close closes the connection and makes room for another.
func (c *limitedConn) Close() error {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	return c.closeLocked()
}

func (c *limitedConn) closeLocked() error {
	if c.closed {
		return net.ErrClosed
	}
	c.closed = true
	c.leaveList()
	c.listener.open--
	c.listener.signal()
	return c.Conn.Close()
}

func (c *limitedConn) enterList(in *list.List) {
	c.in, c.at, c.since = in, in.PushBack(c), c.listener.now()
	if in == &c.listener.strangers {
		c.listener.strangersOf[c.from]++
	}
}

func (c *limitedConn) leaveList() {
	if c.in == nil {
		return
	}
	c.in.Remove(c.at)
	if c.in == &c.listener.strangers {
		if c.listener.strangersOf[c.from]--; c.listener.strangersOf[c.from] == 0 {
			delete(c.listener.strangersOf, c.from)
		}
	}
	c.in, c.at = nil, nil
}

// keep keeps the connection open while a delivery is stored and answered; false if it is closed already.
func (c *limitedConn) keep() bool {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.leaveList()
	return !c.closed
}

// wait says that the delivery is answered and the connection waits for the next one.
func (c *limitedConn) wait() {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	if c.in == nil && !c.closed {
		c.enterList(&c.listener.senders)
		c.listener.signal()
	}
}

// limited is the connection below TLS, nil if no limitedListener accepted it.
func limited(conn net.Conn) *limitedConn {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	c, _ := conn.(*limitedConn)
	return c
}

type connectionKey struct{}

// withConnection is a http.Server's ConnContext: it lets a handler call keepConnection.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	if c := limited(conn); c != nil {
		return context.WithValue(ctx, connectionKey{}, c)
	}
	return ctx
}

// connectionState is a http.Server's ConnState.
func connectionState(conn net.Conn, state http.ConnState) {
	if c := limited(conn); c != nil && state == http.StateIdle {
		c.wait()
	}
}

// keepConnection keeps the connection of a delivery open until it is answered; false if it is closed already.
func keepConnection(ctx context.Context) bool {
	c, isLimited := ctx.Value(connectionKey{}).(*limitedConn)
	return !isLimited || c.keep()
}
