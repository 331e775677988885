// Package page serves the web page on which people watch the calls in progress. It follows the spool, in a process of its own, so that
// neither a crash nor a slow browser can touch a delivery. What needs the database is read by a child of that process.
//
//	GET /                 the calls in progress
//	GET /wall             the same for a screen on a wall
//	GET /today            the figures of the day so far, and whom to call back
//	GET /live/stream      server-sent events with the parts of these pages that change
//	GET /data             the state of the data; for viewers only how fresh the figures are
//	GET /reports          the reports with their runs and workbooks; for viewers only workbooks of their groups
//	GET, POST /ask        SQL and named queries, for analysts and operators
//	GET, POST /sign-in    POST /sign-out    GET /assets/…
//
// # Who sees what
//
// Each request is authorized on its own, also that of a stream, which ends when its session does. A viewer sees the calls of some groups and
// nothing of others: what a page shows comes from a live.View of those groups, and an address that names another group is not found.
//
// # Sessions
//
// The file sessions.json in data_dir has the sessions, so that a restart signs nobody out. It has a hash of each session's id, and not the id,
// and a hash of what the password was, so that a changed password ends the sessions.
package page

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"callsheet/internal/client"
	"callsheet/internal/live"
	"callsheet/internal/locale"
	"callsheet/internal/password"
	"callsheet/internal/spool"
)

// Role says what a user may see. Each may see what those before it may.
type Role int

const (
	Viewer   Role = iota // calls of some groups
	Analyst              // all calls, the state of the data, the reports, and what SQL can read
	Operator             // the same, and may run reports
)

// User may look at the page.
type User struct {
	Name     string
	Role     Role
	Groups   []string      // that the user sees; all if nil
	Password password.Hash // not used with UserHeader
}

// Options configure a Server.
type Options struct {
	Users          []User // without any, everyone on this machine is a user who sees everything
	UserHeader     string // in which trusted proxies name the user; empty if users have passwords
	TrustedProxies []netip.Prefix
	OnlyProxies    bool          // nobody else may connect
	SessionTime    time.Duration // after the last use
	SessionFile    string

	Spool  *spool.Follower
	Board  *live.Board
	Target time.Duration // in which calls should be answered
	Zone   *time.Location
	Locale locale.Locale
	Log    *slog.Logger
	Now    func() time.Time
	Data   func(ctx context.Context) (*Data, error) // reads the state of the data
	// Today computes the figures of the day so far, of a group or, if it is empty, of all calls.
	Today     func(ctx context.Context, group string) (*Today, error)
	Published func() string // identifies the data that the figures are computed from; empty if nothing is published
	LoadEvery time.Duration // interval of loads; 0 if nothing loads at intervals
	LateAfter time.Duration // a delivery that waits longer for a load is late; 0 if nothing loads at intervals
	Reports   func() ([]Report, error)
	// RunReport runs a report, and returns what the run says.
	RunReport  func(ctx context.Context, name string) (outcome string, err error)
	ReportsDir string // with the workbooks
	// Ask answers a question in the question's format. A warning is about a result that is complete.
	Ask        func(ctx context.Context, q Question, out io.Writer) (warning string, err error)
	Catalog    func(ctx context.Context) (*Catalog, error)
	Queries    func() []NamedQuery
	ScratchDir string // for temporary files
	Restored   func() // called once the calls before the start are read; may be nil
}

// everyone is the user name whose role and groups apply to all other users that a proxy names.
const everyone = "*"

// Server serves the page.
type Server struct {
	options   Options
	users     map[string]*User
	sessions  *sessions
	attempts  attempts
	templates *templates
	updates   updates
	data      cache[Data]
	figures   *figures
	handRuns  handRuns
	ask       asker
	streams   chan struct{} // has a token for each open stream
	ended     context.Context
	end       context.CancelFunc
	runs      context.Context // of the reports that operators have started
	stopRuns  context.CancelFunc
}

//go:embed assets
var assets embed.FS

