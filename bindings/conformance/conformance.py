#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A binding must say what the command says, on every input of tests/cases and tools/samples.

usage: conformance.py TSMPARSE EXTRACT SAMPLES ADAPTER...

ADAPTER is a command; it is called once, with two folders behind its own words. For each file NAME
in the first it writes into the second
    NAME.records   what `tsmparse records --format=jsonl NAME` prints
    NAME.check     what `tsmparse check --format=json NAME` prints; keys outside the contract
                   (CHECK and RUN below) are not looked at
or, where the input cannot be read to its end, {"error": true} alone in that file.
Both sides are compared as canonical JSON: order of keys, blanks and ways to write a number do not
matter. Prints the number of inputs that agree; status 1 when one does not.
"""
import decimal
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

CHECK = {"verdict", "runs"}
RUN = {"schedule", "node", "action", "scheduled", "started", "ended", "claim", "return_code",
       "verdict", "proof", "evidence", "volumes", "statistics", "objects", "messages",
       "first_line", "last_line"}
PARTS = {"evidence": {"id", "strength", "text", "lines"},
         "volumes": {"name", "outcome", "failures"}}
ERROR = {"error": True}


def canonical(text):
    """A JSON text as Python values, with numbers as exact values whatever way they are written."""
    return json.loads(text, parse_float=lambda n: decimal.Decimal(n).normalize(),
                      parse_int=lambda n: decimal.Decimal(n).normalize())


def contract(report):
    """A report without the keys that may differ."""
    if report == ERROR:
        return report
    runs = []
    for run in report["runs"]:
        run = {key: value for key, value in run.items() if key in RUN}
        for key, kept in PARTS.items():
            run[key] = [{k: v for k, v in part.items() if k in kept} for part in run[key]]
        runs.append(run)
    return {"verdict": report["verdict"], "runs": runs}


def command(arguments, bad_exits):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.stderr and done.returncode in bad_exits:
        return None
    if done.returncode < 0 or done.stderr:
        sys.exit(f"{arguments}: status {done.returncode}: {done.stderr!r}")
    return done.stdout.decode("utf-8")


def expected(tsmparse, path):
    records = command([tsmparse, "records", "--format=jsonl", path], {1})
    check = command([tsmparse, "check", "--format=json", path], {3})
    return ([ERROR] if records is None else [canonical(line) for line in records.split("\n") if line],
            ERROR if check is None else contract(canonical(check)))


def found(folder, name):
    records = (folder / f"{name}.records").read_text("utf-8")
    check = (folder / f"{name}.check").read_text("utf-8")
    return ([canonical(line) for line in records.split("\n") if line], contract(canonical(check)))


def difference(want, have):
    """The first place where two canonical values differ, for people."""
    if isinstance(want, dict) and isinstance(have, dict):
        for key in sorted(want.keys() | have.keys()):
            if want.get(key, ()) != have.get(key, ()):
                return f".{key}" + difference(want.get(key, "(none)"), have.get(key, "(none)"))
    if isinstance(want, list) and isinstance(have, list):
        for index in range(max(len(want), len(have))):
            if want[index:index + 1] != have[index:index + 1]:
                return f"[{index}]" + difference(*(side[index] if index < len(side) else "(none)"
                                                   for side in (want, have)))
    return f": {want!r} wanted, {have!r} found"


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    tsmparse, extract, samples, *adapter = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        inputs, outputs = pathlib.Path(place, "inputs"), pathlib.Path(place, "outputs")
        outputs.mkdir()
        subprocess.run([sys.executable, extract, inputs], check=True, stdout=subprocess.DEVNULL)
        for sample in pathlib.Path(samples).iterdir():
            shutil.copy(sample, inputs / f"sample-{sample.name}")
        done = subprocess.run([*adapter, inputs, outputs], check=False)
        if done.returncode != 0:
            return print(f"the adapter ended with status {done.returncode}") or done.returncode
        names = sorted(path.name for path in inputs.iterdir())
        failed = records = 0
        for name in names:
            want = expected(tsmparse, inputs / name)
            have = found(outputs, name)
            records += len(want[0])
            for what, one, other in zip((".records", ".check"), want, have):
                if one != other:
                    print(f"{name}{what}{difference(one, other)}")
            failed += want != have
        if not records:
            sys.exit("no records were compared")
        print(f"conformance: {len(names) - failed} of {len(names)} inputs agree ({records} records)")
        return 1 if failed else 0


sys.exit(main())
