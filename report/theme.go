package report

import (
	"regexp"
	"strings"
)

// Theme is every colour and the typeface of a workbook. A definition changes what it names and keeps the
// rest. The defaults for text have a contrast of at least 4.5 : 1 on white and on pale.
type Theme struct {
	Font     string `yaml:"font"`
	Ink      string `yaml:"ink"`      // figures and text
	Grey     string `yaml:"grey"`     // what is said in passing
	Blue     string `yaml:"blue"`     // titles and rules
	Answered string `yaml:"answered"` // fills
	Missed   string `yaml:"missed"`
	Volume   string `yaml:"volume"` // columns behind a line
	Pale     string `yaml:"pale"`   // behind tiles
	Rule     string `yaml:"rule"`   // thin lines between rows
	Good     string `yaml:"good"`   // text of a change for the better
	Bad      string `yaml:"bad"`
	Bar      string `yaml:"bar"`     // data bars
	Heat     string `yaml:"heat"`    // the fullest cell of a heat map
	Concern  string `yaml:"concern"` // the fullest cell where more or less is worse
}

func defaultTheme() Theme {
	return Theme{
		Font: "Calibri", Ink: "1F2933", Grey: "56616D", Blue: "1F4E78",
		Answered: "2A9D8F", Missed: "C8553D", Volume: "B8C7DC",
		Pale: "F0F4F8", Rule: "D9E0E7", Good: "12695E", Bad: "A63D28",
		Bar: "A9D8D3", Heat: "6CBFB5", Concern: "E9A898",
	}
}

var hexColour = regexp.MustCompile(`^[0-9A-Fa-f]{6}$`)

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
		if !hexColour.MatchString(*colour.value) {
			c.add("$.theme."+colour.key, `write it as "1F4E78", in quotes: YAML reads some colours as numbers`,
				"%q is not a colour", *colour.value)
		}
	}
	if len(t.Font) == 0 || len(t.Font) > 31 {
		c.add("$.theme.font", "name a typeface every reader has, such as Calibri", "%q cannot be a typeface", t.Font)
	}
}
