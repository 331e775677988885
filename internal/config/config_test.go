package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"callsheet/internal/yamlstrict"

	"github.com/goccy/go-yaml"
)

const small = `timezone: Asia/Kolkata
data_dir: ./data
collector:
  listen: 127.0.0.1:8080
  sources:
    - name: main
      tokens: ["${CALLSHEET_TEST_TOKEN}"]
business:
  short_abandon: 5s
  number_groups: {"01204000001": Sales}
reports:
  - name: daily
    schedule: "0 8 * * *"
    deliver:
      - folder: ./reports
`

func TestAFileWithoutValuesHasTheDefaults(t *testing.T) {
	want, err := Parse([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "\n", "# nothing yet\n", "---\n# nothing yet\n", "\ufeff# nothing yet\r\n"} {
		if c, err := Parse([]byte(text)); err != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("%q: %v\n%+v", text, err, c)
		}
	}
	if c, err := Parse([]byte("\ufeff" + small)); err != nil || c.Business.NumberGroups["01204000001"] != "Sales" {
		t.Errorf("with a byte order mark: %v", err)
	}
}

func TestExampleHasEveryKeyWithItsDefault(t *testing.T) {
	text, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	// The lists with examples are empty by default.
	c.Collector.Sources, c.Reports = nil, nil
	c.Collector.TrustedProxies, c.Business.Holidays, c.Business.Agents, c.Mail.AllowedDomains, c.Mail.OAuth2.Scopes, c.AlertTo = nil, nil, nil, nil, nil, nil
	c.Page.Users, c.Page.TrustedProxies = nil, nil
	c.Business.Hours, c.Business.NumberGroups, c.Business.Goals, c.Business.GroupGoals, c.Business.NumberGoals = nil, nil, nil, nil, nil
	if want := Default(); !reflect.DeepEqual(*c, want) {
		t.Errorf("the example's values are\n%+v\nand the defaults\n%+v", *c, want)
	}
	var written map[string]any
	if err := yaml.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	// These keys are only in comments, since an entry would not be a default.
	optional := []string{"number", "from", "to", "cc", "bcc", "reply_to", "recipients", "recipients_query", "url", "url_file", "shape", "webhook", "template", "method", "headers", "headers_file", "upload", "success", "channel", "summary"}
	for _, key := range yamlstrict.Keys(Config{}) {
		if !slices.Contains(optional, key) && !strings.Contains(string(text), key+":") {
			t.Errorf("the example lacks the key %s", key)
		}
	}
}

func TestSmallConfigGetsDefaults(t *testing.T) {
	c, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if c.Business.ServiceLevelTarget != 20*time.Second || c.Reports[0].Template != "daily" ||
		c.Reports[0].Period != "yesterday" || c.Collector.Sources[0].OutgoingCaller != "agent" {
		t.Errorf("defaults are missing: %+v", c)
	}
}

