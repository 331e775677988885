package job

import (
	"context"
	"errors"
	"slices"
)

// findMissing looks for parts of a delivered report that some recipient lacks: calls that came later have made a part, or a recipient was
// added. Only a run by hand looks: the scheduler would query every report that was sent, for ever. The ledger does not change.
func (x *run) findMissing(ctx context.Context) error {
	if !x.options.ByHand {
		return nil
	}
	if err := x.awaitData(ctx); err != nil {
		return err
	}
	parts, err := x.parts(ctx)
	if err != nil {
		return err
	}
	if x.empty && len(x.channels()) > 0 {
		parts = []string{""}
	}
	x.missing = x.missingParts(ctx, parts)
	return nil
}

// missingParts returns the parts of a delivered report that some recipient lacks; none if there is nothing to report any more.
func (x *run) missingParts(ctx context.Context, parts []string) (missing []string) {
	if x.empty && x.wasSent(func(row Run) bool { return row.SHA256 != "" }) {
		return nil
	}
	for _, part := range parts {
		targets, failed := x.targets(ctx, x.Steps.EmptyMessage(x.entry.Report, x.span, part))
		lacks := slices.ContainsFunc(targets, func(t target) bool { return x.status(t) == Due })
		for _, failure := range failed {
			// Recipients who are not configured any more lack nothing.
			removed := errors.Is(failure.err, errNoRecipients) && x.wasSent(func(row Run) bool { return row.Part == part })
			lacks = lacks || !removed
		}
		if lacks {
			missing = append(missing, part)
		}
	}
	x.touched = map[key]bool{} // they are looked up again when it is sent
	return missing
}

// wasSent reports whether any recipient was sent what matches.
func (x *run) wasSent(matches func(row Run) bool) bool {
	return slices.ContainsFunc(x.keys, func(k key) bool {
		row := x.rows[k]
		return row.Recipient != "" && row.State == Sent && matches(row)
	})
}
