// Package lint finds problems of a workbook that validators ignore: tables whose headers differ from their cells, formulas without a
// value, figures stored as text, links on empty cells, unreferenced parts, charts without alternative text. It reads the file and shares
// no code with the writer.
package lint

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf16"
)

// Workbook returns the problems of the file at path. identifiers are the headers of columns whose cells may be text of digits, such as
// phone numbers.
func Workbook(path string, identifiers []string) ([]string, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	l := &linter{identifiers: identifiers, parts: map[string]*zip.File{}, referenced: map[string]bool{}, tables: map[string]bool{}}
	for _, file := range z.File {
		if l.parts[file.Name] != nil {
			l.addProblem("part %s exists twice", file.Name)
		}
		l.parts[file.Name] = file
	}
	if err := l.workbook(); err != nil {
		return nil, err
	}
	return l.problems, nil
}

type linter struct {
	identifiers []string
	parts       map[string]*zip.File
	referenced  map[string]bool
	tables      map[string]bool // names, in lower case
	shared      []string
	problems    []string
}

func (l *linter) addProblem(format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
}

// read decodes a part.
func (l *linter) read(name string, into any) error {
	file := l.parts[name]
	if file == nil {
		return fmt.Errorf("no part %s", name)
	}
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := xml.NewDecoder(r).Decode(into); err != nil && err != io.EOF {
		return fmt.Errorf("part %s: %w", name, err)
	}
	return nil
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// relations returns the relations of a part by id, and marks their targets as referenced, recursively.
func (l *linter) relations(part string) (map[string]relation, error) {
	folder, name := path.Split(part)
	rels := path.Join(folder, "_rels", name+".rels")
	found := map[string]relation{}
	if l.parts[rels] == nil {
		return found, nil
	}
	l.referenced[rels] = true
	var all struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := l.read(rels, &all); err != nil {
		return nil, err
	}
	for _, r := range all.Relations {
		if _, duplicate := found[r.ID]; duplicate {
			l.addProblem("%s has relation %s twice", rels, r.ID)
		}
		if r.Mode != "External" {
			target := strings.TrimPrefix(r.Target, "/")
			if target == r.Target {
				target = path.Join(path.Dir(part), r.Target)
			}
			if l.parts[target] == nil {
				l.addProblem("%s refers to %s, which does not exist", rels, target)
			}
			r.Target = target
			if !l.referenced[target] {
				l.referenced[target] = true
				if _, err := l.relations(target); err != nil {
					return nil, err
				}
			}
		}
		found[r.ID] = r
	}
	return found, nil
}

func (l *linter) workbook() error {
	l.referenced["[Content_Types].xml"] = true
	if _, err := l.relations(""); err != nil {
		return err
	}
	for name := range l.parts {
		if !l.referenced[name] {
			l.addProblem("part %s is not referenced", name)
		}
	}
	if err := l.contentTypes(); err != nil {
		return err
	}
	if err := l.sharedStrings(); err != nil {
		return err
	}
	const workbook = "xl/workbook.xml"
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := l.read(workbook, &book); err != nil {
		return err
	}
	relations, err := l.relations(workbook)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, sheet := range book.Sheets {
		if names[strings.ToLower(sheet.Name)] {
			l.addProblem("two sheets are named %q", sheet.Name)
		}
		names[strings.ToLower(sheet.Name)] = true
		l.sheetName(sheet.Name)
		if err := l.sheet(sheet.Name, relations[sheet.ID].Target); err != nil {
			return err
		}
	}
	slices.Sort(l.problems)
	return l.charts()
}

func (l *linter) sheetName(name string) {
	if n := len(utf16.Encode([]rune(name))); n == 0 || n > 31 || strings.ContainsAny(name, `:\/?*[]`) ||
		strings.HasPrefix(name, "'") || strings.HasSuffix(name, "'") || strings.EqualFold(name, "history") {
		l.addProblem("Excel allows no sheet named %q", name)
	}
}

// contentTypes checks that each part has a type.
func (l *linter) contentTypes() error {
	var types struct {
		Defaults []struct {
			Extension string `xml:"Extension,attr"`
		} `xml:"Default"`
		Overrides []struct {
			Part string `xml:"PartName,attr"`
		} `xml:"Override"`
	}
	if err := l.read("[Content_Types].xml", &types); err != nil {
		return err
	}
	known := map[string]bool{}
	for _, t := range types.Defaults {
		known["."+strings.ToLower(t.Extension)] = true
	}
	for _, t := range types.Overrides {
		part := strings.TrimPrefix(t.Part, "/")
		if l.parts[part] == nil {
			l.addProblem("%s has a content type and does not exist", part)
		}
		known[part] = true
	}
	for name := range l.parts {
		if name != "[Content_Types].xml" && !known[name] && !known[strings.ToLower(path.Ext(name))] {
			l.addProblem("part %s has no content type", name)
		}
	}
	return nil
}

func (l *linter) sharedStrings() error {
	if l.parts["xl/sharedStrings.xml"] == nil {
		return nil
	}
	var table struct {
		Items []struct {
			Text string `xml:"t"`
			Runs []struct {
				Text string `xml:"t"`
			} `xml:"r"`
		} `xml:"si"`
	}
	if err := l.read("xl/sharedStrings.xml", &table); err != nil {
		return err
	}
	for _, item := range table.Items {
		text := item.Text
		for _, run := range item.Runs {
			text += run.Text
		}
		l.shared = append(l.shared, text)
	}
	return nil
}

// charts checks that each drawing has alternative text, and that each chart has a title and contains the figures for previews.
func (l *linter) charts() error {
	for name := range l.parts {
		switch {
		case strings.HasPrefix(name, "xl/drawings/drawing"):
			var drawing struct {
				Charts []altText `xml:"twoCellAnchor>graphicFrame>nvGraphicFramePr>cNvPr"`
				One    []altText `xml:"oneCellAnchor>graphicFrame>nvGraphicFramePr>cNvPr"`
				Images []altText `xml:"twoCellAnchor>pic>nvPicPr>cNvPr"`
				OneImg []altText `xml:"oneCellAnchor>pic>nvPicPr>cNvPr"`
			}
			if err := l.read(name, &drawing); err != nil {
				return err
			}
			all := slices.Concat(drawing.Charts, drawing.One, drawing.Images, drawing.OneImg)
			if len(all) == 0 {
				l.addProblem("%s is empty", name)
			}
			for _, w := range all {
				if w.Description == "" {
					l.addProblem("%s: %q has no alternative text", name, w.Name)
				}
			}
		case strings.HasPrefix(name, "xl/charts/chart"):
			var chart struct {
				Text string `xml:",innerxml"`
			}
			if err := l.read(name, &chart); err != nil {
				return err
			}
			if !strings.Contains(chart.Text, "<title>") || strings.Contains(chart.Text, `<ptCount val="0">`) ||
				!strings.Contains(chart.Text, `<pt idx=`) {
				l.addProblem("%s has no title, or lacks its figures", name)
			}
		}
	}
	return nil
}

type altText struct {
	Name        string `xml:"name,attr"`
	Description string `xml:"descr,attr"`
}
