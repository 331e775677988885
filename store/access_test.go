//go:build unix

package store

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"callsheet/internal/atomicfile"
)

// otherGroup returns a group that this process may give a file to, other than its own.
func otherGroup(t *testing.T) (name string, gid int) {
	t.Helper()
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		groups = append(groups, 1, 2)
	}
	for _, gid := range groups {
		if group, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil && gid != os.Getegid() {
			return group.Name, gid
		}
	}
	t.Skip("needs a second group")
	return "", 0
}

// access returns "mode gid" of the folder of copies, of each copy's folder and of each file in them.
func access(t *testing.T, published string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Dir(published), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		gid, _ := atomicfile.GroupOf(info)
		found[strconv.FormatUint(uint64(info.Mode().Perm()), 8)+" "+strconv.Itoa(gid)] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPublishedCopyKeepsItsModeAndGroupAtEachReplacement(t *testing.T) {
	name, gid := otherGroup(t)
	dir := t.TempDir()
	database, path := filepath.Join(dir, "calls.duckdb"), filepath.Join(dir, "published", "calls.duckdb")
	now := testNow()
	publishAs := func(a Access, content string) {
		t.Helper()
		if content != "" {
			if err := os.WriteFile(database, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		now = now.Add(time.Minute)
		problems, err := Publish(t.Context(), Publication{Database: database, Path: path, Access: a, Now: func() time.Time { return now },
			Verify: func(context.Context, string) error { return nil }})
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
	}
	own, other := strconv.Itoa(os.Getegid()), strconv.Itoa(gid)
	for _, step := range []struct {
		access    Access
		content   string // empty: nothing new
		file, dir string
	}{
		{Access{}, "1", "444 " + own, "755 " + own},
		{Access{Group: name}, "", "440 " + other, "750 " + other},
		{Access{Group: name}, "22", "440 " + other, "750 " + other},
		{Access{Group: other, Mode: 0o640}, "333", "640 " + other, "750 " + other},
		{Access{Group: name, Mode: 0o600}, "4444", "600 " + other, "700 " + other},
		{Access{Group: own, Mode: 0o444}, "", "444 " + own, "755 " + own},
	} {
		publishAs(step.access, step.content)
		if got, want := access(t, path), map[string]bool{step.file: true, step.dir: true}; !maps.Equal(got, want) {
			t.Errorf("%+v: got %v, want %v", step.access, got, want)
		}
	}
}

func TestGroupThatCannotBeGivenTheCopyIsAnErrorWithARemedy(t *testing.T) {
	if err := (Access{Group: "no-such-group"}).Check(); err == nil || !strings.Contains(err.Error(), "sudo groupadd no-such-group") {
		t.Errorf("%v", err)
	}
	if os.Geteuid() == 0 {
		return // root may give a file to any group
	}
	if err := (Access{Group: "root"}).Check(); err == nil || !strings.Contains(err.Error(), "sudo usermod -aG root ") {
		t.Errorf("%v", err)
	}
}

func TestFoldersThatReadersCannotPassAreNamed(t *testing.T) {
	name, gid := otherGroup(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "data", "published", "calls.duckdb")
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mode   fs.FileMode
		gid    int
		access Access
		remedy string
	}{
		{0o711, os.Getegid(), Access{Group: name}, ""},
		{0o710, gid, Access{Group: name}, ""},
		{0o701, gid, Access{Group: name}, "chmod g+x " + data},
		{0o710, os.Getegid(), Access{Group: name}, "chmod o+x " + data},
		{0o710, gid, Access{Mode: 0o644, Group: name}, "chmod o+x " + data},
		{0o700, gid, Access{Mode: 0o600, Group: name}, ""},
		{0o700, gid, Access{Mode: 0o640}, ""}, // the group of the process, whoever that is
	} {
		if err := (atomicfile.OS{}).SetAccess(data, c.mode, c.gid); err != nil {
			t.Fatal(err)
		}
		err := c.access.CheckReach(path)
		if got := err != nil && strings.Contains(err.Error(), data+" ") || err != nil && strings.Contains(err.Error(), data+";"); got != (c.remedy != "") {
			t.Errorf("%o %+v: %v", c.mode, c.access, err)
		}
		if err != nil && !strings.Contains(err.Error(), c.remedy) {
			t.Errorf("%o %+v: %v; want %s", c.mode, c.access, err, c.remedy)
		}
	}
}
