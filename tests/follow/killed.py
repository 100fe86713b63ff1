#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A follower is killed at its n-th system call, in the middle of three rotations, and started again: what both
printed is what an unbroken one prints, each record once by its id, and the position is the old one or the
new one, never a torn one.

usage: killed.py TSMPARSE [EVERY]    every EVERYth system call; needs strace, else it is skipped (77)
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

LINE = "02/17/2031 20:{:02}:{:02} Normal File-->  1,234 /heath/seq={:06} [Sent]\n"


class Session:
    """A log that was followed, and then written and rotated three times while nobody looked."""

    def __init__(self, command, folder):
        self.command, self.folder = command, folder
        self.log, self.token = folder / "dsmsched.log", folder / "position"
        self.count = 0
        self.write(40)
        self.out = self.follow()
        self.write(7)
        for _ in range(3):
            for i in (3, 2, 1):
                old = folder / f"dsmsched.log.{i}"
                if old.exists():
                    old.rename(folder / f"dsmsched.log.{i + 1}")
            self.log.rename(folder / "dsmsched.log.1")
            self.write(60)

    def write(self, count):
        with open(self.log, "a", encoding="ascii") as file:
            for _ in range(count):
                file.write(LINE.format(self.count // 60 % 60, self.count % 60, self.count))
                self.count += 1

    def follow(self, *before):
        self.process = subprocess.run([*before, self.command, "follow", "--once", "--format=jsonl", "--date-order=mdy",
                                       "--token", self.token, self.log], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      timeout=120, check=False)
        return self.process.stdout


def records(*outs):
    """By id, in order; a last line that was cut is none."""
    found = {}
    for line in b"".join(out[:out.rfind(b"\n") + 1] for out in outs).splitlines():
        record = json.loads(line)
        if record["kind"] == "run":
            record["run"] = {"verdict": record["run"]["verdict"], "last": record["run"]["last_line"]}
        found[record["id"]] = record
    return found


def fresh(command, base):
    return Session(command, pathlib.Path(tempfile.mkdtemp(dir=base)))


def main():
    command, every = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if shutil.which("strace") is None or subprocess.run(
            ["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode != 0:
        print("no strace here")
        return 77
    with tempfile.TemporaryDirectory(dir="/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None) as base:
        unbroken = fresh(command, base)
        whole = records(unbroken.out, unbroken.follow())
        numbers = [r["path"] for r in whole.values() if r["kind"] == "object"]
        assert len(numbers) == unbroken.count == 227 and not any(r["kind"] == "gap" for r in whole.values()), len(numbers)
        # strace counts the calls of each name apart: so each one has its name and number.
        traced = fresh(command, base)
        traced.follow("strace", "-f", "-qq", "-o", traced.folder / "trace")
        calls, counts = [], {}
        for name in re.findall(r"(?m)^\d+ +(\w+)\(", (traced.folder / "trace").read_text(errors="replace")):
            counts[name] = counts.get(name, 0) + 1
            calls.append((name, counts[name]))
        assert len(calls) > 150, len(calls)
        killed, twice, kept = 0, 0, set()
        for name, n in calls[1::every]: # the first one starts the command
            session = fresh(command, base)
            old = session.token.read_bytes()
            part = session.follow("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}",
                                  "-e", f"inject={name}:signal=KILL:when={n}")
            if session.process.returncode == 0 and n == counts[name]:
                continue # one call fewer this time
            assert session.process.returncode in (137, -9), (name, n, session.process)
            killed += 1
            kept.add(session.token.read_bytes() == old)
            rest = session.follow()
            assert session.process.returncode == 0, (n, session.process.stderr)
            both = records(session.out, part, rest)
            assert both == whole, f"killed at {name} {n}: {len(both)} records are not {len(whole)}: " + str(
                [k for k in whole if both.get(k) != whole[k]][:5] + [k for k in both if k not in whole][:5])
            twice += len(records(part).keys() & records(rest).keys()) > 0
            shutil.rmtree(session.folder)
    assert killed >= (len(calls) - 1) // every - 5 and kept == {True, False}, (killed, kept)
    print(f"killed at {killed} of {len(calls) - 1} system calls; {twice} times records came twice, with the same ids")
    return 0


sys.exit(main())
