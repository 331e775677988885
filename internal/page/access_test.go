package page

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestWithoutUsersOnlyThisMachineMayLook(t *testing.T) {
	s := startSite(t, Options{})
	for _, path := range []string{"/", "/wall", "/live/stream?view=live", "/assets/page.css", "/sign-in", "/ask", "/ask/catalog"} {
		for header, value := range map[string]string{"Host": "calls.example.com", "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "Via": "1.1 proxy"} {
			b := s.browser()
			b.header.Set(header, value)
			if a := b.get(path); a.StatusCode != http.StatusForbidden || strings.Contains(a.text, "Sales") {
				t.Errorf("%s with %s: %s: %s", path, header, value, a.Status)
			}
		}
	}
	for _, host := range []string{"localhost:8081", "127.0.0.1", "[::1]:8081"} {
		b := s.browser()
		b.header.Set("Host", host)
		if a := b.get("/"); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", host, a.Status)
		}
	}
}

func TestAnswersHaveAStrictPolicy(t *testing.T) {
	s := startSite(t, Options{Users: users(), Queries: testQueries, Catalog: testCatalog})
	b := s.signedIn("all")
	for _, path := range []string{"/", "/wall", "/sign-in", "/ask", "/ask/catalog", "/ask/queries", "/ask/queries/groups", "/nowhere", "/assets/live.js", "/assets/page.css"} {
		a := b.get(path)
		policy := a.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, a.Header)
		}
		if inline := regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|(src|href)="(https?:)?//`).FindString(a.text); inline != "" && strings.Contains(a.Header.Get("Content-Type"), "html") {
			t.Errorf("%s has %q", path, inline)
		}
		if isAsset := strings.HasPrefix(path, "/assets/"); !isAsset && a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored", path)
		}
	}
}

func TestTheListOfAssetsIsNotShown(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	for _, path := range []string{"/assets/", "/assets/nothing.js", "/assets/page.css/"} {
		if a := s.browser().get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
}

func TestRequestsOfOtherSitesAreRefused(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	b := s.signedIn("sales")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		b.header = http.Header{header: {value}}
		for _, path := range []string{"/sign-out", "/sign-in"} {
			if a := b.do(http.MethodPost, path, url.Values{"name": {"all"}, "password": {goodPassword}}); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s: %s", path, header, a.Status)
			}
		}
	}
	b.header = http.Header{}
	if a := b.get("/"); a.StatusCode != http.StatusOK {
		t.Errorf("another site has signed the user out: %s", a.Status)
	}
}

