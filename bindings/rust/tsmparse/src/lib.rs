// SPDX-License-Identifier: BSD-2-Clause

//! Reads what the IBM TSM client prints, and judges its runs.
//!
//! A [`Log`] is read from memory, in order of time, as the `tsmparse` command reads it. [`Record`]s and [`Run`]s are
//! plain values: they need the library no more. A [`Reader`] takes a stream in pieces, in memory that does not grow
//! with it; it may move between threads. It is closed when it is dropped, and what is closed can't be used:
//!
//! ```compile_fail,E0382
//! let mut reader = tsmparse::Reader::new(None).unwrap();
//! drop(reader);
//! reader.feed(b"text");
//! ```

mod log;
mod reader;
mod runs;

pub use log::{Log, Records};
pub use reader::{DateOrder, Field, Reader, Record, Value};
pub use runs::{Evidence, Report, Run, Statistic, Volume};

use std::ffi::{CStr, c_char};
use std::sync::OnceLock;
use tsmparse_sys as sys;

/// What went wrong.
#[derive(Debug)]
pub enum Error {
    /// The library said no: its status and its words.
    Library(i32, String),
    /// The library that was loaded has this ABI, which is another one.
    Abi(u32),
    /// A file could not be read.
    Io(std::io::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Library(status, text) if text.is_empty() => {
                write!(f, "tsmparse: status {status}: no memory, or wrong options")
            }
            Self::Library(status, text) => write!(f, "tsmparse: {text} (status {status})"),
            Self::Abi(found) => write!(
                f,
                "tsmparse: the library has ABI {found}, but this crate needs ABI {}; install both of one release",
                sys::ABI_VERSION
            ),
            Self::Io(error) => write!(f, "tsmparse: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io(error) = self { Some(error) } else { None }
    }
}

/// Refused before any struct is given or taken.
fn abi() -> Result<(), Error> {
    match sys::tsmp_abi_version() {
        sys::ABI_VERSION => Ok(()),
        other => Err(Error::Abi(other)),
    }
}

fn done(status: i32) -> Result<i32, Error> {
    if status < 0 { Err(Error::Library(status, String::new())) } else { Ok(status) }
}

/// A text of the library.
///
/// # Safety
/// It must be NULL, or NUL-terminated and live for `'a`.
unsafe fn words<'a>(text: *const c_char) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: as our caller promises.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}

/// Names of constants, looked up once: a call into C for each record would cost more than all else.
struct Names {
    kinds: Vec<&'static str>,
    formats: Vec<&'static str>,
    whys: Vec<&'static str>,
    words: Vec<&'static str>,
    statistics: Vec<&'static str>,
    fields: Vec<&'static str>,
    verdicts: Vec<&'static str>,
    claims: Vec<&'static str>,
    evidence: Vec<&'static str>,
}

fn name(group: &CStr, id: u32) -> &'static str {
    // SAFETY: the group is NUL-terminated, and names are static.
    unsafe { words(sys::tsmp_name(group.as_ptr(), id)) }
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    let table = |group: &CStr, count: u32| (0..count).map(|id| name(group, id)).collect();
    NAMES.get_or_init(|| Names {
        kinds: table(c"kind", 64),
        formats: table(c"format", 64),
        whys: table(c"why", 64),
        words: table(c"word", 256),
        statistics: table(c"statistic", 128),
        fields: table(c"field", 256),
        verdicts: table(c"verdict", 32),
        claims: table(c"claim", 32),
        evidence: table(c"evidence", 128),
    })
}

/// The name of a constant; empty when this release of the library has none.
fn at(table: &[&'static str], id: impl TryInto<usize>) -> &'static str {
    id.try_into().ok().and_then(|id| table.get(id)).copied().unwrap_or("")
}

fn set(group: &CStr, bits: u32) -> Vec<&'static str> {
    (0..32).filter(|bit| bits >> bit & 1 == 1).map(|bit| name(group, 1 << bit)).filter(|n| !n.is_empty()).collect()
}
