package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// senders send deliveries without pause. One that is not accepted fails the test.
type senders struct {
	t        *testing.T
	stop     atomic.Bool
	running  sync.WaitGroup
	mutex    sync.Mutex
	accepted map[string]bool
}

// startSenders starts four senders, of which so many keep their connections; the others open one for each delivery.
func startSenders(t *testing.T, address string, keepConnections int) *senders {
	s := &senders{t: t, accepted: map[string]bool{}}
	for sender := range 4 {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: sender >= keepConnections}}
		s.running.Go(func() {
			for i := 0; !s.stop.Load(); i++ {
				sid := fmt.Sprintf("%d-%d", sender, i)
				response, err := client.Post("http://"+address+"/hooks/main/a-token-for-tests", "application/json", strings.NewReader(fmt.Sprintf(`{"CallSid":%q}`, sid)))
				if err != nil {
					t.Errorf("%s: %v", sid, err)
					return
				}
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", sid, response.Status)
					return
				}
				s.mutex.Lock()
				s.accepted[sid] = true
				s.mutex.Unlock()
				time.Sleep(time.Millisecond)
			}
		})
	}
	return s
}

// end stops the senders. The spool of a folder must have what was accepted, once, and nothing else.
func (s *senders) end(dir string) {
	s.t.Helper()
	s.stop.Store(true)
	s.running.Wait()
	found := spooledSids(s.t, filepath.Join(dir, "data", "spool"))
	for sid := range s.accepted {
		if found[sid] != 1 {
			s.t.Fatalf("of %d acknowledged deliveries %s is in the spool %d times", len(s.accepted), sid, found[sid])
		}
	}
	if len(s.accepted) == 0 || len(found) != len(s.accepted) {
		s.t.Errorf("%d acknowledged, %d in the spool", len(s.accepted), len(found))
	}
}
