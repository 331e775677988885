package vendorapi

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// Body sends a status and a body, such as a gateway's error page.
func Body(status int, body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// RetryAfter sends a status with the seconds after which to try again.
func RetryAfter(status, seconds int) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		w.WriteHeader(status)
	}
}

// Redirect sends the client elsewhere.
func Redirect(to string) Reply {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) }
}

// CutOff sends half of an answer, of which it announces the whole length, and closes the connection.
func CutOff(answer map[string]any) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		body, _ := json.Marshal(answer)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Half sends half of an answer as if it were the whole.
func Half(answer map[string]any) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		body, _ := json.Marshal(answer)
		w.Write(body[:len(body)/2])
	}
}

// Gzip sends an answer compressed.
func Gzip(answer map[string]any) Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		json.NewEncoder(packed).Encode(answer)
		packed.Close()
	}
}

// Hang sends nothing until the client gives up.
func Hang() Reply { return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() } }

// Drop closes the connection without an answer.
func Drop() Reply { return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) } }
