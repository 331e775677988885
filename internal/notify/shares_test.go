package notify

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// needs skips a test if this machine cannot mount something with a program.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("mounts a share")
	}
	for _, program := range programs {
		_, err := exec.LookPath(program)
		switch {
		case err == nil && os.Getuid() == 0:
		case os.Getenv("CALLSHEET_TEST_SERVERS") != "":
			t.Fatalf("%s cannot be started: %v, user %d", program, err, os.Getuid())
		default:
			t.Skipf("needs %s and root", program)
		}
	}
}

// mount runs a command that mounts a file system at dir, and unmounts it after the test.
func mount(t *testing.T, dir, program string, arguments ...string) {
	t.Helper()
	needs(t, program)
	if out, err := exec.Command(program, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	t.Cleanup(func() {
		for range 50 { // a file system that was mounted on it ends a moment after it is unmounted
			if exec.Command("umount", dir).Run() == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Errorf("%s stays mounted", dir)
	})
}

// bind mounts a new folder with options of bindfs, such as --chmod-deny.
func bind(t *testing.T, options ...string) string {
	dir := t.TempDir()
	mount(t, dir, "bindfs", append(options, t.TempDir(), dir)...)
	return dir
}

// tmpfs mounts a file system in memory.
func tmpfs(t *testing.T, options string) string {
	dir := t.TempDir()
	mount(t, dir, "mount", "-t", "tmpfs", "-o", options, "none", dir)
	return dir
}

const smbConfig = `[global]
interfaces = lo
bind interfaces only = yes
smb ports = 445
server role = standalone server
disable spoolss = yes
map to guest = bad user
guest account = root
lock directory = %[1]s
state directory = %[1]s
cache directory = %[1]s
private dir = %[1]s
pid directory = %[1]s
ncalrpc dir = %[1]s/ncalrpc
log file = %[1]s/log
[reports]
path = %[2]s
guest ok = yes
read only = no
`

// The client has no option for the port, so server and client get a network of their own.
const smbScript = `ip link set lo up
smbd -F --no-process-group -s "$1/server.conf" -d 0 &
for i in 1 2 3 4 5 6 7 8 9; do
	smbclient -s /dev/null -N //127.0.0.1/reports -c ls >/dev/null 2>&1 && break
	sleep 0.1
done
exec smbnetfs "$2" -f`

// smb mounts a share of a Samba server. It is case-insensitive, like every share of Windows, and modes have no effect. What the server
// has is in the folder kept.
func smb(t *testing.T) (share, kept string) {
	t.Helper()
	needs(t, "smbd", "smbclient", "smbnetfs", "unshare", "ip")
	state, home, mountpoint, kept := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(state, "server.conf"): fmt.Sprintf(smbConfig, state, kept), filepath.Join(home, ".smb", "smb.conf"): "",
		filepath.Join(home, ".smb", "smbnetfs.conf"): "smb_query_browsers \"false\"\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, name, text)
	}
	command := exec.Command("unshare", "--net", "sh", "-c", smbScript, "sh", state, mountpoint)
	command.Env = append(os.Environ(), "HOME="+home)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var log strings.Builder
	command.Stdout, command.Stderr = &log, &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("umount", mountpoint).Run()
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		_ = command.Wait()
	})
	share = filepath.Join(mountpoint, "127.0.0.1", "reports")
	for range 100 {
		if _, err := os.Stat(share); err == nil {
			return share, kept
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the share is not mounted:\n%s", log.String())
	return "", ""
}

// TestSharesGetTheirFiles delivers to shares that refuse what a local disk does.
func TestSharesGetTheirFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("mounts shares")
	}
	for name, test := range map[string]struct {
		dir     func(t *testing.T) string
		warning string
	}{
		"smb":       {func(t *testing.T) string { share, _ := smb(t); return share }, ""},
		"no chmod":  {func(t *testing.T) string { return bind(t, "--chmod-deny", "--chown-deny") }, "its mode cannot be changed, so others may not be able to read it"},
		"one mode":  {func(t *testing.T) string { return bind(t, "--chmod-deny", "--perms=0777") }, ""},
		"no rename": {func(t *testing.T) string { return bind(t, "--rename-deny") }, "written in place"},
		"no remove": {func(t *testing.T) string { return bind(t, "--delete-deny") }, "keeping the last 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := test.dir(t)
			channels := []Channel{
				Folder{Dir: filepath.Join(dir, "calls"), Keep: 1}, Bucket{URL: "file://" + dir + "?prefix=bucket/"},
				Bucket{URL: "file://" + filepath.Join(dir, "new") + "?create_dir=1", Name: "{period}/{report}.xlsx"},
			}
			for i, channel := range channels {
				for _, text := range []string{"first", "second"} {
					message := testMessage(t, text)
					if i == 0 && text == "second" {
						message.Period = "2026-10-05" // the first is removed
					}
					place, err := channel.Send(t.Context(), message, "")
					if err != nil && !errors.Is(err, ErrWarning) {
						t.Fatalf("%T: %v", channel, err)
					}
					keeps := strings.HasPrefix(test.warning, "keeping")
					if warned := err != nil && strings.Contains(err.Error(), test.warning); warned != (test.warning != "") && !keeps || keeps && i == 0 && text == "second" && !warned {
						t.Errorf("%T: warning %v, want %q", channel, err, test.warning)
					}
					if got, err := os.ReadFile(strings.TrimPrefix(place, "file://")); err != nil || string(got) != text {
						t.Errorf("%T: it has %q, %v", channel, got, err)
					}
				}
			}
			err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
				if strings.HasSuffix(path, ".tmp") || strings.HasSuffix(path, ".attrs") {
					t.Errorf("left behind: %s", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFailedFolderSaysWhatToDoAndHasNoFile(t *testing.T) {
	if testing.Short() {
		t.Skip("mounts shares")
	}
	readOnly := func(t *testing.T) string { return tmpfs(t, "ro,size=64k") }
	full := func(t *testing.T) string { return tmpfs(t, "size=64k") }
	for name, test := range map[string]struct {
		dir  func(t *testing.T) string
		want string
	}{
		"full":      {full, "no space left on device\nhint: free space there"},
		"read-only": {readOnly, "read-only file system\nhint: it is mounted read-only"},
		"full in place": {func(t *testing.T) string {
			dir := t.TempDir()
			mount(t, dir, "bindfs", "--rename-deny", full(t), dir)
			return dir
		}, "no space left on device"},
		"only one fits": {func(t *testing.T) string {
			dir := t.TempDir()
			mount(t, dir, "bindfs", "--rename-deny", tmpfs(t, "size=400k"), dir)
			return dir
		}, "no space left on device"},
		"read-only bind": {func(t *testing.T) string { return bind(t, "-r") }, "hint: it is mounted read-only"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := test.dir(t)
			for _, channel := range []Channel{Folder{Dir: dir}, Bucket{URL: "file://" + dir}} {
				place, err := channel.Send(t.Context(), testMessage(t, strings.Repeat("text", 60_000)), "")
				if err == nil || place != "" || errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%T: %q, %v", channel, place, err)
				}
				if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
					t.Errorf("%T: left behind %v, %v", channel, entries, err)
				}
			}
		})
	}
}
