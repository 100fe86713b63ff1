#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whole-process figures against peers that do the same work on the same log, in turn.

usage: bench_peers.py GENERATOR TSMPARSE BENCH_LIBRARY PEER_PCRE2 PEERS [MEGABYTES [ROUNDS]]
Every peer counts the object lines, adds up their sizes and counts the stored ones; their totals
must be equal, or the figures say nothing. A peer that is not installed is left out, and said so.
Quote the ratios, not the seconds: machines are shared.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, prints, stdin=None):
    """Seconds and what was printed (None where it is of no interest: then nobody reads it)."""
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    start = time.monotonic()
    done = subprocess.run(command, stdin=source, stderr=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE if prints else subprocess.DEVNULL)
    return time.monotonic() - start, done.stdout, done.returncode


def build_re2c(peers, folder):
    if not shutil.which("re2c"):
        return None
    source, program = os.path.join(folder, "scanner.c"), os.path.join(folder, "peer_re2c")
    subprocess.run(["re2c", "-o", source, os.path.join(peers, "scanner.re")], check=True)
    subprocess.run([os.environ.get("CC", "cc"), "-O2", source, "-o", program], check=True)
    return program


def main():
    generator, tsmparse, library, pcre2, peers = sys.argv[1:6]
    size = int(sys.argv[6]) if len(sys.argv) > 6 else 100
    rounds = int(sys.argv[7]) if len(sys.argv) > 7 else 5
    here = lambda name: os.path.join(peers, name)
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        with open(log, "wb") as out:
            subprocess.run([generator, "verbose", str(size * 1000000)], stdout=out, check=True)
        re2c = build_re2c(peers, folder)
        # name, command, whether it prints the totals; None = not here
        contestants = [
            ("wc -l", ["wc", "-l", log], False),
            ("tsmparse check", [tsmparse, "check", "--threads=1", log], False),
            ("tsmparse runs", [tsmparse, "runs", "--threads=1", log], False),
            ("records jsonl", [tsmparse, "records", "--format=jsonl", "--threads=1", log], False),
            ("library, batches", [library, log, "totals", "1"], True),
            ("re2c scanner", [re2c, log] if re2c else None, True),
            ("PCRE2 JIT", [pcre2, log], True),
            ("ripgrep -c", ["rg", "-c", "--", "-->", log] if shutil.which("rg") else None, False),
            ("mawk", ["mawk", "-f", here("objects.awk"), log] if shutil.which("mawk") else None, True),
            ("perl", ["perl", here("objects.pl"), log] if shutil.which("perl") else None, True),
            ("Python re", [sys.executable, here("objects.py"), log], True),
            ("lognormalizer", ["lognormalizer", "-r", here("objects.rulebase")]
             if shutil.which("lognormalizer") else None, False),
        ]
        times, totals = {}, {}
        for turn in range(rounds + 1):
            for name, command, prints in contestants:
                if command is None:
                    continue
                # The slow ones take a tenth of the time that all others take together: once.
                if turn > 1 and times[name] and times[name][0] > 20 * times["wc -l"][0]:
                    continue
                seconds, output, _ = run(command, prints,
                                         log if name == "lognormalizer" else None)
                if turn > 0:  # the first turn warms the page cache
                    times.setdefault(name, []).append(seconds)
                else:
                    times[name] = []
                if prints:
                    totals[name] = output.split()
        base = statistics.median(times["wc -l"])
        print(f"{size} MB, verbose; times wc -l (min, median, max of {rounds} turns)")
        for name, command, prints in contestants:
            if command is None:
                print(f"  {name:20} not installed")
                continue
            ratios = sorted(t / base for t in times[name])
            print(f"  {name:20} {ratios[0]:8.2f} {statistics.median(ratios):8.2f} {ratios[-1]:8.2f}"
                  + ("  " + b" ".join(totals[name]).decode() if prints else ""))
        if len({tuple(t) for t in totals.values()}) != 1:
            sys.exit("the totals differ: the figures say nothing")


main()
