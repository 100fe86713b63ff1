// SPDX-License-Identifier: BSD-2-Clause

//! Streams, and the records that they give.

use crate::{Error, abi, at, done, names, set, sys, words};
use std::ptr::{NonNull, null, null_mut};

const BAD_TIME: u32 = sys::FLAG_NO_TIME | sys::FLAG_DATE_AMBIGUOUS | sys::FLAG_TIME_IMPOSSIBLE;
pub(crate) const BAD_NUMBER: u32 = sys::FLAG_OVERFLOW | sys::FLAG_NUMBER_AMBIGUOUS;

/// What a field says besides its text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing more.
    Text,
    /// A word of the field's vocabulary, the name of a statistic, or the name of a pattern.
    Word(String),
    /// `number` x 10^`power`.
    Number {
        /// The digits.
        number: i64,
        /// The power of ten.
        power: i32,
    },
    /// Local microseconds since 1970 as if UTC.
    Time(i64),
    /// What is printed is no number or time that may be used: an order of date that is undecided, an overflow.
    Unusable,
}

/// One fact of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Empty when this release of the library has no name for it.
    pub name: String,
    /// What it says.
    pub value: Value,
    /// As printed.
    pub text: Vec<u8>,
    flags: u32,
}

/// One line of the input.
#[derive(Clone, Debug)]
pub struct Record {
    /// Of its first byte in the input.
    pub offset: u64,
    /// In bytes of the input, with its newline.
    pub length: u64,
    /// From 1.
    pub line: u64,
    /// Local microseconds since 1970 as if UTC; `None` also for a stamp whose date order is undecided.
    pub time: Option<i64>,
    /// What it is.
    pub kind: &'static str,
    /// Of which text.
    pub format: &'static str,
    /// Why it is unknown, or `more`; else `None`.
    pub why: Option<&'static str>,
    /// As printed, without its newline.
    pub text: Vec<u8>,
    /// Its facts, in order.
    pub fields: Vec<Field>,
    stamp_length: usize,
    flags: u32,
}

impl Record {
    /// The stamp as printed; empty without one.
    pub fn stamp(&self) -> &[u8] {
        &self.text[..self.stamp_length]
    }

    /// The first field of that name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What is to be known about it, by name: its own flags, and those that say what is wrong with its fields.
    pub fn flags(&self) -> Vec<&'static str> {
        const SHOWN: u32 = BAD_NUMBER | sys::FLAG_DATE_AMBIGUOUS | sys::FLAG_TIME_IMPOSSIBLE | sys::FLAG_JOINED;
        set(c"flag", self.fields.iter().fold(self.flags, |all, field| all | (field.flags & SHOWN)))
    }
}

/// How dates are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Month, day, year.
    Mdy = 1,
    /// Day, month, year.
    Dmy = 2,
    /// Year, month, day.
    Ymd = 4,
}

pub(crate) fn options(order: u32) -> sys::tsmp_options {
    sys::tsmp_options { size: size_of::<sys::tsmp_options>() as u32, date_order: order, ..Default::default() }
}

/// Takes bytes in any pieces and gives records.
#[derive(Debug)]
pub struct Reader(NonNull<sys::tsmp_reader>);

// SAFETY: the library asks only that one thread at a time uses it, and every call that changes it takes &mut.
unsafe impl Send for Reader {}

impl Drop for Reader {
    fn drop(&mut self) {
        // SAFETY: ours, and used no more.
        unsafe { sys::tsmp_reader_free(self.0.as_ptr()) }
    }
}

impl Reader {
    /// A reader; `None` finds the order of dates out.
    pub fn new(order: Option<DateOrder>) -> Result<Self, Error> {
        Self::open(&options(order.map_or(0, |order| order as u32)))
    }

    pub(crate) fn open(options: &sys::tsmp_options) -> Result<Self, Error> {
        abi()?;
        let mut reader = null_mut();
        // SAFETY: the options' size is set; they are copied.
        done(unsafe { sys::tsmp_reader_new(options, null(), &mut reader) })?;
        Ok(Self(NonNull::new(reader).expect("a reader that was made")))
    }

    fn told(&self, status: i32) -> Result<i32, Error> {
        // SAFETY: the text lives until the next call.
        done(status)
            .map_err(|_| Error::Library(status, unsafe { words(sys::tsmp_reader_error(self.0.as_ptr())) }.into()))
    }

