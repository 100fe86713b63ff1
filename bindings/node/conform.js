// SPDX-License-Identifier: BSD-2-Clause
// The conformance adapter of the Node package. usage: node conform.js INPUTS OUTPUTS
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { judge, records } = require('./tsmparse.js');
const { recordJson, runJson } = require('./json.js');

const [inputs, outputs] = process.argv.slice(2);

function store(name, make) {
  let rows;
  try {
    rows = make();
  } catch (error) {
    console.error(name, error.message);
    rows = ['{"error":true}'];
  }
  fs.writeFileSync(path.join(outputs, name), rows.map((row) => `${row}\n`).join(''));
}

for (const name of fs.readdirSync(inputs)) {
  const file = path.join(inputs, name), text = fs.readFileSync(file);
  const age = Math.trunc((Date.now() - fs.statSync(file).mtimeMs) / 1000);
  store(`${name}.records`, () => records(text).map(recordJson));
  store(`${name}.check`, () => {
    const report = judge(text, { age });
    return [`{"verdict":"${report.verdict}","runs":[${report.runs.map(runJson).join(',')}]}`];
  });
}
