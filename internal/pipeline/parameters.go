package pipeline

import (
	"slices"

	"callsheet/queries"
)

// ParametersToSet returns the parameters of a query without the one with which reports limit the built-in queries; --columns is for users.
func ParametersToSet(query queries.File) []string {
	return slices.DeleteFunc(query.Parameters(), func(name string) bool { return name == "metrics" && query.Path == "" })
}

// IsPeriodOrFilter reports whether a parameter is set by the period or a filter: it has a flag of its own.
func IsPeriodOrFilter(name string) bool {
	return slices.Contains([]string{"from", "to", "since"}, name) || slices.Contains(queries.Filters, name)
}

// MissingParameters returns the parameters of a user query that it needs and that were not given.
func MissingParameters(query queries.File, arguments map[string]any) (missing []string) {
	if query.Path == "" {
		return nil
	}
	for _, name := range query.Required() {
		if _, given := arguments[name]; !given && !IsPeriodOrFilter(name) {
			missing = append(missing, name)
		}
	}
	return missing
}
