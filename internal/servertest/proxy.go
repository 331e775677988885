package servertest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// BeforeS3 starts a proxy in front of a gateway and returns the URL of the bucket through it. refuse answers a request itself and
// returns true, or returns false.
func BeforeS3(t testing.TB, bucket string, refuse func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	before, gateway, _ := strings.Cut(bucket, "endpoint=")
	to, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // which is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !refuse(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return before + "endpoint=" + server.URL
}

// Cut says whether a connection is cut when a client sends something.
type Cut int

const (
	Keep      Cut = iota
	CutBefore     // what is sent does not reach the server
	CutAfter      // it does, but the response does not reach the client
)

// BeforePostgres starts a proxy in front of a server and returns the URL of a database through it. cut is called with what clients send.
func BeforePostgres(t testing.TB, database *url.URL, cut func(sent []byte) Cut) *url.URL {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(client, database.Host, cut)
		}
	}()
	through := *database
	through.Host = listener.Addr().String()
	return &through
}

func forward(client net.Conn, to string, cut func(sent []byte) Cut) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		how := cut(buffer[:n])
		if how == CutBefore {
			return
		}
		if how == CutAfter {
			client.Close()
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if how == CutAfter {
			_ = server.(*net.TCPConn).CloseWrite() // a server runs what it was sent before it sees the end
			_, _ = io.Copy(io.Discard, server)
			return
		}
	}
}
