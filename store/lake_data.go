package store

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
)

// dataPath returns where the Parquet files are, as DuckDB names it: an absolute folder or s3://bucket/path/.
func (l Lake) dataPath() string {
	path := l.Data
	if l.isBucket() {
		path, _, _ = strings.Cut(path, "?")
	}
	return strings.TrimSuffix(path, "/") + "/"
}

func (l Lake) isBucket() bool { return strings.HasPrefix(l.Data, "s3://") }

// dataSecret returns the statement that gives DuckDB access to the bucket; empty for a folder. The credentials are where the AWS tools find them: in
// the environment, in ~/.aws or at the machine's role.
func (l Lake) dataSecret(ctx context.Context) (string, error) {
	if !l.isBucket() {
		return "", nil
	}
	found, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return "", fmt.Errorf("credentials of the bucket: %w", err)
	}
	credentials, err := found.Credentials.Retrieve(ctx)
	if err != nil {
		return "", fmt.Errorf("credentials of the bucket: %w\nhint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them into ~/.aws/credentials", err)
	}
	_, query, _ := strings.Cut(l.Data, "?")
	parameters, _ := url.ParseQuery(query) // validated with the configuration
	values := []string{"type s3", "scope " + quote(l.dataPath())}
	add := func(key, value string) {
		if value != "" {
			values = append(values, key+" "+quote(value))
		}
	}
	add("key_id", credentials.AccessKeyID)
	add("secret", credentials.SecretAccessKey)
	add("session_token", credentials.SessionToken)
	add("region", cmp.Or(parameters.Get("region"), found.Region))
	endpoint, plain := strings.CutPrefix(parameters.Get("endpoint"), "http://")
	add("endpoint", strings.TrimPrefix(endpoint, "https://"))
	if plain {
		values = append(values, "use_ssl false")
	}
	if parameters.Get("use_path_style") == "true" {
		add("url_style", "path")
	}
	return "create secret if not exists lake_data (" + strings.Join(values, ", ") + ")", nil
}
