package monitor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"callsheet/internal/notify"
	"callsheet/internal/pipeline"
)

// checkMailTemplates checks the site's own templates of mails.
func (k *checker) checkMailTemplates() {
	if !slices.ContainsFunc([]string{"mail.html", "mail.txt"}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(k.Config.UserTemplates(), name))
		return err == nil
	}) {
		return
	}
	texts, err := pipeline.MailTemplates(k.Config)
	if err == nil {
		err = texts.Check()
	}
	k.add("templates of mails", err)
}

// The check of a mail server ends before the minute that a check may take.
const (
	mailStepTimeout  = 40 * time.Second
	mailCheckTimeout = 50 * time.Second
)

// checkMailServer logs in to the mail server and announces a mail, without sending one.
func (k *checker) checkMailServer(ctx context.Context) {
	what := "mail from " + k.Config.Mail.From
	k.begin(what)
	channel, err := k.MailChannel()
	if err != nil {
		k.add(what, err)
		return
	}
	limited, cancel := context.WithTimeout(ctx, mailCheckTimeout)
	defer cancel()
	channel.Server.Timeout = mailStepTimeout
	err = channel.Server.Check(limited)
	k.addFinding(what, err, !errors.Is(err, notify.ErrPermanent)) // it may be down for the moment
}
