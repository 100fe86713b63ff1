#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every system call of the command on its input and on its output fails once, in each way it may.

usage: matrix.py TSMPARSE [--table]     --table: print the matrix as docs/reliability.md has it

strace injects the error into the n-th call on that very file, for every n up to the last (or MOST).
A call that is interrupted, or would have to wait, changes nothing. Another error is said in one line
that names what failed, the exit code says so, and no verdict is good that was not; or it did not
matter, and all is as before. A false end of the file may only make the verdict worse.
"""
import collections
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TSMPARSE = sys.argv[1]
MOST = 6
IN, OUT, WAITING = "input", "output", "temporary file"
ANYWHERE = object() # a temporary file has no name to ask for; its calls are its own
ERRORS = {
    ("openat", IN): ["EINTR", "EACCES", "EMFILE", "ESTALE", "EIO"],
    ("newfstatat,fstat", IN): ["EIO", "ESTALE"],
    ("read,pread64", IN): ["EINTR", "EAGAIN", "EIO", "ESTALE", "EOF"],
    ("lseek", IN): ["EIO", "ESPIPE"],
    ("close", IN): ["EINTR", "EIO"],
    ("write,writev", OUT): ["EINTR", "EAGAIN", "EIO", "ENOSPC", "EFBIG"],
    ("close", OUT): ["EINTR", "EIO", "ENOSPC"],
    ("fsync,fdatasync", OUT): ["EIO", "ENOSPC"],
    ("pwrite64", WAITING): ["EINTR", "EIO", "ENOSPC"],
    ("pread64", WAITING): ["EINTR", "EIO", "EOF"],
}


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def night(day, unfinished=False, objects=400, year=2024):
    at = f"03/{day:02}/{year}"
    ends = "" if unfinished else f"{at} 22:05:46 Successful incremental backup of '/srv/wren'\n\n"
    counts = "".join(f"{at} 22:05:46 Total number of objects {what}:{number:>13}\n" for what, number in
                     [("inspected", "4,220"), ("backed up", 400), ("updated", 0), ("rebound", 0), ("deleted", 0),
                      ("expired", 0), ("failed", 0)])
    files = "".join(f"{at} 22:04:{i // 10 % 60:02} Normal File-->            {1000 + i:>8} /srv/wren/{i:06} [Sent]\n"
                    for i in range(objects))
    return (f"{at} 21:00:00 Next operation scheduled:\n{at} 21:00:00 Schedule Name:         WREN_INC\n"
            f"{at} 21:00:00 Action:                Incremental\n{at} 21:00:00 Objects:               \n"
            f"{at} 21:00:00 Options:               \n"
            f"{at} 21:00:00 Server Window Start:   22:00:00 on {at}\n"
            f"{at} 22:00:11 --- SCHEDULEREC OBJECT BEGIN WREN_INC {at} 22:00:00\n"
            f"{at} 22:00:11 Incremental backup of volume '/srv/wren'\n{files}{ends}"
            f"{at} 22:05:46 --- SCHEDULEREC STATUS BEGIN\n{counts}"
            f"{at} 22:05:46 Total number of bytes transferred:       590.00 KB\n"
            f"{at} 22:05:46 Elapsed processing time:               00:05:35\n"
            f"{at} 22:05:46 --- SCHEDULEREC STATUS END\n{at} 22:05:46 --- SCHEDULEREC OBJECT END WREN_INC {at} 22:00:00\n"
            f"{at} 22:05:46 Scheduled event 'WREN_INC' completed successfully.\n"
            f"{at} 22:05:46 Sending results for scheduled event 'WREN_INC'.\n"
            f"{at} 22:05:46 Results sent to server for scheduled event 'WREN_INC'.\n")


class Bench:
    def __init__(self, folder):
        self.folder = folder
        text = "".join(night(day) for day in range(1, 29))
        self.log, self.packed, self.bad, self.long = (folder / name for name in ("wren.log", "wren.gz", "bad.log", "long.log"))
        self.log.write_text(text)
        self.packed.write_bytes(gzip.compress(text.encode()))
        self.bad.write_text(night(1) + night(2, unfinished=True))
        # its report is more than what waits in memory, 1 MiB
        self.long.write_text("".join(night(day, objects=0, year=year) for year in range(1970, 2026) for day in range(1, 29)))
        self.output, self.trace = folder / "out", folder / "trace"

        self.loading = 0 # pread64() by the loader
        subprocess.run(["strace", "-o", self.trace, "-e", "trace=pread64", TSMPARSE, "--version"], capture_output=True)
        self.loading = self.trace.read_text(errors="replace").count("pread64(")

    def run(self, words, path=None, calls="", fault="", when=0):
        """(exit code, output, error lines, whether the fault was met)."""
        command = [TSMPARSE, *map(str, words)]
        if path is not None:
            what = "retval=0" if fault == "EOF" else f"error={fault}"
            where = [] if path is ANYWHERE else ["-P", path]
            when += self.loading if "pread64" == calls else 0
            command = ["strace", "-f", "-qq", "-o", self.trace, *where, "-e", f"trace={calls}",
                       "-e", f"inject={calls}:{what}:when={when}", *command]
        with open(self.output, "wb") as out:
            result = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=300,
                                    env={**os.environ, "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": "detect_leaks=0"})
        met = path is not None and "(INJECTED)" in self.trace.read_text(errors="replace")
        return result.returncode, self.output.read_bytes(), result.stderr.decode(errors="replace").splitlines(), met


def looks_good(output):
    return re.search(rb"^COMPLETE|\"verdict\": ?\"complete\"", output, re.MULTILINE) is not None


def wrong(clean, found, side, fault):
    """What is wrong with an answer, or None. Else 'same' or 'said' is what it was."""
    (code, output, errors, _), (code0, output0, errors0, _) = found, clean
    if code < 0 or code > 3:
        return f"ends with {code}"
    if (code, output, errors) == (code0, output0, errors0):
        return None
    if fault in ("EINTR", "EAGAIN"):
        return "a call that was interrupted, or had to wait, changes the answer"
    if fault == "EOF": # a file that ends sooner is no error; it must not look better
        return "a false end is taken for good" if code < code0 else None
    if side == IN and code == code0 and code >= 2 and not errors:
        return None # bad news stays; only the log's own lines can't be shown with it
    if code == 0:
        return "it says nothing of the error"
    if len(errors) - len(errors0) != 1:
        return f"{len(errors)} lines of errors"
    if side == IN and code != code0 and looks_good(output) and not looks_good(output0):
        return "it looks good"
    return None


def main():
    if shutil.which("strace") is None:
        skip("strace is missing")
    with tempfile.TemporaryDirectory() as folder:
        probe = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True)
        if probe.returncode != 0:
            skip("strace may not trace here")
        bench = Bench(pathlib.Path(folder))
        scenarios = [
            ("check", ["check", bench.log], bench.log), ("check, JSON", ["check", "--format=json", bench.log], bench.log),
            ("check, bad news", ["check", bench.bad], bench.bad), ("check, gzip", ["check", bench.packed], bench.packed),
            ("runs", ["runs", bench.log], bench.log), ("probe", ["probe", bench.log], bench.log),
            ("records, JSON Lines", ["records", "--format=jsonl", bench.log], bench.log),
            ("records, CSV", ["records", "--format=csv", "--kind=object", bench.log], bench.log),
            ("check, a long report", ["check", "--format=json", bench.long], None),
        ]
        failures, table = [], collections.OrderedDict()
        for name, words, path in scenarios:
            clean = bench.run(words)
            if clean[0] > 2 or clean[2]:
                failures.append(f"{name}: without a fault it ends with {clean[0]}: {clean[2]}")
            for (calls, side), errors in ERRORS.items():
                if (side == WAITING) != (path is None):
                    continue
                for error in errors:
                    cell = table.setdefault((calls, side, error), [0, 0])
                    for when in range(1, MOST + 1):
                        where = {IN: path, OUT: bench.output, WAITING: ANYWHERE}[side]
                        found = bench.run(words, where, calls, error, when)
                        if not found[3]:
                            if side == WAITING and when == 1:
                                failures.append(f"{name}: it makes no {calls} on a temporary file")
                            break
                        bad = wrong(clean, found, side, error)
                        if bad is not None:
                            failures.append(f"{name}, {calls} on the {side}, the {when}. is {error}: {bad}: {found[2][:2]}")
                        cell[0 if found[:3] == clean[:3] else 1] += 1
        if "--table" in sys.argv:
            print("| call | on | fault | times | changed nothing | said, or only worse |\n| --- | --- | --- | --- | --- | --- |")
            for (calls, side, error), (same, said) in table.items():
                if same + said:
                    print(f"| {calls} | {side} | {error} | {same + said} | {same} | {said} |")
        total = sum(map(sum, table.values()))
        print(f"{total} faults in {len(scenarios)} calls of the command, {len(failures)} answered wrongly")
        for failure in failures:
            print("WRONG: " + failure)
        return 1 if failures or total < 100 else 0


sys.exit(main())
