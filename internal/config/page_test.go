package config

import (
	"strings"
	"testing"

	"callsheet/internal/password"
)

func TestMistakesInPage(t *testing.T) {
	const users = `users: [{name: asha, role: viewer, groups: [Sales], password: x}]`
	for keys, want := range map[string]string{
		`listen: "8081"`:                             "page.listen: must be host:port",
		`listen: "0.0.0.0:8081"`:                     "page.listen: without page.users",
		`listen: ":8081"`:                            "page.listen: without page.users",
		`listen: "0.0.0.0:8081", ` + users:           "page.listen: sends passwords and calls unencrypted",
		`listen: "127.0.0.1:1", tls: {cert_file: x}`: "page.tls: needs both",
		users:                                         "page.users: does nothing without page.listen",
		`user_header: X-User`:                         "page.user_header: does nothing without page.listen",
		`trusted_proxies: [10.0.0.1]`:                 "page.trusted_proxies: does nothing without page.listen",
		`tls: {cert_file: x, key_file: y}`:            "page.tls: does nothing without page.listen",
		`listen: "[::1]:1", user_header: X-User`:      "page.user_header: needs page.trusted_proxies",
		`listen: "[::1]:1", user_header: "X User"`:    "page.user_header: is not the name of a header",
		`listen: "[::1]:1", trusted_proxies: [proxy]`: `page.trusted_proxies: "proxy" is not an address`,
		`session_time: 5s`:                            "page.session_time: 5s must be a minute or more",
		`longest_call: 48h`:                           "page.longest_call: 48h0m0s must be between",
		`lisen: x`:                                    `did you mean "listen"`,
		`listen: "[::1]:1", users: [{name: asha, role: vewer, password: x}]`:                                               `did you mean "viewer"`,
		`listen: "[::1]:1", users: [{name: asha, role: viewer, password: x}]`:                                              "page.users[0].groups: is missing",
		`listen: "[::1]:1", users: [{name: asha, role: analyst, groups: [Sales], password: x}]`:                            "page.users[0].groups: does nothing without role: viewer",
		`listen: "[::1]:1", users: [{name: asha, role: analyst}]`:                                                          "page.users[0]: needs password",
		`listen: "[::1]:1", users: [{name: asha, role: analyst, password: x, password_file: y}]`:                           "page.users[0].password_file: does nothing beside password",
		`listen: "[::1]:1", users: [{name: a b, role: analyst, password: x}]`:                                              "page.users[0].name: must be a name",
		`listen: "[::1]:1", users: [{name: "*", role: analyst, password: x}]`:                                              "page.users[0].name: * is every user",
		`listen: "[::1]:1", users: [{name: a, role: analyst, password: x}, {name: a, role: operator, password: x}]`:        `page.users[1].name: "a" is defined twice`,
		`listen: "[::1]:1", user_header: X-User, trusted_proxies: ["::1"], users: [{name: a, role: analyst, password: x}]`: "page.users[0].password: does nothing beside page.user_header",
	} {
		if _, err := Parse([]byte("page: {" + keys + "}\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", keys, err, want)
		}
	}
	for _, keys := range []string{
		`listen: "127.0.0.1:8081"`, `listen: "localhost:8081", ` + users,
		`listen: "0.0.0.0:8081", trusted_proxies: [10.0.0.1], ` + users,
		`listen: ":8081", tls: {cert_file: x, key_file: y}, users: [{name: asha@example.com, role: viewer, groups: ["*"], password_file: x}]`,
		`listen: ":8081", trusted_proxies: [10.0.0.1], user_header: X-Forwarded-User, users: [{name: "*", role: viewer, groups: [Sales]}]`,
	} {
		if _, err := Parse([]byte("page: {" + keys + "}\n")); err != nil {
			t.Errorf("%s: %v", keys, err)
		}
	}
}

func TestPasswordsAreHashes(t *testing.T) {
	good := password.New("correct horse")
	t.Setenv("PAGE_TEST_HASH", good)
	for text, want := range map[string]string{good: "", "${PAGE_TEST_HASH}": "", "XQZ-secret": "page.users[0].password: is not an argon2id hash"} {
		c, err := Parse([]byte(`page: {listen: "[::1]:1", users: [{name: a, role: analyst, password: "` + text + `"}]}` + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		hashes, err := c.ResolvePasswords()
		if want == "" && (err != nil || !hashes["a"].Matches("correct horse")) {
			t.Errorf("%s: %v", text, err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "XQZ")) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if text != "${PAGE_TEST_HASH}" && !c.HasSecrets() {
			t.Error("a hash in the configuration is not a secret")
		}
	}
}
