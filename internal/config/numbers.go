package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/period"
	"callsheet/internal/phone"
)

func (b *Business) validateNumbers(add adder) {
	seen := map[string]string{} // number by phone
	for _, number := range slices.Sorted(maps.Keys(b.NumberGroups)) {
		key := "business.number_groups." + number
		checkNumber(add, key, number)
		if strings.TrimSpace(b.NumberGroups[number]) == "" {
			add(key, "needs the name of a group\nhint: leave the number out if it has none")
		}
		if other, known := seen[phone.Key(number)]; known {
			add("business.number_groups", "%s and %s are the same number", other, number)
		}
		seen[phone.Key(number)] = number
	}
}

func (b *Business) validateAgents(add adder) {
	entries := map[string][]int{} // of agents, by phone
	for i, agent := range b.Agents {
		key := fmt.Sprintf("business.agents[%d]", i)
		if agent.Number == "" || strings.TrimSpace(agent.Name) == "" {
			add(key, "needs number and name")
		} else {
			checkNumber(add, key+".number", agent.Number)
		}
		for _, day := range []string{agent.From, agent.To} {
			if _, err := period.ParseDay(day); day != "" && err != nil {
				add(key, "%v", err)
			}
		}
		if agent.From != "" && agent.To != "" && agent.From > agent.To {
			add(key, "is never in force: from %s is after to %s\nhint: swap them; both days are included", agent.From, agent.To)
			continue
		}
		number := phone.Key(agent.Number)
		for _, j := range entries[number] {
			if agent.overlaps(b.Agents[j]) {
				add(key, "has the number of agents[%d] on the same days; end that entry with to before the from of this one", j)
			}
		}
		entries[number] = append(entries[number], i)
	}
}

// overlaps reports whether two entries have a day in common. Days compare as text.
func (a Agent) overlaps(b Agent) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}

var (
	nonDigits    = lazyregexp.New(`\D+`)
	shortNumber  = lazyregexp.New(`^[0-9]{2,9}$`)
	spacedNumber = lazyregexp.New(`^[0-9+() .-]*$`)
)

// checkNumber reports a number that no call can have: one of which phone_key in queries/base/agents.sql is NULL. A call can have a short number
// or an address, such as sip:desk@pbx.
func checkNumber(add adder, key, number string) {
	plain := strings.TrimFunc(number, func(r rune) bool { return strings.ContainsRune(`="'<>`, r) || unicode.In(r, unicode.Z, unicode.C) })
	digits := nonDigits().ReplaceAllString(plain, "")
	switch {
	case phone.IsMasked(plain):
		add(key, "matches no call: the number is masked\nhint: write all its digits")
	case spacedNumber().MatchString(plain):
		isLong := len(digits) >= 10 && len(digits) <= 15 && !phone.HasExtraDigits(plain) && strings.Trim(digits[len(digits)-10:], digits[len(digits)-1:]) != ""
		if !isLong && !shortNumber().MatchString(number) {
			add(key, "matches no call: it is no phone number\nhint: write its digits, as in 01204000001")
		}
	case !phone.Identifies(plain), !strings.ContainsFunc(plain, func(r rune) bool { return r == '@' || unicode.IsLetter(r) }):
		add(key, "matches no call: it is no phone number\nhint: write its digits in quotes, as in \"01204000001\"")
	}
}
