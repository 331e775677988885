package config

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"callsheet/internal/period"
)

// validateNames refuses workbooks that would replace each other: parts of a burst under one name, and two reports at one place.
func (c *Config) validateNames(add adder) {
	owners := map[string]string{} // of each place, the key of the delivery
	for i, report := range c.Reports {
		for j, d := range report.Deliver {
			key := fmt.Sprintf("reports[%d].deliver[%d]", i, j)
			if d.Folder == "" && d.Bucket == "" {
				continue
			}
			if report.Burst != "" && d.Name != "" && !strings.Contains(d.Name, "{part}") {
				add(key+".name", "%q is the same for every part of the burst, so each would replace the one before; put {part} into it", d.Name)
			}
			place := c.place(report, d)
			if owner, taken := owners[place]; taken && !strings.HasPrefix(owner, fmt.Sprintf("reports[%d].", i)) {
				add(key, "writes the same file as %s, so each would replace the other's; put {report} into name, or take another folder", owner)
				continue
			}
			owners[place] = key
		}
	}
}

// place is where a delivery puts its files, as far as the configuration tells: the same for two that can write one file. File systems
// that ignore case are common on shares.
func (c *Config) place(report Report, d Delivery) string {
	usual := "{report}-{period}.xlsx"
	if report.Burst != "" {
		usual = "{report}-{period}-{part}.xlsx"
	}
	kind := "span"
	if p, err := period.Parse(report.Period, time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)); err == nil {
		switch {
		case p.Days() == 1:
			kind = "day"
		case p.IsMonth():
			kind = "month"
		case p.IsWeek():
			kind = "week"
		}
	}
	name := strings.NewReplacer("{report}", report.Name, "{period}", "{"+kind+"}", "{title}", "{"+report.Template+"}").
		Replace(cmp.Or(d.Name, usual))
	if d.Bucket != "" {
		return strings.ToLower(d.Bucket + "\x00" + path.Clean(name))
	}
	return strings.ToLower(path.Join(filepath.ToSlash(c.Path(d.Folder)), name))
}
