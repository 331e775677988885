package main

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"callsheet/internal/password"
)

func TestAnOpenPageAsksToSignInAgain(t *testing.T) {
	const secret = "correct horse"
	config := `page: {listen: "PAGE", users: [{name: asha, role: viewer, groups: [Sales], password: "HASH"}]}
`
	s := startPage(t, strings.ReplaceAll(config, "HASH", password.New(secret)))
	b := startBrowser(t, s.page)
	b.expect("401")
	b.expect("net::ERR_")
	b.run(chromedp.Navigate("http://" + s.page + "/?group=Sales"))
	b.signIn("asha", secret)
	b.until(has("#no-calls", "No calls in progress"))
	s.reload(strings.NewReplacer("HASH", password.New("another horse"), "PAGE", s.page).Replace(oneSource("a-token-for-tests", "")+"store: {load_every: 0s}\n"+config), reloaded)
	b.until(`location.pathname === "/sign-in" && document.querySelector("#name") !== null`)
	b.signIn("asha", "another horse")
	b.until(`location.search === "?group=Sales" && ` + has("#no-calls", "No calls in progress"))
}

// silentProxy passes connections on to an address. Those that are open when it falls silent stay open, and nothing passes through them any more.
type silentProxy struct {
	address string
	silence atomic.Int64 // how often it fell silent
}

func startSilentProxy(t *testing.T, to string) *silentProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	p := &silentProxy{address: listener.Addr().String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			t.Cleanup(func() { client.Close(); server.Close() })
			since := p.silence.Load()
			for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
				go func() {
					if _, err := io.Copy(passing{to, func() bool { return p.silence.Load() == since }}, from); err == nil && p.silence.Load() == since {
						to.Close()
					}
				}()
			}
		}
	}()
	return p
}

// passing drops what is written while it is silent.
type passing struct {
	io.Writer
	passes func() bool
}

func (w passing) Write(text []byte) (int, error) {
	if !w.passes() {
		return len(text), nil
	}
	return w.Writer.Write(text)
}

func TestASilentConnectionIsReplaced(t *testing.T) {
	s := startPage(t, `page: {listen: "PAGE"}
`)
	proxy := startSilentProxy(t, s.page)
	b := startBrowser(t, proxy.address)
	b.run(chromedp.Navigate("http://" + proxy.address + "/"))
	b.until(has("#no-calls", "No calls in progress"))
	proxy.silence.Add(1)
	s.say(5, "1001", "Sales", "", "Ringing")
	b.until(has("#connection", "Not live since"))
	b.until(has("#calls tr.waiting", "•••1001") + ` && document.querySelector("#connection").hidden`)
}
