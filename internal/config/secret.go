package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
)

// Secret is a text that may contain environment variables as ${NAME}. It prints as ***, so that logs do not show it.
type Secret string

var variable = lazyregexp.New(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// Resolve replaces each ${NAME} with the variable's value. key is the configuration key, for error messages.
func (s Secret) Resolve(key string) (string, error) {
	var missing string
	text := variable().ReplaceAllStringFunc(string(s), func(match string) string {
		name := match[2 : len(match)-1]
		value, ok := os.LookupEnv(name)
		if !ok || value == "" {
			missing = name
		}
		return value
	})
	if missing != "" {
		return "", fmt.Errorf("%s: environment variable %s is not set\nhint: export %s=… before starting, or write the value into a file and set its path in a …_file key",
			key, missing, missing)
	}
	return text, nil
}

// isLiteral reports whether a secret is written in the configuration itself, and not only as a variable.
func (s Secret) isLiteral() bool { return variable().ReplaceAllString(string(s), "") != "" }

// HasSecrets reports whether the configuration itself has tokens, authcodes, a password or its hash, or URLs of webhooks, which are as good as passwords.
func (c *Config) HasSecrets() bool {
	secrets := []Secret{c.Mail.Password, c.Mail.OAuth2.ClientSecret, c.Mail.OAuth2.RefreshToken}
	if c.Store.Lake.hasPassword() {
		secrets = append(secrets, c.Store.Lake.Catalog)
	}
	for _, source := range c.Collector.Sources {
		secrets = append(secrets, source.Tokens...)
		if source.VendorAPI != nil {
			secrets = append(secrets, source.VendorAPI.Authcode, source.VendorAPI.Secret)
		}
	}
	for _, report := range c.Reports {
		secrets = append(secrets, report.Heartbeat)
	}
	for _, user := range c.Page.Users {
		secrets = append(secrets, user.Password)
	}
	for _, webhook := range c.Webhooks() {
		if webhook.URL != slackAPI {
			secrets = append(secrets, webhook.URL)
		}
		secrets = append(secrets, slices.Collect(maps.Values(webhook.Headers))...)
	}
	return slices.ContainsFunc(secrets, Secret.isLiteral)
}

// SecretFile is the file of a key.
type SecretFile struct{ Key, Path string }

// SecretFiles returns the files with secrets that the configuration names.
func (c *Config) SecretFiles() (files []SecretFile) {
	add := func(key, path string) {
		if path != "" {
			files = append(files, SecretFile{key, c.Path(path)})
		}
	}
	add("collector.tls.key_file", c.Collector.TLS.KeyFile)
	for i, source := range c.Collector.Sources {
		add(fmt.Sprintf("collector.sources[%d].tokens_file", i), source.TokensFile)
		if source.VendorAPI != nil {
			add(fmt.Sprintf("collector.sources[%d].vendor_api.authcode_file", i), source.VendorAPI.AuthcodeFile)
			add(fmt.Sprintf("collector.sources[%d].vendor_api.secret_file", i), source.VendorAPI.SecretFile)
		}
	}
	add("store.lake.password_file", c.Store.Lake.PasswordFile)
	add("page.tls.key_file", c.Page.TLS.KeyFile)
	for i, user := range c.Page.Users {
		add(fmt.Sprintf("page.users[%d].password_file", i), user.PasswordFile)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Webhooks())) {
		add(key+".url_file", c.Webhooks()[key].URLFile)
		add(key+".headers_file", c.Webhooks()[key].HeadersFile)
	}
	add("mail.password_file", c.Mail.PasswordFile)
	add("mail.oauth2.client_secret_file", c.Mail.OAuth2.ClientSecretFile)
	add("mail.oauth2.refresh_token_file", c.Mail.OAuth2.RefreshTokenFile)
	return files
}

// ResolveSecret returns a secret from the configuration or, if it is empty there, from its file. key is the configuration key, for
// error messages.
func (c *Config) ResolveSecret(key string, secret Secret, file string) (string, error) {
	if secret != "" || file == "" {
		return secret.Resolve(key)
	}
	text, err := c.readSecretFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_file: %w", key, err)
	}
	if secret := strings.TrimSpace(string(text)); secret != "" {
		return secret, nil
	}
	return "", fmt.Errorf("%s_file: the file is empty", key)
}

// readSecretFile reads the file of a …_file key. Its error does not contain the path, since a user may have set the key to the secret.
func (c *Config) readSecretFile(path string) ([]byte, error) {
	text, err := os.ReadFile(c.Path(path))
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("reading the file: %w\nhint: the key is a path, relative to the configuration", failed.Err)
	}
	return text, err
}

// ResolveTokens returns a source's tokens, those of the configuration and those of its file; none of a closed one.
func (c *Config) ResolveTokens(source Source) ([]string, error) {
	var tokens []string
	for i, secret := range source.Tokens {
		token, err := secret.Resolve(fmt.Sprintf("source %s, tokens[%d]", source.Name, i))
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	if source.TokensFile != "" {
		text, err := c.readSecretFile(source.TokensFile)
		if err != nil {
			return nil, fmt.Errorf("source %s, tokens_file: %w", source.Name, err)
		}
		tokens = append(tokens, strings.Fields(string(text))...)
	}
	if len(tokens) == 0 && !source.IsClosed() {
		return nil, fmt.Errorf("source %s has no token\nhint: set tokens or tokens_file; callsheet init creates a token; tokens: [] refuses all deliveries", source.Name)
	}
	for _, token := range tokens {
		if len(token) < minToken || strings.ContainsAny(token, "/?#%& ") {
			return nil, fmt.Errorf("source %s: a token must have at least %d characters and none of / ? # %% & or space, since it is part of the URL\nhint: callsheet init creates a token",
				source.Name, minToken)
		}
	}
	return tokens, nil
}

// minToken is the minimum length of a token, so that it cannot be guessed; init creates longer ones.
const minToken = 8
