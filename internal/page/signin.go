package page

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/client"
	"callsheet/internal/password"
)

// attempts limits how often passwords can be guessed.
type attempts struct {
	byAddress client.Throttle[netip.Prefix]
	byName    client.Throttle[string]
	checking  chan struct{} // has a token for each password that is being checked, which takes memory
	nobody    password.Hash // checked for names that are not users, so that the time does not tell which ones are
}

// Wrong passwords from one address, and for one name, which may be tried from many addresses.
const (
	addressBurst, addressInterval = 10, 30 * time.Second
	nameBurst, nameInterval       = 20, 30 * time.Second
)

// maxChecking is how many passwords are checked at once, and maxForm the size of the form in bytes.
const (
	maxChecking = 2
	maxForm     = 8 << 10
)

func newAttempts() attempts {
	nobody, err := password.Parse(password.New("nobody"))
	if err != nil {
		panic(err) // its own format
	}
	return attempts{
		byAddress: client.Throttle[netip.Prefix]{Burst: addressBurst, Interval: addressInterval},
		byName:    client.Throttle[string]{Burst: nameBurst, Interval: nameInterval},
		checking:  make(chan struct{}, maxChecking), nobody: nobody,
	}
}

// signInForm is what the form shows.
type signInForm struct {
	Name, Next, Error string
}

func (s *Server) hasPasswords() bool { return len(s.users) > 0 && s.options.UserHeader == "" }

func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	if !s.hasPasswords() || s.sessions.use(sessionOf(r)) != nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	s.show(w, http.StatusOK, "sign-in", signInForm{Next: next})
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	if !s.hasPasswords() {
		s.refuse(w, http.StatusNotFound, "not_found")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	form := signInForm{Name: strings.TrimSpace(r.PostFormValue("name")), Next: localPath(r.PostFormValue("next"))}
	user, wait := s.checkPassword(r, form.Name, r.PostFormValue("password"))
	switch {
	case wait > 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		form.Error = "too_many_attempts"
		s.show(w, http.StatusTooManyRequests, "sign-in", form)
	case user == nil:
		form.Error = "wrong_password"
		s.show(w, http.StatusUnauthorized, "sign-in", form)
	default:
		s.sessions.end(sessionOf(r))
		setCookie(w, s.sessions.start(user))
		s.options.Log.Info("signed in", "user", user.Name, "address", s.address(r).String())
		http.Redirect(w, r, form.Next, http.StatusSeeOther)
	}
}

// checkPassword returns the user with a name and password, nil if there is none. wait is how long to wait before the next attempt, if there
// were too many.
func (s *Server) checkPassword(r *http.Request, name, text string) (user *User, wait time.Duration) {
	select {
	case s.attempts.checking <- struct{}{}:
		defer func() { <-s.attempts.checking }()
	case <-r.Context().Done():
		return nil, time.Second
	}
	address, now := s.address(r), s.options.Now()
	network := client.Network(address)
	// A name that is no user may be a password in the wrong field. Its attempts count by address only.
	user = s.users[name]
	if wait = s.attempts.byAddress.Wait(network, now); user != nil {
		wait = max(wait, s.attempts.byName.Wait(name, now))
	}
	if wait > 0 {
		return nil, wait
	}
	hash := s.attempts.nobody
	if user != nil {
		hash = user.Password
	}
	if hash.Matches(text) && user != nil {
		return user, 0
	}
	s.attempts.byAddress.Take(network, now)
	known := ""
	if user != nil {
		s.attempts.byName.Take(name, now)
		known = name
	}
	s.options.Log.Warn("sign-in refused", "address", address.String(), "user", known)
	return nil, 0
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.end(sessionOf(r))
	setCookie(w, "")
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
