// Package vendorapi is a stand-in of the vendor's API, for demonstrations and tests: an HTTP handler with the list of calls, the
// directory and the balance of a made-up account. It answers as the vendor does, also where that is odd.
package vendorapi

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"callsheet/internal/demo"
)

// Account is what the vendor knows.
type Account struct {
	Authcode string
	Secret   string            // wanted by HTTP basic authentication beside the authcode; none if empty
	Calls    []demo.ListedCall // the newest first
	Agents   []demo.ListedAgent
	Groups   []demo.ListedGroup
	Numbers  []demo.ListedNumber
	Balance  string
}

// Server serves an account. Its fields may be set before the first request.
type Server struct {
	MaxPerPage int              // more rows than this are on no page; 100 if 0
	Now        func() time.Time // calls after it are not known yet; nil for all calls
	// Answer may change or replace what is sent; it is called with the name of the request. See the faults in faults.go.
	Answer func(name string, form url.Values, answer map[string]any) Reply

	mu      sync.Mutex
	account Account
	byDay   map[string][]demo.ListedCall
	served  []string
}

// Reply is what is sent instead of an answer; the answer itself if it is nil.
type Reply func(w http.ResponseWriter, r *http.Request)

// New returns a server of an account.
func New(account Account) *Server {
	s := &Server{account: account}
	s.sort()
	return s
}

// sort sorts the calls into days.
func (s *Server) sort() {
	s.byDay = map[string][]demo.ListedCall{}
	for _, c := range s.account.Calls {
		day := c.Start.Format(time.DateOnly)
		s.byDay[day] = append(s.byDay[day], c)
	}
}

// FromDemo returns the account of the demo with the same options. Its balance lasts for some five days.
func FromDemo(o demo.Options, authcode string) Account {
	a := Account{Authcode: authcode, Calls: demo.List(o)}
	a.Agents, a.Groups, a.Numbers = demo.Directory(o)
	coins := 0.0
	for _, c := range a.Calls {
		coins += c.Coins
	}
	a.Balance = strconv.FormatFloat(float64(int(coins/float64(max(o.Days, 1))*5)), 'f', -1, 64)
	return a
}

// Update changes the account while it is served.
func (s *Server) Update(change func(*Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.account)
	s.sort()
}

// Requests returns the names of the requests that were served, with the page if there is one: call_list_v2 1.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.served)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	method := http.MethodPost
	if name == "live_call_v2" {
		method = http.MethodGet
	}
	if r.Method != method {
		http.Error(w, "<html><body><h1>405 Method Not Allowed</h1></body></html>", http.StatusMethodNotAllowed)
		return
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, ok := s.answer(name, r)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<html><body><h1>404 Not Found</h1></body></html>")
		return
	}
	if s.Answer != nil {
		if reply := s.Answer(name, r.Form, answer); reply != nil {
			reply(w, r)
			return
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8") // as the vendor's scripts
	json.NewEncoder(w).Encode(answer)
}

// answer returns the answer to a request; ok is false if there is no such request.
func (s *Server) answer(name string, r *http.Request) (answer map[string]any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served = append(s.served, strings.TrimSpace(name+" "+r.Form.Get("current_page")))
	requests := map[string]func(url.Values) map[string]any{
		"call_list_v2": s.callList,
		"getmemberlist_V2": func(form url.Values) map[string]any {
			all := s.account.Agents
			number, size := s.page(form)
			return map[string]any{"type": "success", "getmember": all[min((number-1)*size, len(all)):min(number*size, len(all))], "total_record": len(all)}
		},
		"getgrouplist_v2": func(url.Values) map[string]any {
			return map[string]any{"type": "success", "grouplist": s.account.Groups, "total": len(s.account.Groups)}
		},
		"getdeskphone_v2": func(url.Values) map[string]any {
			return map[string]any{"type": "success", "getdeskphone": s.account.Numbers}
		},
		"profile_billing_v2": func(url.Values) map[string]any {
			return map[string]any{"type": "success", "profile": map[string]any{"account_id": "20417", "company_name": "Demo"}, "balance": s.account.Balance}
		},
		"live_call_v2": s.live,
	}
	request, ok := requests[name]
	if !ok {
		return nil, false
	}
	if !same(r.Form.Get("authcode"), s.account.Authcode) {
		return refusal("Invalid authcode"), true
	}
	if user, password, _ := r.BasicAuth(); s.account.Secret != "" && !(same(user, s.account.Authcode) && same(password, s.account.Secret)) {
		return refusal("Authentication failed"), true
	}
	return request(r.Form), true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// refusal is an error, which has the status 200.
func refusal(message string) map[string]any {
	return map[string]any{"type": "error", "message": message}
}

// page returns the number and the size of the page that a form asks for.
func (s *Server) page(form url.Values) (number, size int) {
	number, _ = strconv.Atoi(form.Get("current_page"))
	size, _ = strconv.Atoi(form.Get("per_page"))
	return max(number, 1), min(cmp.Or(max(size, 0), 25), cmp.Or(s.MaxPerPage, 100))
}

func (s *Server) callList(form url.Values) map[string]any {
	number, size := s.page(form)
	shown := []demo.ListRow{}
	total, answered := 0, 0
	days := slices.Sorted(maps.Keys(s.byDay))
	for _, day := range slices.Backward(days) {
		if day < form.Get("start_date") || day > form.Get("end_date") {
			continue
		}
		for i := range s.byDay[day] {
			c := &s.byDay[day][i]
			if s.Now != nil && c.End.After(s.Now()) || !isWanted(c, form) {
				continue
			}
			if total/size == number-1 {
				shown = append(shown, c.Row)
			}
			total++
			if c.Answered {
				answered++
			}
		}
	}
	if total == 0 {
		return refusal("No records found")
	}
	return map[string]any{"type": "success", "result": shown, "current_page": number, "total": total,
		"answered_total": strconv.Itoa(answered), "noanswer_total": strconv.Itoa(total - answered), "voicemail": 0}
}

// isWanted applies the optional filters.
func isWanted(c *demo.ListedCall, form url.Values) bool {
	matches := func(name, value string) bool { return form.Get(name) == "" || form.Get(name) == value }
	return matches("deskphone", c.Row.Deskphone) && matches("member_num", c.Row.MemberNum) && matches("callresult", c.Row.CallResult) &&
		matches("Flow_type", c.Row.FlowType)
}

// live returns the calls that are running.
func (s *Server) live(url.Values) map[string]any {
	running := []map[string]string{}
	for _, c := range s.account.Calls {
		if s.Now == nil || c.Start.After(s.Now()) || !c.End.After(s.Now()) {
			continue
		}
		running = append(running, map[string]string{"msisdn": c.Row.CallerNum, "entrydate": c.Row.StartDateTime, "member_num": c.Row.MemberNum,
			"callstatus": "Ringing", "lastupdatedate": s.Now().Format(time.DateTime), "did_num": c.Row.Deskphone, "sid_id": c.Row.SidID,
			"channel": "", "deskphone": c.Row.Deskphone, "member_name": c.Row.MemberName, "group_name": c.Row.GroupName})
	}
	return map[string]any{"type": "success", "total_live_calls": strconv.Itoa(len(running)), "live_calls": running}
}
