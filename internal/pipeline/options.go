package pipeline

import (
	"io/fs"

	"callsheet/internal/config"
	"callsheet/queries"
	"callsheet/store"
)

// StoreOptions returns the options of the database at path.
func (p *Pipeline) StoreOptions(path string) store.Options {
	c := p.Config
	return store.Options{
		Program:     p.Version,
		UserQueries: queries.User(c.UserQueries()),
		Path:        path, TempDir: c.Data("tmp"), TempLimit: int64(c.Store.TempLimit), MemoryLimit: c.Store.MemoryLimit, Threads: c.Store.Threads,
		Settings: settings(c), Now: p.Now, RunLedger: c.RunLedger(),
	}
}

// settings returns the parts of the configuration that the metrics depend on.
func settings(c *config.Config) store.Settings {
	s := store.Settings{
		Timezone: c.Timezone, ShortAbandon: c.Business.ShortAbandon, ServiceLevelTarget: c.Business.ServiceLevelTarget,
		RecoveryWindow: c.Business.RecoveryWindow,
		NumberGroups:   c.Business.NumberGroups, Holidays: c.Business.Holidays, ExcludeOutOfHours: c.Business.ExcludeOutOfHours,
	}
	for _, source := range c.Collector.Sources {
		s.Sources = append(s.Sources, store.Source{
			Name: source.Name, Timezone: source.Timezone, OutgoingCaller: source.OutgoingCaller, DateOrder: source.DateOrder,
			StatusWords: source.AllStatusWords(), DirectionWords: source.DirectionWords, NothingValues: source.NothingValues})
	}
	for _, agent := range c.Business.Agents {
		s.Agents = append(s.Agents, store.Agent(agent))
	}
	hours, _ := c.Business.OpenHours() // validated
	for _, span := range hours {
		s.BusinessHours = append(s.BusinessHours, store.Hours(span))
	}
	return s
}

// Access returns who may read the published copy.
func Access(c *config.Config) store.Access {
	return store.Access{Mode: fs.FileMode(c.Store.PublishedMode), Group: c.Store.PublishedGroup}
}
