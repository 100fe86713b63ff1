// SPDX-License-Identifier: BSD-2-Clause

// Package tsmparse reads what the IBM TSM client prints, and judges its runs.
//
// A Log is read from memory, in order of time, as the tsmparse command reads it. Records and runs are
// plain Go values: they need the library no more. A Reader belongs to one goroutine at a time.
package tsmparse

/*
#cgo pkg-config: tsmparse
#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>
#include <stdlib.h>
*/
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"time"
	"unsafe"
)

// A Field is one fact of a record.
type Field struct {
	Name   string
	ID     uint16
	Type   uint8 // TSMP_TYPE_... of tsmparse.h
	Flags  uint32
	Number int64 // with Power: Number x 10^Power
	Power  int
	Word   string // what a word field, or the name of a statistic or a pattern, stands for
	Text   []byte // as printed
}

// A Record is one line of the input.
type Record struct {
	Offset, Length, Line uint64
	Micros               int64 // local, since 1970 as if UTC; see HasTime
	Flags                uint32
	Kind, Format, Why    string
	Text, Stamp          []byte
	Fields               []Field
}

const (
	badTime   = C.TSMP_FLAG_NO_TIME | C.TSMP_FLAG_DATE_AMBIGUOUS | C.TSMP_FLAG_TIME_IMPOSSIBLE
	badNumber = C.TSMP_FLAG_OVERFLOW | C.TSMP_FLAG_NUMBER_AMBIGUOUS
)

// HasTime tells whether Micros may be used: a stamp whose date order is undecided gives no time.
func (r *Record) HasTime() bool { return r.Flags&badTime == 0 }

// Get gives a field by name, or nil.
func (r *Record) Get(name string) *Field {
	for i := range r.Fields {
		if r.Fields[i].Name == name {
			return &r.Fields[i]
		}
	}
	return nil
}

func name(group string, id uint64) string {
	c := C.CString(group)
	defer C.free(unsafe.Pointer(c))
	return C.GoString(C.tsmp_name(c, C.uint32_t(id)))
}

// Names of the constants, looked up once: a call into C for each record would cost more than all else.
func names(group string, count uint64) []string {
	all := make([]string, count)
	for id := range all {
		all[id] = name(group, uint64(id))
	}
	return all
}

var (
	kinds, formats, whys = names("kind", 64), names("format", 64), names("why", 64)
	words, statistics    = names("word", 256), names("statistic", 128)
	fieldNames           = names("field", 256)
)

func at(all []string, id int64) string {
	if id < 0 || id >= int64(len(all)) {
		return ""
	}
	return all[id]
}

func failed(status C.int32_t, reader *C.tsmp_reader) error {
	if reader != nil {
		if text := C.GoString(C.tsmp_reader_error(reader)); text != "" {
			return fmt.Errorf("tsmparse: %s (status %d)", text, int(status))
		}
	}
	return fmt.Errorf("tsmparse: status %d: no memory, or wrong options", int(status))
}

// ErrClosed comes from use after Close.
var ErrClosed = errors.New("tsmparse: the reader is closed; open the input anew")

// A Reader takes bytes in any pieces and gives records.
type Reader struct {
	reader *C.tsmp_reader
}

// NewReader makes a reader. order: "mdy", "dmy", "ymd", or "" to find out.
func NewReader(order string) (*Reader, error) {
	sets := map[string]uint32{"": 0, "mdy": 1, "dmy": 2, "ymd": 4}
	set, known := sets[order]
	if !known {
		return nil, fmt.Errorf("tsmparse: order %q must be mdy, dmy or ymd", order)
	}
	return open(options(set))
}

func options(order uint32) C.tsmp_options {
	return C.tsmp_options{size: C.uint32_t(unsafe.Sizeof(C.tsmp_options{})), date_order: C.uint32_t(order)}
}

