package report

import (
	"strings"

	"callsheet/internal/lazyregexp"
	"callsheet/report/xlsx"
)

// A Theme has the colours and the font of a workbook. A definition overrides some of the defaults. The default text colours have a
// contrast of at least 4.5 : 1 on white and on Pale.
type Theme struct {
	Font     string `yaml:"font"`
	Ink      string `yaml:"ink"`      // of text and figures
	Grey     string `yaml:"grey"`     // of secondary text
	Blue     string `yaml:"blue"`     // of titles and lines
	Answered string `yaml:"answered"` // of answered calls in charts
	Missed   string `yaml:"missed"`   // of missed calls: darker than those answered, in grey print too
	Volume   string `yaml:"volume"`   // of columns behind a line
	Pale     string `yaml:"pale"`     // behind tiles and cards
	Rule     string `yaml:"rule"`     // of thin lines between rows
	Good     string `yaml:"good"`     // of a change for the better
	Bad      string `yaml:"bad"`
	Bar      string `yaml:"bar"`     // of data bars
	Heat     string `yaml:"heat"`    // of the darkest cell of a heat map
	Concern  string `yaml:"concern"` // of the darkest cell of a heat map of a metric that can be bad
}

func defaultTheme() Theme {
	return Theme{
		Font: "Calibri", Ink: "1F2933", Grey: "56616D", Blue: "1F4E78",
		Answered: "2A9D8F", Missed: "8F2F1C", Volume: "B8C7DC",
		Pale: "F0F4F8", Rule: "D9E0E7", Good: "12695E", Bad: "A63D28",
		Bar: "A9D8D3", Heat: "6CBFB5", Concern: "E9A898",
	}
}

// options returns what all sheets of a workbook share.
func (t Theme) options(tempDir string) xlsx.Options {
	return xlsx.Options{Font: t.Font, TextColour: t.Ink, TempDir: tempDir}
}

var hexColour = lazyregexp.New(`^[0-9A-Fa-f]{6}$`)

func (t *Theme) validate(c *checker) {
	for _, colour := range []struct {
		key   string
		value *string
	}{
		{"ink", &t.Ink}, {"grey", &t.Grey}, {"blue", &t.Blue}, {"answered", &t.Answered}, {"missed", &t.Missed},
		{"volume", &t.Volume}, {"pale", &t.Pale}, {"rule", &t.Rule}, {"good", &t.Good}, {"bad", &t.Bad},
		{"bar", &t.Bar}, {"heat", &t.Heat}, {"concern", &t.Concern},
	} {
		*colour.value = strings.TrimPrefix(*colour.value, "#")
		if !hexColour().MatchString(*colour.value) {
			c.add("$.theme."+colour.key, `write it as "1F4E78", in quotes: YAML reads some colours as numbers`,
				"%q is not a colour", *colour.value)
		}
	}
	if len(t.Font) == 0 || len(t.Font) > 31 {
		c.add("$.theme.font", "name a font that every reader has, such as Calibri", "%q is not a font name", t.Font)
	}
}
