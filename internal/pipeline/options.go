package pipeline

import (
	"io/fs"
	"maps"
	"slices"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/queries"
	"callsheet/store"
)

// storeOptions returns the options of the store of the configuration, for loads or for readers: the lake, or the database at path.
func (p *Pipeline) storeOptions(path string) (store.Options, error) {
	options, c := p.StoreOptions(path), p.Config
	if !c.Store.Lake.Enabled() {
		return options, nil
	}
	catalog, password, err := c.ResolveCatalog()
	if err != nil {
		return options, exitcode.UsageError(err)
	}
	options.RunLedger = "" // it is in the catalog
	options.Lake = &store.Lake{Catalog: catalog, Password: password, Data: c.LakeData(), Loader: c.Collector.ID}
	if extensions := c.Store.Lake.ExtensionDirectory; extensions != "" {
		options.Lake.Extensions = c.Path(extensions)
	}
	return options, nil
}

// StoreOptions returns the options of the database file at path.
func (p *Pipeline) StoreOptions(path string) store.Options {
	c := p.Config
	return store.Options{
		Program:     p.Version,
		UserQueries: queries.User(c.UserQueries()),
		Path:        path, TempDir: c.Data("tmp"), TempLimit: int64(c.Store.TempLimit), MemoryLimit: c.Store.MemoryLimit, Threads: c.Store.Threads,
		Settings: settings(c), Now: p.Now, RunLedger: c.RunLedger(), DataDir: c.Data(),
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
		if source.VendorAPI != nil {
			s.Sources[len(s.Sources)-1].VendorAPI = source.VendorAPI.Kind
		}
	}
	s.Goals = goals(c.Business)
	for _, agent := range c.Business.Agents {
		s.Agents = append(s.Agents, store.Agent(agent))
	}
	hours, _ := c.Business.OpenHours() // validated
	for _, span := range hours {
		s.BusinessHours = append(s.BusinessHours, store.Hours(span))
	}
	return s
}

// goals lists the goals: those for all calls, then those of groups and of numbers.
func goals(b config.Business) (list []store.Goal) {
	add := func(group, number string, goals config.Goals) {
		for _, metric := range slices.Sorted(maps.Keys(goals)) {
			list = append(list, store.Goal{Metric: metric, Group: group, Number: number, Goal: float64(goals[metric])})
		}
	}
	add("", "", b.Goals)
	for _, group := range slices.Sorted(maps.Keys(b.GroupGoals)) {
		add(group, "", b.GroupGoals[group])
	}
	for _, number := range slices.Sorted(maps.Keys(b.NumberGoals)) {
		add("", number, b.NumberGoals[number])
	}
	return list
}

// Access returns who may read the published copy.
func Access(c *config.Config) store.Access {
	return store.Access{Mode: fs.FileMode(c.Store.PublishedMode), Group: c.Store.PublishedGroup}
}
