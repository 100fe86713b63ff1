// SPDX-License-Identifier: BSD-2-Clause
'use strict';

const assert = require('node:assert');
const test = require('node:test');
const { Reader, judge, records } = require('./tsmparse.js');

const log = Buffer.from('09/17/2025 22:04:12 Node Name: KESTREL\n'
  + '09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00\n'
  + '09/17/2025 22:05:02 Normal File-->             4,096 /srv/\xff b [Sent]\n', 'latin1');

test('records tile the input, and names are bytes', () => {
  const all = records(log);
  assert.deepStrictEqual(Buffer.concat(all.flatMap((record) => [record.printed, Buffer.from('\n')])), log);
  const path = all[2].fields.find((field) => field.name === 'path');
  assert.deepStrictEqual(path.printed, Buffer.from('/srv/\xff b', 'latin1'));
});

test('pieces do not matter', () => {
  for (const size of [1, 7, log.length]) {
    const reader = new Reader({ dateOrder: 'mdy' }), all = [];
    for (let at = 0; at < log.length; at += size) all.push(...reader.feed(log.subarray(at, at + size)));
    all.push(...reader.end());
    reader.close();
    assert.strictEqual(all.length, 3);
  }
});

test('a cut log proves nothing', () => {
  const report = judge(log);
  assert.strictEqual(report.runs.length, 1);
  assert.notStrictEqual(report.verdict, 'complete');
  assert.strictEqual(judge(Buffer.alloc(0)).verdict, 'unknown');
});

test('wrong use is an error that says what to do', () => {
  const reader = new Reader();
  reader.close();
  reader.close();
  assert.throws(() => reader.feed(log), /open the input anew/);
  assert.throws(() => new Reader({ nothing: 1 }), /no such option/);
  assert.throws(() => new Reader({ dateOrder: 'ydm' }), /mdy, dmy or ymd/);
  const ended = new Reader();
  ended.end();
  assert.throws(() => ended.feed(log), /end/);
  assert.throws(() => new Reader({ max_line: 3 }), /wrong options/);
});

test('readers that nobody closes', () => {
  for (let i = 0; i < 1000; i++) new Reader().feed(log);
});
