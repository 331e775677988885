package page

import "slices"

// tiles are the metrics that Today shows, in this order.
var tiles = []string{"offered", "answer_rate", "missed", "service_level", "avg_wait_seconds", "callers_lost", "outgoing", "connect_rate", "talk_seconds"}

// directions are those of the calls that a metric is about; others are about both.
var directions = map[string]string{
	"offered": "incoming", "answer_rate": "incoming", "missed": "incoming", "service_level": "incoming", "avg_wait_seconds": "incoming",
	"callers_lost": "incoming", "outgoing": "outgoing", "connect_rate": "outgoing",
}

// TodayMetrics are the metrics that Today needs of the query changes.
func TodayMetrics() []string {
	return append([]string{"calls", "net_answer_rate", "net_abandon_rate"}, tiles...)
}

// HasData reports whether there are figures: a delivery of the day has been loaded.
func (t *Today) HasData() bool {
	calls := find(t.Figures, "calls")
	return calls != nil && calls.Value != nil
}

// Tiles returns the figures to show. Those of a direction that the account has no calls of are left out, unless it has no calls at all.
func (t *Today) Tiles() (shown []Figure) {
	hasNone := map[string]bool{"incoming": !t.HasIncoming && t.HasOutgoing, "outgoing": !t.HasOutgoing && t.HasIncoming}
	for _, name := range tiles {
		if figure := find(t.Figures, name); figure != nil && !hasNone[directions[name]] {
			shown = append(shown, *figure)
		}
	}
	return shown
}

// Shows reports whether a figure is among the tiles.
func (t *Today) Shows(name string) bool {
	return slices.ContainsFunc(t.Tiles(), func(f Figure) bool { return f.Name == name })
}

// find returns the figure of a name, nil if there is none.
func find(figures []Figure, name string) *Figure {
	if i := slices.IndexFunc(figures, func(f Figure) bool { return f.Name == name }); i >= 0 {
		return &figures[i]
	}
	return nil
}
