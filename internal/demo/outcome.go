package demo

import (
	"time"
)

// odds are weights by outcome.
type odds [congestion + 1]float64

var (
	usual = odds{answered: 0.815, noAnswer: 0.045, busy: 0.005, cancelled: 0.022, abandoned: 0.045,
		engaged: 0.016, agentRinging: 0.008, ivrOnly: 0.040, unavailable: 0.005}
	unstaffed = odds{ivrOnly: 0.8, noAnswer: 0.12, cancelled: 0.08}
)

// incomingOutcome draws how an incoming call ends: agents are busy at the peaks,
// away at lunch, few on Sundays and absent at night.
func (p *planner) incomingOutcome(to *group, at time.Time) outcome {
	if !p.cal.isStaffed(at) {
		return outcome(p.weighted(unstaffed[:]))
	}
	today := p.cal.dayOf(at)
	o := usual
	rate := today.missRate[to.index]
	if today.sunday {
		rate *= 1.8
	}
	for _, lost := range []outcome{noAnswer, busy, abandoned, engaged, agentRinging, unavailable} {
		o[lost] *= rate
	}
	switch at.Hour() {
	case 10, 11, 16:
		o[engaged] *= 1.6
		o[abandoned] *= 1.2
	case 13:
		o[noAnswer] *= 2
	}
	return outcome(p.weighted(o[:]))
}

// outgoingOutcome draws how an outgoing call ends and whose leg failed.
func (p *planner) outgoingOutcome() (outcome, leg) {
	ends := []struct {
		outcome outcome
		failed  leg
		weight  float64
	}{
		{answered, noLeg, 0.60},
		{noAnswer, customerLeg, 0.185},
		{busy, customerLeg, 0.075},
		{unavailable, customerLeg, 0.035},
		{congestion, customerLeg, 0.01},
		{cancelled, customerLeg, 0.01},
		{noAnswer, agentLeg, 0.055},
		{busy, agentLeg, 0.015},
		{unavailable, agentLeg, 0.01},
		{congestion, agentLeg, 0.005},
	}
	weights := make([]float64, len(ends))
	for i, e := range ends {
		weights[i] = e.weight
	}
	e := ends[p.weighted(weights)]
	return e.outcome, e.failed
}
