package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

const (
	quickRounds = 3
	quickCalls  = 60_000
	quickMore   = 10_000
)

// program is one of the two programs, with stores of its own: they may differ in their tables.
type program struct {
	callsheet string
	home      *reports.Home // published and growing
	bulk      *reports.Home // loaded from nothing each time
}

// measurement is what both programs do in turn. prepare may be nil.
type measurement struct {
	name    string
	prepare func(p program, round int) error
	args    func(p program) []string
}

var measurements = []measurement{
	{"start", nil, func(program) []string { return []string{"--version"} }},
	{"load", func(p program, _ int) error { return p.bulk.Empty("") }, func(p program) []string { return p.load(p.bulk) }},
	{"load --rebuild", nil, func(p program) []string { return append(p.load(p.bulk), "--rebuild") }},
	{"load of 10,000 more calls, published", func(p program, round int) error { return p.more(round) }, func(p program) []string { return p.load(p.home) }},
	{"load of nothing", nil, func(p program) []string { return p.load(p.home) }},
	query("groups"), query("agents"), query("missed"), query("concurrency"), query("summary"),
	{"query calls --format xlsx", nil, func(p program) []string {
		return p.command("query", "calls", "--from", "2026-09-01", "--to", "2026-09-30", "--format", "xlsx")
	}},
	{"report daily", nil, func(p program) []string { return p.report("daily", "2026-09-29") }},
	{"report monthly", nil, func(p program) []string { return p.report("monthly", "2026-09") }},
}

func query(name string) measurement {
	return measurement{"query " + name, nil, func(p program) []string {
		return p.command("query", name, "--from", "2026-09-01", "--to", "2026-09-30", "--format", "csv")
	}}
}

func (p program) command(args ...string) []string {
	return append([]string{"--config", p.home.Config}, args...)
}

func (p program) load(home *reports.Home) []string {
	return []string{"--config", home.Config, "load"}
}

func (p program) report(name, period string) []string {
	return p.command("report", name, "--period", period, "--out", filepath.Join(p.home.Data, name+".xlsx"))
}

// more writes the calls of one more day.
func (p program) more(round int) error {
	_, _, err := p.home.Write(reports.First.AddDate(0, 0, 30+round), 1, quickMore, quickCalls+round*quickMore)
	return err
}

// compare measures both programs in turn, in rounds, and prints how the medians of -callsheet relate to those of -before.
func compare(o options) error {
	parent, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(parent, "bench-quick-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	programs := []program{{callsheet: o.before}, {callsheet: o.callsheet}}
	for i := range programs {
		if err := programs[i].prepare(dir, strconv.Itoa(i)); err != nil {
			return err
		}
	}
	results := make([][]process.Results, len(measurements))
	for i := range results {
		results[i] = make([]process.Results, len(programs))
	}
	for round := range quickRounds {
		for i, m := range measurements {
			for k, p := range programs {
				if m.prepare != nil {
					if err := m.prepare(p, round); err != nil {
						return err
					}
				}
				r, err := process.Measure(append([]string{p.callsheet}, m.args(p)...)...)
				if err != nil {
					return err
				}
				results[i][k] = append(results[i][k], r)
			}
		}
	}
	fmt.Printf("%s, relative to %s: medians of %d rounds; %d calls; %s\n\n", o.callsheet, o.before, quickRounds, quickCalls, programs[0].home.Used())
	fmt.Println("| | time | processor time | memory |\n|---|---|---|---|")
	for i, m := range measurements {
		before, after := results[i][0].Median(), results[i][1].Median()
		fmt.Printf("| %s | %.2f | %.2f | %.2f |\n", m.name, after.Took.Seconds()/before.Took.Seconds(), after.CPU.Seconds()/before.CPU.Seconds(),
			float64(after.Memory)/float64(before.Memory))
	}
	fmt.Println()
	return collect(o, dir)
}

// prepare writes the deliveries and loads them.
func (p *program) prepare(dir, name string) (err error) {
	if p.callsheet, err = filepath.Abs(p.callsheet); err != nil {
		return err
	}
	var bulkErr error
	p.home, err = reports.NewHome(dir, "published-"+name, true)
	p.bulk, bulkErr = reports.NewHome(dir, "bulk-"+name, false)
	if err := errors.Join(err, bulkErr); err != nil {
		return err
	}
	for _, home := range []*reports.Home{p.home, p.bulk} {
		if _, _, err := home.Write(reports.First, 30, quickCalls, 0); err != nil {
			return err
		}
	}
	_, err = process.Measure(append([]string{p.callsheet}, p.load(p.home)...)...)
	return err
}

// collect measures the collectors and prints the ratios of what bench/collect prints.
func collect(o options, dir string) error {
	bench, err := build("collect", dir)
	if err != nil {
		return err
	}
	var names []string
	for name, path := range map[string]string{"before": o.before, "after": o.callsheet} { // bench/collect names servers by their files
		path, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		link := filepath.Join(dir, name)
		if err := os.Symlink(path, link); err != nil {
			return err
		}
		names = append(names, link)
	}
	command := exec.Command(bench, "-callsheet", strings.Join(names, ","), "-only", "callsheet", "-dir", dir, "-rounds", "7", "-during", "300ms")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return err
	}
	fmt.Println("| collecting, connections | requests/s |\n|---|---|")
	rates := map[string]float64{}
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		connections, name := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if rate, err := strconv.ParseFloat(strings.TrimSpace(cells[3]), 64); err == nil {
			rates[name] = rate
		}
		if len(rates) == 2 {
			fmt.Printf("| %s | %.2f |\n", connections, rates["after"]/rates["before"])
			clear(rates)
		}
	}
	return nil
}