func TestMistakesAreReportedWithLineAndNearestKey(t *testing.T) {
	cases := map[string][]string{
		"timezone: Asia/Kolkata\ncollector:\n  lisen: 127.0.0.1:80\n":                                    {"line 3", `unknown key "lisen"`, `did you mean "listen"`},
		"data_dir: ./data\nreports: 5\n":                                                                 {"line 2"},
		"busines: {}\n":                                                                                  {"line 1", `did you mean "business"`},
		"business: {short_abandon: 5}\n":                                                                 {"line 1, short_abandon", "write 5s"},
		"business: {recovery_window: 1 day}\n":                                                           {"line 1, recovery_window", "hint: write 24h"},
		"business:\n  service_level_target: 20 sec\n":                                                    {"line 2, service_level_target", "hint: write 20s"},
		"reports: [{name: a, retry_for: 2}]\n":                                                           {"retry_for", "2h for hours"},
		"store: {memory_limit: 500}\n":                                                                   {"store.memory_limit", "write 500MB"},
		"store: {temp_limit: 20G}\n":                                                                     {"temp_limit", "hint: write 20GiB"},
		"mail: {max_attachment: 20 mb}\n":                                                                {"max_attachment", "hint: write 20MiB"},
		"business: {hours: {mon-fri: \"9-18\"}}\n":                                                       {"business.hours", "hint: write 09:00-18:00"},
		"reports: [{name: a, filters: {hours: \"09:00-09:00\"}}]\n":                                      {"reports[0].filters", "a span without a length", "hint: write when it ends"},
		"reports: [{name: a, filters: {hours: 9am-1pm}}]\n":                                              {"reports[0].filters", "hint: write 09:00-13:00"},
		"reports: [{name: a, filters: {direction: incomming}}]\n":                                        {"reports[0].filters", `did you mean "incoming"`},
		"business: {number_groups: {' ': Sales}}\n":                                                      {"business.number_groups", "has an entry without a name"},
		"reports: [{name: a, filters: {group: ' '}}]\n":                                                  {"reports[0].filters.group", "has only spaces"},
		"reports: [{name: a, only_if: ' '}]\n":                                                           {"reports[0].only_if", "has only spaces"},
		"reports: [{name: a, deliver: [{folder: \"\\t\"}]}]\n":                                           {"reports[0].deliver[0].folder", "has only spaces"},
		"mail: {host: h, from: a@b.example, allowed_domains: [b.example, '']}\n":                         {"mail.allowed_domains", "entry 2 is empty", "hint: leave it out"},
		"collector: {sources: [{name: main, nothing_values: ['']}]}\n":                                   {"nothing_values", "entry 1 is empty"},
		"reports: [{name: a, burst: agnet}]\n":                                                           {"reports[0].burst", `did you mean "agent"`},
		"reports: [{name: a, burst: grup}]\n":                                                            {"reports[0].burst", `did you mean "call_group"`},
		"reports: [{name: a, skip: [weekend]}]\n":                                                        {"reports[0].skip", `did you mean "weekends"`},
		"log: {level: warning}\n":                                                                        {"log.level", `did you mean "warn"`},
		"collector: {sources: [{name: main, date_order: dym}]}\n":                                        {"date_order", `did you mean "dmy"`},
		"reports: [{name: a, period: yesterdya}]\n":                                                      {"reports[0].period", "did you mean yesterday"},
		"business: {exclude_out_of_hours: true}\n":                                                       {"exclude_out_of_hours", "needs business.hours"},
		"timezone: Asia/Calcuta\n":                                                                       {"timezone", "Asia/Calcuta"},
		"reports: [{name: a, schedule: \"61 * * * *\"}]\n":                                               {"reports[0].schedule", `the minute "61" is wrong: expected 0 to 59`},
		"reports: [{name: a, schedule: \"0 25 * * *\"}]\n":                                               {"reports[0].schedule", `the hour "25"`},
		"reports: [{name: a, schedule: \"0 8 0 * *\"}]\n":                                                {"reports[0].schedule", `the day of month "0"`},
		"reports: [{name: a, schedule: \"0 8 * JANUARY *\"}]\n":                                          {"reports[0].schedule", `the month "JANUARY"`},
		"reports: [{name: a, schedule: \"0 8 * * MON-FUN\"}]\n":                                          {"reports[0].schedule", `the weekday "MON-FUN"`, "MON-FRI"},
		"reports: [{name: a, schedule: \"0 8 30 2 *\"}]\n":                                               {"reports[0].schedule", "is never due"},
		"reports: [{name: a, schedule: \"0 8 * *\"}]\n":                                                  {"reports[0].schedule", "expected minute hour day-of-month month weekday"},
		"reports: [{name: a, schedule: \"TZ=Asia/Kolkata\"}]\n":                                          {"reports[0].schedule", "timezone"},
		"reports: [{name: a, schedule: \" \"}]\n":                                                        {"reports[0].schedule", "expected minute"},
		"reports: [{name: a/b}]\n":                                                                       {"reports[0].name"},
		"reports: [{name: a, burst: agent, deliver: [{folder: x, name: \"{report}-{period}.xlsx\"}]}]\n": {"reports[0].deliver[0].name", "{part}"},
		"reports: [{name: a, burst: agent, deliver: [{bucket: \"s3://x\", name: \"{report}.xlsx\"}]}]\n": {"reports[0].deliver[0].name", "{part}"},
		"reports: [{name: a, deliver: [{folder: x, name: l.xlsx}]}, {name: b, deliver: [{folder: ./x/, name: L.xlsx}]}]\n":                                       {"reports[1].deliver[0]", "reports[0].deliver[0]"},
		"reports: [{name: a, deliver: [{folder: x/y, name: \"{period}.xlsx\"}]}, {name: b, period: today, deliver: [{folder: x, name: \"y/{period}.xlsx\"}]}]\n": {"reports[1].deliver[0]", "the same file"},
		"reports: [{name: a}, {name: a}]\n":                                                                                                {"reports[1].name", "twice"},
		"reports: [{name: a, filters: {grup: x}}]\n":                                                                                       {"reports[0].filters", "group"},
		"reports: [{name: a, deliver: [{}]}]\n":                                                                                            {"deliver[0]", "folder"},
		"business: {short_abandon: 4500ms}\n":                                                                                              {"business.short_abandon: 4.5s is not a whole number of seconds", "hint: write 4s or 5s"},
		"business: {service_level_target: 20.5s}\n":                                                                                        {"business.service_level_target: 20.5s is not a whole number of seconds", "hint: write 20s or 21s"},
		"business: {recovery_window: 24h0m0.001s}\n":                                                                                       {"business.recovery_window: 24h0m0.001s is not a whole number of seconds"},
		"business: {short_abandon: 500ms}\n":                                                                                               {"business.short_abandon: 500ms is not a whole number of seconds", "hint: write 1s"},
		"business: {short_abandon: 0s, recovery_window: -1h}\n":                                                                            {"business.short_abandon: must be a positive duration", "business.recovery_window: must be"},
		"business: {hours: {mo-fri: \"09:00-18:00\"}}\n":                                                                                   {"business.hours", "mo-fri"},
		"business: {hours: {mon-fri: \"09:00-18:00\", fri: \"09:00-12:00\"}}\n":                                                            {"business.hours", "fri is open 09:00-12:00 and 09:00-18:00, which overlap"},
		"business: {hours: {mon: \"09:00-13:00, 12:00-18:00\"}}\n":                                                                         {"business.hours", "hint: the hours of all entries with a day add up"},
		"business: {hours: {mon-fri: \"18:00-09:00\"}}\n":                                                                                  {"business.hours", "18:00-09:00", "hint: write 00:00-09:00, 18:00-24:00; the hours after midnight are those of the next day"},
		"business: {hours: {sat: \"22:00-00:00\"}}\n":                                                                                      {"business.hours", "hint: write 22:00-24:00"},
		"business: {hours: {sat-mon: \"09:00-18:00\"}}\n":                                                                                  {"business.hours", "hint: write two entries: sat-sun and mon"},
		"business: {hours: {sun-tue: \"09:00-18:00\"}}\n":                                                                                  {"business.hours", "hint: write two entries: sun and mon-tue"},
		"business: {agents: [{number: \"1\", name: A}, {number: \"1\", name: B}]}\n":                                                       {"agents[1]", "agents[0]"},
		"business: {number_groups: {\"01204000001\": Sales, \"+91 120 4000001\": Support}}\n":                                              {"business.number_groups", "are the same number"},
		"business: {agents: [{number: \"sip:9280000001@pbx\", name: A}, {number: \"09280000001\", name: B}]}\n":                            {"agents[1]", "agents[0]"},
		"business: {number_groups: {\"01204000001\": \"\"}}\n":                                                                             {"business.number_groups.01204000001: needs the name of a group", "hint: leave the number out"},
		"business: {number_groups: {\"01204000001\": \" \"}}\n":                                                                            {"business.number_groups.01204000001: needs the name of a group"},
		"business: {number_groups: {0120xxxx: Sales}}\n":                                                                                   {"business.number_groups.0120xxxx: matches no call: the number is masked", "hint: write all its digits"},
		"business: {number_groups: {0120_4000_001: Sales}}\n":                                                                              {"business.number_groups.0120_4000_001: matches no call: it is no phone number", "hint: write its digits"},
		"business: {number_groups: {\"+91 120\": Sales}}\n":                                                                                {"matches no call: it is no phone number"},
		"business: {number_groups: {\"\": Sales}}\n":                                                                                       {"business.number_groups.: matches no call"},
		"business: {number_groups: {\"0000000000\": Sales}}\n":                                                                             {"matches no call"},
		"business: {number_groups: {\"01204000001, 01204000002\": Sales}}\n":                                                               {"matches no call"},
		"business: {number_groups: {9.28E+09: Sales}}\n":                                                                                   {"matches no call"},
		"business: {number_goals: {0120xxxx: {answer_rate: 0.9}}}\n":                                                                       {"business.number_goals.0120xxxx: matches no call: the number is masked"},
		"business: {agents: [{number: \"anonymous\", name: A}]}\n":                                                                         {"business.agents[0].number: matches no call: it is no phone number"},
		"business: {agents: [{number: 98xxxx3210, name: A}]}\n":                                                                            {"business.agents[0].number: matches no call: the number is masked"},
		"business: {agents: [{number: \"9280000001\", name: \" \"}]}\n":                                                                    {"business.agents[0]: needs number and name"},
		"business: {agents: [{number: \"9280000001\", name: A, from: \"2026-06-01\", to: \"2026-01-01\"}]}\n":                              {"business.agents[0]: is never in force: from 2026-06-01 is after to 2026-01-01", "hint: swap them"},
		"reports: [{name: a, filters: {group: \" \"}}]\n":                                                                                  {"reports[0].filters: group is empty", "hint: leave it out"},
		"mail: {host: a, from: a@b.example}\nreports: [{name: a, burst: agent, deliver: [{mail: {recipients: {\"\": [a@b.example]}}}]}]\n": {"reports[0].deliver[0].mail.recipients: needs the name of a part", "hint: to gets every part"},
		"business: {goals: {answr_rate: 0.8}}\n":                                                                                           {"business.goals", `unknown metric "answr_rate"`, `did you mean "answer_rate"`},
		"business: {goals: {answer_rate: 85%}}\n":                                                                                          {"line 1, goals", "write 0.85"},
		"business: {goals: {answer_rate: \"92.5 %\"}}\n":                                                                                   {"line 1, goals", "write 0.925"},
		"business: {goals: {answer_rate: 85}}\n":                                                                                           {"business.goals.answer_rate", "0 to 1", "write 0.85"},
		"business: {goals: {abandon_rate: -0.1}}\n":                                                                                        {"business.goals.abandon_rate", "0 to 1"},
		"business: {goals: {answer_rate: high}}\n":                                                                                         {"line 1, goals", "expected a number"},
		"business: {goals: {answer_rate: .nan}}\n":                                                                                         {"line 1, goals", "expected a number"},
		"business: {goals: {avg_wait_seconds: 20s}}\n":                                                                                     {"line 1, goals", "write 20"},
		"business: {goals: {avg_wait_seconds: -1}}\n":                                                                                      {"business.goals.avg_wait_seconds", "negative"},
		"business: {goals: {talk_seconds: 5}}\n":                                                                                           {"business.goals", "talk_seconds cannot have a goal", "neither"},
		"business: {goals: {missed: 5}}\n":                                                                                                 {"business.goals", "missed cannot have a goal", "grows with the period", "answer_rate"},
		"business: {group_goals: {Sales: {}}}\n":                                                                                           {"business.group_goals.Sales", "has no goals"},
		"business: {group_goals: {Sales: {anser_rate: 1}}}\n":                                                                              {"business.group_goals.Sales", `did you mean "answer_rate"`},
		"business: {group_goals: {Sales: 0.9}}\n":                                                                                          {"group_goals", "expected keys with values"},
		"business: {number_goals: {\"01204000001\": {answer_rate: 2}}}\n":                                                                  {"business.number_goals.01204000001.answer_rate", "0 to 1"},
		"business: {number_goals: {\"01204000001\": {answer_rate: 1}, \"+911204000001\": {answer_rate: 1}}}\n":                             {"business.number_goals", "are the same number"},
		"reports: [{name: a, only_if: below_goal}]\n":                                                                                      {"reports[0].only_if", "below_goal is never true", "business.goals"},
		"reports: [{name: a, only_if: \"offered > 50 and Below_Goal\"}]\n":                                                                 {"reports[0].only_if", "below_goal is never true"},
		"business: {goals: {agent_answer_rate: 1}}\nreports: [{name: a, only_if: below_goal}]\n":                                           {"reports[0].only_if", "below_goal is never true"},
		"business: {group_goals: {Sales: {answer_rate: 1}}}\nreports: [{name: a, only_if: below_goal}]\n":                                  {"reports[0].only_if", "below_goal is never true"},
		"business: {goals: {answer_rate: 1}}\nreports: [{name: a, only_if: service_level_to_goal < -0.1}]\n":                               {"reports[0].only_if", "service_level has no goal"},
		"collector: {listen: 8080}\n":                                                                                                      {"collector.listen"},
		"collector: {sources: [{name: main, allow: [nowhere]}]}\n":                                                                         {"allow", "nowhere"},
		"collector: {limits: {max_body: lots}}\n":                                                                                          {"line 1, max_body", "8MiB"},
		"collector:\n  limits: {wait: soon}\n":                                                                                             {"line 2, wait", "such as 5s"},
		"collector:\n  limits: {wait: 5}\n":                                                                                                {"line 2, wait", "such as 5s"},
	}
	for text, wants := range cases {
		_, err := Parse([]byte(text))
		if err == nil {
			t.Errorf("accepted:\n%s", text)
			continue
		}
		for _, want := range wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: the error lacks %q:\n%v", text, want, err)
			}
		}
	}
}

