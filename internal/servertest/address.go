package servertest

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// FreePort returns a port of 127.0.0.1 on which nothing listens, for a server that a test starts. It is below the ports that the system
// gives to clients, so that no connection of another test takes it before the server listens.
func FreePort() int {
	for range 1000 {
		port := 10000 + rand.IntN(20000)
		listener, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			listener.Close()
			return port
		}
	}
	panic("no port is free")
}

// FreeAddress is the same with the host.
func FreeAddress() string { return fmt.Sprint("127.0.0.1:", FreePort()) }