func open(options C.tsmp_options) (*Reader, error) {
	if C.tsmp_abi_version() != C.TSMP_ABI_VERSION {
		return nil, errors.New("tsmparse: the library has another ABI; install both of one release")
	}
	made := &Reader{}
	if status := C.tsmp_reader_new(&options, nil, &made.reader); status != C.TSMP_OK {
		return nil, failed(status, nil)
	}
	runtime.SetFinalizer(made, (*Reader).Close)
	return made, nil
}

// Close frees the reader; any number of times. What it gave stays.
func (r *Reader) Close() {
	C.tsmp_reader_free(r.reader)
	r.reader = nil
}

// Write gives the next piece.
func (r *Reader) Write(piece []byte) (int, error) {
	if r.reader == nil {
		return 0, ErrClosed
	}
	status := C.tsmp_reader_feed(r.reader, unsafe.Pointer(unsafe.SliceData(piece)), C.uint64_t(len(piece)))
	if status != C.TSMP_OK {
		return 0, failed(status, r.reader)
	}
	return len(piece), nil
}

// End says that no more input comes.
func (r *Reader) End() error {
	if r.reader == nil {
		return ErrClosed
	}
	if status := C.tsmp_reader_end(r.reader); status != C.TSMP_OK {
		return failed(status, r.reader)
	}
	return nil
}

// batches hands each batch that is ready to use, while it lives.
func (r *Reader) batches(use func(*C.tsmp_batch) error) error {
	for {
		if r.reader == nil {
			return ErrClosed
		}
		var batch *C.tsmp_batch
		status := C.tsmp_reader_next(r.reader, &batch)
		if status < 0 {
			return failed(status, r.reader)
		}
		if status != C.TSMP_OK {
			return nil
		}
		err := use(batch)
		C.tsmp_batch_unref(batch)
		if err != nil {
			return err
		}
	}
}

// Records gives the records that are ready.
func (r *Reader) Records() ([]Record, error) {
	var all []Record
	err := r.batches(func(batch *C.tsmp_batch) error {
		all = appendRecords(all, batch)
		return nil
	})
	runtime.KeepAlive(r)
	return all, err
}

// appendRecords copies a batch: three arrays, and Go takes it apart without calls into C.
func appendRecords(all []Record, batch *C.tsmp_batch) []Record {
	view := C.tsmp_batch_view(batch)
	text := C.GoBytes(unsafe.Pointer(view.text), C.int(view.text_length))
	for i := uint64(0); i < uint64(view.record_count); i++ {
		raw := (*C.tsmp_record)(unsafe.Add(unsafe.Pointer(view.records), i*uint64(view.record_stride)))
		line := text[raw.text : uint64(raw.text)+uint64(raw.text_length)]
		record := Record{
			Offset: uint64(raw.offset), Length: uint64(raw.length), Line: uint64(raw.line),
			Micros: int64(raw.time), Flags: uint32(raw.flags), Kind: at(kinds, int64(raw.kind)),
			Format: at(formats, int64(raw.format)), Text: line, Stamp: line[:raw.stamp_length]}
		if raw.why != C.TSMP_WHY_NONE {
			record.Why = at(whys, int64(raw.why))
		}
		for k := uint64(0); k < uint64(raw.field_count); k++ {
			field := (*C.tsmp_field)(unsafe.Add(unsafe.Pointer(view.fields),
				(uint64(raw.first_field)+k)*uint64(view.field_stride)))
			record.Fields = append(record.Fields, copyField(batch, raw, field, text))
		}
		all = append(all, record)
	}
	return all
}