func TestConditionsAboutGoalsThatTheReportHasAreValid(t *testing.T) {
	for _, text := range []string{
		"business: {goals: {answer_rate: 0.85}}\nreports: [{name: a, only_if: below_goal and offered > 20}]\n",
		"business: {group_goals: {Sales: {answer_rate: 1}}}\nreports: [{name: a, filters: {group: Sales}, only_if: below_goal}]\n",
		"business: {number_goals: {\"01204000001\": {recovery_rate: 0}}}\nreports: [{name: a, filters: {number: +91 1204000001}, only_if: recovery_rate_to_goal < 0}]\n",
		"business: {goals: {answer_rate: 1}}\nreports: [{name: a, only_if: \"offered > 5 -- below_goal\"}]\n",
		"reports: [{name: a, only_if: \"'below_goal' = 'x' or calls > 5\"}]\n",
	} {
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestNumbersAreWrittenInManyWays: short numbers and addresses are numbers too.
func TestNumbersAreWrittenInManyWays(t *testing.T) {
	for _, number := range []string{"01204000001", "+91 120 4000001", "0091-120-4000001", "(0120) 400-0001", "1204000001", "101", "9280000001.0", "=\"01204000001\"", "'9280000001",
		"<9280000001>", "tel:+911204000001", "sip:9280000001@pbx", "101@10.0.0.5", "Desk 7 <9280000001>", "101-desk", "बिक्री", " 01204000001"} {
		text := fmt.Sprintf("business:\n  number_groups: {%[1]q: Sales}\n  number_goals: {%[1]q: {answer_rate: 0.9}}\n  agents: [{number: %[1]q, name: A, from: \"2026-06-01\", to: \"2026-06-01\"}]\n", number)
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", number, err)
		}
	}
}

// TestAgentsOfOneServerAreNotOne: an address is not a number, whatever digits the name of its server has.
func TestAgentsOfOneServerAreNotOne(t *testing.T) {
	text := "business: {agents: [{number: \"sip:1001@192.168.100.200\", name: A}, {number: \"sip:1002@192.168.100.200\", name: B}]}\n"
	if _, err := Parse([]byte(text)); err != nil {
		t.Error(err)
	}
}

func TestAWrongZoneIsOneError(t *testing.T) {
	_, err := Parse([]byte("timezone: Asia/Calcuta\nreports: [{name: a}, {name: b}]\n"))
	if err == nil || strings.Count(err.Error(), "Asia/Calcuta") != 1 {
		t.Errorf("%v", err)
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Data("spool"), filepath.Join(dir, "data", "spool"); got != want {
		t.Errorf("spool: got %s, want %s", got, want)
	}
}

func TestSecretsComeFromTheEnvironmentOrAFile(t *testing.T) {
	c, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	source := c.Collector.Sources[0]
	if _, err := c.ResolveTokens(source); err == nil || !strings.Contains(err.Error(), "CALLSHEET_TEST_TOKEN is not set") {
		t.Errorf("an unset variable: %v", err)
	}
	t.Setenv("CALLSHEET_TEST_TOKEN", "from-the-environment")
	source.TokensFile = filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(source.TokensFile, []byte("from-the-file\nand-another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens, err := c.ResolveTokens(source)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"from-the-environment", "from-the-file", "and-another"}; !slices.Equal(tokens, want) {
		t.Errorf("got %q, want %q", tokens, want)
	}
}

func TestASourceWithoutTokensIsAMistakeUnlessTheListIsEmpty(t *testing.T) {
	c, err := Parse([]byte("collector: {sources: [{name: main}, {name: closed, tokens: []}]}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ResolveTokens(c.Collector.Sources[0]); err == nil || !strings.Contains(err.Error(), "source main has no token") {
		t.Errorf("%v", err)
	}
	if tokens, err := c.ResolveTokens(c.Collector.Sources[1]); err != nil || len(tokens) > 0 {
		t.Errorf("%q, %v", tokens, err)
	}
}

func TestErrorsDoNotShowThePathOfASecretFile(t *testing.T) {
	c := Default()
	_, err := c.ResolveSecret("mail.password", "", "hunter2-hunter2")
	if err == nil || strings.Contains(err.Error(), "hunter") || !strings.Contains(err.Error(), "mail.password_file: ") {
		t.Errorf("%v", err)
	}
	if _, err = c.ResolveTokens(Source{Name: "main", TokensFile: "hunter2-hunter2"}); err == nil || strings.Contains(err.Error(), "hunter") {
		t.Errorf("%v", err)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	if got := Secret("hunter2-hunter2").String(); strings.Contains(got, "hunter") {
		t.Errorf("printed as %s", got)
	}
}

func TestHoursAreReadByDayAndRun(t *testing.T) {
	b := Business{Hours: map[string]string{"mon-tue": "09:00-13:00, 14:00-18:00", "sat": "10:00-24:00"}}
	got, err := b.OpenHours()
	if err != nil {
		t.Fatal(err)
	}
	want := []OpenSpan{{1, "09:00", "13:00"}, {1, "14:00", "18:00"}, {2, "09:00", "13:00"}, {2, "14:00", "18:00"}, {6, "10:00", "24:00"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNetworksAcceptIPv4MappedIPv6(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.9": "203.0.113.9/32", "203.0.113.0/24": "203.0.113.0/24", "2001:db8::/32": "2001:db8::/32",
		"::ffff:203.0.113.9": "203.0.113.9/32", "::ffff:10.0.0.0/104": "10.0.0.0/8", "::ffff:a00:0/104": "10.0.0.0/8",
		"::ffff:10.0.0.1/128": "10.0.0.1/32", "::ffff:0:0/96": "0.0.0.0/0", "::/0": "::/0", "fe80::1%eth0": "fe80::1/128",
	} {
		if network, err := ParseNetwork(text); err != nil || network.String() != want {
			t.Errorf("%s is read as %s, %v; want %s", text, network, err, want)
		}
	}
	for _, text := range []string{"", "10.0.0.0/33", "::ffff:10.0.0.0/129", "10.0.0", "a.example"} {
		if network, err := ParseNetwork(text); err == nil {
			t.Errorf("%q is read as %s", text, network)
		}
	}
}

func TestNamesOfPartsNeedABurst(t *testing.T) {
	for name, mistake := range map[string]bool{"{part}.xlsx": true, "{part}/x.xlsx": true, "a/{part}": true, "{part}{part}.xlsx": true, "{report}-{part}.xlsx": false, "x{part}/y.xlsx": false} {
		for burst, mistake := range map[string]bool{"": mistake, "burst: agent, ": false} {
			_, err := Parse([]byte("reports: [{name: a, " + burst + "deliver: [{folder: x, name: \"" + name + "\"}]}]\n"))
			if (err != nil) != mistake || err != nil && !strings.Contains(err.Error(), "reports[0].deliver[0].name: ") {
				t.Errorf("%s, %q: %v", name, burst, err)
			}
		}
	}
}

func TestReportsThatWriteTheSameFileAreMistakes(t *testing.T) {
	const s3 = "s3://calls?region=r&endpoint=https://s3.example.com"
	for _, c := range []struct {
		one, two string // channels
		same     bool
	}{
		{`{folder: /srv/calls, name: x.xlsx}`, `{bucket: "file:///srv/calls", name: x.xlsx}`, true},
		{`{folder: /srv/calls, name: a/x.xlsx}`, `{bucket: "file:///srv/calls?create_dir=true&prefix=a/", name: X.xlsx}`, true},
		{`{bucket: "` + s3 + `", name: a/x.xlsx}`, `{bucket: "` + s3 + `&prefix=a/", name: x.xlsx}`, true},
		{`{bucket: "` + s3 + `", name: x.xlsx}`, `{bucket: "s3://calls?endpoint=https://s3.example.com&region=r", name: x.xlsx}`, true},
		{`{folder: /srv, name: "{filters}.xlsx"}`, `{folder: /srv, name: "{filters}.xlsx"}`, false},
		{`{bucket: "` + s3 + `", name: x.xlsx}`, `{bucket: "` + s3 + `&prefix=b/", name: x.xlsx}`, false},
		{`{bucket: "` + s3 + `", name: x.xlsx}`, `{bucket: "s3://calls?region=r&endpoint=https://other.example.com", name: x.xlsx}`, false},
		{`{bucket: "` + s3 + `", name: x.xlsx}`, `{bucket: "gs://calls", name: x.xlsx}`, false},
	} {
		text := "reports: [{name: a, filters: {direction: incoming}, deliver: [" + c.one + "]}, {name: b, deliver: [" + c.two + "]}]\n"
		if _, err := Parse([]byte(text)); (err != nil) != c.same || err != nil && !strings.Contains(err.Error(), "reports[1].deliver[0]: writes the same file") {
			t.Errorf("%s, %s: %v", c.one, c.two, err)
		}
	}
}

func TestReportsThatShareAFolderUnderDifferentNamesAreValid(t *testing.T) {
	for _, text := range []string{
		"reports: [{name: a, deliver: [{folder: x}]}, {name: b, deliver: [{folder: x}]}]\n",
		"reports: [{name: a, deliver: [{folder: x, name: latest.xlsx}, {folder: x, name: latest.xlsx}]}]\n",
		"reports: [{name: a, deliver: [{folder: x, name: \"{period}.xlsx\"}]}, {name: b, period: last-week, deliver: [{folder: x, name: \"{period}.xlsx\"}]}]\n",
		"reports: [{name: a, burst: agent, deliver: [{folder: x, name: \"{part}/latest.xlsx\"}, {folder: y}]}]\n",
	} {
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
