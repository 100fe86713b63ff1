#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Instructions per line by callgrind, and the gate: at most 5 % over the stored figure.

usage: instructions.py GENERATOR BENCH_LIBRARY STORED COMPILER [--update]
Instructions are repeatable for one compiler and processor family; for another one this is skipped
(77). When a change is worth more instructions, run it with --update and say why in the commit.
"""
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

SIZE = 3000000
# text and mode: objects by the thousand, nothing but structure, rows of a query
MODES = (("verbose", "records"), ("verbose", "runs"), ("verbose", "pull"), ("quiet", "records"),
         ("quiet", "pull"), ("query", "records"))


def instructions(program, log, mode, rounds):
    # meson has malloc fill its blocks in tests: those instructions are not ours
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, log, mode,
         str(rounds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, text=True,
        env={**os.environ, "MALLOC_PERTURB_": "0"})
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def main():
    generator, library, stored_path, compiler = sys.argv[1:5]
    if not shutil.which("valgrind"):
        print("valgrind is not installed")
        sys.exit(77)
    key = f"{platform.machine()} {compiler}"
    with open(stored_path, encoding="ascii") as file:
        stored = json.load(file)
    if "--update" not in sys.argv and key not in stored:
        print(f"no figures are stored for {key}")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        found = {}
        for kind, mode in MODES:
            log = subprocess.run([generator, kind, str(SIZE)], stdout=subprocess.PIPE,
                                 check=True).stdout
            with open(path, "wb") as file:
                file.write(log)
            # one round more, so that reading the file and starting up do not count
            more = instructions(library, path, mode, 3) - instructions(library, path, mode, 2)
            found[f"{kind} {mode}"] = round(more / log.count(b"\n"), 1)
    worse = 0
    for mode, figure in found.items():
        limit = stored.get(key, {}).get(mode)
        print(f"{mode}: {figure} instructions a line" + (f", stored {limit}" if limit else ""))
        worse += limit is not None and figure > limit * 1.05
    if "--update" in sys.argv:
        stored[key] = found
        with open(stored_path, "w", encoding="ascii") as file:
            json.dump(stored, file, indent=2, sort_keys=True)
            file.write("\n")
    elif worse:
        sys.exit("more than 5 % over the stored figure; see --update")


main()
