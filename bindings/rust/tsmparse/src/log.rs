// SPDX-License-Identifier: BSD-2-Clause

//! Whole logs.

use crate::reader::{Batch, options};
use crate::{Error, Reader, Record, abi, done, sys};
use std::path::Path;

/// A text in memory, looked through for its date order and for the place where it wraps.
#[derive(Debug)]
pub struct Log {
    text: Vec<u8>,
    options: sys::tsmp_options,
    wrap: u64, // the older lines begin here; 0: it does not wrap
    line: u64,
    pub(crate) age: i64,
}

impl Log {
    /// Read a whole plain file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let text = std::fs::read(&path).map_err(Error::Io)?;
        let written = std::fs::metadata(&path).and_then(|facts| facts.modified()).map_err(Error::Io)?;
        let age = written.elapsed().map_or(0, |age| age.as_secs() as i64); // written in the future: just now
        Ok(Self { age, ..Self::new(text)? })
    }

    /// Take a text.
    pub fn new(text: impl Into<Vec<u8>>) -> Result<Self, Error> {
        abi()?;
        let text = text.into();
        let size = size_of::<sys::tsmp_probe_result>() as u32;
        let mut found = sys::tsmp_probe_result { size, ..Default::default() };
        // SAFETY: the result's size is set; no pointer is kept.
        done(unsafe { sys::tsmp_probe(text.as_ptr(), text.len() as u64, std::ptr::null(), &mut found) })?;
        let decided = found.date_order.count_ones() == 1;
        let mut options = options(if decided { found.date_order } else { 0 });
        options.decimal = found.decimal;
        if found.format == sys::FORMAT_ERROR_LOG {
            options.format = found.format;
        }
        let mut log = Self { text, options, wrap: 0, line: 0, age: 0 };
        // Older lines stand behind the place where it wraps, if the text ends with the client's mark.
        if found.wrap_offset != 0 && log.text.trim_ascii_end().ends_with(b"Continued at beginning of file") {
            (log.wrap, log.line) = (found.wrap_offset, found.wrap_line);
            log.options.format = sys::FORMAT_SCHEDULE_LOG;
        }
        Ok(log)
    }

    /// Every record, in order of time; behind an error nothing comes.
    pub fn records(&self) -> Records<'_> {
        Records { batches: self.batches(), ready: Vec::new().into_iter() }
    }

    pub(crate) fn batches(&self) -> Batches<'_> {
        let all = self.text.len() as u64;
        let mut parts = vec![(self.wrap, all, self.line)];
        if self.wrap != 0 {
            parts.insert(0, (0, self.wrap, 1));
        }
        Batches { log: self, parts, at: 0, to: 0, reader: None, ended: false }
    }
}

/// Reads a log in order of time.
pub(crate) struct Batches<'a> {
    log: &'a Log,
    parts: Vec<(u64, u64, u64)>, // from, to, line: the last one comes first
    at: u64,
    to: u64,
    reader: Option<Reader>,
    ended: bool,
}

impl Batches<'_> {
    fn step(&mut self) -> Result<Option<Batch>, Error> {
        const PIECE: u64 = 256 * 1024;
        loop {
            let Some(reader) = &mut self.reader else {
                let Some((from, to, line)) = self.parts.pop() else { return Ok(None) };
                (self.at, self.to, self.ended) = (from, to, false);
                let options = sys::tsmp_options { first_offset: from, first_line: line, ..self.log.options };
                self.reader = Some(Reader::open(&options)?);
                continue;
            };
            if let Some(batch) = reader.batch()? {
                return Ok(Some(batch));
            }
            if self.at < self.to {
                let end = self.to.min(self.at + PIECE);
                reader.put(&self.log.text[self.at as usize..end as usize])?;
                self.at = end;
            } else if !self.ended {
                reader.finish()?;
                self.ended = true;
            } else {
                self.reader = None;
            }
        }
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Batch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.step();
        if batch.is_err() {
            self.parts.clear();
            self.reader = None;
        }
        batch.transpose()
    }
}

/// The records of a [`Log`].
pub struct Records<'a> {
    batches: Batches<'a>,
    ready: std::vec::IntoIter<Record>,
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.ready.next() {
                return Some(Ok(record));
            }
            match self.batches.next()? {
                Ok(batch) => self.ready = batch.records().into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
