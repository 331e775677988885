package collector

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listenLimited serves a collector on loopback with a connection limit and a grace period.
func listenLimited(t *testing.T, c *collector, limit int, grace time.Duration) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting := limitConnections(listener, limit, time.Now)
	accepting.grace = grace
	server := c.server(c.handler())
	t.Cleanup(func() { server.Close() })
	go server.Serve(accepting)
	return listener.Addr().String()
}

// dialFrom opens a connection from an address of this machine and sends some bytes.
func dialFrom(t *testing.T, from, address, text string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		t.Skip("this machine has no address ", from, ": ", err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// deliverOnce delivers over a new connection and returns the status. It times out if the connection is blocked.
func deliverOnce(address string) (status int, err error) {
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Post("http://"+address+"/hooks/main/"+secret, "application/json", strings.NewReader(`{"CallSid":"1"}`))
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func TestConnectionsWithoutDeliveriesDoNotBlockOthers(t *testing.T) {
	const limit = 12
	for name, text := range map[string]string{
		"that send nothing":          "",
		"kept alive":                 "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"kept alive by wrong tokens": "GET /hooks/main/wrong HTTP/1.1\r\nHost: x\r\n\r\n",
		"with slow headers":          "POST /hooks/main/" + secret + " HTTP/1.1\r\nHost:",
		"with slow bodies":           "POST /hooks/main/" + secret + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
	} {
		for _, addresses := range []int{1, 40} {
			t.Run(fmt.Sprintf("%s from %d addresses", name, addresses), func(t *testing.T) {
				t.Parallel()
				c, m := testCollector(Options{})
				address := listenLimited(t, c, limit, 100*time.Millisecond)
				for i := range 40 {
					dialFrom(t, fmt.Sprint("127.0.0.", 2+i%addresses), address, text)
				}
				if status, err := deliverOnce(address); status != http.StatusOK || len(m.lines) != 1 {
					t.Errorf("a delivery: %d, %v, %d stored", status, err, len(m.lines))
				}
			})
		}
	}
}

func TestIdleSendersDoNotBlockOthers(t *testing.T) {
	const limit = 4
	c, _ := testCollector(Options{})
	address := listenLimited(t, c, limit, 0)
	for range limit {
		conn := dialFrom(t, "127.0.0.1", address, "")
		if status := deliverOn(t, conn); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	if status, err := deliverOnce(address); status != http.StatusOK {
		t.Errorf("a delivery: %d, %v", status, err)
	}
}

// deliverOn delivers over an open connection and keeps it open.
func deliverOn(t *testing.T, conn net.Conn) (status int) {
	t.Helper()
	if _, err := io.WriteString(conn, "POST /hooks/main/"+secret+" HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func TestConnectionsThatDeliveredAreClosedLast(t *testing.T) {
	const limit = 4
	c, _ := testCollector(Options{})
	address := listenLimited(t, c, limit, 0)
	sender := dialFrom(t, "127.0.0.1", address, "")
	deliverOn(t, sender)
	var last net.Conn
	for range 3 * limit {
		last = dialFrom(t, "127.0.0.1", address, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	if _, err := last.Read(make([]byte, 1)); err != nil { // all are accepted now
		t.Fatal(err)
	}
	if status := deliverOn(t, sender); status != http.StatusOK {
		t.Errorf("the sender's second delivery: %d", status)
	}
}

// Connections with deliveries are not closed, even if there are more than the limit.
func TestConcurrentDeliveriesAreAllStored(t *testing.T) {
	const limit, deliveries = 4, 100
	c, m := testCollector(Options{})
	address := listenLimited(t, c, limit, arrivalGrace)
	answers := make(chan error, deliveries)
	for range deliveries {
		go func() {
			status, err := deliverOnce(address)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("status %d", status)
			}
			answers <- err
		}()
	}
	for range deliveries {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if len(m.lines) != deliveries {
		t.Errorf("%d stored", len(m.lines))
	}
}

func TestConnectionIsKeptWhileItsDeliveryIsStored(t *testing.T) {
	c, _ := testCollector(Options{})
	s := &stuck{entered: make(chan struct{}, 2), letGo: make(chan struct{})}
	c.options.Spool = s
	address := listenLimited(t, c, 1, 0)
	answers := make(chan int, 1)
	go func() {
		status, _ := deliverOnce(address)
		answers <- status
	}()
	<-s.entered
	waiting := dialFrom(t, "127.0.0.1", address, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	waiting.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := waiting.Read(make([]byte, 1)); err == nil {
		t.Error("another connection was accepted")
	}
	close(s.letGo)
	if status := <-answers; status != http.StatusOK {
		t.Errorf("status %d", status)
	}
}

func TestLimitCountsConnectionsBelowTLS(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, 1, time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
	c, _ := testCollector(Options{})
	pair, err := NewTLS(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), c.options.Log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting := limitConnections(listener, 4, time.Now)
	accepting.grace = 100 * time.Millisecond
	server := c.server(c.handler())
	t.Cleanup(func() { server.Close() })
	go server.Serve(tls.NewListener(accepting, pair.Config()))
	address := listener.Addr().String()
	for range 12 {
		dialFrom(t, "127.0.0.1", address, "") // no handshake
	}
	for range 8 {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if status := deliverOn(t, conn); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
}

func TestShutdownEndsAnAcceptThatWaitsForRoom(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := limitConnections(inner, 1, time.Now)
	dialFrom(t, "127.0.0.1", inner.Addr().String(), "")
	busy, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	limited(busy).keep()
	ended := make(chan error, 1)
	go func() {
		_, err := listener.Accept()
		ended <- err
	}()
	dialFrom(t, "127.0.0.1", inner.Addr().String(), "")
	listener.Close()
	if err := <-ended; err == nil {
		t.Error("a connection was accepted by a closed listener")
	}
}
