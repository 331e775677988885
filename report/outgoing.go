package report

// outgoingKeys are the keys that a sheet can replace for an account without incoming calls.
var outgoingKeys = []string{"tiles", "charts", "ranking", "metrics", "columns"}

// forOutgoing returns the sheet as it is where there are no incoming calls.
func (s Sheet) forOutgoing() Sheet {
	other := s.Outgoing
	if other == nil {
		return s
	}
	s.Outgoing = nil
	if other.Tiles != nil {
		s.Tiles = other.Tiles
	}
	if other.Charts != nil {
		s.Charts = other.Charts
	}
	if other.Ranking != nil {
		s.Ranking = other.Ranking
	}
	if other.Metrics != nil {
		s.Metrics = other.Metrics
	}
	if other.Columns != nil {
		s.Columns = other.Columns
	}
	return s
}

// inForm returns a sheet in the form for the directions of the calls.
func (b *book) inForm(s Sheet) Sheet {
	if !b.hasDirection("incoming") && b.hasDirection("outgoing") {
		return s.forOutgoing()
	}
	return s
}

// variants returns the sheets in both forms.
func (d *Definition) variants() (all []Sheet) {
	for _, s := range d.Sheets {
		all = append(all, s)
		if s.Outgoing != nil {
			all = append(all, s.forOutgoing())
		}
	}
	return all
}

// outgoing checks the keys that replace others.
func (c *checker) outgoing(path string, s Sheet) {
	other := s.Outgoing
	if other == nil {
		return
	}
	path += ".outgoing"
	for _, key := range setKeys(*other) {
		c.oneOfWords(path+"."+key, "outgoing", key, outgoingKeys)
	}
	c.content(path, Sheet{
		Kind: s.Kind, Tiles: other.Tiles, Charts: other.Charts, Ranking: other.Ranking, Metrics: other.Metrics, Columns: s.forOutgoing().Columns,
	})
}