    pub(crate) fn put(&mut self, piece: &[u8]) -> Result<(), Error> {
        // SAFETY: the piece is copied.
        let status = unsafe { sys::tsmp_reader_feed(self.0.as_ptr(), piece.as_ptr().cast(), piece.len() as u64) };
        self.told(status).map(drop)
    }

    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        // SAFETY: the reader lives.
        let status = unsafe { sys::tsmp_reader_end(self.0.as_ptr()) };
        self.told(status).map(drop)
    }

    /// The next batch that is ready.
    pub(crate) fn batch(&mut self) -> Result<Option<Batch>, Error> {
        let mut batch = null_mut();
        // SAFETY: the reader lives; the batch becomes ours.
        let status = unsafe { sys::tsmp_reader_next(self.0.as_ptr(), &mut batch) };
        Ok(if self.told(status)? == sys::OK { NonNull::new(batch).map(Batch) } else { None })
    }

    fn ready(&mut self) -> Result<Vec<Record>, Error> {
        let mut all = Vec::new();
        while let Some(batch) = self.batch()? {
            all.extend(batch.records());
        }
        Ok(all)
    }

    /// Give the next piece; what is complete comes back.
    pub fn feed(&mut self, piece: &[u8]) -> Result<Vec<Record>, Error> {
        self.put(piece)?;
        self.ready()
    }

    /// No more input comes; the last records come back.
    pub fn end(&mut self) -> Result<Vec<Record>, Error> {
        self.finish()?;
        self.ready()
    }
}

pub(crate) struct Batch(pub(crate) NonNull<sys::tsmp_batch>);

impl Drop for Batch {
    fn drop(&mut self) {
        // SAFETY: our reference, used no more.
        unsafe { sys::tsmp_batch_unref(self.0.as_ptr()) }
    }
}

/// What stands at `index` of an array of the library, whose elements may have grown at their ends.
///
/// # Safety
/// The array has more than `index` elements of `stride` bytes, each beginning with a `T`.
pub(crate) unsafe fn step<T: Copy>(array: *const T, index: u64, stride: u32) -> T {
    // SAFETY: as our caller promises; unaligned, for a stride that is no multiple of T's.
    unsafe { array.byte_add(index as usize * stride as usize).read_unaligned() }
}

impl Batch {
    /// Copies of all its records.
    pub(crate) fn records(&self) -> Vec<Record> {
        // SAFETY: the view and all it points to live as long as the batch.
        let view = unsafe { &*sys::tsmp_batch_view(self.0.as_ptr()) };
        let text = match view.text_length {
            0 => &[][..],
            // SAFETY: as above.
            length => unsafe { std::slice::from_raw_parts(view.text, length as usize) },
        };
        (0..view.record_count)
            // SAFETY: of the view's own number and stride.
            .map(|index| self.record(view, text, unsafe { step(view.records, index, view.record_stride) }))
            .collect()
    }

    fn record(&self, view: &sys::tsmp_view, text: &[u8], raw: sys::tsmp_record) -> Record {
        let fields = u64::from(raw.first_field)..u64::from(raw.first_field) + u64::from(raw.field_count);
        let why = at(&names().whys, raw.why);
        Record {
            offset: raw.offset,
            length: raw.length,
            line: raw.line,
            time: (raw.flags & BAD_TIME == 0).then_some(raw.time),
            kind: at(&names().kinds, raw.kind),
            format: at(&names().formats, raw.format),
            why: (raw.why != 0).then_some(why),
            text: text[raw.text as usize..][..raw.text_length as usize].to_vec(),
            fields: fields
                // SAFETY: a record's fields are among the view's.
                .map(|index| self.field(&raw, text, unsafe { step(view.fields, index, view.field_stride) }))
                .collect(),
            stamp_length: raw.stamp_length.into(),
            flags: raw.flags,
        }
    }

    fn name(&self, id: u32) -> String {
        // SAFETY: the name lives as long as the batch.
        unsafe { words(sys::tsmp_batch_field_name(self.0.as_ptr(), id)) }.into()
    }

    fn field(&self, record: &sys::tsmp_record, text: &[u8], raw: sys::tsmp_field) -> Field {
        let (kind, is_name) = (u32::from(record.kind), u32::from(raw.id) == sys::FIELD_NAME);
        let word = match u32::from(raw.r#type) {
            _ if kind == sys::KIND_CUSTOM && is_name => self.name(raw.number as u32),
            sys::TYPE_WORD if kind == sys::KIND_STATISTIC && is_name => at(&names().statistics, raw.number).into(),
            sys::TYPE_WORD => at(&names().words, raw.number).into(),
            _ => String::new(),
        };
        let value = match u32::from(raw.r#type) {
            _ if !word.is_empty() => Value::Word(word),
            sys::TYPE_TEXT => Value::Text,
            sys::TYPE_NUMBER | sys::TYPE_OFFSET if raw.flags & BAD_NUMBER == 0 => {
                Value::Number { number: raw.number, power: raw.power.into() }
            }
            sys::TYPE_TIME if raw.flags & BAD_TIME == 0 => Value::Time(raw.number),
            _ => Value::Unusable,
        };
        let own = raw.id >= sys::FIELD_CUSTOM; // the text, or a pattern, named it
        Field {
            name: if own { self.name(raw.id.into()) } else { at(&names().fields, raw.id).into() },
            value,
            text: text[raw.text as usize..][..raw.length as usize].to_vec(),
            flags: raw.flags,
        }
    }
}
