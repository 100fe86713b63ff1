// SPDX-License-Identifier: BSD-2-Clause

package tsmparse

/*
#include <tsmparse/tsmparse.h>
*/
import "C"

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Object is a JSON object: what the tsmparse command prints.
type Object map[string]any

// valid UTF-8, one U+FFFD for each byte that is not, and the bytes beside it then.
func (o Object) text(key string, text []byte) {
	if utf8.Valid(text) {
		o[key] = string(text)
		return
	}
	var shown strings.Builder
	for _, r := range string(text) { // gives U+FFFD for each such byte
		shown.WriteRune(r)
	}
	o[key] = shown.String()
	o[key+"_b64"] = base64.StdEncoding.EncodeToString(text)
}

func (o Object) textOrNull(key string, text []byte) {
	if len(text) == 0 {
		o[key] = nil
	} else {
		o.text(key, text)
	}
}

func number(value int64, power int) json.Number {
	return json.Number(fmt.Sprintf("%de%d", value, power))
}

func moment(micros int64, known bool) any {
	if !known {
		return nil
	}
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05")
}

var taken = []string{"offset", "line", "length", "kind", "format", "time", "flags", "stamp", "why"}

// JSON gives the record as `tsmparse records --format=jsonl` prints it.
func (r *Record) JSON() Object {
	const shown = C.TSMP_FLAG_OVERFLOW | C.TSMP_FLAG_NUMBER_AMBIGUOUS | C.TSMP_FLAG_DATE_AMBIGUOUS |
		C.TSMP_FLAG_TIME_IMPOSSIBLE | C.TSMP_FLAG_JOINED
	flags := r.Flags
	for _, field := range r.Fields {
		flags |= field.Flags & shown
	}
	out := Object{"offset": r.Offset, "line": r.Line, "length": r.Length, "kind": r.Kind,
		"format": r.Format, "time": moment(r.Micros, r.HasTime()), "flags": setNames("flag", flags)}
	if !r.HasTime() && len(r.Stamp) > 0 {
		out.text("stamp", r.Stamp)
	}
	if r.Why != "" {
		out["why"] = r.Why
	}
	showsText := r.Kind == "unknown" || r.Kind == "more"
	if showsText {
		out.text("text", r.Text)
	}
	seen := map[string]int{}
	for i := 0; i < len(r.Fields); i++ {
		field := &r.Fields[i]
		if field.Name == "" {
			continue
		}
		if field.ID == C.TSMP_FIELD_CANDIDATES { // none of those behind it is known to be right
			ways := []Object{}
			for ; i+3 < len(r.Fields) && r.Fields[i+1].ID == C.TSMP_FIELD_PATH; i += 3 {
				way := Object{}
				for _, part := range r.Fields[i+1 : i+4] {
					way.text(part.Name, part.Text)
				}
				ways = append(ways, way)
			}
			out[field.Name] = ways
			continue
		}
		seen[field.Name]++
		key := field.Name
		if slices.Contains(taken, key) || (showsText && key == "text") {
			key = "field_" + key
		}
		if n := seen[field.Name]; n > 1 {
			key = fmt.Sprintf("%s_%d", key, n)
		}
		out.field(key, field)
	}
	return out
}

func (o Object) field(key string, field *Field) {
	switch {
	case field.Word != "":
		o.text(key, []byte(field.Word))
	case field.Type == C.TSMP_TYPE_TEXT:
		o.text(key, field.Text)
	case (field.Type == C.TSMP_TYPE_NUMBER || field.Type == C.TSMP_TYPE_OFFSET) && field.Flags&badNumber == 0:
		o[key] = number(field.Number, field.Power)
	case field.Type == C.TSMP_TYPE_TIME && field.Flags&badTime == 0:
		o[key] = moment(field.Number, true)
	default: // what the log prints stands beside it
		o[key] = nil
		o.text(key+"_text", field.Text)
	}
}

// JSON gives the run as `tsmparse check --format=json` prints it.
func (r *Run) JSON() Object {
	out := Object{"action": nil, "claim": r.Claim, "verdict": r.Verdict, "proof": r.ProofNames(),
		"return_code": r.ReturnCode, "scheduled": moment(r.Scheduled, r.Scheduled != NoTime),
		"started": moment(r.Started, r.Started != NoTime), "ended": moment(r.Ended, r.Ended != NoTime),
		"first_line": r.FirstLine, "last_line": r.LastLine}
	out.textOrNull("schedule", r.Schedule)
	out.textOrNull("node", r.Node)
	if r.Action != "" {
		out["action"] = r.Action
	}
	evidence, volumes, statistics := []Object{}, []Object{}, Object{}
	for _, e := range r.Evidence {
		one := Object{"id": e.ID, "strength": e.Strength, "lines": e.Lines}
		one.text("text", e.Text)
		evidence = append(evidence, one)
	}
	for _, v := range r.Volumes {
		one := Object{"outcome": strings.Replace(v.Outcome, "successful", "ended", 1), "failures": v.Failures}
		one.textOrNull("name", v.Name)
		volumes = append(volumes, one)
	}
	for _, s := range r.Statistics {
		if _, twice := statistics[s.Name]; twice || s.Name == "" {
			continue
		}
		statistics[s.Name] = nil
		if s.Known {
			statistics[s.Name] = number(s.Number, s.Power)
		}
	}
	objects, messages := Object{}, Object{}
	for i, key := range []string{"sent", "updated", "expired", "rebound", "deleted", "failed", "skipped", "retried"} {
		objects[key] = r.Objects[i]
	}
	for i, key := range []string{"I", "W", "E", "S"} {
		messages[key] = r.Messages[i]
	}
	out["evidence"], out["volumes"], out["statistics"] = evidence, volumes, statistics
	out["objects"], out["messages"] = objects, messages
	return out
}
