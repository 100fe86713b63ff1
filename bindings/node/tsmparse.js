// SPDX-License-Identifier: BSD-2-Clause
// Reads what the IBM TSM client prints, and judges its runs, through koffi. Structs and constants come from
// the library's own schema. Names are Buffers; 64-bit members are BigInt.
'use strict';

const koffi = require('koffi');

const ABI = 1;
const file = process.env.TSMPARSE_LIBRARY || `libtsmparse.so.${ABI}`;
const call = {};
try {
  const library = koffi.load(file);
  for (const declaration of [
    'uint32_t abi_version()', 'const char *schema_json()',
    'int32_t reader_new(const void *options, void *allocator, _Out_ void **reader)',
    'void reader_free(void *reader)', 'int32_t reader_feed(void *reader, const void *bytes, uint64_t length)',
    'int32_t reader_end(void *reader)', 'int32_t reader_next(void *reader, _Out_ void **batch)',
    'const char *reader_error(void *reader)', 'void *batch_view(void *batch)', 'void batch_unref(void *batch)',
    'const char *batch_field_name(void *batch, uint32_t id)',
    'int32_t probe(const void *bytes, uint64_t length, void *allocator, void *result)',
    'int32_t runs_new(void *options, void *allocator, _Out_ void **runs)', 'void runs_free(void *runs)',
    'int32_t runs_add(void *runs, void *batch)', 'int32_t runs_end(void *runs)',
    'int32_t runs_next(void *runs, _Out_ void **run)', 'void *run_view_of(void *run)', 'void run_free(void *run)',
    'int32_t judge(void *run, const void *context, void *allocator, _Out_ void **verdict)',
    'void *verdict_view_of(void *verdict)', 'void verdict_free(void *verdict)',
    'uint32_t verdict_worse(uint32_t a, uint32_t b)']) {
    const name = declaration.match(/(\w+)\(/)[1];
    call[name] = library.func(declaration.replace(`${name}(`, `tsmp_${name}(`));
  }
} catch (error) {
  throw new Error(`${file} cannot be used: install libtsmparse, or set TSMPARSE_LIBRARY to its file (${error.message})`);
}
if (call.abi_version() !== ABI) {
  throw new Error(`${file} has ABI ${call.abi_version()}, but this package needs ABI ${ABI}`);
}
const schema = JSON.parse(call.schema_json());
const { layout, constant } = schema;
const names = {};
for (const [group, members] of Object.entries(schema)) {
  if (typeof members === 'object') names[group] = Object.fromEntries(Object.entries(members).map(([k, v]) => [v, k]));
}
const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const getters = { u8: 'getUint8', i8: 'getInt8', u16: 'getUint16', i16: 'getInt16', u32: 'getUint32', i32: 'getInt32',
  u64: 'getBigUint64', i64: 'getBigInt64', pointer: 'getBigUint64' };

// Memory of the library is copied at once: it lives no longer than its handle.
function copy(address, length) {
  return Number(length) === 0 ? Buffer.alloc(0) : Buffer.from(Buffer.from(koffi.view(address, Number(length))));
}

function read(struct, bytes, start = 0) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, layout[struct].size), found = {};
  for (const [name, [offset, , kind]] of Object.entries(layout[struct].members)) {
    found[name] = kind === 'text'
      ? copy(view.getBigUint64(offset, little), view.getBigUint64(offset + 8, little))
      : view[getters[kind]](offset, little);
  }
  return found;
}

function take(struct, address) {
  return read(struct, copy(address, layout[struct].size));
}

function items(struct, address, count, stride) {
  const bytes = copy(address, Number(count) * stride);
  return Array.from({ length: Number(count) }, (_, index) => read(struct, bytes, index * stride));
}

// A struct for the library to read; its size is set.
function give(struct, values = {}) {
  const bytes = Buffer.alloc(layout[struct].size), view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [name, value] of Object.entries({ size: bytes.length, ...values })) {
    const member = layout[struct].members[name];
    if (!member) throw new RangeError(`no such option: ${name}`);
    const wide = member[1] === 8;
    view[getters[member[2]].replace('get', 'set')](member[0], wide ? BigInt(value) : value, little);
  }
  return bytes;
}

class TsmparseError extends Error {
  constructor(status, text) {
    super(text || `status ${status}: no memory, or wrong options`);
    this.status = status;
  }
}

function check(status, text) {
  if (status < 0) throw new TsmparseError(status, text);
  return status;
}

// A reader of a stream: feed pieces and end it; each gives the records that are complete.
class Reader {
  #reader;

  constructor({ dateOrder, ...options } = {}) {
    if (dateOrder !== undefined) {
      options.date_order = constant[`order_${dateOrder}`];
      if (!options.date_order) throw new RangeError('dateOrder must be mdy, dmy or ymd');
    }
    const out = [null];
    check(call.reader_new(give('tsmp_options', options), null, out));
    this.#reader = out[0];
    finalizers.register(this, out[0], this);
  }

  #used() {
    if (!this.#reader) throw new TsmparseError(0, 'the reader is closed; open the input anew');
    return this.#reader;
  }

