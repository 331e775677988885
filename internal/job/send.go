package job

import (
	"context"
	"errors"
	"time"

	"callsheet/internal/notify"
)

// A sending is one parcel to one recipient.
type sending struct {
	parcel notify.Parcel
	way    notify.Way
	row    Run
}

// send brings every parcel to all of its recipients that do not have it, and those that fail once more, until the time for that is
// over.
func (x *run) send(ctx context.Context, parcels []notify.Parcel) error {
	if err := x.set(Sending); err != nil {
		return err
	}
	var open []sending
	for _, parcel := range parcels {
		for _, way := range x.entry.Ways {
			sendings, err := x.sendings(ctx, parcel, way)
			if err != nil {
				return err
			}
			open = append(open, sendings...)
		}
	}
	until := x.now().Add(x.entry.RetryFor)
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		var again []sending
		for _, s := range open {
			if ctx.Err() != nil {
				return ErrStopped
			}
			retry, err := x.sendOne(context.WithoutCancel(ctx), &s)
			if err != nil {
				return err
			}
			if retry {
				again = append(again, s)
			}
		}
		if open = again; len(open) == 0 || x.now().Add(wait).After(until) {
			return nil
		}
		x.Log.Warn("delivery failed and will be tried again", "report", x.entry.Report, "period", x.span.String(), "recipients", len(open),
			"in", wait, "error", open[0].row.Error)
		if !sleep(ctx, wait) {
			return ErrStopped
		}
	}
}

// sendings are those of a parcel by one way that are still to be done.
func (x *run) sendings(ctx context.Context, parcel notify.Parcel, way notify.Way) (open []sending, err error) {
	recipients, err := way.Recipients(ctx, parcel.Part)
	row := x.base
	row.Part, row.SHA256 = parcel.Part, parcel.SHA256
	if err == nil && len(recipients) == 0 {
		err = Permanent(errors.New("it has no recipients\nhint: name them under to, recipients or recipients_query"))
	}
	if err != nil {
		row.Recipient, row.State, row.Error, row.FinishedAt = "nobody", Failed, err.Error(), x.now()
		x.tried[row.key()] = true
		x.note(err)
		return nil, x.write(row)
	}
	for _, recipient := range recipients {
		row.Recipient = recipient
		if x.tried[row.key()] {
			continue // two ways to one place
		}
		x.tried[row.key()] = true
		old := x.rows[row.key()]
		switch {
		case x.anew, x.how.Resend && old.State != Sent, way.Repeatable():
		case old.State == Sent || old.State == Unknown:
			continue
		case old.State == Sending:
			old.State, old.FinishedAt = Unknown, x.now()
			old.Error = "it was cut short while it was being sent: " + notify.ErrUnknown.Error()
			if err := x.write(old); err != nil {
				return nil, err
			}
			continue
		}
		fresh := row
		fresh.Attempts = old.Attempts
		open = append(open, sending{parcel, way, fresh})
	}
	return open, nil
}

// sendOne tells whether a parcel is to be sent once more.
func (x *run) sendOne(ctx context.Context, s *sending) (retry bool, err error) {
	s.row.State, s.row.Error, s.row.FinishedAt = Sending, "", time.Time{}
	s.row.Attempts++
	if err := x.write(s.row); err != nil {
		return false, err
	}
	place, err := s.way.Send(ctx, s.parcel, s.row.Recipient)
	s.row.Place, s.row.FinishedAt = place, x.now()
	switch {
	case err == nil:
		s.row.State = Sent
	case errors.Is(err, notify.ErrUnknown) && !s.way.Repeatable():
		s.row.State, s.row.Error = Unknown, err.Error()
	default:
		s.row.State, s.row.Error = Failed, err.Error()
		retry = !errors.Is(err, notify.ErrRefused)
	}
	return retry, x.write(s.row)
}
