package job

import (
	"encoding/json"
	"slices"
	"time"
)

// State is the state of a run.
type State string

// The states of a report, a part or a recipient. Building, Built and Sending last while the process works; after a crash the run
// resumes from them.
const (
	Due        State = "due"      // waiting for data or for its turn
	Retrying   State = "retrying" // failed; retried until RetryUntil
	Building   State = "building"
	Built      State = "built"
	Sending    State = "sending"
	Sent       State = "sent"
	Partial    State = "partly" // sent to some recipients
	Failed     State = "failed"
	Skipped    State = "skipped"    // missed, or nothing to report
	Unknown    State = "unknown"    // may have arrived; sent again only on request
	Incomplete State = "incomplete" // sent, or found empty, while some spool files could not be loaded
)

// noRecipient is the recipient of a row that records why a part has none.
const noRecipient = "nobody"

// Run is the state of a report for a period: of the whole report, of a part of a burst, or of one recipient. It is a row of the
// ledger and of the table report_runs.
type Run struct {
	Report     string          `json:"report"`
	Period     string          `json:"period"`
	Part       string          `json:"part,omitempty"`      // empty: all parts
	Recipient  string          `json:"recipient,omitempty"` // empty: all recipients
	Channel    string          `json:"channel,omitempty"`   // hash of the settings of the recipient's channel
	DueAt      time.Time       `json:"due_at"`
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt time.Time       `json:"finished_at,omitzero"`
	PeriodOpen bool            `json:"open,omitempty"`    // the period was not over when the run was due: each due time is a report of its own
	Machine    string          `json:"machine,omitempty"` // of those that share a lake, the one that ran it
	State      State           `json:"state"`
	File       string          `json:"file,omitempty"`
	SHA256     string          `json:"sha256,omitempty"`
	Group      string          `json:"group,omitempty"` // the only one whose calls File has; empty if there may be others
	Rows       int64           `json:"rows"`
	Location   string          `json:"place,omitempty"`    // where it was delivered
	Attempts   int             `json:"attempts,omitempty"` // to send it
	RetryUntil time.Time       `json:"retry_until,omitzero"`
	Permanent  bool            `json:"permanent,omitempty"`  // the delivery failed, and only a person tries it again
	NotBefore  time.Time       `json:"not_before,omitzero"`  // until when the server wants no message to the recipient
	Incomplete string          `json:"incomplete,omitempty"` // what could not be loaded when the workbook was built
	Begun      bool            `json:"begun,omitempty"`      // every workbook was built and sending has begun; of the whole report
	Error      string          `json:"error,omitempty"`
	Message    json.RawMessage `json:"about,omitempty"` // the key is that of earlier versions: the notify.Message of File, so that a resumed run need not build it again
}

// key identifies what a row describes. The last line of a key in the ledger is its current state.
type key struct {
	report, period, part, recipient string
	due                             int64 // of an open period
}

func (r Run) key() key {
	k := key{report: r.Report, period: r.Period, part: r.Part, recipient: r.Recipient}
	if r.PeriodOpen {
		k.due = r.DueAt.UnixNano()
	}
	return k
}

// lastTime is that of the row's state, as far as it is known.
func (r Run) lastTime() time.Time {
	if r.FinishedAt.After(r.StartedAt) {
		return r.FinishedAt
	}
	return r.StartedAt
}

// IsSummary reports whether the row describes the whole report.
func (r Run) IsSummary() bool { return r.Part == "" && r.Recipient == "" }

// Succeeded reports whether every recipient was sent a complete report, or there was nothing to report.
func (r Run) Succeeded() bool { return r.State == Sent || r.State == Skipped }

// isTerminal reports whether the run ends in its state unless a person repeats it.
func (r Run) isTerminal() bool {
	return slices.Contains([]State{Sent, Partial, Failed, Skipped, Unknown, Incomplete}, r.State)
}

// isPremature reports whether the row was written before its due time. It is ignored from that time on.
func (r Run) isPremature() bool { return r.DueAt.Sub(r.StartedAt) > clockStep }