  #told(status) {
    return check(status, status < 0 ? call.reader_error(this.#reader) : '');
  }

  close() {
    if (this.#reader) {
      finalizers.unregister(this);
      call.reader_free(this.#reader);
      this.#reader = null;
    }
  }

  feed(piece) {
    this.#told(call.reader_feed(this.#used(), piece, piece.length));
    return this.#records();
  }

  end() {
    this.#told(call.reader_end(this.#used()));
    return this.#records();
  }

  #records() {
    const all = [];
    this.batches((batch) => all.push(...recordsOf(batch)));
    return all;
  }

  // For this package: each batch that is ready, while it lives.
  batches(use) {
    const out = [null];
    while (this.#told(call.reader_next(this.#used(), out)) === constant.ok) {
      const batch = out[0];
      try {
        use(batch);
      } finally {
        call.batch_unref(batch);
      }
    }
  }

  feedOnly(piece) {
    this.#told(call.reader_feed(this.#used(), piece, piece.length));
  }

  endOnly() {
    this.#told(call.reader_end(this.#used()));
  }
}

const finalizers = new FinalizationRegistry((reader) => call.reader_free(reader));

function recordsOf(batch) {
  const view = take('tsmp_view', call.batch_view(batch));
  const text = copy(view.text, view.text_length);
  const fields = items('tsmp_field', view.fields, view.field_count, view.field_stride);
  const records = items('tsmp_record', view.records, view.record_count, view.record_stride);
  for (const record of records) {
    const start = Number(record.text);
    record.printed = text.subarray(start, start + record.text_length);
    record.stamp = record.printed.subarray(0, record.stamp_length);
    for (const group of ['kind', 'format', 'why']) record[group] = names[group][record[group]];
    record.fields = fields.slice(record.first_field, record.first_field + record.field_count);
    for (const field of record.fields) {
      const at = Number(field.text);
      field.printed = text.subarray(at, at + field.length);
      field.type = names.type[field.type];
      field.name = names.field[field.id] ?? call.batch_field_name(batch, field.id);
      const group = record.kind === 'statistic' && field.name === 'name' ? 'statistic' : 'word';
      if (field.type === 'word') field.word = names[group][Number(field.number)];
      if (record.kind === 'custom' && field.name === 'name') {
        field.word = call.batch_field_name(batch, Number(field.number));
      }
    }
  }
  return records;
}

// Each batch of a whole text, in order of time, as the command reads it.
function eachBatch(text, use) {
  const result = give('tsmp_probe_result');
  check(call.probe(text, text.length, null, result));
  const found = read('tsmp_probe_result', result), order = found.date_order;
  const known = { decimal: found.decimal, date_order: order & (order - 1) ? 0 : order };
  if (names.format[found.format] === 'error_log') known.format = found.format;
  let parts = [[0, text.length, 1]];
  if (found.wrap_offset > 0n && /Continued at beginning of file\s*$/.test(text.subarray(-4096).toString('latin1'))) {
    // older lines stand behind the place where it wraps
    known.format = schema.format.schedule_log;
    const at = Number(found.wrap_offset);
    parts = [[at, text.length, Number(found.wrap_line)], [0, at, 1]];
  }
  for (const [from, to, line] of parts) {
    const reader = new Reader({ ...known, first_offset: from, first_line: line });
    try {
      for (let at = from; at < to; at += 262144) {
        reader.feedOnly(text.subarray(at, Math.min(at + 262144, to)));
        reader.batches(use);
      }
      reader.endOnly();
      reader.batches(use);
    } finally {
      reader.close();
    }
  }
}

// Every record of a text (a Buffer).
function records(text) {
  const all = [];
  eachBatch(text, (batch) => { for (const record of recordsOf(batch)) all.push(record); });
  return all;
}

// The runs of a text, judged, and the worst verdict. age: seconds since the log was written.
function judge(text, { age = 0 } = {}) {
  const out = [null], runs = [], context = give('tsmp_context', { age });
  let worst = 0;
  check(call.runs_new(null, null, out));
  const handle = out[0];
  const takeRuns = () => {
    while (check(call.runs_next(handle, out)) === constant.ok) {
      const run = out[0];
      try {
        check(call.judge(run, context, null, out));
        const verdict = out[0];
        runs.push(judged(run, verdict));
        call.verdict_free(verdict);
      } finally {
        call.run_free(run);
      }
      worst = call.verdict_worse(worst, runs.at(-1).verdict_number);
    }
  };
  try {
    eachBatch(text, (batch) => { check(call.runs_add(handle, batch)); takeRuns(); });
    check(call.runs_end(handle));
    takeRuns();
  } finally {
    call.runs_free(handle);
  }
  return { verdict: worst ? names.verdict[worst] : 'unknown', runs };
}

function judged(handle, verdictHandle) {
  const run = take('tsmp_run_view', call.run_view_of(handle));
  const verdict = take('tsmp_verdict_view', call.verdict_view_of(verdictHandle));
  run.volumes = items('tsmp_volume', run.volumes, run.volume_count, run.volume_stride);
  run.statistics = items('tsmp_statistic', run.statistics, run.statistic_count, run.statistic_stride);
  run.evidence = items('tsmp_evidence', verdict.evidence, verdict.evidence_count, verdict.evidence_stride);
  for (const reason of run.evidence) {
    const bytes = copy(reason.lines, 8n * reason.line_count), view = new DataView(bytes.buffer, bytes.byteOffset);
    reason.lines = Array.from({ length: Number(reason.line_count) }, (_, i) => view.getBigUint64(8 * i, little));
  }
  run.verdict_number = verdict.verdict;
  run.verdict = names.verdict[verdict.verdict];
  run.proof = verdict.proof;
  return run;
}

module.exports = { Reader, TsmparseError, judge, names, records, schema };
