package store

import (
	"slices"
	"time"
)

// plainEpisode is a missed caller's sequence of attempts.
type plainEpisode struct {
	first, last plainCall
	attempts    int
	recovered   *plainCall
	isOpen      bool
}

func (e plainEpisode) recovery() string {
	switch {
	case e.recovered == nil && e.isOpen:
		return "open"
	case e.recovered == nil:
		return "unrecovered"
	case e.recovered.direction == "outgoing":
		return "callback"
	}
	return "return"
}

func (e plainEpisode) minutes() float64 { return e.recovered.started.Sub(e.first.started).Minutes() }

// episodes returns those of all calls of the world that a call of a slice opened. No two calls of the world start at the same time.
func (w plainWorld) episodes(slice []plainCall) (episodes []plainEpisode) {
	inSlice := map[string]bool{}
	for _, c := range slice {
		inSlice[c.sid] = true
	}
	current := map[string]*plainEpisode{}
	end := func(key string) {
		if e := current[key]; e != nil && inSlice[e.first.sid] {
			e.isOpen = !w.through.After(e.last.started.Add(w.settings.RecoveryWindow))
			episodes = append(episodes, *e)
		}
		delete(current, key)
	}
	for _, c := range w.byStart() {
		key := lastTen(c.customerNumber)
		if key == "" || !c.missed() && (!c.answered || c.direction == "unknown") {
			continue
		}
		e := current[key]
		if e != nil && c.started.Sub(e.last.started) > w.settings.RecoveryWindow {
			end(key)
			e = nil
		}
		switch {
		case c.answered && e != nil:
			e.recovered = &c
			end(key)
		case c.answered:
		case e == nil:
			current[key] = &plainEpisode{first: c, last: c, attempts: 1}
		default:
			e.last, e.attempts = c, e.attempts+1
		}
	}
	for key := range current {
		end(key)
	}
	return episodes
}

func (w plainWorld) byStart() []plainCall {
	return slices.SortedFunc(slices.Values(w.calls), func(a, b plainCall) int { return a.started.Compare(b.started) })
}

// lost counts the customers missed in a slice and not spoken to in any call after their last missed call there.
func (w plainWorld) lost(slice []plainCall) float64 {
	lastMissed := map[string]time.Time{}
	for _, c := range slice {
		if key := lastTen(c.customerNumber); key != "" && c.missed() && c.started.After(lastMissed[key]) {
			lastMissed[key] = c.started
		}
	}
	for _, c := range w.calls {
		if missed, ok := lastMissed[lastTen(c.customerNumber)]; ok && c.answered && c.started.After(missed) {
			delete(lastMissed, lastTen(c.customerNumber))
		}
	}
	return float64(len(lastMissed))
}

func missedCustomers(slice []plainCall) float64 {
	missed := map[string]bool{}
	for _, c := range slice {
		if key := lastTen(c.customerNumber); key != "" && c.missed() {
			missed[key] = true
		}
	}
	return float64(len(missed))
}

// recoveryFigures computes the metrics of episodes.
func recoveryFigures(episodes []plainEpisode) map[string]float64 {
	count := map[string]float64{}
	var minutes []float64
	for _, e := range episodes {
		count[e.recovery()]++
		if e.recovered != nil {
			minutes = append(minutes, e.minutes())
		}
	}
	return map[string]float64{
		"missed_episodes": float64(len(episodes)), "open_episodes": count["open"], "unrecovered": count["unrecovered"],
		"recovered_by_callback": count["callback"], "recovered_by_return": count["return"],
		"recovery_rate":             share(float64(len(minutes)), float64(len(episodes))-count["open"]),
		"median_minutes_to_recover": percentile(minutes, 0.5),
	}
}
