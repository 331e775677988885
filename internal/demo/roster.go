package demo

import (
	"fmt"
	"time"
)

// A team is the configuration of a group.
type team struct {
	name     string
	numbers  []string // virtual numbers; all but the first are billed by half minutes
	incoming float64  // share of incoming calls
	outgoing float64  // share of campaign calls
	talk     float64  // median seconds of talk
	members  []string
}

var teams = []team{
	{"Sales", []string{"01204000001", "01204000006"}, 0.29, 0.34, 150,
		[]string{"Ashish", "Priya", "Rohit", "Neha", "Vikram"}},
	{"Support", []string{"01204000002", "01204000007"}, 0.33, 0.06, 210,
		[]string{"Anjali", "Suresh", "Kavita", "Imran"}},
	{"Billing", []string{"01204000003"}, 0.16, 0.06, 130,
		[]string{"Meena", "Rajesh", "Farhan", "Neha"}},
	{"Collections", []string{"01204000004"}, 0.08, 0.38, 95,
		[]string{"Sunil", "Pooja", "Arjun"}},
	{"बिक्री", []string{"01204000005"}, 0.14, 0.16, 140,
		[]string{"आशीष", "सुनीता", "राकेश", "Rohit"}},
}

// NumberGroups returns the group of each virtual number.
func NumberGroups() map[string]string {
	groups := map[string]string{}
	for _, t := range teams {
		for _, n := range t.numbers {
			groups[n] = t.name
		}
	}
	return groups
}

// Agents returns the agent of each number. Reports of missed calls have only the number that rang.
func Agents(o Options) map[string]string {
	names := map[string]string{}
	for _, g := range openCentre(o.Calls, max(o.Days, 1)).groups {
		for _, a := range g.agents {
			names[a.number] = a.name
		}
	}
	return names
}

type agent struct {
	name   string
	number string
	pace   float64   // factor of the group's talk time
	free   time.Time // end of the agent's last call
}

type group struct {
	team
	index  int
	agents []*agent
}

type centre struct{ groups []*group }

// callsPerCrew is how many calls the named agents can take in a day without
// overlaps. A busier centre has more crews of the same size.
const callsPerCrew = 600

func openCentre(calls, days int) *centre {
	c := &centre{}
	for i := range teams {
		c.groups = append(c.groups, &group{team: teams[i], index: i})
	}
	for crew := range 1 + calls/(days*callsPerCrew) {
		c.hire(crew)
	}
	return c
}

// hire adds a crew of all named agents. A name in two teams is one person.
func (c *centre) hire(crew int) {
	paces := []float64{0.85, 1, 1.2, 0.95, 1.1, 0.75, 1.35}
	hired := map[string]*agent{}
	for _, g := range c.groups {
		for _, name := range g.members {
			if hired[name] == nil {
				nth := crew*18 + len(hired)
				hired[name] = &agent{
					name:   crewName(name, crew),
					number: fmt.Sprintf("9280%06d", nth+1),
					pace:   paces[nth%len(paces)],
				}
			}
			g.agents = append(g.agents, hired[name])
		}
	}
}

// crewName returns a distinct name for each crew: Ashish, Ashish B, … Ashish Z,
// Ashish AA.
func crewName(name string, crew int) string {
	if crew == 0 {
		return name
	}
	suffix := ""
	for n := crew; n >= 0; n = n/26 - 1 {
		suffix = string(rune('A'+n%26)) + suffix
	}
	return name + " " + suffix
}

// shares returns the weights for drawing a group.
func (c *centre) shares(weight func(*group) float64) []float64 {
	weights := make([]float64, len(c.groups))
	for i, g := range c.groups {
		weights[i] = weight(g)
	}
	return weights
}

// reach returns the agent who takes a call at a time, and how long the caller
// waits. Agents have overlapping calls only if all are busy for longer than a
// caller would wait.
func (g *group) reach(r rng, at time.Time) (*agent, time.Duration) {
	const patience = time.Minute
	first := r.IntN(len(g.agents))
	soonest := g.agents[first]
	for i := range g.agents {
		a := g.agents[(first+i)%len(g.agents)]
		if !a.free.After(at) {
			return a, 0
		}
		if a.free.Before(soonest.free) {
			soonest = a
		}
	}
	if wait := soonest.free.Sub(at); wait <= patience {
		return soonest, wait
	}
	return soonest, 0
}
