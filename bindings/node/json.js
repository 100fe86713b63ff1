// SPDX-License-Identifier: BSD-2-Clause
// Records and runs as the tsmparse command prints them.
'use strict';

const { names, schema } = require('./tsmparse.js');

const { flag } = schema;
const badTime = flag.no_time | flag.date_ambiguous | flag.time_impossible;
const badNumber = flag.overflow | flag.number_ambiguous;
const shown = badNumber | flag.date_ambiguous | flag.time_impossible | flag.joined;
const taken = ['offset', 'line', 'length', 'kind', 'format', 'time', 'flags', 'stamp', 'why'];
const noTime = -(2n ** 63n);
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// A number that JSON.stringify would round or refuse stands as it is.
const raw = (text) => ({ raw: String(text) });

function write(value) {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value.raw === 'string') return value.raw;
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(',')}}`;
}

// Valid UTF-8, one U+FFFD for each byte that is not, and the bytes beside it then.
function putText(into, key, bytes) {
  try {
    into[key] = strict.decode(bytes);
    return;
  } catch {
    into[key] = '';
  }
  for (let at = 0; at < bytes.length;) {
    let n = 4;
    for (; n > 0; n--) { // the character here: the longest that decodes to one
      try {
        const one = at + n <= bytes.length ? strict.decode(bytes.subarray(at, at + n)) : '';
        if ([...one].length === 1) { into[key] += one; break; }
      } catch { /* shorter */ }
    }
    if (n === 0) into[key] += '\ufffd';
    at += n || 1;
  }
  into[`${key}_b64`] = bytes.toString('base64');
}

function putTextOrNull(into, key, bytes) {
  if (bytes.length) putText(into, key, bytes);
  else into[key] = null;
}

function moment(micros, known) {
  if (!known) return null;
  const seconds = (micros - ((micros % 1000000n) + 1000000n) % 1000000n) / 1000000n;
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
}

function set(group, bits) {
  return Object.keys(names[group]).map(Number).sort((a, b) => a - b).filter((bit) => bits & bit).map((bit) => names[group][bit]);
}

function putField(into, key, field) {
  if (field.word !== undefined) putText(into, key, Buffer.from(field.word));
  else if (field.type === 'text') putText(into, key, field.printed);
  else if ((field.type === 'number' || field.type === 'offset') && !(field.flags & badNumber)) into[key] = raw(`${field.number}e${field.power}`);
  else if (field.type === 'time' && !(field.flags & badTime)) into[key] = moment(field.number, true);
  else {
    into[key] = null;
    putText(into, `${key}_text`, field.printed);
  }
}

function recordJson(record) {
  const known = !(record.flags & badTime), showsText = record.kind === 'unknown' || record.kind === 'more';
  const flags = record.fields.reduce((all, field) => all | (field.flags & shown), record.flags);
  const out = { offset: record.offset, line: record.line, length: record.length, kind: record.kind,
    format: record.format, time: moment(record.time, known), flags: set('flag', flags) };
  if (!known && record.stamp.length) putText(out, 'stamp', record.stamp);
  if (record.why !== 'none') out.why = record.why;
  if (showsText) putText(out, 'text', record.printed);
  const seen = {}, fields = [...record.fields];
  while (fields.length) {
    const field = fields.shift();
    if (field.name === 'candidates') { // none of those behind it is known to be right
      out.candidates = [];
      while (fields.length > 2 && fields[0].name === 'path') {
        const way = {};
        for (const part of fields.splice(0, 3)) putText(way, part.name, part.printed);
        out.candidates.push(way);
      }
      continue;
    }
    seen[field.name] = (seen[field.name] ?? 0) + 1;
    const prefix = taken.includes(field.name) || (showsText && field.name === 'text') ? 'field_' : '';
    putField(out, prefix + field.name + (seen[field.name] > 1 ? `_${seen[field.name]}` : ''), field);
  }
  return write(out);
}

function runJson(run) {
  const out = { action: run.action ? names.word[run.action] : null, claim: names.claim[run.claim],
    return_code: run.has_return_code ? run.return_code : null, verdict: run.verdict, proof: set('proof', run.proof),
    first_line: run.first_line, last_line: run.last_line, statistics: {} };
  for (const key of ['schedule', 'node']) putTextOrNull(out, key, run[key]);
  for (const key of ['scheduled', 'started', 'ended']) out[key] = moment(run[key], run[key] !== noTime);
  out.evidence = run.evidence.map((reason) => {
    const one = { id: names.evidence[reason.id], strength: reason.strength, lines: reason.lines };
    putText(one, 'text', reason.text);
    return one;
  });
  out.volumes = run.volumes.map((volume) => {
    const outcome = names.word[volume.outcome || schema.word.unfinished];
    const one = { outcome: outcome === 'successful' ? 'ended' : outcome, failures: volume.failures };
    putTextOrNull(one, 'name', volume.name);
    return one;
  });
  for (const statistic of run.statistics) {
    out.statistics[names.statistic[statistic.name]] ??= statistic.flags & badNumber ? null : raw(`${statistic.number}e${statistic.power}`);
  }
  const pick = (keys) => Object.fromEntries(Object.entries(keys).map(([key, member]) => [key, run[member]]));
  out.objects = pick(Object.fromEntries(['sent', 'updated', 'expired', 'rebound', 'deleted', 'failed', 'skipped',
    'retried'].map((key) => [key, key])));
  out.messages = pick({ I: 'informational', W: 'warnings', E: 'errors', S: 'severe' });
  return write(out);
}

module.exports = { recordJson, runJson };
