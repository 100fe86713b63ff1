#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whole-process figures of the command: two files on two processors, one large file, gzip, JSON
Lines, start-up; each beside what it is measured against, in turn.

usage: bench_process.py LAUNCH GENERATOR TSMPARSE BENCH_LIBRARY [MEGABYTES [TURNS]]
Ratios are of pairs that ran one after the other. Where other programs want the processors, threads
find none free: `two processes` beside `two files` shows what the machine had to give.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from launch import launch


def pairs(turns, first, second, of=lambda figures: figures.wall):
    """Ratios of the wall clock of `first` to that of `second`: min, median, max."""
    ratios = []
    for turn in range(turns + 1):
        one, other = first(), second()
        if turn > 0:  # the first turn warms the page cache
            ratios.append(of(one) / of(other))
    ratios.sort()
    return ratios[0], statistics.median(ratios), ratios[-1]


def main():
    launcher, generator, tsmparse, library = (os.path.abspath(program) for program in sys.argv[1:5])
    size = int(sys.argv[5]) if len(sys.argv) > 5 else 500
    turns = int(sys.argv[6]) if len(sys.argv) > 6 else 9

    def run(*command):
        return lambda: launch(launcher, command)

    def shell(text):
        return run("sh", "-c", text)

    def say(name, ratios, unit=""):
        print(f"{name:66} " + " ".join(f"{r:8.2f}" for r in ratios) + unit, flush=True)

    print(f"{'':66} {'min':>8} {'median':>8} {'max':>8}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("made", "wb") as out:
            subprocess.run([generator, "verbose", str(size * 1000000)], stdout=out, check=True)
        # Copies, since files that were written in larger pieces are read faster.
        subprocess.run("cp made a; cp made b; rm made; gzip -k -c a > a.gz; head -c 10000 a > small",
                       shell=True, check=True)
        with open("quiet", "wb") as out:
            subprocess.run([generator, "quiet", str(size * 100000)], stdout=out, check=True)
        check = (tsmparse, "check")
        for one, other in (("a", "b"), ("quiet", "quiet")):
            kind = "verbose" if one == "a" else "quiet"
            say(f"two {kind} files: one thread / two threads",
                pairs(turns, run(*check, "--threads=1", one, other),
                      run(*check, "--threads=2", one, other)))
            say(f"two {kind} files: one after the other / two processes",
                pairs(turns, shell(f"{tsmparse} check --threads=1 {one}; {tsmparse} check --threads=1 {other}"),
                      shell(f"{tsmparse} check --threads=1 {one} & {tsmparse} check --threads=1 {other}; wait")))
        say("one verbose file: one thread / two threads",
            pairs(turns, run(*check, "--threads=1", "a"), run(*check, "--threads=2", "a")))
        for kind in ("verbose", "quiet"):
            path = "a" if kind == "verbose" else "quiet"
            say(f"check of a {kind} log / wc -l", pairs(turns, run(*check, path), run("wc", "-l", path)))
            say(f"check of a {kind} log, one thread / wc -l, processor time",
                pairs(2 * turns, run(*check, "--threads=1", path), run("wc", "-l", path), of=lambda figures: figures.cpu))
        with open("rows", "wb") as out:
            subprocess.run([generator, "query", str(size * 200000)], stdout=out, check=True)
        for name, path in (("query rows", "rows"), ("a verbose log", "a")):
            say(f"the library's batches of {name} / wc -l, processor time",
                pairs(2 * turns, run(library, path, "file"), run("wc", "-l", path),
                      of=lambda figures: figures.cpu))
        if shutil.which("zcat"):
            say("check of gzip / zcat | wc -l",
                pairs(turns, run(*check, "a.gz"), shell("zcat a.gz | wc -l")))
        for threads in ("1", "2"):
            command = (tsmparse, "records", "--format=jsonl", "--threads=" + threads, "a")
            rates = sorted(os.path.getsize("a") / 1e9 / launch(launcher, command).wall
                           for _ in range(turns))
            say(f"records --format=jsonl, --threads={threads}",
                (rates[0], statistics.median(rates), rates[-1]), " GB of input a second")
        say("check of 10 KB / true", pairs(turns * 20, run(*check, "small"), run("true")))
        for name, command in (("true", ("true",)), ("check, 10 KB", (*check, "small")),
                              ("check", (*check, "--threads=1", "a")), ("check, gzip", (*check, "a.gz")),
                              ("check, two threads, two files", (*check, "--threads=2", "a", "b")),
                              ("records jsonl, one thread",
                               (tsmparse, "records", "--format=jsonl", "--threads=1", "a")),
                              ("records jsonl, two threads",
                               (tsmparse, "records", "--format=jsonl", "--threads=2", "a"))):
            print(f"peak memory, {name}: {launch(launcher, command).peak} KiB")
        os.chdir("/")


if __name__ == "__main__":
    main()
