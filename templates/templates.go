// Package templates holds the built-in report definitions, as YAML and nothing else.
package templates

import "embed"

// FS holds NAME.yaml for every built-in report.
//
//go:embed *.yaml
var FS embed.FS
