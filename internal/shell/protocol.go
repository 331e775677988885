package shell

import "time"

// request is what the prompt sends its session: a JSON object on the standard input of the session's process.
type request struct {
	Kind   string // statement, or the name of a dot command; open only opens the published database
	Text   string // the statement, or the argument
	Format string
	Width  int // of the terminal: wider tables are cut; 0 is unlimited
}

// response is what the session sends back: any number for each request, the last one with End.
type response struct {
	Opened *opened `json:",omitempty"`
	Text   string  `json:",omitempty"` // of the result
	Note   string  `json:",omitempty"` // for standard error
	End    *end    `json:",omitempty"`
}

// opened describes the database that the session has opened.
type opened struct {
	Published time.Time
	Newer     bool     // than the one that was open before
	Words     []string // that Tab completes
}

// end is the outcome of a request.
type end struct {
	Error string
	Rows  int
	More  bool // the result has more rows than are shown
	Took  time.Duration
}
