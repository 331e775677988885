package page

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"callsheet/internal/live"
)

// Report is a scheduled report with its runs.
type Report struct {
	Name     string
	Schedule string // empty: by hand only
	Period   string // relative to the due time
	Next     time.Time
	Runs     []Run // newest first
}

// Last returns the newest run; nil if there is none.
func (r Report) Last() *Run {
	if len(r.Runs) == 0 {
		return nil
	}
	return &r.Runs[0]
}

// Run is a run of a report for a period.
type Run struct {
	Period     string
	State      string // one of runStates; empty for viewers
	At         time.Time
	Rows       int64
	Error      string
	Files      []File
	Recipients []Recipient
}

// File is a workbook of a run.
type File struct {
	Part   string // of a burst
	Path   string
	SHA256 string
	Group  string // the only one whose calls it has; empty if there may be others
}

// Name returns the name of the file.
func (f File) Name() string { return filepath.Base(f.Path) }

// Recipient is who got a workbook, or did not.
type Recipient struct {
	Name, Part, State, Error string
	At                       time.Time
}

// runStates are the states of a run, each of which has a text.
var runStates = []string{"due", "retrying", "building", "built", "sending", "sent", "partly", "failed", "skipped", "unknown", "incomplete"}

// handRun is a run that an operator has started on the page.
type handRun struct {
	Since   time.Time
	User    string
	IsOver  bool
	Outcome string // what the run said
	Failed  bool
}

// handRuns are those of each report, the newest.
type handRuns struct {
	mu      sync.Mutex
	byName  map[string]handRun
	running sync.WaitGroup
}

func (h *handRuns) get(name string) *handRun {
	h.mu.Lock()
	defer h.mu.Unlock()
	if run, ok := h.byName[name]; ok {
		return &run
	}
	return nil
}

// start runs a report, unless it is running.
func (h *handRuns) start(name, user string, now func() time.Time, run func() (string, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if running, ok := h.byName[name]; ok && !running.IsOver {
		return
	}
	if h.byName == nil {
		h.byName = map[string]handRun{}
	}
	begun := handRun{Since: now(), User: user}
	h.byName[name] = begun
	h.running.Go(func() {
		outcome, err := run()
		h.mu.Lock()
		defer h.mu.Unlock()
		begun.IsOver, begun.Outcome, begun.Failed = true, outcome, err != nil
		if err != nil {
			begun.Outcome = err.Error()
		}
		h.byName[name] = begun
	})
}

// reportsData is what the pages of the reports show.
type reportsData struct {
	Reports []Report
	Report  Report // of a page of one report
	MayRun  bool
	Hand    *handRun
}

// reportsOf returns the reports that a user sees. A viewer gets the workbooks of runs that are limited to one of the viewer's groups, and nothing
// else of a run: its state, its recipients and its errors are about other groups, too.
func (s *Server) reportsOf(user *User) ([]Report, error) {
	reports, err := s.options.Reports()
	if err != nil || user.Role >= Analyst {
		return reports, err
	}
	var visible []Report
	for _, report := range reports {
		var runs []Run
		for _, run := range report.Runs {
			files := slices.DeleteFunc(slices.Clone(run.Files), func(f File) bool { return !live.Visible(user.Groups, f.Group) })
			if len(files) > 0 {
				runs = append(runs, Run{Period: run.Period, At: run.At, Files: files})
			}
		}
		if len(runs) > 0 {
			report.Runs = runs
			visible = append(visible, report)
		}
	}
	return visible, nil
}

// findReport returns the reports, and the one of a request's address. If ok is false, it has answered.
func (s *Server) findReport(w http.ResponseWriter, r *http.Request, role Role) (v visit, report Report, ok bool) {
	if v, ok = s.authorize(w, r, role); !ok {
		return v, report, false
	}
	reports, err := s.reportsOf(v.user)
	if err != nil {
		s.fail(w, "reports", err)
		return v, report, false
	}
	i := slices.IndexFunc(reports, func(one Report) bool { return one.Name == r.PathValue("report") })
	if i < 0 {
		s.refuse(w, http.StatusNotFound, "not_found")
		return v, report, false
	}
	return v, reports[i], true
}

func (s *Server) showReports(w http.ResponseWriter, r *http.Request) {
	v, ok := s.authorize(w, r, Viewer)
	if !ok {
		return
	}
	reports, err := s.reportsOf(v.user)
	if err != nil {
		s.fail(w, "reports", err)
		return
	}
	shown := s.pageData("reports", v)
	shown.Reports = reportsData{Reports: reports}
	s.show(w, http.StatusOK, "reports", shown)
}

func (s *Server) showReport(w http.ResponseWriter, r *http.Request) {
	v, report, ok := s.findReport(w, r, Viewer)
	if !ok {
		return
	}
	shown := s.pageData("reports", v)
	shown.Reports = reportsData{Report: report, MayRun: v.user.Role >= Operator}
	if v.user.Role >= Analyst {
		shown.Reports.Hand = s.handRuns.get(report.Name)
	}
	s.show(w, http.StatusOK, "report", shown)
}

// runReport runs a report in the background.
func (s *Server) runReport(w http.ResponseWriter, r *http.Request) {
	v, report, ok := s.findReport(w, r, Operator)
	if !ok {
		return
	}
	s.options.Log.Info("a report is run from the page", "report", report.Name, "user", v.user.Name)
	s.handRuns.start(report.Name, v.user.Name, s.options.Now, func() (string, error) { return s.options.RunReport(s.runs, report.Name) })
	http.Redirect(w, r, "/reports/"+report.Name, http.StatusSeeOther)
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// download sends a workbook of a run, if the file is still the one that the run has built.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	_, report, ok := s.findReport(w, r, Viewer)
	if !ok {
		return
	}
	name, sum := r.PathValue("file"), r.PathValue("sum")
	for _, run := range report.Runs {
		for _, file := range run.Files {
			if file.Name() != name || file.SHA256 != sum {
				continue
			}
			content, err := openWorkbook(s.options.ReportsDir, file)
			if errors.Is(err, fs.ErrNotExist) {
				s.refuse(w, http.StatusGone, "file_gone")
				return
			}
			if err != nil {
				s.fail(w, "download", err)
				return
			}
			defer content.Close()
			w.Header().Set("Content-Type", workbookType)
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
			_ = http.NewResponseController(w).SetWriteDeadline(s.options.Now().Add(downloadTime))
			http.ServeContent(w, r, "", time.Time{}, content)
			return
		}
	}
	s.refuse(w, http.StatusNotFound, "not_found")
}

// downloadTime is how long a browser may take for a workbook.
const downloadTime = 10 * time.Minute

// openWorkbook opens a file in a folder. The error is fs.ErrNotExist if the file is not there any more, or another one.
func openWorkbook(dir string, file File) (*os.File, error) {
	path, err := filepath.Rel(dir, file.Path)
	if err != nil {
		return nil, err
	}
	if !filepath.IsLocal(path) {
		return nil, fs.ErrNotExist // another machine of a lake has built it
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	content, err := root.Open(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err = io.Copy(sum, content); err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != file.SHA256 {
		err = fs.ErrNotExist // a later run has replaced it
	}
	if err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return content, nil
}
