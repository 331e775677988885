// Package templates holds the built-in report definitions, as YAML, and the templates of mails.
package templates

import "embed"

// FS holds NAME.yaml for each built-in report, mail.html and mail.txt.
//
//go:embed *.yaml mail.html mail.txt
var FS embed.FS
