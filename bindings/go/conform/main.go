// SPDX-License-Identifier: BSD-2-Clause

// The conformance adapter of the Go package. usage: conform INPUTS OUTPUTS
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"tsmparse"
)

func write(path string, rows []tsmparse.Object, err error) {
	if err != nil {
		rows = []tsmparse.Object{{"error": true}}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	for _, row := range rows {
		if err := encoder.Encode(row); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		log.Fatal(err)
	}
}

func main() {
	files, err := os.ReadDir(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range files {
		var records, report []tsmparse.Object
		text, err := tsmparse.Open(filepath.Join(os.Args[1], file.Name()))
		if err == nil {
			for record, e := range text.Records() {
				if e != nil {
					err = e
					break
				}
				records = append(records, record.JSON())
			}
		}
		target := filepath.Join(os.Args[2], file.Name())
		write(target+".records", records, err)
		if err == nil {
			verdict, runs, e := text.Check()
			all := []tsmparse.Object{}
			for i := range runs {
				all = append(all, runs[i].JSON())
			}
			report, err = []tsmparse.Object{{"verdict": verdict, "runs": all}}, e
		}
		write(target+".check", report, err)
	}
}
