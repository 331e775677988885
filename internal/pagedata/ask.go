package pagedata

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/page"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/queries"
)

// queryMemory is the memory of a query from the page before it spills to disk. Two can run beside the collector.
const queryMemory = "1GB"

// ask answers a question as callsheet sql and callsheet query do, in a child process.
func ask(ctx context.Context, p *pipeline.Pipeline, q page.Question, out io.Writer) (warning string, err error) {
	memory, err := shell.Limits{Memory: queryMemory}.ProcessMemory()
	if err != nil {
		return "", err
	}
	args := []string{"sql"}
	if q.Query != "" {
		args = []string{"query"}
		for name, value := range q.Arguments {
			flag := "--" + name + "=" + value
			if !pipeline.IsPeriodOrFilter(name) {
				flag = "--set=" + name + "=" + value
			}
			args = append(args, flag)
		}
	}
	args = append(args, "--format", q.Format, "--memory", queryMemory, "--max-rows", strconv.Itoa(q.MaxRows), "--")
	if q.Query != "" {
		args = append(args, q.Query)
	} else {
		args = append(args, q.SQL)
	}
	err = p.RunChild(ctx, child.Command{Args: args, Stdout: out, Memory: memory, Group: true})
	switch {
	case shell.IsOutOfMemory(err):
		return "", page.ErrQueryMemory
	case exitcode.Of(err) == exitcode.Warnings:
		return display.EscapeLines(err.Error()), nil
	case err != nil:
		return "", errors.New(display.EscapeLines(err.Error()))
	}
	return "", nil
}

// namedQueries returns the named queries that the page offers: those that can be used.
func namedQueries(p *pipeline.Pipeline) (list []page.NamedQuery) {
	for _, query := range queries.All(queries.User(p.Config.UserQueries())) {
		if query.Err != nil {
			continue // check reports it
		}
		named := page.NamedQuery{Name: query.Name, Meaning: display.Escape(query.Doc())}
		required := pipeline.MissingParameters(query, nil)
		for _, name := range pipeline.ParametersToSet(query) {
			named.Parameters = append(named.Parameters, page.Parameter{Name: name, Required: slices.Contains(required, name)})
		}
		list = append(list, named)
	}
	return list
}
