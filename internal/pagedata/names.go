package pagedata

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/live"
	"callsheet/internal/phone"
	"callsheet/internal/spool"
)

// Names has the names that go with numbers: of the configuration, else of the vendors' directories.
type Names struct {
	agents    map[string][]config.Agent // by the key of the phone
	groups    map[string]string         // by the key of the virtual number
	zone      *time.Location
	directory atomic.Pointer[live.Directory]
}

func newNames(c *config.Config) *Names {
	n := &Names{agents: map[string][]config.Agent{}, groups: map[string]string{}, zone: c.Zone()}
	for _, agent := range c.Business.Agents {
		key := phone.Key(agent.Number)
		n.agents[key] = append(n.agents[key], agent)
	}
	for number, group := range c.Business.NumberGroups {
		n.groups[phone.Key(number)] = group
	}
	n.readDirectories(c.Data())
	return n
}

// directoryInterval is how often the directories are read again, since serve fetches them.
const directoryInterval = 5 * time.Minute

// Refresh reads the directories again and again until ctx ends.
func (n *Names) Refresh(ctx context.Context, dataDir string) {
	ticker := time.NewTicker(directoryInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			n.readDirectories(dataDir)
		}
	}
}

// readDirectories reads the directories. Without one that can be read, the page shows numbers instead of names; callsheet verify reports it.
func (n *Names) readDirectories(dataDir string) {
	directories, _ := spool.ReadDirectories(dataDir)
	directory := live.NewDirectory(directories)
	n.directory.Store(&directory)
}

func (n *Names) agent(source, number string, at time.Time) string {
	day := at.In(n.zone).Format(time.DateOnly)
	for _, agent := range n.agents[phone.Key(number)] {
		if agent.From <= day && (agent.To == "" || day <= agent.To) {
			return agent.Name
		}
	}
	return n.directory.Load().Agent(source, number)
}

func (n *Names) group(source, number string) string {
	return cmp.Or(n.groups[phone.Key(number)], n.directory.Load().Group(source, number))
}
