package main

import (
	"fmt"
	"time"
)

func overload(callsheet, dir string, during time.Duration) error { return fmt.Errorf("soon") }
