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

	"callsheet/internal/client"
)

// arrivalGrace is how long a waiting connection is kept before it can be closed to make room: long enough for a delivery that is being
// sent.
const arrivalGrace = 500 * time.Millisecond

// limitConnections limits how many connections of a listener are open at once. At the limit, a new connection replaces one that waits
// for its sender. New connections, which have not delivered anything, are closed first, oldest first, while they are more than a quarter
// of the limit; then also idle ones, which wait for their next delivery. When three quarters of the limit are open, an address may have
// at most a quarter of the limit as new connections. A connection is not closed in its first half second of waiting, nor while its
// delivery is being stored. Only one goroutine may call Accept.
func limitConnections(listener net.Listener, limit int, now func() time.Time) *limitedListener {
	return &limitedListener{
		Listener: listener, limit: limit, grace: arrivalGrace, now: now, freshOf: map[netip.Prefix]int{}, changed: make(chan struct{}, 1),
	}
}

// limitedListener is the listener that limitConnections returns.
type limitedListener struct {
	net.Listener
	limit int
	grace time.Duration
	now   func() time.Time

	mu      sync.Mutex
	closed  bool
	open    int
	fresh   list.List            // *limitedConn that have not delivered anything, oldest first
	idle    list.List            // *limitedConn that wait for their next delivery, longest first
	freshOf map[netip.Prefix]int // number of fresh connections by client.Network
	changed chan struct{}        // has a token when Accept should check again
}

// limitedConn is a connection of a limitedListener.
type limitedConn struct {
	net.Conn
	listener *limitedListener
	from     netip.Prefix

	// Under the listener's mu.
	list    *list.List    // fresh or idle; nil while a delivery is being stored
	element *list.Element // in that list
	since   time.Time     // when it entered the list
	closed  bool
}

// Accept returns the next connection once there is room for it.
func (l *limitedListener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &limitedConn{Conn: accepted, listener: l}
	if peer, err := netip.ParseAddrPort(accepted.RemoteAddr().String()); err == nil {
		c.from = client.Network(client.Canonical(peer.Addr()))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.open >= l.limit-l.limit/4 && l.freshOf[c.from] >= l.freshShare() {
		oldest := l.oldestFresh(c.from)
		if l.remainingGrace(oldest) > 0 {
			break // a burst of deliveries
		}
		oldest.closeLocked()
	}
	l.makeRoom()
	if l.open >= l.limit { // closed while it waited for room
		return nil, errors.Join(net.ErrClosed, accepted.Close())
	}
	l.open++
	c.enqueue(&l.fresh)
	return c, nil
}

// makeRoom waits until another connection may be open, or the listener is closed. It closes waiting connections.
func (l *limitedListener) makeRoom() {
	for l.open >= l.limit && !l.closed {
		var graceOver <-chan time.Time // when the next connection may be closed
		if c, wait := l.evictable(); c != nil && wait <= 0 {
			c.closeLocked()
			continue
		} else if c != nil {
			graceOver = time.After(wait)
		}
		l.mu.Unlock()
		select {
		case <-l.changed:
		case <-graceOver:
		}
		l.mu.Lock()
	}
}

// freshShare is the number of fresh connections up to which idle connections are closed as well.
func (l *limitedListener) freshShare() int { return max(l.limit/4, 1) }

// evictable returns the connection to close next and how long it must stay open, nil if all are busy.
func (l *limitedListener) evictable() (next *limitedConn, wait time.Duration) {
	if l.fresh.Len() > 0 {
		next = l.fresh.Front().Value.(*limitedConn)
		wait = l.remainingGrace(next)
	}
	if l.idle.Len() > 0 && l.fresh.Len() <= l.freshShare() {
		idle := l.idle.Front().Value.(*limitedConn)
		if remaining := l.remainingGrace(idle); next == nil || wait > 0 && remaining < wait {
			return idle, remaining
		}
	}
	return next, wait
}

func (l *limitedListener) remainingGrace(c *limitedConn) time.Duration {
	return l.grace - l.now().Sub(c.since)
}

// oldestFresh returns the oldest fresh connection of an address; there must be one.
func (l *limitedListener) oldestFresh(from netip.Prefix) *limitedConn {
	element := l.fresh.Front()
	for element.Value.(*limitedConn).from != from {
		element = element.Next()
	}
	return element.Value.(*limitedConn)
}

// Close closes the listener and ends an Accept that waits for room.
func (l *limitedListener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.signal()
	return l.Listener.Close()
}

// settle waits, once the listener is closed, until the deliveries of the connections that it has accepted are being stored. One that sends
// nothing is given its grace.
func (l *limitedListener) settle() {
	for hasFresh := true; hasFresh; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		newest := l.fresh.Back()
		hasFresh = newest != nil && l.remainingGrace(newest.Value.(*limitedConn)) > 0
		l.mu.Unlock()
	}
}

// setLimit changes the limit. Connections over a lower one stay open until another arrives.
func (l *limitedListener) setLimit(limit int) {
	l.mu.Lock()
	l.limit = limit
	l.mu.Unlock()
	l.signal()
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
	c.dequeue()
	c.listener.open--
	c.listener.signal()
	return c.Conn.Close()
}

// enqueue adds the connection to a list of waiting ones.
func (c *limitedConn) enqueue(waiting *list.List) {
	c.list, c.element, c.since = waiting, waiting.PushBack(c), c.listener.now()
	if waiting == &c.listener.fresh {
		c.listener.freshOf[c.from]++
	}
}

// dequeue removes the connection from its list.
func (c *limitedConn) dequeue() {
	if c.list == nil {
		return
	}
	c.list.Remove(c.element)
	if c.list == &c.listener.fresh {
		if c.listener.freshOf[c.from]--; c.listener.freshOf[c.from] == 0 {
			delete(c.listener.freshOf, c.from)
		}
	}
	c.list, c.element = nil, nil
}

// keep keeps the connection open until the response to its delivery is sent; false if it is already closed.
func (c *limitedConn) keep() bool {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.dequeue()
	return !c.closed
}

// wait marks the connection as idle: the response is sent, and it waits for the next delivery.
func (c *limitedConn) wait() {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	if c.list == nil && !c.closed {
		c.enqueue(&c.listener.idle)
		c.listener.signal()
	}
}

// limited returns the connection below TLS, nil if no limitedListener accepted it.
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

// keepConnection keeps the connection of a delivery open until the response is sent; false if it is already closed.
func keepConnection(ctx context.Context) bool {
	c, isLimited := ctx.Value(connectionKey{}).(*limitedConn)
	return !isLimited || c.keep()
}