func copyField(batch *C.tsmp_batch, record *C.tsmp_record, raw *C.tsmp_field, text []byte) Field {
	field := Field{ID: uint16(raw.id), Type: uint8(raw._type), Flags: uint32(raw.flags),
		Number: int64(raw.number), Power: int(raw.power),
		Text: text[raw.text : uint64(raw.text)+uint64(raw.length)]}
	field.Name = at(fieldNames, int64(raw.id))
	if raw.id >= C.TSMP_FIELD_CUSTOM { // the text, or a pattern, named it
		field.Name = C.GoString(C.tsmp_batch_field_name(batch, C.uint32_t(raw.id)))
	}
	switch {
	case record.kind == C.TSMP_KIND_CUSTOM && raw.id == C.TSMP_FIELD_NAME:
		field.Word = C.GoString(C.tsmp_batch_field_name(batch, C.uint32_t(raw.number)))
	case raw._type == C.TSMP_TYPE_WORD && record.kind == C.TSMP_KIND_STATISTIC && raw.id == C.TSMP_FIELD_NAME:
		field.Word = at(statistics, field.Number)
	case raw._type == C.TSMP_TYPE_WORD:
		field.Word = at(words, field.Number)
	}
	return field
}

// ---- whole logs ---------------------------------------------------------------------------------

// A Log is a text in memory, looked through for its date order and for the place where it wraps.
type Log struct {
	text    []byte
	options C.tsmp_options
	wrap    uint64 // the older lines begin here; 0: it does not wrap
	line    uint64
	age     int64
}

// Open reads a whole plain file.
func Open(path string) (*Log, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	log, err := NewLog(text)
	if facts, e := os.Stat(path); e == nil && err == nil {
		log.age = int64(time.Since(facts.ModTime()).Seconds())
	}
	return log, err
}

// NewLog takes a text, which must not be changed afterwards.
func NewLog(text []byte) (*Log, error) {
	found := C.tsmp_probe_result{size: C.uint32_t(unsafe.Sizeof(C.tsmp_probe_result{}))}
	chars := (*C.char)(unsafe.Pointer(unsafe.SliceData(text)))
	if status := C.tsmp_probe(chars, C.uint64_t(len(text)), nil, &found); status != C.TSMP_OK {
		return nil, failed(status, nil)
	}
	log := &Log{text: text, options: options(0)}
	if order := found.date_order; order&(order-1) == 0 {
		log.options.date_order = order
	}
	log.options.decimal = found.decimal
	if found.format == C.TSMP_FORMAT_ERROR_LOG {
		log.options.format = found.format
	}
	// Older lines stand behind the place where it wraps, if the text ends with the client's mark.
	if found.wrap_offset != 0 && bytes.HasSuffix(bytes.TrimRight(text, "\r\n \t"), []byte("Continued at beginning of file")) {
		log.wrap, log.line = uint64(found.wrap_offset), uint64(found.wrap_line)
		log.options.format = C.TSMP_FORMAT_SCHEDULE_LOG
	}
	return log, nil
}

// batches reads the log in order of time.
func (l *Log) batches(use func(*C.tsmp_batch) error) error {
	for _, part := range [][3]uint64{{l.wrap, uint64(len(l.text)), l.line}, {0, l.wrap, 1}} {
		if part[0] == part[1] && part[1] == 0 {
			continue
		}
		options := l.options
		options.first_offset, options.first_line = C.uint64_t(part[0]), C.uint64_t(part[2])
		reader, err := open(options)
		if err != nil {
			return err
		}
		defer reader.Close()
		const piece = 256 * 1024
		for from := part[0]; from < part[1]; from += piece {
			if _, err = reader.Write(l.text[from:min(from+piece, part[1])]); err == nil {
				err = reader.batches(use)
			}
			if err != nil {
				return err
			}
		}
		if err = reader.End(); err == nil {
			err = reader.batches(use)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errStop = errors.New("stop")

// Records gives every record, in order of time; an error comes last.
func (l *Log) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		err := l.batches(func(batch *C.tsmp_batch) error {
			for _, record := range appendRecords(nil, batch) {
				if !yield(record, nil) {
					return errStop
				}
			}
			return nil
		})
		if err != nil && err != errStop {
			yield(Record{}, err)
		}
	}
}
