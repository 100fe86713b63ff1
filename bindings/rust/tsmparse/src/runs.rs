// SPDX-License-Identifier: BSD-2-Clause

//! Runs, and what they prove.

use crate::reader::{BAD_NUMBER, step};
use crate::{Error, Log, at, done, names, set, sys};
use std::ptr::{null, null_mut};

/// One reason of a verdict.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What it is.
    pub id: &'static str,
    /// 1 (note) to 5 (alone enough); 0 only explains.
    pub strength: u32,
    /// One sentence; may hold bytes of the log.
    pub text: Vec<u8>,
    /// Numbers of the lines that it rests on.
    pub lines: Vec<u64>,
}

/// A volume that a run began, or ended.
#[derive(Clone, Debug)]
pub struct Volume {
    /// As printed first.
    pub name: Vec<u8>,
    /// How it ended.
    pub outcome: &'static str,
    /// Objects that failed, as its own end line counts them.
    pub failures: u64,
}

/// A line of a run's closing statistics.
#[derive(Clone, Debug)]
pub struct Statistic {
    /// Which one.
    pub name: &'static str,
    /// Number and power of ten; `None`: printed, but not to be used.
    pub number: Option<(i64, i32)>,
}

/// One scheduled event, or one interactive command, judged. Times are local microseconds since 1970 as if UTC.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // named as in the C header
pub struct Run {
    pub schedule: Vec<u8>,
    pub node: Vec<u8>,
    pub action: Option<&'static str>,
    pub claim: &'static str,
    pub verdict: &'static str,
    pub proof: Vec<&'static str>,
    pub scheduled: Option<i64>,
    pub started: Option<i64>,
    pub ended: Option<i64>,
    pub return_code: Option<i64>,
    pub interactive: bool,
    pub evidence: Vec<Evidence>,
    pub volumes: Vec<Volume>,
    pub statistics: Vec<Statistic>,
    /// Lines of objects, by what happened to them.
    pub objects: [(&'static str, u64); 8],
    /// Messages, by the letter of their code.
    pub messages: [(&'static str, u64); 4],
    pub first_line: u64,
    pub last_line: u64,
}

/// The worst verdict, `unknown` without any run, and the runs.
#[derive(Clone, Debug)]
pub struct Report {
    /// Of the worst run.
    pub verdict: &'static str,
    /// About in the order of their ends.
    pub runs: Vec<Run>,
}

// A handle of the library, freed when it goes.
struct Owned<T>(*mut T, unsafe extern "C" fn(*mut T));

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: ours, used no more; each of them takes NULL.
        unsafe { self.1(self.0) }
    }
}

impl Log {
    /// Judge every run.
    pub fn check(&self) -> Result<Report, Error> {
        let mut runs = Owned(null_mut(), sys::tsmp_runs_free);
        let (mut worst, mut all) = (0, Vec::new());
        // SAFETY: defaults, and a place for the handle.
        done(unsafe { sys::tsmp_runs_new(null(), null(), &mut runs.0) })?;
        for batch in self.batches() {
            // SAFETY: both live during the call.
            done(unsafe { sys::tsmp_runs_add(runs.0, batch?.0.as_ptr()) })?;
            self.judge(runs.0, &mut worst, &mut all)?;
        }
        // SAFETY: the handle lives.
        done(unsafe { sys::tsmp_runs_end(runs.0) })?;
        self.judge(runs.0, &mut worst, &mut all)?;
        Ok(Report { verdict: if worst == 0 { "unknown" } else { at(&names().verdicts, worst) }, runs: all })
    }

    fn judge(&self, runs: *mut sys::tsmp_runs, worst: &mut u32, all: &mut Vec<Run>) -> Result<(), Error> {
        let size = size_of::<sys::tsmp_context>() as u32;
        let context = sys::tsmp_context { size, age: self.age, ..Default::default() };
        loop {
            let mut run = Owned(null_mut(), sys::tsmp_run_free);
            let mut verdict = Owned(null_mut(), sys::tsmp_verdict_free);
            // SAFETY: the handle lives; the run becomes ours.
            if done(unsafe { sys::tsmp_runs_next(runs, &mut run.0) })? != sys::OK {
                return Ok(());
            }
            // SAFETY: the context's size is set; the verdict becomes ours.
            done(unsafe { sys::tsmp_judge(run.0, &context, null(), &mut verdict.0) })?;
            // SAFETY: the views live as long as their handles, which is to the end of this turn.
            let (run, verdict) = unsafe { (&*sys::tsmp_run_view_of(run.0), &*sys::tsmp_verdict_view_of(verdict.0)) };
            *worst = sys::tsmp_verdict_worse(*worst, verdict.verdict);
            all.push(copy(run, verdict));
        }
    }
}

fn text(text: &sys::tsmp_text) -> Vec<u8> {
    items(text.bytes, text.length, 1, |byte| byte)
}

fn items<T: Copy, U>(array: *const T, count: u64, stride: u32, make: impl Fn(T) -> U) -> Vec<U> {
    // SAFETY: only called with array, number and stride of a view that lives.
    (0..count).map(|index| make(unsafe { step(array, index, stride) })).collect()
}

fn moment(time: i64) -> Option<i64> {
    (time != i64::MIN).then_some(time)
}

fn copy(run: &sys::tsmp_run_view, verdict: &sys::tsmp_verdict_view) -> Run {
    let names = names();
    Run {
        schedule: text(&run.schedule),
        node: text(&run.node),
        action: (run.action != 0).then(|| at(&names.words, run.action)),
        claim: at(&names.claims, run.claim),
        verdict: at(&names.verdicts, verdict.verdict),
        proof: set(c"proof", verdict.proof),
        scheduled: moment(run.scheduled),
        started: moment(run.started),
        ended: moment(run.ended),
        return_code: (run.has_return_code != 0).then_some(run.return_code),
        interactive: run.interactive != 0,
        evidence: items(verdict.evidence, verdict.evidence_count, verdict.evidence_stride, |e| Evidence {
            id: at(&names.evidence, e.id),
            strength: e.strength,
            text: text(&e.text),
            lines: items(e.lines, e.line_count, 8, |line| line),
        }),
        volumes: items(run.volumes, run.volume_count, run.volume_stride, |v| Volume {
            name: text(&v.name),
            outcome: at(&names.words, if v.outcome == 0 { sys::WORD_UNFINISHED } else { v.outcome }),
            failures: v.failures,
        }),
        statistics: items(run.statistics, run.statistic_count, run.statistic_stride, |s| Statistic {
            name: at(&names.statistics, s.name),
            number: (s.flags & BAD_NUMBER == 0).then_some((s.number, s.power)),
        }),
        objects: [
            ("sent", run.sent),
            ("updated", run.updated),
            ("expired", run.expired),
            ("rebound", run.rebound),
            ("deleted", run.deleted),
            ("failed", run.failed),
            ("skipped", run.skipped),
            ("retried", run.retried),
        ],
        messages: [("I", run.informational), ("W", run.warnings), ("E", run.errors), ("S", run.severe)],
        first_line: run.first_line,
        last_line: run.last_line,
    }
}
