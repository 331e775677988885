package config

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"

	"callsheet/internal/period"
)

// validateNames rejects workbooks that would overwrite each other: parts of a burst with the same name, and two reports with the same
// file.
func (c *Config) validateNames(add adder) {
	owners := map[string]string{} // configuration key of the delivery, by location
	for i, report := range c.Reports {
		for j, d := range report.Deliver {
			key := fmt.Sprintf("reports[%d].deliver[%d]", i, j)
			if d.Folder == "" && d.Bucket == "" {
				continue
			}
			if report.Burst != "" && d.Name != "" && !strings.Contains(d.Name, "{part}") {
				add(key+".name", "%q is the same for every part of the burst, so each part would overwrite the previous one; add {part}", d.Name)
			}
			if report.Burst == "" && isEmptyWithoutPart(d.Name) {
				add(key+".name", "%q is empty without burst: {part} is the part of a burst", d.Name)
			}
			location := c.location(report, d)
			if owner, taken := owners[location]; taken && !strings.HasPrefix(owner, fmt.Sprintf("reports[%d].", i)) {
				add(key, "writes the same file as %s, so each would overwrite the other; add {report} to name, or use another folder", owner)
				continue
			}
			owners[location] = key
		}
	}
}

// isEmptyWithoutPart reports whether a pattern has a folder or a file name of which only the extension is left without {part}.
func isEmptyWithoutPart(pattern string) bool {
	for element := range strings.SplitSeq(pattern, "/") {
		rest := strings.ReplaceAll(element, "{part}", "")
		if rest != element && strings.TrimSuffix(rest, path.Ext(rest)) == "" {
			return true
		}
	}
	return false
}

// location returns where a delivery writes its files: the same for two deliveries that can write the same file. It ignores case, as file
// systems of shares often do, and the order of a bucket's parameters.
func (c *Config) location(report Report, d Delivery) string {
	defaultName := "{report}-{period}.xlsx"
	if report.Burst != "" {
		defaultName = "{report}-{period}-{part}.xlsx"
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
	name := strings.NewReplacer("{report}", report.Name, "{period}", "{"+kind+"}", "{title}", "{"+report.Template+"}",
		"{filters}", fmt.Sprint(report.Filters)).Replace(cmp.Or(d.Name, defaultName))
	if d.Bucket != "" {
		return strings.ToLower(bucketLocation(d.Bucket, name))
	}
	return strings.ToLower(path.Join(filepath.ToSlash(c.Path(d.Folder)), name))
}

// bucketLocation returns where an object is. That of a file:// bucket is its path, which is a folder's as well.
func bucketLocation(bucket, name string) string {
	u, err := url.Parse(bucket)
	if err != nil {
		return bucket + "\x00" + name // opening it reports the error
	}
	query := u.Query()
	name = query.Get("prefix") + name
	if u.Scheme == "file" && u.Host == "" {
		return path.Join(u.Path, name)
	}
	query.Del("prefix")
	u.RawQuery = query.Encode()
	return u.String() + "\x00" + path.Clean(name)
}
