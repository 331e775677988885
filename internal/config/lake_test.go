package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callsheet/internal/config"
)

func lakeConfig(keys string) []byte {
	return []byte("collector: {id: first}\nstore: {lake: {" + keys + "}}\n")
}

func TestLakeKeys(t *testing.T) {
	const catalog = `catalog: "postgres://calls@db.example.com/lake"`
	for keys, want := range map[string]string{
		catalog:   "store.lake.data: is missing",
		"data: x": "store.lake.catalog: is missing",
		"data: x, catalog: \"mysql://calls:XQZ0001XQZ@db/lake\"":              "store.lake.catalog: must be postgres://",
		"data: x, catalog: \"postgres://calls:XQZ0001XQZ@db\"":                "store.lake.catalog: must be postgres://",
		"data: x, catalog: \"postgres://%zz:XQZ0001XQZ@db/lake\"":             "store.lake.catalog: must be postgres://",
		"data: x, catalog: db.example.com":                                    "store.lake.catalog: must be postgres://",
		"data: \"gs://calls/\", " + catalog:                                   "store.lake.data: must be a folder or s3://bucket/path/",
		"data: \"s3:///path\", " + catalog:                                    "store.lake.data: must be a folder or s3://bucket/path/",
		"data: \"s3://XQZ0001XQZ:XQZ0002XQZ@calls/\", " + catalog:             "the credentials are in the environment",
		"data: \"s3://calls/?secret=XQZ0001XQZ\", " + catalog:                 "store.lake.data: has another parameter than region, endpoint, use_path_style",
		"data: x, password_file: y, catalog: \"postgres://a:XQZ0001XQZ@b/c\"": "store.lake.password_file: does nothing beside the password in catalog",
	} {
		if _, err := config.Parse(lakeConfig(keys)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "XQZ") {
			t.Errorf("%s: %v; want %s", keys, err, want)
		}
	}
	for text, want := range map[string]string{
		"store: {lake: {data: x, " + catalog + "}}\n":                                                    "collector.id: is missing",
		"collector: {id: first}\nstore: {published_group: analysts, lake: {data: x, " + catalog + "}}\n": "published_mode and published_group do nothing with a lake",
	} {
		if _, err := config.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
}

// TestPasswordOfTheCatalog gives the password in each way, and expects it beside an address without it.
func TestPasswordOfTheCatalog(t *testing.T) {
	t.Setenv("CATALOG_PASSWORD", "p/w:d@1")
	t.Setenv("CATALOG", "postgres://calls:p%2Fw%3Ad%401@db.example.com/lake")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("p/w:d@1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for keys, secret := range map[string]bool{
		`catalog: "postgres://calls:p%2Fw%3Ad%401@db.example.com/lake"`:          true,
		`catalog: "postgres://calls@db.example.com/lake?password=p%2Fw%3Ad%401"`: true,
		`catalog: "${CATALOG}"`: false,
		`catalog: "postgres://calls@db.example.com/lake", password_file: password`: false,
	} {
		path := filepath.Join(dir, "callsheet.yaml")
		if err := os.WriteFile(path, lakeConfig("data: ./lake, "+keys), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(path)
		if err != nil {
			t.Fatal(keys, err)
		}
		catalog, password, err := c.ResolveCatalog()
		if err != nil || password != "p/w:d@1" || catalog.String() != "postgres://calls@db.example.com/lake" {
			t.Errorf("%s: %v, password %q, %v", keys, catalog, password, err)
		}
		if c.HasSecrets() != secret {
			t.Errorf("%s: the configuration has secrets: %v", keys, c.HasSecrets())
		}
		if c.Publishes() || c.LakeData() != filepath.Join(dir, "lake") {
			t.Errorf("%s: publish %v, data in %s", keys, c.Publishes(), c.LakeData())
		}
	}
}