// New returns a server. Run makes it live.
func New(o Options) (*Server, error) {
	t, err := parseTemplates(o)
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: o, users: map[string]*User{}, templates: t, attempts: newAttempts(), streams: make(chan struct{}, maxStreams),
		updates: updates{changed: make(chan struct{})}, figures: newFigures(), ask: asker{queue: newQueue()},
	}
	for _, user := range o.Users {
		s.users[user.Name] = &user
	}
	s.sessions = openSessions(o.SessionFile, o.SessionTime, s.users, o.Log, o.Now)
	s.ended, s.end = context.WithCancel(context.Background())
	s.runs, s.stopRuns = context.WithCancel(context.Background())
	return s, nil
}

// handler serves the page.
func (s *Server) handler() (http.Handler, error) {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", cached(http.FileServerFS(files))))
	mux.HandleFunc("GET /sign-in", s.showSignIn)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /{$}", s.page("live"))
	mux.HandleFunc("GET /wall", s.page("wall"))
	mux.HandleFunc("GET /today", s.showToday)
	mux.HandleFunc("GET /live/stream", s.stream)
	mux.HandleFunc("GET /data", s.showData)
	mux.HandleFunc("GET /reports", s.showReports)
	mux.HandleFunc("GET /reports/{report}", s.showReport)
	mux.HandleFunc("GET /reports/{report}/{sum}/{file}", s.download)
	mux.HandleFunc("POST /reports/{report}/run", s.runReport)
	mux.HandleFunc("GET /ask", s.showAsk)
	mux.HandleFunc("POST /ask", s.askSQL)
	mux.HandleFunc("GET /ask/catalog", s.showCatalog)
	mux.HandleFunc("GET /ask/queries", s.showQueries)
	mux.HandleFunc("GET /ask/queries/{query}", s.showQuery)
	mux.HandleFunc("POST /ask/queries/{query}", s.askQuery)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.authorize(w, r, Viewer); ok {
			s.refuse(w, http.StatusNotFound, "not_found")
		}
	})
	return s.secure(http.NewCrossOriginProtection().Handler(mux)), nil
}

// The timeouts and limits of connections. A stream sets its own time for each write.
const (
	maxStreams   = 1_000
	writeTimeout = 20 * time.Second
)

// Serve serves the page on a listener until ctx ends. The reports that operators have started go on: FinishRuns waits for them.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	handler, err := s.handler()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: writeTimeout, IdleTimeout: time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	reading, stop := context.WithCancel(ctx)
	var reader sync.WaitGroup
	reader.Go(func() { s.follow(reading) })
	reader.Go(func() { s.watch(reading) })
	reader.Go(func() { s.followFigures(reading) })
	select {
	case err = <-failed:
	case <-ctx.Done():
		s.end() // the streams, for which Shutdown would wait
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err = server.Shutdown(closing); err != nil {
			err = server.Close()
		}
	}
	stop()
	reader.Wait()
	s.end()
	s.sessions.save()
	return err
}

// FinishRuns waits until the reports end that operators have started. It stops them when ctx ends.
func (s *Server) FinishRuns(ctx context.Context) {
	defer context.AfterFunc(ctx, s.stopRuns)()
	s.handRuns.running.Wait()
}

// contentPolicy lets a page load only what the server itself has, and no script or style within its text.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets the headers of every answer, and refuses clients that may not connect.
func (s *Server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if reason := s.mayConnect(r); reason != "" {
			s.refuse(w, http.StatusForbidden, reason)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// cached lets browsers keep the assets, but ask each time whether they are current.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := assets.ReadFile("assets/" + r.URL.Path)
		if err != nil { // no such file, or the folder itself, which is not listed
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, hashOf(string(text))))
		next.ServeHTTP(w, r)
	})
}

// address returns the address of a request's client.
func (s *Server) address(r *http.Request) netip.Addr {
	return client.Address(r, s.options.TrustedProxies)
}
