// SPDX-License-Identifier: BSD-2-Clause
// The Node side of bindings/bench/examples.py. usage: node bench.js MODE FILE
'use strict';

const fs = require('node:fs');
const { records } = require('./tsmparse.js');

const begin = process.cpuUsage();
let count = 0, objects = 0;
for (const record of records(fs.readFileSync(process.argv[3]))) {
  count++;
  if (record.kind === 'object') objects++;
}
const { user, system } = process.cpuUsage(begin); // of all threads, in microseconds
console.log(count, (user + system) * 1000, objects);
