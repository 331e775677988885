package collector

import (
	"net"
	"net/http"
	"testing"
	"time"
)

func TestReloadKeepsRequestsInProgressInTheirLimits(t *testing.T) {
	options := Options{InFlight: 2, Sources: []Source{{Name: "main", Tokens: []string{secret}}, {Name: "removed", Tokens: []string{secret}}}}
	c, _ := testCollector(options)
	before := c.rules.Load().sources["main"]
	options.Sources = []Source{{Name: "main", Tokens: []string{"the-next-token"}}}
	c.reload(options)
	if after := c.rules.Load().sources["main"]; after == before || after.gates != before.gates {
		t.Error("requests in progress do not count any more")
	}
	if got := send(c, post("{}")).Code; got != http.StatusUnauthorized {
		t.Errorf("the old token: answered %d", got)
	}
	options.InFlight = 3
	c.reload(options)
	if after := c.rules.Load().sources["main"]; cap(after.slots) != 3 {
		t.Errorf("the in-flight limit is %d", cap(after.slots))
	}
}

func TestLimitsBelowThoseOfSmallRequestsAreInForce(t *testing.T) {
	c, m := testCollector(Options{MaxDeliveries: 2})
	if got := send(c, post(`[{"CallSid":"1"},{"CallSid":"2"},{"CallSid":"3"}]`)).Code; got != http.StatusRequestEntityTooLarge || len(m.lines) != 0 {
		t.Errorf("three deliveries: answered %d, stored %d", got, len(m.lines))
	}
	if got := send(c, post(`[{"CallSid":"1"},{"CallSid":"2"}]`)).Code; got != http.StatusOK {
		t.Errorf("two deliveries: answered %d", got)
	}
}

func TestConnectionLimitCanChange(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := limitConnections(inner, 1, time.Now)
	defer listener.Close()
	accepted := make(chan net.Conn)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			limited(conn).keep() // a busy connection is not closed to make room
			accepted <- conn
		}
	}()
	for range 2 {
		dialFrom(t, "127.0.0.1", inner.Addr().String(), "")
	}
	<-accepted
	select {
	case <-accepted:
		t.Fatal("two connections with a limit of one")
	case <-time.After(50 * time.Millisecond):
	}
	listener.setLimit(2)
	<-accepted
}
