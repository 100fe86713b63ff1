#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the command prints of hostile logs is read back by parsers that are not ours.

usage: hostile_output.py TSMPARSE LINES_TXT [COUNT [SEED]]

Logs are made of known lines, with names that hold whatever a name can. For each: no byte in any
output can act on a terminal or a spreadsheet; JSON and CSV parse, their records tile the file; a
name that keeps to its line comes back byte for byte.
"""
import base64
import csv
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

COMMAND, LINES = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(encoding="ascii").split("\n")
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 30
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
STAMP = b"09/17/2025 22:04:11 "
PIECES = [b"\x1b[2J", b"\x1b]0;x\x07", b"\x1b]52;c;eA==\x07", b"\x9b31m", b"\xc2\x9b31m", b"\r", b"\n", b"\x0b", b"\x0c",
          b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\x7f", b"\x08",
          b"\x00", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe4", b"=cmd()", b"+1", b"-1", b"@x", b"|",
          b";", b",", b"\"", b"'", b"\\", b"\\x1b", b"\\u{202e}", b"${x}", b"`id`", b" --> ", b" [Sent]", b"{}", b"\t", b"%n", b"%s",
          "Ünïcode 名前".encode(), b"name", b"/srv/mail", b"a b", b"\xf3\xa0\x80\x81", b"\xef\xbc\x9d1"]
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")


def fail(log, what):
    path = pathlib.Path(tempfile.gettempdir()) / "hostile.log"
    path.write_bytes(log)
    sys.exit(f"{what}\nthe log is {path}")


def name(rng):
    return b"".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))


def make_log(rng):
    """The log, and the names in it that stand whole on their line."""
    out, names = [], set()
    for _ in range(rng.randint(1, 60)):
        line = rng.choice(LINES).encode()
        given, stamp = name(rng), STAMP if rng.random() < 0.9 else b""
        kind = rng.randint(0, 5)
        if kind == 0:
            line = b"Normal File-->             4,096 /" + given + b" [Sent]"
            if stamp and not re.search(rb"[\n\r]| $|\[|-->", given) and not given.startswith(b" "):
                names.add(b"/" + given)
        elif kind == 1:
            line = line.replace(b"/srv/mail", given)
        elif kind == 2:
            line = line.replace(b"NIGHT_INC", given)
        elif kind == 3:
            line = given
        out.append(stamp + line + rng.choice([b"\n", b"\n", b"\r\n"]))
    log = b"".join(out)
    return (log if rng.random() < 0.9 else log[:-1].rstrip(b"\r")), {n for n in names if b"\x00" not in n}


def run(log, path, *words):
    done = subprocess.run([COMMAND, words[0], *words[1:], path], capture_output=True, timeout=120)
    if done.returncode not in (0, 1, 2, 3):
        fail(log, f"{words} ended with {done.returncode}: {done.stderr[-400:]}")
    try:
        text, complaint = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    except UnicodeDecodeError as error:
        fail(log, f"{words}: output is no UTF-8: {error}")
    rows = text.replace("\r\n", "\n") if "csv" in words else text
    for where, shown in (("output", rows), ("complaint", complaint)):
        found = UNSAFE.search(shown)
        if found:
            fail(log, f"{words}: {where} holds U+{ord(found.group()):04X} in {shown[max(0, found.start() - 60):found.end()]!r}")
    return text


def no_twins(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key stands twice: {keys}"
    return dict(pairs)


def read_json(log, text, words):
    def refuse(word):
        raise ValueError(word)
    try:
        return json.loads(text, object_pairs_hook=no_twins, parse_constant=refuse)
    except (ValueError, AssertionError) as error:
        fail(log, f"{words}: {error} in {text[:300]!r}")


def value(record, key):
    if key + "_b64" in record:
        return base64.b64decode(record[key + "_b64"], validate=True)
    return record[key].encode() if record.get(key) is not None else None


def tile(log, records, words):
    at = 0
    for record in records:
        if int(record["offset"]) != at:
            fail(log, f"{words}: a record at {record['offset']}, not at {at}")
        at += int(record["length"])
    if at != len(log):
        fail(log, f"{words}: records end at {at} of {len(log)}")


def check_records(log, names, path):
    records = [read_json(log, line, "records")
               for line in run(log, path, "records", "--format", "jsonl").split("\n")[:-1]]
    tile(log, records, "jsonl")
    found = set()
    for record in records:
        raw = log[record["offset"]:record["offset"] + record["length"]]
        for key in ("path", "volume", "schedule", "text", "object"):
            said = value(record, key)
            if said is not None and said not in raw and said not in ("", None) and not isinstance(record[key], (int, float)):
                fail(log, f"jsonl: {key} {said!r} does not stand in {raw!r}")
        if record["kind"] == "object":
            found.add(value(record, "path"))
    if names - found:
        fail(log, f"jsonl: names that did not come back: {sorted(names - found)[:3]}")
    text = run(log, path, "records", "--format", "csv")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for row in rows:
        if len(row) != len(rows[0]):
            fail(log, f"csv: {len(row)} cells where the head has {len(rows[0])}: {row}")
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\uff1d") and not re.fullmatch(r"-?[0-9.]+", cell):
                fail(log, f"csv: a cell that a spreadsheet runs: {cell!r}")
    tile(log, [dict(zip(rows[0], row)) for row in rows[1:]], "csv")
    if len(rows) - 1 != len(records):
        fail(log, f"csv has {len(rows) - 1} records, jsonl {len(records)}")
    lines = run(log, path, "records", "--format", "table").split("\n")
    if len(lines) < len(records) + 1:
        fail(log, "table: a record has no line")


def check_runs(log, path):
    text = run(log, path, "check")
    answer = read_json(log, run(log, path, "check", "--format", "json"), "check")
    verdicts = {"complete", "exceptions", "incomplete", "failed", "running", "missed", "unknown"}
    for one in answer["runs"]:
        if one["verdict"] not in verdicts:
            fail(log, f"check: verdict {one['verdict']!r}")
        for evidence in one["evidence"]:
            if not all(0 < line <= log.count(b"\n") + 1 for line in evidence["lines"]):
                fail(log, f"check: evidence on lines that are not there: {evidence}")
    if not text.endswith("\n") or not text.strip():
        fail(log, "check: no answer")
    run(log, path, "runs")
    for line in run(log, path, "runs", "--format", "json").split("\n")[:-1]:
        read_json(log, line, "runs")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "hostile.log")
        for seed in range(SEED, SEED + COUNT):
            log, names = make_log(random.Random(seed))
            pathlib.Path(path).write_bytes(log)
            check_records(log, names, path)
            check_runs(log, path)
    print(f"{COUNT} logs")


main()
