#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Speed of bindings beside C on the same log: C and the binding in turn, several rounds, the best of
each, in processor time, so that what else the machine does
matters least.

usage: bench.py GENERATOR BASELINE MEGABYTES NAME=COMMAND...

A command gets a mode (records, columns ...) and a file, as baseline.c does, and prints "RECORDS
NANOSECONDS". NAME is MODE, or MODE-VARIANT: a variant is compared with C's MODE.
"""
import shlex
import subprocess
import sys
import tempfile

ROUNDS = 7


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return [int(word) for word in done.stdout.split()[:2]]


def main():
    generator, baseline, megabytes, *subjects = sys.argv[1:]
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run([generator, "verbose", str(int(megabytes) * 1000000)], stdout=log, check=True)
        print(f"{megabytes} MB, best of {ROUNDS} rounds; ns a record: C, binding, difference; ratio")
        for subject in subjects:
            name, _, command = subject.partition("=")
            mode = name.partition("-")[0]
            best = [float("inf"), float("inf")]
            for _ in range(ROUNDS):
                records, time = run([baseline, mode, log.name])
                best[0] = min(best[0], time)
                count, time = run([*shlex.split(command), name, log.name])
                best[1] = min(best[1], time)
                if count != records:
                    sys.exit(f"{name}: {count} records, C has {records}")
            c, other = (time / records for time in best)
            print(f"{name:24} {c:7.0f} {other:7.0f} {other - c:7.0f}   {other / c:.2f}", flush=True)


main()
