#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Processor time and peak memory of `tsmparse check` against what a log is large in.

usage: scale.py LAUNCH GENERATOR TSMPARSE [LARGEST [NAME...]]
LARGEST: megabytes of the largest log, 10000 at most times; logs over 1,000 MB come through a pipe and
are never stored. Each row has ten times (for hostile text twice) what the row before it has; `growth`
is how much more time each byte takes than in the row before: about 1 where all is linear.
"""
import os
import subprocess
import sys
import tempfile

from growth import TEXTS, runs, scheduled, STAMP
from launch import launch

STORED = 1000  # megabytes


def volumes(count):
    """One run with so many volumes, each begun and ended."""
    return scheduled("".join(f"{STAMP}Incremental backup of volume '/v{i}'\n" for i in range(count)) +
                     "".join(f"{STAMP}Successful incremental backup of '/v{i}'\n" for i in range(count)))


def failures(count):
    """As many names of objects that were not stored."""
    return scheduled("".join(f"{STAMP}ANS1228E Sending of object '/data/name{i}' failed.\n"
                             for i in range(count)))


def schedules(count):
    return "".join(f"{STAMP}Scheduled event 'S{i}' completed successfully.\n" for i in range(count))


def many_runs(count):
    text = runs(1)
    return "".join(text.replace("N0", f"N{i % 50}").replace("2027-03-01", f"{2027 + i // 336}-"
                   f"{i // 28 % 12 + 1:02}-{i % 28 + 1:02}") for i in range(count))


def best(launcher, command, turns=3):
    found = [launch(launcher, command) for _ in range(turns)]
    return min(f.cpu for f in found), max(f.peak for f in found)


def through_pipe(launcher, generator, tsmparse, megabytes):
    source = subprocess.Popen([generator, "verbose", str(megabytes * 1000000)],
                              stdout=subprocess.PIPE)
    found = launch(launcher, [tsmparse, "check", "-"], stdin=source.stdout)
    source.stdout.close()
    if source.wait() != 0:
        sys.exit("the generator failed")
    return found.cpu, found.peak


class Table:
    def __init__(self, what):
        print(f"\n{what:28} {'bytes':>14} {'CPU s':>9} {'ns a byte':>10} {'growth':>7} {'peak KiB':>9}")
        self.before = None

    def row(self, name, size, cpu, peak, empty):
        each = max(cpu - empty, 1e-6) / size
        growth = f"{each / self.before:7.2f}" if self.before else " " * 7
        print(f"{name:28} {size:14,} {cpu:9.3f} {each * 1e9:10.2f} {growth} {peak:9}", flush=True)
        self.before = each


def main():
    launcher, generator, tsmparse = sys.argv[1:4]
    largest = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
    names = sys.argv[5:]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        command = [tsmparse, "check", "--threads=1", path]

        def write(text):
            with open(path, "w", encoding="latin-1", newline="") as out:
                out.write(text)
            return os.path.getsize(path)

        write("")
        empty, peak = best(launcher, command, 9)
        nothing = min(launch(launcher, ["true"]).peak for _ in range(5))
        print(f"an empty log: {empty * 1000:.1f} ms, {peak} KiB; `true`: {nothing} KiB")
        if not names or "size" in names:
            for kind in ("verbose", "quiet"):
                table, megabytes = Table(f"size, {kind}"), 1
                while megabytes <= min(largest, STORED):
                    with open(path, "wb") as out:
                        subprocess.run([generator, kind, str(megabytes * 1000000)], stdout=out,
                                       check=True)
                    table.row(f"{megabytes} MB", os.path.getsize(path), *best(launcher, command), empty)
                    megabytes *= 10
            table, megabytes = Table("size, verbose, by a pipe"), 10
            while megabytes <= largest:
                table.row(f"{megabytes} MB", megabytes * 1000000,
                          *through_pipe(launcher, generator, tsmparse, megabytes), empty)
                megabytes *= 10
        for what, make, least, most in (("runs in a file", many_runs, 100, 100000),
                                        ("volumes in a run", volumes, 100, 100000),
                                        ("names that failed", failures, 1000, 1000000),
                                        ("names of schedules", schedules, 1000, 1000000)):
            if names and what not in names:
                continue
            table, count = Table(what), least
            while count <= most:
                table.row(f"{count:,}", write(make(count)), *best(launcher, command), empty)
                count *= 10
        if not names or "hostile" in names:
            table = Table("hostile text")
            for name, make in TEXTS.items():
                table.before = None
                for size in (4 << 20, 8 << 20):
                    table.row(name, write(make(size)), *best(launcher, command), empty)


main()
