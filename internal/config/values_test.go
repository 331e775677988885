package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestValuesThatCannotWorkAreRefused: they were accepted, and did something else or failed when they were used.
func TestValuesThatCannotWorkAreRefused(t *testing.T) {
	long := strings.Repeat("a", maxName+1)
	for text, want := range map[string]string{
		"business: {goals: {answer_rate: }}":                                     "line 1, goals: expected a number; this is empty",
		"business: {group_goals: {Support: {answer_rate: ~}}}":                   "line 1, group_goals: expected a number; this is empty",
		"collector: {limits: {max_deliveries: 1.9}}":                             "line 1, max_deliveries: expected a whole number",
		"reports: [{name: a, schedule: \"0 8 * * *\", catch_up: 0.9}]":           "line 1, catch_up: expected a whole number",
		"reports: [{name: a, deliver: [{folder: x, keep: 1.9}]}]":                "line 1, keep: expected a whole number",
		"collector: {sources: [{name: main, vendor_api: {days_back: 1.9}}]}":     "line 1, days_back: expected a whole number",
		"store: {threads: -1}":                                                   "store.threads: -1 must be between 0 and 1024",
		"collector: {sources: [{name: main, tokens: [\"${TOKEN:-abcdefgh}\"]}]}": "collector.sources[0].tokens[0]: has a ${ that is no variable",
		"mail: {host: h, username: u, password: \"a${NAME\"}":                    "mail.password: has a ${ that is no variable",
		"data_dir: \"${DATA}\"":                                                  "data_dir: has ${, but only secrets can have variables",
		"reports: [{name: a, deliver: [{folder: \"${OUT}/x\"}]}]":                "reports[0].deliver[0].folder: has ${",
		"data_dir: ~/data": "data_dir: begins with ~/",
		"mail: {host: h, username: u, password_file: ~/secret}":                                                         "mail.password_file: begins with ~/",
		"collector: {sources: [{name: main, status_words: {ANSWER: busy}}]}":                                            "collector.sources[0].status_words: ANSWER always means answered and cannot be set",
		"collector: {sources: [{name: main, status_words: {\"busy (17)\": no_answer}}]}":                                "status_words: BUSY always means busy",
		"collector: {sources: [{name: main, import: {status_words: {No-Answer: busy}}}]}":                               "import.status_words: NOANSWER always means no_answer",
		"collector: {sources: [{name: main, status_words: {Lost (1): busy, lost: busy}}]}":                              "are the same word",
		"mail: {host: h, from: a@b.example, allowed_domains: [\"@b.com\"]}":                                             "mail.allowed_domains[0]: is not a domain",
		"mail: {host: h, from: a@b.example, allowed_domains: [b.com, x y]}":                                             "mail.allowed_domains[1]: is not a domain",
		"mail: {host: h, from: a@b.example}\nreports: [{name: a, deliver: [{mail: {to: [a@b.example], reply_to: x}}]}]": "reports[0].deliver[0].mail.reply_to: \"x\" is not a mail address",
		"mail: {host: h, from: a@b.example}\nreports: [{name: a, link: x, deliver: [{mail: {to: [a@b.example]}}]}]":     "reports[0].link: is not a URL",
		"collector: {listen: \"127.0.0.1:1\"}\npage: {listen: \"127.0.0.1:1\"}":                                         "page.listen: is the address of collector.listen\nhint: use another port",
		"collector: {listen: \"127.0.0.1:1\", admin_listen: \":1\"}":                                                    "collector.admin_listen: is the address of collector.listen",
		"collector: {id: " + long + "}":                                                                                 "collector.id: has 101 characters",
		"collector: {sources: [{name: " + long + "}]}":                                                                  "collector.sources[0].name: has 101 characters",
		"reports: [{name: " + long + "}]":                                                                               "reports[0].name: has 101 characters",
	} {
		if _, err := Parse([]byte(text + "\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n%v; want %q", text, err, want)
		}
	}
	for _, text := range []string{
		"collector: {sources: [{name: main, status_words: {Answered: answered, RECEIVED: busy, Busy signal: busy}}]}",
		"collector: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\"}\npage: {listen: \"127.0.0.1:0\"}",
		"collector: {listen: \"127.0.0.1:1\", admin_listen: \"127.0.0.2:1\"}\npage: {listen: \"127.0.0.1:2\"}",
		"mail: {host: h, from: a@b.example, allowed_domains: [b.example, bücher.example, intranet]}",
		"mail: {host: h, username: u, password: \"pa$word${NAME}\"}",
		"store: {threads: 4, memory_limit: }",
	} {
		if _, err := Parse([]byte(text + "\n")); err != nil {
			t.Errorf("%s:\n%v", text, err)
		}
	}
}

// TestWordsOfTheVendorAreThoseOfTheLoad: a word that cannot be set has its outcome in the SQL.
func TestWordsOfTheVendorAreThoseOfTheLoad(t *testing.T) {
	sql, err := os.ReadFile("../../queries/base/outcomes.sql")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for _, when := range regexp.MustCompile(`when p_word in \(([^)]*)\)\s*then '(\w+)'`).FindAllStringSubmatch(string(sql), -1) {
		for _, word := range regexp.MustCompile(`'(\w+)'`).FindAllStringSubmatch(when[1], -1) {
			known[word[1]] = when[2]
		}
	}
	for word, outcome := range vendorOutcomes {
		if known[word] != outcome || statusWord(word) != word {
			t.Errorf("%s is %s, and %s in the SQL", word, outcome, known[word])
		}
	}
}
