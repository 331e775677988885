package store

import (
	"strings"

	"callsheet/internal/spool"
)

// lineSources are the sources of the lines that are read, each with what reading its lines depends on.
type lineSources struct {
	byDefault []byte           // of lines without a source
	nothing   map[string]words // the texts that mean no value, by source; only sources with such texts
}

func newLineSources(settings Settings, defaultSource string) lineSources {
	sources := lineSources{byDefault: []byte(defaultSource), nothing: map[string]words{}}
	for _, source := range settings.Sources {
		for _, text := range source.NothingValues {
			if sources.nothing[source.Name] == nil {
				sources.nothing[source.Name] = words{}
			}
			sources.nothing[source.Name][strings.ToUpper(spool.TrimBlanks(text))] = true
		}
	}
	return sources
}

// words is a set of texts in upper case.
type words map[string]bool

func (w words) has(text string) bool { return len(w) > 0 && w[strings.ToUpper(text)] }
