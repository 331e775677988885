// Package templates holds the built-in report definitions, as YAML, the templates of mails, and examples of templates of webhooks.
package templates

import "embed"

// FS holds NAME.yaml for each built-in report, mail.html and mail.txt, and NAME.tmpl for the request of each example of a webhook.
//
//go:embed *.yaml mail.html mail.txt *.tmpl
var FS embed.FS
