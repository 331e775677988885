// Package templates holds the built-in report definitions, as YAML, and the texts of mails.
package templates

import "embed"

// FS holds NAME.yaml for every built-in report, and mail.html and mail.txt.
//
//go:embed *.yaml mail.html mail.txt
var FS embed.FS
