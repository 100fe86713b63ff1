// SPDX-License-Identifier: BSD-2-Clause

//! The part of libtsmparse's C interface that the crate `tsmparse` needs, under its C names. What each call and
//! member means is said in the C headers. Arrays are to be stepped through by their strides.
#![allow(non_camel_case_types)]

use std::ffi::{c_char, c_void};

/// What a struct looks like here: its name, its size, and name, offset and size of each member.
pub type Layout = (&'static str, usize, Vec<(&'static str, usize, usize)>);

// The structs, and beside them what a test compares with the schema of the library.
macro_rules! structs {
    ($($name:ident { $($member:ident: $kind:ty),* $(,)? })*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`")]
            #[repr(C)]
            #[derive(Clone, Copy, Debug)]
            #[allow(missing_docs)]
            pub struct $name { $(pub $member: $kind),* }

            impl Default for $name {
                fn default() -> Self {
                    // SAFETY: numbers and raw pointers, for which all zeros are a value.
                    unsafe { std::mem::zeroed() }
                }
            }
        )*
        /// Every struct as it is laid out here.
        pub fn layouts() -> Vec<Layout> {
            vec![$((
                stringify!($name), size_of::<$name>(),
                vec![$((stringify!($member).trim_start_matches("r#"),
                        std::mem::offset_of!($name, $member), size_of::<$kind>())),*],
            )),*]
        }
    };
}

macro_rules! constants {
    ($($group:ident { $($name:ident = $value:expr),* $(,)? })*) => {
        $($(#[allow(missing_docs)] pub const $name: u32 = $value;)*)*
        /// Every constant that is here: group, name with its group in front, value.
        pub const CONSTANTS: &[(&str, &str, u32)] = &[$($((stringify!($group), stringify!($name), $value)),*),*];
    };
}

/// The ABI that this crate is written for.
pub const ABI_VERSION: u32 = 1;
/// A status: done, there is a result. Others that are not negative: there is none (yet).
pub const OK: i32 = 0;
/// Ids of fields from here on have names of their own: [`tsmp_batch_field_name`].
pub const FIELD_CUSTOM: u16 = 0x4000;

constants! {
    kind { KIND_STATISTIC = 8, KIND_CUSTOM = 20 }
    format { FORMAT_SCHEDULE_LOG = 1, FORMAT_ERROR_LOG = 2 }
    field { FIELD_NAME = 14 }
    type { TYPE_TEXT = 1, TYPE_NUMBER = 2, TYPE_WORD = 3, TYPE_TIME = 4, TYPE_OFFSET = 5 }
    flag {
        FLAG_NO_TIME = 1, FLAG_DATE_AMBIGUOUS = 2, FLAG_NUMBER_AMBIGUOUS = 128, FLAG_OVERFLOW = 256,
        FLAG_JOINED = 4096, FLAG_TIME_IMPOSSIBLE = 8192
    }
    word { WORD_UNFINISHED = 33 }
}

structs! {
    tsmp_text { bytes: *const u8, length: u64 }
    tsmp_options {
        size: u32, format: u32, date_order: u32, decimal: u32, max_line: u64, batch_records: u32, reserved: u32,
        first_offset: u64, first_line: u64, encoding: u32, repair: u32,
    }
    tsmp_probe_result {
        size: u32, format: u32, date_order: u32, decimal: u32, lines: u64, dates: u64, wrap_offset: u64,
        wrap_line: u64, not_utf8: u64, encoding: u32, repair: u32,
    }
    tsmp_record {
        offset: u64, length: u64, line: u64, time: i64, text: u64, text_length: u32, first_field: u32,
        field_count: u32, flags: u32, kind: u16, format: u16, why: u16, stamp_length: u16,
    }
    tsmp_field {
        text: u64, length: u32, id: u16, r#type: u8, power: i8, number: i64, flags: u32, reserved: u32,
    }
    tsmp_view {
        size: u32, record_stride: u32, field_stride: u32, reserved: u32, record_count: u64, field_count: u64,
        text_length: u64, records: *const tsmp_record, fields: *const tsmp_field, text: *const u8,
    }
    tsmp_volume {
        name: tsmp_text, outcome: u32, flags: u32, failures: u64, begin_line: u64, end_line: u64,
    }
    tsmp_statistic { name: u32, unit: u32, number: i64, power: i32, flags: u32, line: u64 }
    tsmp_run_view {
        size: u32, volume_stride: u32, statistic_stride: u32, action: u32, schedule: tsmp_text, node: tsmp_text,
        scheduled_text: tsmp_text, scheduled: i64, started: i64, ended: i64, claim: u32, has_return_code: u32,
        return_code: i64, attempts: u32, interactive: u32, first_line: u64, last_line: u64, first_offset: u64,
        end_offset: u64, volume_count: u64, volumes: *const tsmp_volume, statistic_count: u64,
        statistics: *const tsmp_statistic, sent: u64, updated: u64, expired: u64, rebound: u64, deleted: u64,
        failed: u64, skipped: u64, retried: u64, informational: u64, warnings: u64, errors: u64, severe: u64,
        volumes_left_out: u64,
    }
    tsmp_expected {
        size: u32, unsure: u32, schedule: tsmp_text, node: tsmp_text, scheduled: i64, until: i64,
    }
    tsmp_waiver {
        code: tsmp_text, object: tsmp_text, reason: tsmp_text, until: i64, flags: u32, reserved: u32,
    }
    tsmp_context {
        size: u32, proofs: u32, age: i64, fresh: i64, domain: *const tsmp_text, domain_count: u64,
        waivers: *const tsmp_waiver, waiver_count: u64, limit: i64, now: i64,
        witness: *const tsmp_witness, node: tsmp_text, skew: i64,
        earlier: *const tsmp_earlier, earlier_count: u64, canaries: *const *const c_void, canary_count: u64,
        earlier_stride: u32, want: u32,
    }
    tsmp_earlier {
        scheduled: i64, started: i64, elapsed: i64, inspected: i64, transferred: i64, flags: u32, verdict: u32,
        volume_count: u64, volumes: *const tsmp_text,
    }
    tsmp_evidence {
        id: u32, strength: u32, text: tsmp_text, lines: *const u64, line_count: u64, effect: u32, reserved: u32,
        change: tsmp_text,
    }
    tsmp_ground {
        proof: u32, stands: u32, asked: u32, reserved: u32, text: tsmp_text, lines: *const u64, line_count: u64,
    }
    tsmp_verdict_view {
        size: u32, evidence_stride: u32, verdict: u32, claim: u32, proof: u32, reserved: u32, evidence_count: u64,
        evidence: *const tsmp_evidence, ground_stride: u32, reserved2: u32, ground_count: u64,
        grounds: *const tsmp_ground,
    }
}

macro_rules! opaque {
    ($($name:ident),*) => {
        $(#[doc = concat!("An opaque `", stringify!($name), "`.")]
        #[repr(C)]
        pub struct $name { _bytes: [u8; 0], _not_send: std::marker::PhantomData<*mut u8> })*
    };
}
opaque!(tsmp_reader, tsmp_batch, tsmp_runs, tsmp_run, tsmp_verdict, tsmp_witness);

#[allow(missing_docs)] // the headers tell
unsafe extern "C" {
    pub safe fn tsmp_abi_version() -> u32;
    pub safe fn tsmp_schema_json() -> *const c_char;
    pub fn tsmp_name(group: *const c_char, id: u32) -> *const c_char;
    pub fn tsmp_probe(bytes: *const u8, length: u64, allocator: *const c_void, result: *mut tsmp_probe_result) -> i32;

    pub fn tsmp_reader_new(
        options: *const tsmp_options,
        allocator: *const c_void,
        reader: *mut *mut tsmp_reader,
    ) -> i32;
    pub fn tsmp_reader_free(reader: *mut tsmp_reader);
    pub fn tsmp_reader_feed(reader: *mut tsmp_reader, bytes: *const c_void, length: u64) -> i32;
    pub fn tsmp_reader_end(reader: *mut tsmp_reader) -> i32;
    pub fn tsmp_reader_next(reader: *mut tsmp_reader, batch: *mut *mut tsmp_batch) -> i32;
    pub fn tsmp_reader_error(reader: *const tsmp_reader) -> *const c_char;
    pub fn tsmp_batch_view(batch: *const tsmp_batch) -> *const tsmp_view;
    pub fn tsmp_batch_field_name(batch: *const tsmp_batch, id: u32) -> *const c_char;
    pub fn tsmp_batch_unref(batch: *mut tsmp_batch);

    pub fn tsmp_runs_new(options: *const c_void, allocator: *const c_void, runs: *mut *mut tsmp_runs) -> i32;
    pub fn tsmp_runs_free(runs: *mut tsmp_runs);
    pub fn tsmp_runs_add(runs: *mut tsmp_runs, batch: *const tsmp_batch) -> i32;
    pub fn tsmp_runs_end(runs: *mut tsmp_runs) -> i32;
    pub fn tsmp_runs_next(runs: *mut tsmp_runs, run: *mut *mut tsmp_run) -> i32;
    pub fn tsmp_run_view_of(run: *const tsmp_run) -> *const tsmp_run_view;
    pub fn tsmp_run_free(run: *mut tsmp_run);
    pub fn tsmp_judge(
        run: *const tsmp_run,
        context: *const tsmp_context,
        allocator: *const c_void,
        verdict: *mut *mut tsmp_verdict,
    ) -> i32;
    pub fn tsmp_verdict_view_of(verdict: *const tsmp_verdict) -> *const tsmp_verdict_view;
    pub fn tsmp_verdict_free(verdict: *mut tsmp_verdict);
    pub safe fn tsmp_verdict_worse(a: u32, b: u32) -> u32;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_and_constants_are_the_library_s() {
        assert_eq!(tsmp_abi_version(), ABI_VERSION);
        // SAFETY: a static, NUL-terminated text.
        let text = unsafe { std::ffi::CStr::from_ptr(tsmp_schema_json()) };
        let schema: serde_json::Value = serde_json::from_slice(text.to_bytes()).unwrap();
        for (name, size, members) in layouts() {
            let layout = &schema["layout"][name];
            assert_eq!(layout["size"], size, "{name}");
            for (member, offset, size) in &members {
                let place = &layout["members"][member];
                assert_eq!((&place[0], &place[1]), (&(*offset).into(), &(*size).into()), "{name}.{member}");
            }
            let all = layout["members"].as_object().unwrap();
            assert!(all.len() <= members.len(), "{name} has more members: {all:?}");
        }
        for (group, name, value) in CONSTANTS {
            let short = name.strip_prefix(&format!("{group}_").to_uppercase()).unwrap().to_lowercase();
            assert_eq!(schema[group][&short], *value, "{name}");
        }
        assert_eq!(schema["constant"]["ok"], OK);
    }
}
