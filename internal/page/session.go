package page

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"callsheet/internal/atomicfile"
)

// cookieName has a prefix with which browsers accept the cookie only if it is Secure and of this host alone.
const cookieName = "__Host-callsheet"

// cookieAge is how long a browser keeps the cookie. The server decides how long a session lasts.
const cookieAge = 400 * 24 * time.Hour

const (
	maxSessions  = 10_000
	saveInterval = time.Minute // between writes of the times of use
)

// sessions are the sessions of users who have signed in.
type sessions struct {
	path     string
	lifetime time.Duration // after the last use
	users    map[string]*User
	log      *slog.Logger
	now      func() time.Time

	mu    sync.Mutex
	byID  map[string]*session // by the hash of the id
	saved time.Time
}

// session is kept in sessions.json, by the hash of its id.
type session struct {
	User     string    `json:"user"`
	Password string    `json:"password"` // hash of the password's hash
	UsedAt   time.Time `json:"used_at"`
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// openSessions reads the sessions of a file. If it cannot be read, everybody signs in again.
func openSessions(path string, lifetime time.Duration, users map[string]*User, log *slog.Logger, now func() time.Time) *sessions {
	s := &sessions{path: path, lifetime: lifetime, users: users, log: log, now: now, byID: map[string]*session{}, saved: now()}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &s.byID)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("the sessions cannot be read; everybody has to sign in again", "error", err)
		s.byID = map[string]*session{}
	}
	for id, one := range s.byID {
		if one == nil || s.userOf(one) == nil {
			delete(s.byID, id)
		}
	}
	return s
}

// userOf returns the user of a session, nil if the session has ended.
func (s *sessions) userOf(one *session) *User {
	user := s.users[one.User]
	if user == nil || one.Password != hashOf(user.Password.String()) || s.now().Sub(one.UsedAt) > s.lifetime {
		return nil
	}
	return user
}

// start begins a session and returns its id.
func (s *sessions) start(user *User) (id string) {
	id = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) >= maxSessions {
		s.removeOldest()
	}
	s.byID[hashOf(id)] = &session{user.Name, hashOf(user.Password.String()), s.now()}
	s.write()
	return id
}

func (s *sessions) removeOldest() {
	oldest := ""
	for id, one := range s.byID {
		if oldest == "" || one.UsedAt.Before(s.byID[oldest].UsedAt) {
			oldest = id
		}
	}
	delete(s.byID, oldest)
}

// use returns the user of a session, nil if there is none, and prolongs the session.
func (s *sessions) use(id string) *User {
	if id == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.byID[hashOf(id)]
	if one == nil {
		return nil
	}
	user := s.userOf(one)
	if user == nil {
		delete(s.byID, hashOf(id))
		s.write()
		return nil
	}
	one.UsedAt = s.now()
	if one.UsedAt.Sub(s.saved) > saveInterval {
		s.write()
	}
	return user
}

// end ends a session.
func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.byID[hashOf(id)]; known { // else anyone could make it write
		delete(s.byID, hashOf(id))
		s.write()
	}
}

// save writes the times of use.
func (s *sessions) save() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) > 0 {
		s.write()
	}
}

// write writes the file. If it cannot, the sessions last until the process ends.
func (s *sessions) write() {
	s.saved = s.now()
	text, err := json.Marshal(s.byID)
	if err == nil {
		err = atomicfile.WriteFile(atomicfile.OS{}, s.path, text)
	}
	if err != nil {
		s.log.Warn("the sessions cannot be written; a restart will sign everybody out", "error", err)
	}
}

// sessionOf returns the id of a request's session, "" without one.
func sessionOf(r *http.Request) string {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setCookie gives a browser the id of a session; an empty one removes it.
func setCookie(w http.ResponseWriter, id string) {
	age := int(cookieAge / time.Second)
	if id == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: id, Path: "/", MaxAge: age, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
