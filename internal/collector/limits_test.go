package collector

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/spool"
)

// zipped returns a text compressed with gzip.
func zipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// array returns a JSON array of n equal elements.
func array(element string, n int) string {
	return "[" + strings.Repeat(element+",", n-1) + element + "]"
}

func TestRequestsOverALimitAreRejectedWithTheLimit(t *testing.T) {
	var parts bytes.Buffer
	form := multipart.NewWriter(&parts)
	for range maxFields + 1 {
		form.WriteField("a", "")
	}
	form.Close()
	options := Options{MaxBody: 4 << 20, MaxDeliveries: 500}
	for _, c := range []struct {
		name, contentType, encoding, query, body, want string
		stored                                         int
		options                                        Options
	}{
		{name: "maximum number of deliveries", body: array(`{}`, 500), stored: 500},
		{name: "one delivery over the limit", body: array(`{}`, 501), want: "more than 500 deliveries"},
		{name: "many deliveries", body: array(`{}`, 1_300_000), want: "more than 500 deliveries"},
		{name: "many elements that are not objects", body: array(`1`, 2_000_000), want: "more than 500 deliveries"},
		{name: "maximum number of deliveries in a wrapper", body: `{"a":` + array(`{"CallSid":"1"}`, 500) + `}`, stored: 500},
		{name: "one delivery over the limit in a wrapper", body: `{"a":` + array(`{"CallSid":"1"}`, 501) + `}`, want: "more than 500 deliveries"},
		{name: "deliveries over the limit in two wrappers", body: array(`{"a":`+array(`{"CallSid":"1"}`, 251)+`}`, 2), want: "more than 500 deliveries"},
		{name: "many elements that are no calls in a wrapper", body: `{"a":` + array(`1`, 2_000_000) + `}`, stored: 1},
		{name: "many deliveries in gzip", encoding: "gzip", body: zipped(t, array(`{}`, 501)), want: "more than 500 deliveries"},
		{name: "maximum size in gzip", encoding: "gzip", body: zipped(t, `{"a":"`+strings.Repeat("x", 4<<20-8)+`"}`), stored: 1},
		{name: "one byte over the limit in gzip", encoding: "gzip", body: zipped(t, `{"a":"`+strings.Repeat("x", 4<<20-7)+`"}`), want: "inflates to more than 4194304 bytes"},
		{name: "gzip bomb", encoding: "gzip", body: zipped(t, strings.Repeat("\x00", 64<<20)), want: "inflates to more than 4194304 bytes"},
		{name: "gzip bomb of several members", encoding: "gzip", body: strings.Repeat(zipped(t, strings.Repeat(" ", 1<<20)), 5), want: "inflates to more than 4194304 bytes"},
		{name: "maximum number of fields", body: strings.TrimPrefix(strings.Repeat("&a=1", maxFields), "&"), stored: 1},
		{name: "one field over the limit", body: strings.Repeat("&a=1", maxFields+1), want: "more than 10000 fields"},
		{name: "many different fields", body: manyFields(300_000), want: "more than 10000 fields"},
		{name: "many fields in a query", query: strings.Repeat("a&", maxFields+1), want: "more than 10000 fields"},
		{name: "many parts", contentType: form.FormDataContentType(), body: parts.String(), want: "more than 10000 fields"},
		{name: "body over the limit", body: strings.Repeat("x", 4<<20+1), want: "the body is larger than 4194304 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			collector, m := testCollector(options)
			r := httptest.NewRequest("POST", "/hooks/main/"+secret+"?"+c.query, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.contentType)
			r.Header.Set("Content-Encoding", c.encoding)
			w := send(collector, r)
			if c.want == "" {
				if w.Code != http.StatusOK || len(m.lines) != c.stored {
					t.Errorf("%d %s, %d stored", w.Code, w.Body, len(m.lines))
				}
			} else if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), c.want) || len(m.lines) != 0 {
				t.Errorf("%d %s, %d stored; want %s", w.Code, w.Body, len(m.lines), c.want)
			}
		})
	}
}

func manyFields(n int) string {
	var form strings.Builder
	for i := range n {
		fmt.Fprintf(&form, "%x=&", i)
	}
	return form.String()
}

