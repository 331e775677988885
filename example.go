// Package callsheet holds the example configuration, so that the program can print it.
package callsheet

import _ "embed"

// ExampleConfig is config.example.yaml: every key with its default.
//
//go:embed config.example.yaml
var ExampleConfig string
