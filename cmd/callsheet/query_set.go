package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/pipeline"
	"callsheet/internal/suggest"
	"callsheet/queries"
)

// setArguments adds the arguments of --set: parameters of the query that no other flag sets.
func setArguments(arguments map[string]any, query queries.File, set []string) error {
	given := map[string]bool{}
	for _, pair := range set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("--set %s has no =\nhint: write it as --set minutes=10", pair)
		}
		if given[name] {
			return fmt.Errorf("--set %s is given twice\nhint: leave one of them out", name)
		}
		given[name] = true
		_, exists := arguments[name]
		if exists || slices.Contains(queries.Filters, name) {
			return fmt.Errorf("--set %s: the period and the filters set this parameter", name)
		}
		if !slices.Contains(pipeline.ParametersToSet(query), name) {
			return fmt.Errorf("query %s has no parameter %q%s", query.Name, name, parametersHint(query, name))
		}
		arguments[name] = value
	}
	return nil
}

func parametersHint(query queries.File, name string) string {
	own := slices.DeleteFunc(pipeline.ParametersToSet(query), pipeline.IsPeriodOrFilter)
	if len(own) == 0 {
		return "\nhint: it has none; the period and the filters have flags"
	}
	return suggest.Hint(name, own, "its parameters are")
}

// needsSet returns the error for missing parameters, with a command line that works.
func (a *app) needsSet(ctx context.Context, p *pipeline.Pipeline, query queries.File, arguments map[string]any, missing []string) error {
	command := "callsheet"
	if a.configPath != defaultConfig() {
		command += " --config " + shellWord(a.configPath)
	}
	command += " query " + query.Name
	for _, pair := range a.exampleValues(ctx, p, query, arguments, missing) {
		command += " --set " + shellWord(pair)
	}
	return fmt.Errorf("query %s needs a value for %s\nhint: %s", query.Name, strings.Join(missing, " and "), command)
}

// exampleTimeout limits the search for values with which a query runs: the error must not take as long as the query.
const exampleTimeout = 2 * time.Second

// exampleValues returns values with which the query runs, as NAME=VALUE: numbers, days or words, whichever it takes. If none are found in
// time, they are the most likely ones.
func (a *app) exampleValues(ctx context.Context, p *pipeline.Pipeline, query queries.File, arguments map[string]any, missing []string) []string {
	kinds := [...]string{number: "10", day: fmt.Sprint(arguments["from"]), word: "Sales", clock: "09:00", truth: "true"}
	ctx, stop := context.WithTimeout(ctx, exampleTimeout)
	defer stop()
	tried, found := maps.Clone(arguments), false
	if reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{}); err == nil {
		defer reader.Close()
		runs := func() bool {
			err := reader.Query(ctx, query.Name, tried, func([]string) error { return nil }, func([]any) error { return io.EOF }) // one row is enough
			return err == nil || errors.Is(err, io.EOF)
		}
		var try func(names []string) bool
		try = func(names []string) bool {
			if len(names) == 0 {
				return ctx.Err() == nil && runs()
			}
			return slices.ContainsFunc(valuesOf(query, names[0], kinds), func(value string) bool {
				tried[names[0]] = value
				return try(names[1:])
			})
		}
		found = try(missing)
	}
	pairs := make([]string, len(missing))
	for i, name := range missing {
		if !found {
			tried[name] = valuesOf(query, name, kinds)[0]
		}
		pairs[i] = fmt.Sprintf("%s=%s", name, tried[name])
	}
	return pairs
}

// The kinds of values that a parameter can take.
const (
	number = iota
	day
	word
	clock
	truth
)

// castTypes are the kinds of the types that a query casts a parameter to.
var castTypes = []struct {
	types func() *regexp.Regexp
	kind  int
}{
	{lazyregexp.New(`^(date|timestamp)`), day}, {lazyregexp.New(`^time`), clock}, {lazyregexp.New(`^bool`), truth},
	{lazyregexp.New(`^(varchar|text|string)`), word}, {lazyregexp.New(`int|double|float|decimal|numeric|real`), number},
}

// valuesOf returns the values to try for a parameter: the one of the type that the query casts it to, else one of each kind.
func valuesOf(query queries.File, name string, kinds [5]string) []string {
	cast := regexp.MustCompile(`(?i)\$` + name + `\s*(?:::|\bas\b)\s*(\w+)`).FindStringSubmatch(query.SQL)
	if cast == nil {
		return kinds[:]
	}
	for _, c := range castTypes {
		if c.types().MatchString(strings.ToLower(cast[1])) {
			return kinds[c.kind : c.kind+1]
		}
	}
	return kinds[:]
}

var plainWord = lazyregexp.New(`^[\w@%+=:,./-]+$`)

// shellWord quotes a word for a shell, if it needs that.
func shellWord(word string) string {
	if plainWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
