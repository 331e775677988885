package job

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/notify"
)

// arrivals returns what arrived through each channel.
func arrivals(channels ...*fakeChannel) (all []string) {
	for _, c := range channels {
		all = append(all, c.settings+": "+strings.Join(c.arrived, " "))
	}
	return all
}

func runOnce(t *testing.T, d *fixture, due time.Time, channels ...*fakeChannel) []Run {
	t.Helper()
	entry := Entry{Report: "daily", Zone: time.UTC, Period: "yesterday"}
	for _, c := range channels {
		c.log = d.log
		entry.Channels = append(entry.Channels, c)
	}
	runs, err := d.Run(t.Context(), entry, due, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestChannelsWithOtherSettingsEachSendTheirOwn(t *testing.T) {
	for _, idempotent := range []bool{false, true} {
		d := newFixture(t)
		due := time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
		refusal := errors.Join(errors.New("full"), notify.ErrPermanent)
		first := &fakeChannel{settings: "first", idempotent: idempotent, recipients: []string{"boss@x", "a@x"}}
		second := &fakeChannel{settings: "second", idempotent: idempotent, recipients: []string{"b@x", "Boss <BOSS@x>"}, answers: map[string][]error{"Boss <BOSS@x>": {refusal}}}
		same := &fakeChannel{settings: "first", idempotent: idempotent, recipients: []string{"Boss <boss@x>", "c@x"}}
		runs := runOnce(t, d, due, first, second, same)
		d.want(t, "arrived", arrivals(first, second, same), "first: boss@x a@x", "second: b@x", "first: c@x")
		if runs[0].State != Partial || len(runs) != 6 {
			t.Errorf("%d rows, %s", len(runs), runs[0].State)
		}
		// What failed is sent by the next attempt, though the channels have another order then.
		runs = runOnce(t, d, due, same, second, first)
		if runs[0].State != Sent || len(runs) != 6 {
			t.Errorf("%d rows, %s", len(runs), runs[0].State)
		}
		if !idempotent {
			d.want(t, "arrived after the second attempt", arrivals(first, second, same), "first: boss@x a@x", "second: b@x Boss <BOSS@x>", "first: c@x")
		}
	}
}

// TestNobodyGetsAReportTwiceBecauseOfAChange continues a run that was sent to some recipients only.
func TestNobodyGetsAReportTwiceBecauseOfAChange(t *testing.T) {
	due := time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
	row := func(recipient, channel string, state State) Run {
		return Run{Report: "daily", Period: "2026-10-04", Recipient: recipient, Channel: channel, DueAt: due, StartedAt: due, State: state, SHA256: "of a workbook"}
	}
	id := func(settings string) string { return notify.ChannelID(&fakeChannel{settings: settings}) }
	for name, test := range map[string]struct {
		ledger   []Run
		channels []*fakeChannel
		want     []string
	}{
		"written by an earlier version with display names": {
			[]Run{row("Boss <boss@x>", "", Sent), row("A@X", "", Failed), row("webhook x #1234", "", Sent)},
			[]*fakeChannel{{settings: "s", recipients: []string{"boss@x", "a@x", "webhook x #1234", "new@x"}}},
			[]string{"s: a@x new@x"},
		},
		"an earlier version had two rows of a person": {
			[]Run{row("Boss <boss@x>", "", Failed), row("boss@x", "", Sent)},
			[]*fakeChannel{{settings: "s", recipients: []string{"boss@x"}}},
			[]string{"s: "},
		},
		"an earlier version sent through the first channel only": {
			[]Run{row("boss@x", "", Sent)},
			[]*fakeChannel{{settings: "s", recipients: []string{"boss@x"}}, {settings: "t", recipients: []string{"boss@x"}}},
			[]string{"s: ", "t: boss@x"},
		},
		"the settings changed": {
			[]Run{row("boss@x", id("old"), Sent)},
			[]*fakeChannel{{settings: "new", recipients: []string{"boss@x"}}},
			[]string{"new: "},
		},
		"the settings of the second channel changed": {
			[]Run{row("boss@x", id("s"), Sent), row("boss@x #"+id("old"), id("old"), Sent)},
			[]*fakeChannel{{settings: "s", recipients: []string{"boss@x"}}, {settings: "new", recipients: []string{"boss@x"}}},
			[]string{"s: ", "new: "},
		},
		"a channel was put before the others": {
			[]Run{row("boss@x", id("s"), Sent), row("boss@x #"+id("t"), id("t"), Failed)},
			[]*fakeChannel{{settings: "new", recipients: []string{"boss@x"}}, {settings: "t", recipients: []string{"boss@x"}}, {settings: "s", recipients: []string{"boss@x"}}},
			[]string{"new: boss@x", "t: boss@x", "s: "},
		},
		"the person moved to another channel": {
			[]Run{row("boss@x", id("s"), Sent), row("a@x", id("t"), Sent)},
			[]*fakeChannel{{settings: "s", recipients: []string{"a@x"}}, {settings: "t", recipients: []string{"boss@x"}}},
			[]string{"s: ", "t: "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t)
			for _, r := range append([]Run{row("", "", Partial)}, test.ledger...) {
				if err := d.Ledger.Append(r); err != nil {
					t.Fatal(err)
				}
			}
			if runs := runOnce(t, d, due, test.channels...); runs[0].State != Sent {
				t.Errorf("%+v", runs[0])
			}
			if got := arrivals(test.channels...); !slices.Equal(got, test.want) {
				t.Errorf("arrived %q, want %q", got, test.want)
			}
			// Nothing more is sent by the next attempt.
			runOnce(t, d, due, test.channels...)
			if got := arrivals(test.channels...); !slices.Equal(got, test.want) {
				t.Errorf("arrived after another attempt %q, want %q", got, test.want)
			}
		})
	}
}
