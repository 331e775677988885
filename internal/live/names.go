package live

import (
	"strings"

	"callsheet/internal/phone"
	"callsheet/internal/spool"
)

// Directory has the names of the vendors' directories, as they are listed now.
type Directory struct {
	agents, groups map[agentPhone]string
}

// NewDirectory returns the names in directories. A phone with several names has none, as in the reports.
func NewDirectory(directories []*spool.Directory) Directory {
	d := Directory{map[agentPhone]string{}, map[agentPhone]string{}}
	for _, one := range directories {
		entries := one.Entries()
		groupOf := map[string][]string{} // by the id of a number
		for _, e := range entries {
			if e.Kind == spool.DirectoryGroup {
				for _, id := range parts(e.NumberID) {
					groupOf[id] = append(groupOf[id], e.Name)
				}
			}
		}
		disputed := map[agentPhone]bool{}
		for _, e := range entries {
			for _, number := range parts(e.Number) {
				if !phone.Identifies(number) {
					continue // it would name all phones that look alike
				}
				key := agentPhone{one.Source, phone.Key(number)}
				switch e.Kind {
				case spool.DirectoryAgent:
					add(d.agents, disputed, key, e.Name)
				case spool.DirectoryNumber:
					for _, name := range groupOf[e.ID] {
						add(d.groups, disputed, key, name)
					}
				}
			}
		}
	}
	return d
}

// add adds a name, or removes the other one if there is another one already.
func add(names map[agentPhone]string, disputed map[agentPhone]bool, key agentPhone, name string) {
	name = Source{}.clean(name)
	switch other := names[key]; {
	case name == "" || disputed[key]:
	case other != "" && !strings.EqualFold(other, name):
		delete(names, key)
		disputed[key] = true
	default:
		names[key] = name
	}
}

// parts returns the parts of a text that may list several numbers or ids.
func parts(text string) (list []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/|&", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// Agent returns the name of an agent's phone, "" if none is listed.
func (d Directory) Agent(source, number string) string {
	return d.agents[agentPhone{source, phone.Key(number)}]
}

// Group returns the group of a virtual number, "" if none is listed.
func (d Directory) Group(source, number string) string {
	return d.groups[agentPhone{source, phone.Key(number)}]
}

// GroupNames returns the groups of the virtual numbers.
func (d Directory) GroupNames() (names []string) {
	for _, name := range d.groups {
		names = append(names, name)
	}
	return names
}
