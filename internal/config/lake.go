package config

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Lake is a DuckLake that many machines share. With one, there is no database file: loads write to it, and everybody reads it.
type Lake struct {
	Catalog            Secret `yaml:"catalog"` // postgres://user@host:5432/name?sslmode=verify-full
	PasswordFile       string `yaml:"password_file"`
	Data               string `yaml:"data"`                // a folder, or s3://bucket/path/?region=…
	ExtensionDirectory string `yaml:"extension_directory"` // of DuckDB's extensions

	MaintainEvery time.Duration `yaml:"maintain_every"` // by serve; 0 for not at all
}

// Enabled reports whether any key is set that says where the lake is.
func (l Lake) Enabled() bool { l.MaintainEvery = 0; return l != Lake{} }

// InBucket reports whether the rows are in a bucket.
func (l Lake) InBucket() bool { return strings.HasPrefix(l.Data, "s3://") }

// lakeParameters are those of the address of a bucket, as those of deliver.
var lakeParameters = []string{"region", "endpoint", "use_path_style"}

func (c *Config) validateLake(add adder) {
	l := c.Store.Lake
	if !l.Enabled() {
		return
	}
	switch _, _, err := parseCatalog(string(l.Catalog)); {
	case l.Catalog == "":
		add("store.lake.catalog", "is missing")
	case err != nil && variable().MatchString(string(l.Catalog)): // its value is checked when it is used
	case err != nil:
		add("store.lake.catalog", "%w", err)
	}
	if l.MaintainEvery < 0 {
		add("store.lake.maintain_every", "%v must not be negative; 0 is off", l.MaintainEvery)
	}
	address, isBucket := strings.CutPrefix(l.Data, "s3://")
	switch scheme, _, isURL := strings.Cut(l.Data, "://"); {
	case l.Data == "":
		add("store.lake.data", "is missing")
	case isURL && !isBucket:
		add("store.lake.data", "must be a folder or s3://bucket/path/, not %s://", scheme)
	case isBucket:
		bucket, parameters, _ := strings.Cut(address, "?")
		values, err := url.ParseQuery(parameters)
		if bucket == "" || bucket[0] == '/' || strings.ContainsAny(bucket, "@:#") || err != nil {
			add("store.lake.data", "must be a folder or s3://bucket/path/?region=…; the credentials are in the environment")
		}
		for parameter := range values {
			if !slices.Contains(lakeParameters, parameter) {
				add("store.lake.data", "has another parameter than "+strings.Join(lakeParameters, ", "))
			}
		}
	}
	if c.Collector.ID == "" {
		add("collector.id", "is missing; each machine that loads into a lake needs one of its own")
	}
}

var errCatalog = errors.New("must be postgres://user@host:5432/name, with PostgreSQL's own parameters after a ?, such as sslmode=verify-full")

// parseCatalog returns the address of a catalog without the password, and the password. Its errors do not contain the text, which may have one.
func parseCatalog(text string) (catalog *url.URL, password string, err error) {
	catalog, err = url.Parse(text)
	if err != nil || catalog.Scheme != "postgres" && catalog.Scheme != "postgresql" || len(strings.Trim(catalog.Path, "/")) == 0 || catalog.Fragment != "" {
		return nil, "", errCatalog
	}
	if catalog.User != nil {
		password, _ = catalog.User.Password()
		catalog.User = url.User(catalog.User.Username())
	}
	parameters := catalog.Query()
	if value := parameters.Get("password"); value != "" {
		password = value
		parameters.Del("password")
		catalog.RawQuery = parameters.Encode()
	}
	return catalog, password, nil
}

// hasPassword reports whether the configuration itself has the password.
func (l Lake) hasPassword() bool {
	_, password, _ := parseCatalog(string(l.Catalog))
	return password != ""
}

// ResolveCatalog returns the address of the lake's catalog, without the password, and the password: that of the address or of password_file. It is
// empty if PostgreSQL's client finds it in PGPASSWORD or ~/.pgpass.
func (c *Config) ResolveCatalog() (catalog *url.URL, password string, err error) {
	const key = "store.lake.catalog"
	l := c.Store.Lake
	text, err := l.Catalog.Resolve(key)
	if err != nil {
		return nil, "", err
	}
	if catalog, password, err = parseCatalog(text); err != nil {
		return nil, "", errors.New(key + ": " + err.Error())
	}
	if password == "" {
		password, err = c.ResolveSecret("store.lake.password", "", l.PasswordFile)
	}
	return catalog, password, err
}

// LakeData is where the rows of the lake are: an absolute folder, or s3://bucket/path/?region=….
func (c *Config) LakeData() string {
	if c.Store.Lake.InBucket() {
		return c.Store.Lake.Data
	}
	return filepath.Clean(c.Path(c.Store.Lake.Data))
}

// LakeName is LakeData without parameters, for messages.
func (c *Config) LakeName() string {
	name, _, _ := strings.Cut(c.LakeData(), "?")
	return name
}
