package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// usage is what a process has used.
type usage struct {
	processor time.Duration
	memory    int64 // resident, in bytes
}

// fieldsOf returns the fields of proc(5) of a process, from the third on.
func fieldsOf(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])), nil
}

func readUsage(pid int) (u usage, err error) {
	fields, err := fieldsOf(pid)
	if err != nil {
		return u, err
	}
	var numbers [3]int64 // utime, stime and rss
	for i, field := range []int{14, 15, 24} {
		if numbers[i], err = strconv.ParseInt(fields[field-3], 10, 64); err != nil {
			return u, err
		}
	}
	const tick = 10 * time.Millisecond
	return usage{time.Duration(numbers[0]+numbers[1]) * tick, numbers[2] * int64(os.Getpagesize())}, nil
}

// childOf returns the child of a process that has a word in its command line.
func childOf(parent int, word string) (int, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return 0, err
		}
		fields, err := fieldsOf(pid)
		if err != nil || fields[1] != strconv.Itoa(parent) { // it may have ended
			continue
		}
		if text, err := os.ReadFile(path); err == nil && slices.Contains(strings.Split(string(text), "\x00"), word) {
			return pid, nil
		}
	}
	return 0, fmt.Errorf("serve has no child %s", word)
}

type usages struct {
	memory []int64
	err    error
}

// sample reads the memory of a process every quarter of a second until ctx ends.
func sample(ctx context.Context, pid int) (s usages) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return s
		case <-ticker.C:
			u, err := readUsage(pid)
			if err != nil {
				s.err = err
				return s
			}
			s.memory = append(s.memory, u.memory)
		}
	}
}
