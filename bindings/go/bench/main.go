// SPDX-License-Identifier: BSD-2-Clause

// The Go side of bindings/bench/examples.py. usage: bench MODE FILE
package main

import (
	"fmt"
	"log"
	"os"
	"syscall"

	"tsmparse"
)

// Of all threads: the garbage collector works beside ours.
func nanoseconds() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	begin := nanoseconds()
	text, err := tsmparse.Open(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	count, objects := 0, 0
	for record, err := range text.Records() {
		if err != nil {
			log.Fatal(err)
		}
		count++
		if record.Kind == "object" {
			objects++
		}
	}
	fmt.Println(count, nanoseconds()-begin, objects)
}
