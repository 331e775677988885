package job

import (
	"context"
	"errors"
	"slices"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/notify"
)

// channelSuffix ends the recipient of a row if another channel has the row of the recipient without it.
var channelSuffix = lazyregexp.New(` #[0-9a-f]{8}$`)

// A target is a recipient of a message through a channel.
type target struct {
	channel   notify.Channel
	channelID string
	recipient string
	key       string // of the recipient
	row       Run    // in the ledger
}

// is reports whether a row of the ledger is of the target's part and recipient, through any channel.
func (t target) is(row Run) bool { return row.Part == t.row.Part && t.isFor(row) }

// isFor reports whether a row of the ledger is of the target's recipient, for any part.
func (t target) isFor(row Run) bool {
	return row.Recipient != "" && (row.Recipient == t.recipient || t.channel.Key(channelSuffix().ReplaceAllString(row.Recipient, "")) == t.key)
}

var errNoRecipients = errors.New("no recipients configured\nhint: add them under to, recipients or recipients_query")

// targets returns the recipients of a message, each with its row; that there is nothing to report is for those of all parts. A recipient
// has a row for each channel with other settings; the first has the recipient's name, the others a suffix. A row of earlier attempts stays
// with its channel when the channels change their order. A row whose channel changed its settings, or that records no channel, goes to the
// first channel without a row, so that a change of the configuration resends nothing.
//
// failed has the channels whose recipients are not known, or some of them, or that have none.
func (x *run) targets(ctx context.Context, message notify.Message) (targets []target, failed []failedLookup) {
	for _, channel := range x.channels() {
		id := notify.ChannelID(channel)
		row := x.base
		row.Part, row.SHA256, row.Channel = message.Part, message.SHA256, id
		part := message.Part
		if x.empty && x.entry.Burst {
			part = notify.EveryPart
		}
		recipients, err := channel.Recipients(ctx, part)
		if err == nil && len(recipients) == 0 {
			err = Permanent(errNoRecipients)
		}
		if err != nil {
			unknown := row
			unknown.Recipient, unknown.Channel, unknown.State, unknown.Error, unknown.FinishedAt = noRecipient, "", Failed, err.Error(), x.now()
			failed = append(failed, failedLookup{unknown, err})
		}
		for _, recipient := range recipients {
			t := target{channel, id, recipient, channel.Key(recipient), row}
			shared := slices.ContainsFunc(targets, func(other target) bool { return other.channelID == id && other.key == t.key })
			if !shared && !(x.empty && !x.resendAll && x.hasPart(t)) {
				targets = append(targets, t)
			}
		}
	}
	for _, matches := range []func(Run, target) bool{
		func(row Run, t target) bool { return row.Channel == t.channelID },
		func(row Run, t target) bool { return row.State != Failed },
		func(Run, target) bool { return true },
	} {
		for i := range targets {
			x.claimRow(&targets[i], matches)
		}
	}
	for i := range targets {
		x.addRow(&targets[i])
	}
	return targets, failed
}

// A failedLookup is the row and the error of a channel that lacks recipients.
type failedLookup struct {
	row Run
	err error
}

// sendsAgain reports whether a target is sent the message whatever an earlier attempt did.
func (x *run) sendsAgain(t target, old Run) bool {
	return x.resendAll || x.options.Resend && old.State != Sent || t.channel.Idempotent()
}

// hasPart reports whether a target was sent a part of the burst by an earlier attempt, or may have been. It would be wrong to tell it that
// there is nothing to report.
func (x *run) hasPart(t target) bool {
	return slices.ContainsFunc(x.keys, func(k key) bool {
		row := x.rows[k]
		return row.Part != "" && t.isFor(row) && slices.Contains([]State{Sending, Sent, Unknown}, row.State)
	})
}

// status returns Due if a target is sent the message, and Sent or Unknown if an earlier attempt has sent it, or may have.
func (x *run) status(t target) State {
	switch old := x.rows[t.row.key()]; {
	case x.sendsAgain(t, old):
		return Due
	case old.State == Sent && old.SHA256 == "" && old.Channel != "" && !x.empty: // it was told that there is nothing to report; rows of early versions have neither
		return Due
	case old.State == Sent:
		return Sent
	case old.State == Unknown || old.State == Sending:
		return Unknown
	}
	return Due
}

// claimRow gives a target without a row one of its recipient that no other target has.
func (x *run) claimRow(t *target, matches func(Run, target) bool) {
	for _, k := range x.keys {
		if row := x.rows[k]; t.row.Recipient == "" && !x.touched[k] && t.is(row) && matches(row, *t) {
			t.row.Recipient = row.Recipient
			x.touched[k] = true
		}
	}
}

// addRow gives a target that has no row a new one.
func (x *run) addRow(t *target) {
	if t.row.Recipient != "" {
		return
	}
	t.row.Recipient = t.recipient
	if x.touched[t.row.key()] {
		t.row.Recipient += " #" + t.channelID
	}
	x.touched[t.row.key()] = true
}
