package collector

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/atomicfile"
	"callsheet/internal/spool"
)

// hangingDisk is the real file system, in which syncs of spool files wait until hang is closed.
type hangingDisk struct {
	atomicfile.OS
	hang chan struct{}
}

type hangingFile struct {
	atomicfile.File
	hang chan struct{}
}

func (d hangingDisk) OpenAppend(path string) (atomicfile.File, error) {
	file, err := d.OS.OpenAppend(path)
	return hangingFile{file, d.hang}, err
}

func (f hangingFile) Sync() error {
	<-f.hang
	return f.File.Sync()
}

// A lone delivery is written by the goroutine of its request, which hangs with the disk.
func TestLoneDeliveryOnAHungDiskIsAnsweredInTime(t *testing.T) {
	disk := hangingDisk{hang: make(chan struct{})}
	log := slog.New(slog.DiscardHandler)
	listeners, err := Listen(ListenOptions{Address: "127.0.0.1:0", MaxConnections: 10, Log: log, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Serve(listeners, Options{
		Sources: []Source{{Name: "main", Tokens: []string{"secret"}}}, Wait: 50 * time.Millisecond, Log: log, Registry: prometheus.NewRegistry(), Now: time.Now,
	}, spool.Options{Dir: t.TempDir(), Zone: time.UTC, Now: time.Now, Log: log, Files: disk})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", listeners.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"CallSid":"1"}`
	io.WriteString(conn, "POST /hooks/main/secret HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n"+body)
	// Without the end of the connection, which comes when the disk responds: the response itself must be complete.
	text := make([]byte, 4096)
	n := 0
	for !strings.HasSuffix(string(text[:n]), "cannot store now\n") {
		more, err := conn.Read(text[n:])
		if n += more; err != nil {
			t.Fatalf("%v after %q", err, text[:n])
		}
	}
	for _, want := range []string{"HTTP/1.1 503 ", "Retry-After: 10\r\n", "Connection: close\r\n", "Content-Length: 17\r\n"} {
		if !strings.Contains(string(text[:n]), want) {
			t.Errorf("no %q in %q", want, text[:n])
		}
	}
	close(disk.hang)
	if more, err := conn.Read(text); err != io.EOF {
		t.Errorf("after the response came %q, %v", text[:more], err)
	}
	response, err := http.Post("http://"+listeners.Address+"/hooks/main/secret", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("when the disk responds: status %d", response.StatusCode)
	}
	if err := s.Stop(0); err != nil {
		t.Error(err)
	}
}