// A delivery that is nested too deeply for a payload is kept as bytes.
func TestDeepNestingIsKeptAndReadable(t *testing.T) {
	for _, depth := range []int{spool.MaxDepth - 2, spool.MaxDepth - 1, spool.MaxDepth, spool.MaxDepth + 1, spool.MaxDepth + 2, 10_000, 100_000} {
		for _, body := range []string{
			strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth),
			"[" + strings.Repeat(`{"a":[`, depth/2) + strings.Repeat("]}", depth/2) + "]",
		} {
			c, m := testCollector(Options{})
			if w := send(c, post(body)); w.Code != http.StatusOK || len(m.lines) != 1 {
				t.Fatalf("%d deep: %d, %d stored", depth, w.Code, len(m.lines))
			}
			line := bytes.TrimSuffix(m.lines[0].AppendLine(nil), []byte("\n"))
			if compact, ok := spool.Compact(line); !ok || !bytes.Equal(compact, line) {
				t.Errorf("the line of a payload %d deep cannot be read", depth)
			}
		}
	}
}

func TestManyElementsTakeLittleMemory(t *testing.T) {
	testManyElements(t, array("{}", 2_700_000))
	testManyElements(t, `{"data":`+array(`{"CallSid":1}`, 500_000)+`}`)
}

func testManyElements(t *testing.T, body string) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := decode("", "", "", []byte(body), Options{MaxBody: defaultMaxBody, MaxDeliveries: defaultMaxDeliveries}.limits()); err == nil {
		t.Error("too many deliveries were accepted")
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc - uint64(len(body)); used > 8<<20 {
		t.Errorf("%d bytes were allocated for them", used)
	}
}

// Few large requests of a source are in memory, and they do not delay another source.
func TestLargeRequestsDelayOnlyTheirSource(t *testing.T) {
	const maxBody, requests = 2 << 20, 64
	whole := strings.Repeat(`{"CallSid":"`+strings.Repeat("1", 1<<20)+`"},`, 2)
	for name, body := range map[string]string{
		"large bodies":    "[" + whole[:len(whole)-1] + "]",
		"many deliveries": array(`{}`, 1000),
		"many fields":     manyFields(5000),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := testCollector(Options{MaxBody: maxBody + 100, Wait: 10 * time.Second,
					Sources: []Source{{Name: "main", Tokens: []string{secret}}, {Name: "other", Tokens: []string{secret}}}})
				s := &stuck{entered: make(chan struct{}, requests+1), letGo: make(chan struct{})}
				c.options.Spool = s
				answers := make(chan int, requests+1)
				deliver := func(source string) {
					r := httptest.NewRequest("POST", "/hooks/"+source+"/"+secret, strings.NewReader(body))
					answers <- send(c, r).Code
				}
				for range requests {
					go deliver("main")
				}
				synctest.Wait()
				if inMemory := len(s.entered); inMemory > largeBodies {
					t.Errorf("%d requests are in memory", inMemory)
				}
				before := len(s.entered)
				go deliver("other")
				synctest.Wait()
				if len(s.entered) != before+1 {
					t.Error("another source's request waits")
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if len(answers) != requests-before {
					t.Errorf("%d of the waiting requests are answered", len(answers))
				}
				close(s.letGo)
				counts := map[int]int{}
				for range requests + 1 {
					counts[<-answers]++
				}
				if counts[http.StatusOK] != before+1 || counts[http.StatusServiceUnavailable] != requests-before {
					t.Errorf("answers: %v", counts)
				}
			})
		})
	}
}

// A body of unknown length counts as the largest one only if it is not small.
func TestSmallChunkedBodiesDoNotWait(t *testing.T) {
	c, m := testCollector(Options{MaxBody: 1 << 20})
	from := c.rules.Load().sources["main"]
	if !from.bodies.TryAcquire(largeBodies << 20) {
		t.Fatal("blocked")
	}
	r := httptest.NewRequest("POST", "/hooks/main/"+secret, io.MultiReader(strings.NewReader(`{"CallSid":"1"}`)))
	if w := send(c, r); w.Code != http.StatusOK || len(m.lines) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
