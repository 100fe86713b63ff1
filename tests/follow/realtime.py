#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A real writer and a follower beside it, at the machine's own pace: numbered lines, and rotation by rename, by
logrotate where it is installed, copies with truncation, pruning, wrapping, deletion, kills and new starts.
Every line must come once, or a gap must stand where it is missing.

usage: realtime.py TSMPARSE [RUNS [SEED]] [--jobs N] [--rows FILE] [--keep FOLDER]

RUNS seeds with inotify and as many with --poll, N sessions side by side (they mostly sleep). FILE gets one JSON object a
session. FOLDER keeps what a session that failed left, with the follower's output. A seed fixes the deeds and their
order, not how far the follower has come at each: what is found here becomes a scenario of test_follow.
"""
import argparse
import concurrent.futures
import json
import pathlib
import shutil
import sys
import tempfile

from session import session

SUMS = ("lines", "kills", "repeated", "lost", "gaps", "doubled", "needless", "wrong")


def say(row):
    deeds = ", ".join(f"{name} at {line}" for name, line in row["deeds"])
    print(f"seed {row['seed']} {row['mode']}: {row['lines']} lines, {row['lost']} lost ({where([row])}) in {row['gaps']} gaps, {row['doubled']} doubled"
          f"{'; ' + row['why'] if row['why'] else ''}; {deeds}", flush=True)


def where(rows):
    return ", ".join(f"{sum(row['where'][place] for row in rows)} {place}" for place in ("pruned", "gone", "beside"))


def total(rows, name):
    sums = {key: sum(row[key] for row in rows) for key in SUMS}
    gentle = [row for row in rows if not row["loses"] and row["lost"]]
    print(f"{name}: {len(rows)} sessions, {sums['lines']} lines, {sums['kills']} kills, {sums['repeated']} records repeated with their ids; "
          f"{sums['lost']} lines lost ({where(rows)}) in {sums['gaps']} gaps, {sums['needless']} gaps with nothing lost; "
          f"{sum(row['lost'] for row in gentle)} lines of {len(gentle)} sessions that only renamed, compressed and pruned; "
          f"{sums['doubled']} doubled, {sums['wrong']} sessions wrong")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", type=pathlib.Path)
    parser.add_argument("runs", type=int, nargs="?", default=2)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rows", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    plan = [(seed, poll) for seed in range(given.seed, given.seed + given.runs) for poll in (False, True)]
    rows = []
    with tempfile.TemporaryDirectory() as base, concurrent.futures.ThreadPoolExecutor(given.jobs) as pool, \
            open(given.rows or "/dev/null", "w", encoding="utf-8") as out:
        work = [pool.submit(session, given.command.resolve(), seed, poll, pathlib.Path(base)) for seed, poll in plan]
        for done in concurrent.futures.as_completed(work):
            row, folder = done.result()
            rows.append(row)
            out.write(json.dumps(row) + "\n")
            out.flush()
            if row["wrong"] or row["where"]["beside"] or row["where"]["gone"] and not row["loses"]:
                say(row)
                if given.keep:
                    shutil.copytree(folder, given.keep / f"{row['seed']}-{row['mode']}", dirs_exist_ok=True)
            shutil.rmtree(folder)
    for mode in ("inotify", "poll"):
        total([row for row in rows if row["mode"] == mode], mode)
    total(rows, "all")
    return 1 if any(row["wrong"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
