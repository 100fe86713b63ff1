#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the command prints of hostile logs is read back by parsers that are not ours.

usage: hostile_output.py TSMPARSE LINES_TXT [COUNT [SEED]]

Logs are made of known lines, with names that hold whatever a name can. For each: no byte in any
output can act on a terminal or a spreadsheet; JSON and CSV parse, their records tile the file; a
name that keeps to its line comes back byte for byte. The same log is also judged beside a history, an
answer about a canary and a policy that hold such names, and what these print by themselves is read.
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


def run_beside(log, expected, *words):
    """Another verb, or one with its file in front."""
    done = subprocess.run([COMMAND, *words], capture_output=True, timeout=120)
    if done.returncode not in expected:
        fail(log, f"{words} ended with {done.returncode}: {done.stderr[-400:]}")
    for where, shown in (("output", done.stdout), ("complaint", done.stderr)):
        try:
            text = shown.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            fail(log, f"{words}: {where} is no UTF-8: {error}")
        found = UNSAFE.search(text)
        if found:
            fail(log, f"{words}: {where} holds U+{ord(found.group()):04X} in {text[max(0, found.start() - 60):found.end()]!r}")
    return done.returncode, done.stdout.decode("utf-8")


def check_history(log, path, history):
    """The runs of a log whose names are a stranger's, kept, and listed in each format."""
    words = ("check", "--history", history, "--node", "OTTER", "--why", path)
    run_beside(log, (0, 1, 2, 3), *words)
    answer = read_json(log, run_beside(log, (0, 1, 2, 3), *words[:-1], "--format=json", path)[1], words)
    if not answer["history"]["usable"]:
        fail(log, f"{words}: the history is no use any more")
    runs = read_json(log, run_beside(log, (0,), "history", "--format=json", history)[1], "history")["runs"]
    rows = list(csv.reader(io.StringIO(run_beside(log, (0,), "history", "--format=csv", history)[1], newline=""), strict=True))
    lines = run_beside(log, (0,), "history", history)[1].split("\n")
    if not len(runs) == len(rows) - 1 == len(lines) - 2:
        fail(log, f"history: {len(runs)} runs as JSON, {len(rows) - 1} as CSV, {len(lines) - 2} lines")
    for one, row in zip(runs, rows[1:]):
        if len(row) != len(rows[0]):
            fail(log, f"history: {len(row)} cells where the head has {len(rows[0])}: {row}")
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\uff1d") and not re.fullmatch(r"-?[0-9.]+", cell):
                fail(log, f"history: a cell that a spreadsheet runs: {cell!r}")
        if row[rows[0].index("started")] != (one["started"] or ""):
            fail(log, f"history: a run began at {one['started']} and at {row}")
        if value(one, "schedule") not in log:
            fail(log, f"history: no line names the schedule {one['schedule']!r}")
    usual = read_json(log, run_beside(log, (0,), "history", "--baseline", "--format=json", history)[1], "baseline")["baseline"]
    if sum(one["runs"] for one in usual) != len(runs):
        fail(log, f"history: {len(runs)} runs, and {sum(one['runs'] for one in usual)} of them in series")
    run_beside(log, (0,), "history", "--baseline", history)


def check_canary(log, rng, path, answer):
    """Rows of an answer are whoever's who may write a file's name."""
    asked = name(rng).replace(b"\x00", b"").decode("utf-8", "surrogateescape") or "x"
    rows = [b"Accessing as node: OTTER", b"             56  B  09/17/2025 22:01:00    DEFAULT     A  /" + name(rng),
            b"             56  B  09/17/2025 22:01:00    DEFAULT     A  " + asked.encode("utf-8", "surrogateescape"), name(rng)]
    rng.shuffle(rows)
    pathlib.Path(answer).write_bytes(b"\n".join(rows) + b"\n")
    words = ("canary", "check", "--path=" + asked, "--since=2025-09-17T22:00:00", "--night=2025-09-17T22:00:00")
    code, text = run_beside(log, (0, 2, 3), *words, answer)
    if text.split(":")[0] != {0: "PRESENT", 2: "ABSENT", 3: "UNKNOWN"}[code] and text:
        fail(log, f"{words}: ended with {code} and says {text[:80]!r}")
    if text:
        said = read_json(log, run_beside(log, (code,), *words, "--format=json", answer)[1], words)
        if len(said["nights"]) != 1 or said["answer"] != {0: "present", 2: "absent", 3: "unknown"}[code]:
            fail(log, f"{words}: {said}")
        run_beside(log, (0, 1, 2, 3), "check", "--why", f"--canary={asked}={answer}", path)


def quoted(text):
    """A TOML string: what no string may hold is escaped."""
    return '"' + "".join(c if c not in '"\\' and " " <= c != "\x7f" else f"\\u{ord(c):04X}" for c in text) + '"'


def check_policy(log, rng, path, policy):
    names = [name(rng).replace(b"\x00", b"").decode("utf-8", "ignore") + "x" for _ in range(4)]
    good = rng.random() < 0.7
    pathlib.Path(policy).write_text(f"""[defaults]
domain = [{quoted(names[0])}, "/srv/mail"]
[[harmless]]
code = "ANS4037E"
object = {quoted(names[1])}
reason = {quoted(names[2])}
until = 2027-03-31
[[schedule]]
name = {quoted(names[3])}
{"start" if good else quoted(names[0])} = "22:00"
""", encoding="utf-8")
    words = ("policy", "--at=2026-03-28T00:00:00", "--next=3", "--schedule=" + names[3])
    code, text = run_beside(log, (0, 1), *words, policy)
    if (code == 0) != good or (text == "") == good:
        fail(log, f"{words}: ended with {code} for {pathlib.Path(policy).read_text(encoding='utf-8')!r}")
    if good:
        said = read_json(log, run_beside(log, (0,), *words, "--format=json", policy)[1], words)
        if said["applies"]["domain"] != [names[0], "/srv/mail"] or said["applies"]["harmless"][0]["reason"] != names[2] or \
                [start["schedule"] for start in said["next"]] != [names[3]] * 3:
            fail(log, f"{words}: {said} for {names}")
    run_beside(log, (0, 1, 2, 3), "check", "--policy", policy, "--why", "--at=2025-09-18T12:00:00", path)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path, history, answer, policy = (str(pathlib.Path(folder) / leaf)
                                         for leaf in ("hostile.log", "history", "answer.txt", "tsmparse.toml"))
        beside = {verb: without not in subprocess.run([COMMAND, verb, path], capture_output=True).stderr
                  for verb, without in (("history", b"built without"), ("policy", b"has no policy"))}
        for seed in range(SEED, SEED + COUNT):
            rng = random.Random(seed)
            log, names = make_log(rng)
            pathlib.Path(path).write_bytes(log)
            check_records(log, names, path)
            check_runs(log, path)
            check_canary(log, rng, path, answer)
            if beside["history"]:
                check_history(log, path, f"{history}-{seed}")
            if beside["policy"]:
                check_policy(log, rng, path, policy)
    print(f"{COUNT} logs")


main()