func TestNextLeadsNowhereElse(t *testing.T) {
	for address, want := range map[string]string{
		"": "/", "/wall": "/wall", "/wall?group=R%26D": "/wall?group=R%26D", "//elsewhere.example": "/", "https://elsewhere.example/": "/",
		"/\\elsewhere.example": "/", "\\\\elsewhere.example": "/", "elsewhere.example": "/", "javascript:alert(1)": "/", "/\t/elsewhere.example": "/",
		"//user@elsewhere.example/": "/", "/%2f/elsewhere": "/",
	} {
		if got := localPath(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestViewersSeeNothingOfOtherGroups(t *testing.T) {
	s := startSite(t, Options{Users: users()})
	s.deliver("2001", "Sales", "9280000001", "Picked")
	s.deliver("2002", "Support", "9280000002", "Picked")
	s.deliver("2003", "", "9280000003", "Picked")
	s.deliver("2004", "R&D", "9280000004", "Picked")
	marks := map[string][]string{"Sales": {"2001", "9280000001", "Sales"}, "Support": {"2002", "9280000002", "Support"}, "": {"2003", "9280000003"}, "R&D": {"2004", "9280000004", "R&amp;D"}}
	wait := s.signedIn("all").stream("/live/stream?view=live")
	wait.until("9280000004", true)
	for name, sees := range map[string][]string{"sales": {"Sales"}, "both": {"Sales", "Support"}, "all": {"Sales", "Support", "", "R&D"}} {
		b := s.signedIn(name)
		texts := map[string]string{"/": b.get("/").text, "stream": b.stream("/live/stream?view=live").until("9280000001", true)}
		for _, path := range []string{"/wall", "/live/stream?view=wall", "/nowhere"} {
			if strings.HasPrefix(path, "/live") {
				texts[path] = b.stream(path).until("Sales", true)
			} else {
				texts[path] = b.get(path).text
			}
		}
		for where, text := range texts {
			for group, of := range marks {
				for _, mark := range of {
					isSeen, shouldSee := strings.Contains(text, mark), slices.Contains(sees, group)
					if isSeen && !shouldSee || !isSeen && shouldSee && (where == "/" || where == "stream") {
						t.Errorf("%s at %s: %q is there: %t", name, where, mark, isSeen)
					}
				}
			}
		}
		for _, group := range []string{"Sales", "Support", "R&D", "No such group"} {
			want := http.StatusOK
			if name != "all" && !slices.Contains(sees, group) {
				want = http.StatusNotFound
			}
			query := url.Values{"group": {group}}.Encode()
			for _, path := range []string{"/?" + query, "/wall?" + query} {
				a := b.get(path)
				if a.StatusCode != want {
					t.Errorf("%s at %s: %s", name, path, a.Status)
				}
				if want == http.StatusNotFound && a.text != b.get("/nowhere").text {
					t.Errorf("%s at %s: the answer differs from that of an address that does not exist", name, path)
				}
			}
			if want == http.StatusNotFound {
				if a := b.get("/live/stream?view=live&" + query); a.StatusCode != want {
					t.Errorf("%s, stream of %s: %s", name, group, a.Status)
				}
			} else if text := b.stream("/live/stream?view=live&"+query).until("<h2", true); group != "Support" && strings.Contains(text, "9280000002") {
				t.Errorf("%s, stream of %s:\n%s", name, group, text)
			}
		}
	}
}

func TestViewersSeeOnlyHowFreshTheDataIs(t *testing.T) {
	var reads atomic.Int64
	s := startSite(t, Options{Users: users(), Data: func(context.Context) (*Data, error) {
		reads.Add(1)
		return &Data{Freshness: []string{"complete through <now>"}, Problems: []Problem{{"<disk> is full", "free it"}}, Sections: []Section{{"spool", []string{"7 files"}}},
			Rejects: []Reject{{time.Now(), "a.ndjson", "not JSON", "{torn", 12}}}, nil
	}})
	viewer, analyst := s.signedIn("sales"), s.signedIn("all")
	if a := s.browser().get("/data"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("without a session: %s", a.Status)
	}
	if reads.Load() != 0 {
		t.Error("it was read for others")
	}
	a := viewer.get("/data")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.text, "complete through &lt;now&gt;") {
		t.Errorf("a viewer: %s\n%s", a.Status, a.text)
	}
	for _, other := range []string{"disk", "free it", "spool", "7 files", "a.ndjson", "not JSON", "{torn", "Nothing needs attention"} {
		if strings.Contains(a.text, other) {
			t.Errorf("a viewer sees %s:\n%s", other, a.text)
		}
	}
	for range 3 {
		a := analyst.get("/data")
		for _, want := range []string{"&lt;disk&gt; is full", "free it", "7 files", "a.ndjson:12", "not JSON", "{torn"} {
			if a.StatusCode != http.StatusOK || !strings.Contains(a.text, want) {
				t.Errorf("an analyst: %s lacks %s\n%s", a.Status, want, a.text)
			}
		}
	}
	if n := reads.Load(); n != 1 {
		t.Errorf("it was read %d times", n)
	}
	if a := analyst.get("/"); !strings.Contains(a.text, `href="/data"`) {
		t.Error("the navigation has no link to it")
	}
}

func TestAProxyNamesTheUser(t *testing.T) {
	here, elsewhere := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("203.0.113.0/24")
	o := Options{Users: []User{{Name: "asha", Groups: []string{"Sales"}}, {Name: everyone, Groups: []string{"Support"}}}, UserHeader: "X-User", TrustedProxies: []netip.Prefix{here}}
	s := startSite(t, o)
	as := func(names ...string) answer {
		b := s.browser()
		b.header["X-User"] = names
		return b.get("/")
	}
	if a := as("asha"); a.StatusCode != http.StatusOK || !strings.Contains(a.text, "Sales") || strings.Contains(a.text, "Support") || strings.Contains(a.text, "Sign out") {
		t.Errorf("a user: %s\n%s", a.Status, a.text)
	}
	if a := as("ravi"); a.StatusCode != http.StatusOK || strings.Contains(a.text, "Sales") || !strings.Contains(a.text, "Support") || !strings.Contains(a.text, "ravi") {
		t.Errorf("everyone else: %s", a.Status)
	}
	for _, names := range [][]string{nil, {""}, {"*"}, {"asha", "ravi"}} {
		if a := as(names...); a.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %s", names, a.Status)
		}
	}
	if a := s.browser().signIn("asha", ""); a.StatusCode != http.StatusNotFound {
		t.Errorf("a password: %s", a.Status)
	}
	o.TrustedProxies = []netip.Prefix{elsewhere}
	s = startSite(t, o)
	if a := as("asha"); a.StatusCode != http.StatusForbidden {
		t.Errorf("from an address that is no proxy: %s", a.Status)
	}
	s = startSite(t, Options{Users: users(), OnlyProxies: true, TrustedProxies: []netip.Prefix{elsewhere}})
	if a := s.browser().get("/sign-in"); a.StatusCode != http.StatusForbidden {
		t.Errorf("only proxies: %s", a.Status)
	}
}
