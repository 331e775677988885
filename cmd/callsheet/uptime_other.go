//go:build !linux

package main

import "time"

var started = time.Now()

// uptime is how long the program runs. Setting the clock does not change it.
func uptime() time.Duration { return time.Since(started) }
