package page

import (
	"net/http"
	"time"

	"callsheet/internal/live"
)

// Today has the figures of a day so far, of one group or of all calls, as the queries of the workbooks return them.
type Today struct {
	Day        time.Time // its midnight, in UTC
	Through    time.Time // receipt of the newest delivery in the figures; zero without data
	WaitsSince time.Time // since when the oldest delivery waited that was not in the data when they were computed; zero if none did
	Figures    []Figure
	Compared   []time.Time // the days that the usual range is of
	LeftOut    []LeftOut   // the days that would be, too
	NoCalls    string      // in which hours of the day calls are missing: "no calls 10:00–13:00"

	IsIncomplete, IsHoliday, IsClosed bool

	// HasIncoming and HasOutgoing say whether there are such calls of today or of the last four weeks.
	HasIncoming, HasOutgoing bool

	Heat    []Heat
	Callers []Caller // who wait for a call back, oldest first
	More    int      // callers who are not in Callers
	Groups  []string // with calls in the last days; none if the figures are those of a group
}

// Figure is a metric of metric_catalog, as the query changes compares it. What is not known is nil.
type Figure struct {
	Name, Label, Format string
	Value               *float64
	WeekBefore          *float64 // at the same time
	UsualLow, UsualHigh *float64
	UsualVerdict        string // better, worse, same or neutral; empty without a usual range
	Goal                *float64
	GoalVerdict         string // met or not met; empty without a goal, or without a figure
}

// LeftOut is a day that is not compared, and why: holiday, incomplete, or the hours without calls.
type LeftOut struct {
	Day time.Time
	Why string
}

// Heat is a metric by hour and day.
type Heat struct {
	Name, Label, Format string
	Days                []time.Time
	Hours               []HeatHour
}

// HeatHour has the figures of an hour of the days.
type HeatHour struct {
	Hour  int
	Cells []Cell
}

// Cell is the figure of an hour of a day.
type Cell struct {
	Value   *float64 // nil if it is not known, or there was nothing to measure
	IsKnown bool     // there is data of the hour
	IsOpen  bool     // the business is open in a part of it; true if no hours are configured
}

// Caller is a missed caller who has not been reached since.
type Caller struct {
	Customer, Number, Group string
	First, Last             time.Time // missed calls
	Attempts                int64
	Waits                   string // how long, up to the newest delivery: 15 min
}

// todayData is what the changing part of the page Today shows.
type todayData struct {
	*Today      // nil if there are no figures
	Failed      bool
	Unpublished bool      // nothing is loaded yet
	Late        time.Time // since when deliveries wait for a load, if loads have stopped; zero if they have not
	Target      time.Duration
}

// todayGroup returns the group whose figures a visit sees; "" is all calls. Figures of several groups would be figures of neither, so a
// user of some groups sees them one at a time.
func todayGroup(v visit) string {
	if v.groups == nil {
		return ""
	}
	return v.groups[0]
}

// showToday shows the figures of the day so far.
func (s *Server) showToday(w http.ResponseWriter, r *http.Request) {
	v, ok := s.authorize(w, r, Viewer)
	if !ok {
		return
	}
	changing, err := s.changingPart("today", v)
	if err != nil {
		s.fail(w, "today", err)
		return
	}
	shown := s.pageData("today", v)
	shown.Shown, shown.SeesAll, shown.LoadEvery = todayGroup(v), v.user.Groups == nil, s.options.LoadEvery
	shown.Groups = v.user.Groups
	if shown.SeesAll {
		shown.Groups = s.figures.withGroups(groupNames(s.options.Board.View(nil, s.options.Now())))
	}
	s.showBoard(w, "today", shown, changing)
}

// groupNames returns the names of the groups of a view.
func groupNames(v live.View) (names []string) {
	for _, group := range v.Groups {
		if group.Name != "" {
			names = append(names, group.Name)
		}
	}
	return names
}
