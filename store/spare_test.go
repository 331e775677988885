package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"callsheet/internal/atomicfile"
)

// A publisher publishes a file minutes apart and counts the bytes that it writes to copies.
type publisher struct {
	t        *testing.T
	database string
	path     string
	minute   int
	written  *atomic.Int64
}

func newPublisher(t *testing.T, dir string) *publisher {
	p := &publisher{t: t, database: filepath.Join(dir, "calls.duckdb"), path: filepath.Join(dir, "published", "calls.duckdb"), written: new(atomic.Int64)}
	if err := atomicfile.MkdirReadable(filepath.Dir(p.path)); err != nil {
		t.Fatal(err)
	}
	return p
}

// publish publishes a content, or the database as it is if that is nil, and returns the bytes written.
func (p *publisher) publish(content []byte) int64 {
	p.t.Helper()
	if content != nil {
		if err := os.WriteFile(p.database, content, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	p.minute++
	p.written.Store(0)
	problems, err := Publication{
		Database: p.database, Path: p.path, files: countingFS{atomicfile.OS{}, p.written}, inUse: isLocked, gid: -1,
		Verify: func(context.Context, string) error { return nil },
		Now:    func() time.Time { return testNow().Add(time.Duration(p.minute) * time.Minute) },
	}.publish(p.t.Context())
	if err != nil || len(problems) > 0 {
		p.t.Fatal(problems, err)
	}
	want, err := os.ReadFile(p.database)
	if got, readErr := os.ReadFile(p.path); err != nil || readErr != nil || !bytes.Equal(got, want) {
		p.t.Fatalf("the copy differs from the database: %d bytes, not %d; %v, %v", len(got), len(want), err, readErr)
	}
	if err := CheckPublished(p.path); err != nil {
		p.t.Fatal(err)
	}
	return p.written.Load()
}

// countingFS counts the bytes written by WriteAt.
type countingFS struct {
	atomicfile.OS
	written *atomic.Int64
}

type countingFile struct {
	atomicfile.File
	written *atomic.Int64
}

func (f countingFS) Create(path string) (atomicfile.File, error) {
	file, err := f.OS.Create(path)
	return countingFile{file, f.written}, err
}

func (f countingFS) OpenExclusive(path string) (atomicfile.File, error) {
	file, err := f.OS.OpenExclusive(path)
	return countingFile{file, f.written}, err
}

// Clone is not what these tests are about: the file system may share blocks.
func (f countingFS) Clone(_, _ atomicfile.File) error { return errors.ErrUnsupported }

func (f countingFile) WriteAt(p []byte, offset int64) (int, error) {
	f.written.Add(int64(len(p)))
	return f.File.WriteAt(p, offset)
}

// needsLeases skips a test where a file cannot be rewritten.
func needsLeases(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := (atomicfile.OS{}).OpenExclusive(path)
	if err != nil {
		t.Skip(err)
	}
	file.Close()
}

func randomBytes(rng *rand.Rand, n int) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(rng.Uint32())
	}
	return content
}

// TestPublicationWritesWhatChanged changes a few random blocks and the length each time.
func TestPublicationWritesWhatChanged(t *testing.T) {
	needsLeases(t)
	p := newPublisher(t, t.TempDir())
	rng := rand.New(rand.NewPCG(1, 1))
	content := randomBytes(rng, headerBytes+20*blockBytes)
	for range 2 {
		content = append(content[:len(content):len(content)], 1)
		if written := p.publish(content); written != int64(len(content)) {
			t.Errorf("wrote %d of %d bytes, without a spare", written, len(content))
		}
	}
	const changes = 3
	for range 40 {
		for range changes {
			content[rng.IntN(len(content))]++
		}
		switch size := rng.IntN(2 * blockBytes); rng.IntN(3) {
		case 0:
			content = append(content, randomBytes(rng, size)...)
		case 1:
			content = content[:len(content)-size]
		}
		// Of the last publication and of this one: the changed blocks, and the last ones.
		if written := p.publish(content); written > 2*(changes+3)*blockBytes {
			t.Errorf("wrote %d of %d bytes", written, len(content))
		}
	}
}

// TestRandomLoadsArePublishedAsTheyAre, each with its own blocks of DuckDB.
func TestRandomLoadsArePublishedAsTheyAre(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	p := newPublisher(t, dir)
	rng := rand.New(rand.NewPCG(2, 2))
	for round := range 5 {
		var text string
		for range 1 + rng.IntN(500) {
			text += report(strconv.Itoa(rng.IntN(1000)))
		}
		writeSpool(t, dir, map[string]string{fmt.Sprintf("2026-10-0%d.ndjson", 1+round): text})
		load(t, dir, testSettings())
		p.publish(nil)
	}
}

