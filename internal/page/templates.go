package page

import (
	"bytes"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"callsheet/internal/live"
	"callsheet/internal/locale"
	"callsheet/internal/texts"
)

//go:embed templates/*.html
var templateFiles embed.FS

// textsEN has every text of the page, by key.
//
//go:embed texts.en.json
var textsEN []byte

// templates are the pages and their changing parts.
type templates struct {
	formats
	set *template.Template
}

// pageData is what a page shows.
type pageData struct {
	Page     string // live, wall, today, data, reports or ask
	User     *User
	HasUsers bool
	CanLeave bool // has a session
	Group    string
	Groups   []string // to choose from
	Board    template.HTML
	Now      time.Time
	Data     *Data
	Reports  reportsData
	Ask      askData

	Shown     string // the group that Today shows; empty for all calls
	SeesAll   bool   // the user may see all calls
	LoadEvery time.Duration
}

// IsViewer reports whether the user sees some groups only, and not what is about all of them.
func (p pageData) IsViewer() bool { return p.User.Role < Analyst }

// boardData is what the changing part of a page shows.
type boardData struct {
	live.View
	Failed   time.Time
	Restored bool
	Target   time.Duration
}

// message is a page with a text and nothing else.
type message struct{ Text string }

func parseTemplates(o Options) (*templates, error) {
	english, err := texts.Parse(textsEN)
	if err != nil {
		return nil, err
	}
	f := formats{english, o.Locale, o.Zone}
	set, err := template.New("").Funcs(template.FuncMap{
		"t": f.text, "number": f.number, "number64": f.number64, "runState": f.runState, "clock": f.clock, "dateTime": f.dateTime, "duration": duration, "boards": boards, "millis": time.Time.UnixMilli, "lastDelivery": f.lastDelivery, "key": key, "level": level, "target": f.target,
		"metric": f.metric, "heatFigure": f.heatFigure, "usual": f.usual, "clockHour": f.clockHour, "day": f.day, "shortDay": shortDay, "through": f.through, "days": f.days, "leftOut": f.leftOut, "heatClass": heatClass, "find": find, "callerKey": callerKey,
		"zone": f.zone.String, "hours": f.hours, "stream": streamAddress, "took": f.took, "parameter": f.parameter, "askLimits": f.askLimits, "pageOf": pageAddress, "pathEscape": url.PathEscape,
	}).ParseFS(templateFiles, "templates/*.html")
	return &templates{f, set}, err
}

func (t *templates) write(w io.Writer, name string, data any) error {
	return t.set.ExecuteTemplate(w, name, data)
}

// formats formats what the templates show.
type formats struct {
	texts  texts.Texts
	locale locale.Locale
	zone   *time.Location
}

// text returns the text of a key, with values for {0}, {1} …. A key without a text is a mistake in a template.
func (f formats) text(key string, values ...any) (string, error) {
	return f.texts.Text(key, values...)
}

// runState returns the word for a state of a run.
func (f formats) runState(state string) (string, error) {
	key := "run_state_" + state
	return f.text(key)
}

func (f formats) number64(n int64) string { return f.number(int(n)) }

// lastDelivery says how long ago the last delivery came.
func (f formats) lastDelivery(at, now time.Time) (template.HTML, error) {
	text, err := f.text("last_delivery")
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(text), "{0}", string(duration(at, now)))), err
}

func (f formats) number(n int) string { return f.locale.Number(float64(n), 0) }

// clock formats the time of day.
func (f formats) clock(t time.Time) string {
	if f.locale.MonthFirst {
		return t.In(f.zone).Format("3:04:05 PM")
	}
	return t.In(f.zone).Format("15:04:05")
}

func (f formats) dateTime(t time.Time) string { return f.locale.DateTime(t.In(f.zone)) }

// hours returns the hours of the clock, 12 or 24.
func (f formats) hours() int {
	if f.locale.MonthFirst {
		return 12
	}
	return 24
}

// target formats the time in which calls should be answered.
func (f formats) target(d time.Duration) string {
	if d%time.Minute == 0 {
		return f.number(int(d/time.Minute)) + " min"
	}
	return f.locale.Number(d.Seconds(), 0) + " s"
}

// duration shows how long something has lasted: 0:42, 12:05 or 1:02:03. live.js does the same as time goes by.
func duration(from, to time.Time) template.HTML {
	seconds := max(0, int(to.Sub(from)/time.Second))
	text := fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	if seconds >= 3600 {
		text = fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return template.HTML(fmt.Sprintf(`<span class="duration" data-since="%d">%s</span>`, from.UnixMilli(), text))
}

// boards returns the number of groups that the layout of a wallboard is for.
func boards(groups int) int { return min(groups, 12) }

// key returns an id for an element, by which a page finds it again.
func key(kind, name string) string {
	hash := fnv.New64a()
	io.WriteString(hash, name)
	return fmt.Sprintf("%s-%x", kind, hash.Sum64())
}

// level says how long the callers of a group wait: free, good or late.
func level(g live.Group, now time.Time, target time.Duration) string {
	switch {
	case g.Waiting == 0:
		return "free"
	case now.Sub(g.Oldest) > target:
		return "late"
	}
	return "good"
}

func streamAddress(page, group string) string {
	query := url.Values{"view": {page}}
	if group != "" {
		query.Set("group", group)
	}
	return "/live/stream?" + query.Encode()
}

// pageAddress returns the address of a page with the same group.
func pageAddress(page, group string) string {
	path := map[string]string{"live": "/", "wall": "/wall", "today": "/today", "data": "/data", "reports": "/reports", "ask": "/ask"}[page]
	if group != "" {
		path += "?" + url.Values{"group": {group}}.Encode()
	}
	return path
}

// page shows a page with a part that changes.
func (s *Server) page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, ok := s.authorize(w, r, Viewer)
		if !ok {
			return
		}
		changing, err := s.changingPart(name, v)
		if err != nil {
			s.fail(w, name, err)
			return
		}
		data := s.pageData(name, v)
		data.Groups = groupNames(s.options.Board.View(v.user.Groups, s.options.Now()))
		s.showBoard(w, name, data, changing)
	}
}

// showBoard shows a page with its changing part.
func (s *Server) showBoard(w http.ResponseWriter, name string, data pageData, changing *part) {
	data.Board, data.Now = template.HTML(changing.html), s.options.Now()
	s.show(w, http.StatusOK, name, data)
}

func (s *Server) pageData(name string, v visit) pageData {
	return pageData{Page: name, User: v.user, HasUsers: len(s.users) > 0, CanLeave: v.session != "", Group: v.group}
}

// show writes a page. It is whole, or an error.
func (s *Server) show(w http.ResponseWriter, status int, name string, data any) {
	var html bytes.Buffer
	if err := s.templates.write(&html, name, data); err != nil {
		s.fail(w, name, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(html.Bytes()) // the browser may be gone
}

// refuse writes a page with a text. It says nothing of what is at the address.
func (s *Server) refuse(w http.ResponseWriter, status int, text string) {
	s.show(w, status, "message", message{text})
}

func (s *Server) fail(w http.ResponseWriter, name string, err error) {
	s.options.Log.Error("a page cannot be shown", "page", name, "error", err)
	text, _ := s.templates.text("failed")
	http.Error(w, text, http.StatusInternalServerError)
}
