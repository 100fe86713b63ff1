// SPDX-License-Identifier: BSD-2-Clause

package tsmparse

/*
#include <tsmparse/runs.h>
*/
import "C"

import "unsafe"

// Evidence is one reason of a verdict.
type Evidence struct {
	ID       string
	Strength uint32
	Text     []byte
	Lines    []uint64
}

// Volume is a volume that a run began, or ended.
type Volume struct {
	Name     []byte
	Outcome  string
	Failures uint64
}

// Statistic is a line of a run's closing statistics: Number x 10^Power.
type Statistic struct {
	Name   string
	Number int64
	Power  int
	Known  bool // false: printed, but not to be used
}

// Run is one scheduled event, or one interactive command, judged. Times are local microseconds, or NoTime.
type Run struct {
	Schedule, Node            []byte
	Action, Claim, Verdict    string
	Scheduled, Started, Ended int64
	ReturnCode                *int64
	Proof                     uint32
	Interactive               bool
	Evidence                  []Evidence
	Volumes                   []Volume
	Statistics                []Statistic
	Objects                   [8]uint64 // sent, updated, expired, rebound, deleted, failed, skipped, retried
	Messages                  [4]uint64 // I, W, E, S
	FirstLine, LastLine       uint64
}

// NoTime stands where a time is not known.
const NoTime = -1 << 63

var (
	verdicts, claims, evidences = names("verdict", 32), names("claim", 32), names("evidence", 128)
)

func text(t C.tsmp_text) []byte {
	return C.GoBytes(unsafe.Pointer(t.bytes), C.int(t.length))
}

// Check judges every run of the log; the first result is the worst verdict, "unknown" without any run.
func (l *Log) Check() (string, []Run, error) {
	var handle *C.tsmp_runs
	if status := C.tsmp_runs_new(nil, nil, &handle); status != C.TSMP_OK {
		return "", nil, failed(status, nil)
	}
	defer C.tsmp_runs_free(handle)
	var all []Run
	worst := C.uint32_t(0)
	take := func() error {
		for {
			var run *C.tsmp_run
			status := C.tsmp_runs_next(handle, &run)
			if status < 0 {
				return failed(status, nil)
			}
			if status != C.TSMP_OK {
				return nil
			}
			context := C.tsmp_context{size: C.uint32_t(unsafe.Sizeof(C.tsmp_context{})), age: C.int64_t(l.age)}
			var verdict *C.tsmp_verdict
			if status = C.tsmp_judge(run, &context, nil, &verdict); status == C.TSMP_OK {
				view := C.tsmp_verdict_view_of(verdict)
				worst = C.tsmp_verdict_worse(worst, view.verdict)
				all = append(all, copyRun(C.tsmp_run_view_of(run), view))
				C.tsmp_verdict_free(verdict)
			}
			C.tsmp_run_free(run)
			if status != C.TSMP_OK {
				return failed(status, nil)
			}
		}
	}
	err := l.batches(func(batch *C.tsmp_batch) error {
		if status := C.tsmp_runs_add(handle, batch); status != C.TSMP_OK {
			return failed(status, nil)
		}
		return take()
	})
	if err == nil {
		if status := C.tsmp_runs_end(handle); status != C.TSMP_OK {
			return "", nil, failed(status, nil)
		}
		err = take()
	}
	if worst == 0 {
		worst = C.TSMP_VERDICT_UNKNOWN
	}
	return at(verdicts, int64(worst)), all, err
}

func copyRun(run *C.tsmp_run_view, verdict *C.tsmp_verdict_view) Run {
	made := Run{Schedule: text(run.schedule), Node: text(run.node), Claim: at(claims, int64(run.claim)),
		Verdict: at(verdicts, int64(verdict.verdict)), Scheduled: int64(run.scheduled),
		Started: int64(run.started), Ended: int64(run.ended), Proof: uint32(verdict.proof),
		Interactive: run.interactive != 0, FirstLine: uint64(run.first_line), LastLine: uint64(run.last_line)}
	if run.action != 0 {
		made.Action = at(words, int64(run.action))
	}
	if run.has_return_code != 0 {
		code := int64(run.return_code)
		made.ReturnCode = &code
	}
	for i, count := range []C.uint64_t{run.sent, run.updated, run.expired, run.rebound, run.deleted,
		run.failed, run.skipped, run.retried} {
		made.Objects[i] = uint64(count)
	}
	for i, count := range []C.uint64_t{run.informational, run.warnings, run.errors, run.severe} {
		made.Messages[i] = uint64(count)
	}
	for i := uint64(0); i < uint64(run.volume_count); i++ {
		v := (*C.tsmp_volume)(unsafe.Add(unsafe.Pointer(run.volumes), i*uint64(run.volume_stride)))
		outcome := at(words, int64(v.outcome))
		if v.outcome == 0 {
			outcome = "unfinished"
		}
		made.Volumes = append(made.Volumes, Volume{text(v.name), outcome, uint64(v.failures)})
	}
	for i := uint64(0); i < uint64(run.statistic_count); i++ {
		s := (*C.tsmp_statistic)(unsafe.Add(unsafe.Pointer(run.statistics), i*uint64(run.statistic_stride)))
		made.Statistics = append(made.Statistics, Statistic{at(statistics, int64(s.name)), int64(s.number),
			int(s.power), s.flags&badNumber == 0})
	}
	for i := uint64(0); i < uint64(verdict.evidence_count); i++ {
		e := (*C.tsmp_evidence)(unsafe.Add(unsafe.Pointer(verdict.evidence), i*uint64(verdict.evidence_stride)))
		lines := make([]uint64, e.line_count)
		for k := range lines {
			lines[k] = uint64(*(*C.uint64_t)(unsafe.Add(unsafe.Pointer(e.lines), k*8)))
		}
		made.Evidence = append(made.Evidence, Evidence{at(evidences, int64(e.id)), uint32(e.strength),
			text(e.text), lines})
	}
	return made
}

// ProofNames are the proofs that stand behind a verdict.
func (r *Run) ProofNames() []string {
	return setNames("proof", r.Proof)
}

func setNames(group string, set uint32) []string {
	found := []string{}
	for bit := uint32(1); bit != 0; bit <<= 1 {
		if set&bit != 0 {
			if one := name(group, uint64(bit)); one != "" {
				found = append(found, one)
			}
		}
	}
	return found
}
