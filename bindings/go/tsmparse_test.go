// SPDX-License-Identifier: BSD-2-Clause

package tsmparse

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
)

var sample = []byte("09/17/2025 22:04:12 Node Name: KESTREL\n" +
	"09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00\n" +
	"09/17/2025 22:05:01 Incremental backup of volume '/srv'\n" +
	"09/17/2025 22:05:02 Normal File-->             4,096 /srv/\xff b [Sent]\n")

func TestRecordsAndRuns(t *testing.T) {
	log, err := NewLog(sample)
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	for record, err := range log.Records() {
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, record.Text...), '\n')
		if record.Kind == "object" {
			if path := record.Get("path"); !bytes.Equal(path.Text, []byte("/srv/\xff b")) {
				t.Errorf("path %q", path.Text)
			}
			if size := record.Get("size"); size.Number != 4096 || size.Power != 0 {
				t.Errorf("size %d", size.Number)
			}
		}
	}
	if !bytes.Equal(text, sample) {
		t.Errorf("records do not tile the input: %q", text)
	}
	verdict, runs, err := log.Check()
	if err != nil || len(runs) != 1 || verdict == "complete" {
		t.Errorf("%s %v %v", verdict, runs, err)
	}
}

// What README shows.
func ExampleNewLog() {
	log, err := NewLog(sample)
	if err != nil {
		fmt.Println(err)
		return
	}
	for record, err := range log.Records() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if path := record.Get("path"); path != nil {
			fmt.Printf("%s %q\n", record.Kind, path.Text)
		}
	}
	verdict, runs, err := log.Check()
	fmt.Println(verdict, len(runs), err)
	// Output:
	// object "/srv/\xff b"
	// running 1 <nil>
}

func TestPiecesDoNotMatter(t *testing.T) {
	for _, size := range []int{1, 7, len(sample)} {
		reader, err := NewReader("mdy")
		if err != nil {
			t.Fatal(err)
		}
		var all []Record
		for from := 0; from < len(sample); from += size {
			if _, err := reader.Write(sample[from:min(from+size, len(sample))]); err != nil {
				t.Fatal(err)
			}
			some, err := reader.Records()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, some...)
		}
		if err := reader.End(); err != nil {
			t.Fatal(err)
		}
		some, _ := reader.Records()
		if all = append(all, some...); len(all) != 4 {
			t.Errorf("pieces of %d: %d records", size, len(all))
		}
	}
}

func TestBadUse(t *testing.T) {
	reader, _ := NewReader("")
	reader.Close()
	reader.Close()
	if _, err := reader.Write(sample); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := reader.Records(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := NewReader("ydm"); err == nil {
		t.Error("a wrong order is taken")
	}
	if _, err := Open("/nowhere/log"); err == nil {
		t.Error("a missing file is taken")
	}
	other, _ := NewReader("")
	if err := other.End(); err != nil {
		t.Error(err)
	}
	if _, err := other.Write(sample); err == nil {
		t.Error("input after the end is taken")
	}
}

func TestGoroutines(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 20 {
				log, _ := NewLog(bytes.Repeat(sample, 20))
				count := 0
				for range log.Records() {
					count++
				}
				if _, _, err := log.Check(); err != nil || count != 80 {
					t.Error(count, err)
				}
				runtime.GC()
			}
		}()
	}
	group.Wait()
}