// TestOpenCopyNeverChanges, however it is open: by its link or by another name, with or without a lock, by this process or another.
func TestOpenCopyNeverChanges(t *testing.T) {
	needsLeases(t)
	for name, open := range map[string]func(t *testing.T, path string) (read func() []byte){
		"file": func(t *testing.T, path string) func() []byte {
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { file.Close() })
			return func() []byte {
				content, _ := io.ReadAll(io.NewSectionReader(file, 0, 1<<30))
				return content
			}
		},
		"another name": func(t *testing.T, path string) func() []byte {
			path, err := filepath.EvalSymlinks(path)
			if err != nil {
				t.Fatal(err)
			}
			link := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(path))), "link")
			if err := os.Link(path, link); err != nil {
				t.Fatal(err)
			}
			return func() []byte {
				content, _ := os.ReadFile(link)
				return content
			}
		},
		"another process": func(t *testing.T, path string) func() []byte {
			copied := filepath.Join(t.TempDir(), "copied")
			command := exec.Command("sh", "-c", `exec 3<"$0"; read go; cat <&3 >"$1"`, path, copied)
			goOn, err := command.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			for opened := false; !opened; { // it opens the file when it runs
				target, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/3", command.Process.Pid))
				opened = filepath.Base(target) == "calls.duckdb"
			}
			return func() []byte {
				io.WriteString(goOn, "go\n")
				if err := command.Wait(); err != nil {
					t.Error(err)
				}
				content, _ := os.ReadFile(copied)
				return content
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPublisher(t, t.TempDir())
			rng := rand.New(rand.NewPCG(3, 3))
			content := randomBytes(rng, headerBytes+3*blockBytes)
			p.publish(content)
			want := bytes.Clone(content)
			read := open(t, p.path)
			for range 5 {
				content[rng.IntN(len(content))]++
				p.publish(content)
			}
			if !bytes.Equal(read(), want) {
				t.Error("the open copy changed")
			}
		})
	}
}

// TestChangedSpareIsNotPublished: one that another program has written to, one of before the last day, and one without a checksum.
func TestChangedSpareIsNotPublished(t *testing.T) {
	needsLeases(t)
	for name, change := range map[string]func(p *publisher, spare string) error{
		"a byte, without the time": func(p *publisher, spare string) error {
			info, err := os.Stat(spare)
			if err != nil {
				return err
			}
			file, err := os.OpenFile(spare, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = file.WriteAt([]byte("x"), headerBytes+blockBytes)
			return errors.Join(err, file.Close(), os.Chtimes(spare, info.ModTime(), info.ModTime()))
		},
		"its length":           func(_ *publisher, spare string) error { return os.Truncate(spare, blockBytes) },
		"its checksum is lost": func(_ *publisher, spare string) error { return os.Remove(sumPath(spare)) },
		"another file": func(p *publisher, spare string) error {
			return errors.Join(os.Remove(spare), os.WriteFile(spare, nil, 0o444))
		},
		"it is older than a day": func(p *publisher, _ string) error { p.minute += 24 * 60; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPublisher(t, t.TempDir())
			content := randomBytes(rand.New(rand.NewPCG(4, 4)), headerBytes+3*blockBytes)
			for range 3 {
				content[0]++
				p.publish(content)
			}
			spare := filepath.Join(filepath.Dir(p.path), "copy-2", "calls.duckdb")
			if err := os.Chmod(spare, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := change(p, spare); err != nil {
				t.Fatal(err)
			}
			content[0]++
			if written := p.publish(content); written != int64(len(content)) {
				t.Errorf("wrote %d of %d bytes", written, len(content))
			}
		})
	}
}

// TestKilledPublisherLeavesAWholeCopy kills a process that publishes one state after the other.
func TestKilledPublisherLeavesAWholeCopy(t *testing.T) {
	needsLeases(t)
	const home, start = "CALLSHEET_TEST_PUBLISH", "CALLSHEET_TEST_MINUTE"
	if dir := os.Getenv(home); dir != "" {
		p := newPublisher(t, dir)
		p.minute, _ = strconv.Atoi(os.Getenv(start))
		rng := rand.New(rand.NewPCG(uint64(os.Getpid()), 5))
		content := randomBytes(rng, headerBytes+8*blockBytes)
		if last, err := os.ReadFile(p.database); err == nil && len(last) > headerBytes {
			content = last
		}
		for {
			content[8+rng.IntN(len(content)-8)]++
			seal(content)
			p.publish(content)
		}
	}
	dir := t.TempDir()
	for round := range 6 {
		command := exec.Command(os.Args[0], "-test.run", "^TestKilledPublisherLeavesAWholeCopy$")
		command.Env = append(os.Environ(), home+"="+dir, start+"="+strconv.Itoa(100*round), "TMPDIR="+dir) // its temporary folders end with this one
		before, _ := os.Readlink(filepath.Join(dir, "published", "calls.duckdb"))
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for now := before; now == before; { // it has published
			now, _ = os.Readlink(filepath.Join(dir, "published", "calls.duckdb"))
		}
		time.Sleep(time.Duration(round) * 7 * time.Millisecond)
		command.Process.Kill()
		command.Wait()
		content, err := os.ReadFile(filepath.Join(dir, "published", "calls.duckdb"))
		if err != nil || !isSealed(content) {
			t.Errorf("killed in round %d: %d bytes, %v", round, len(content), err)
		}
		p := newPublisher(t, dir)
		p.minute = 100*round + 99
		p.publish(sealed(content))
	}
}

// seal stores the hash of the rest in the first bytes.
func seal(content []byte) { copy(content, strconv.AppendUint(nil, xxhash.Sum64(content[8:]), 36)[:8]) }

func sealed(content []byte) []byte {
	content[len(content)-1]++
	seal(content)
	return content
}

func isSealed(content []byte) bool {
	again := bytes.Clone(content)
	seal(again)
	return bytes.Equal(again, content)
}
