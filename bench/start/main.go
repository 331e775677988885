// Command start measures the start of callsheet: the time of `callsheet --version` and the size of the program, beside peers.
//
//	go build -ldflags="-s -w" -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/start -programs /tmp/callsheet -python /path/to/python
//
// The peers are this program, which is a Go program without packages to initialize, and with -python `import duckdb` of DuckDB's own
// package. All start in turn; it prints medians and, since a busy machine only adds, the least processor time.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// started is a command with what its starts took.
type started struct {
	name      string
	size      int64 // bytes
	command   []string
	took, cpu []time.Duration
}

func main() {
	programs := flag.String("programs", "", "paths of callsheet programs, separated by commas")
	python := flag.String("python", "", "path of a Python with duckdb; skipped if empty")
	rounds := flag.Int("rounds", 21, "starts of each program")
	nothing := flag.Bool("nothing", false, "internal: exit at once")
	flag.Parse()
	if *nothing {
		return
	}
	if err := measure(*programs, *python, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(1)
	}
}

func measure(programs, python string, rounds int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	list := []*started{{name: "a Go program that does nothing", command: []string{self, "-nothing"}}}
	for program := range strings.SplitSeq(programs, ",") {
		list = append(list, &started{name: filepath.Base(program) + " --version", command: []string{program, "--version"}})
	}
	for _, s := range list {
		info, err := os.Stat(s.command[0])
		if err != nil {
			return err
		}
		s.size = info.Size()
	}
	if python != "" {
		s := &started{name: "python -c 'import duckdb'", command: []string{python, "-c", "import duckdb"}}
		if s.size, err = packageSize(python); err != nil {
			return err
		}
		list = append(list, s)
	}
	for range rounds {
		for _, s := range list {
			command := exec.Command(s.command[0], s.command[1:]...)
			begun := time.Now()
			if err := command.Run(); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.took = append(s.took, time.Since(begun))
			s.cpu = append(s.cpu, command.ProcessState.UserTime()+command.ProcessState.SystemTime())
		}
	}
	fmt.Println("| start of | median time | least processor time | size |")
	fmt.Println("|---|---|---|---|")
	for _, s := range list {
		fmt.Printf("| %s | %.1f ms | %.1f ms | %.1f MB |\n", s.name, milliseconds(median(s.took)), milliseconds(slices.Min(s.cpu)), float64(s.size)/1e6)
	}
	return nil
}

// packageSize returns the size of DuckDB's Python package.
func packageSize(python string) (size int64, err error) {
	dir, err := exec.Command(python, "-c", "import duckdb, os; print(os.path.dirname(duckdb.__file__), end='')").Output()
	if err != nil {
		return 0, err
	}
	parent := filepath.Dir(string(dir))
	libraries, err := filepath.Glob(filepath.Join(parent, "_duckdb*.so"))
	if err != nil {
		return 0, err
	}
	for _, path := range append(libraries, string(dir)) {
		err = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				size += info.Size()
			}
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return size, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median[T cmp.Ordered](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}
