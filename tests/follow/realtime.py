#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A real writer and a follower beside it, at the machine's own pace: numbered lines, and rotation by rename, by
logrotate where it is installed, copies with truncation, pruning, wrapping, deletion, kills and new starts.
Every line must come once, or a gap must stand where it is missing.

usage: realtime.py TSMPARSE [RUNS [SEED]]    RUNS with inotify and as many with --poll
"""
import base64
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time


class Writer:
    def __init__(self, folder, chance):
        self.folder, self.chance = folder, chance
        self.path = folder / "dsmsched.log"
        self.count, self.loses = 0, False
        self.file = open(self.path, "ab", buffering=0)
        self.config = folder / "logrotate.conf"

    def line(self):
        n = self.count
        self.count += 1
        return f"02/17/2031 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} Normal File-->  1 /heath/seq={n:07}= [Sent]\n".encode()

    def lines(self):
        for _ in range(self.chance.randrange(1, 40)):
            text = self.line()
            cut = self.chance.randrange(len(text)) if self.chance.random() < 0.2 else 0
            for part in (text[:cut], text[cut:]):
                if part:
                    self.file.write(part)

    def shift(self):
        for i in range(6, 0, -1):
            for end in ("", ".gz"):
                old = self.folder / f"dsmsched.log.{i}{end}"
                if old.exists():
                    old.rename(self.folder / f"dsmsched.log.{i + 1}{end}")

    def reopen(self):
        self.file.close()
        self.file = open(self.path, "ab", buffering=0)

    def rename(self):
        self.shift()
        self.path.rename(self.folder / "dsmsched.log.1")
        if self.chance.random() < 0.5:
            self.lines() # the old file is still open
        self.reopen()

    def compress(self):
        self.rename()
        subprocess.run(["gzip", self.folder / "dsmsched.log.1"], check=True)

    def logrotate(self):
        if shutil.which("logrotate") is None:
            return self.rename()
        self.config.write_text(f'"{self.path}" {{\n rotate 9\n nocreate\n missingok\n}}\n')
        os.chmod(self.config, 0o600)
        subprocess.run(["logrotate", "-f", "-s", self.folder / "logrotate.state", self.config], check=True)
        return self.reopen()

    def copytruncate(self):
        self.loses = True
        time.sleep(1.5) # as above
        self.shift()
        shutil.copy2(self.path, self.folder / "dsmsched.log.1")
        os.ftruncate(self.file.fileno(), 0)

    def delete(self):
        self.loses = True
        time.sleep(1.5) # a file that nobody looked at while it was there can't be told
        self.path.unlink()
        self.reopen()

    def prune(self):
        text = self.path.read_bytes()
        at = text.rfind(b"\n", 0, len(text) // 2) + 1
        with open(self.folder / "dsmsched.pru", "ab") as pruned:
            pruned.write(text[:at])
        if self.chance.random() < 0.5:
            os.ftruncate(self.file.fileno(), 0)
            self.file.write(text[at:])
        else:
            (self.folder / "new").write_bytes(text[at:])
            (self.folder / "new").rename(self.path)
            self.reopen()


def is_kept(folder, last):
    """Is this line in the position? Pruned before its place is kept, a record gets another id: docs/follow.md."""
    path = folder / "position"
    words = dict(line.split(b" ", 1) for line in path.read_bytes().splitlines() if b" " in line) if path.exists() else {}
    return last in b"".join(base64.b64decode((words[name].split(b" ") + [b""])[1] + b"====") for name in (b"tail", b"held") if name in words)


def one(command, seed, poll, base):
    chance = random.Random(seed)
    folder = pathlib.Path(tempfile.mkdtemp(dir=base))
    writer = Writer(folder, chance)
    out = open(folder / "out", "wb")
    words = [command, "follow", "--format=jsonl", "--date-order=mdy", "--token", folder / "position", *(["--poll"] if poll else []), writer.path]
    follower = subprocess.Popen(words, stdout=out)
    writer.lines()
    while b"seq=0000000=" not in (folder / "out").read_bytes(): # what went before its first look is not its business
        time.sleep(0.05)
    deeds = [writer.rename, writer.logrotate, writer.prune, writer.compress]
    if seed % 2 == 1: # with those that may lose something
        deeds += [writer.copytruncate, writer.delete]
    kills, done = 0, []
    for _ in range(chance.randrange(5, 25)):
        writer.lines()
        time.sleep(chance.choice((0, 0.01, 0.1, 0.3)))
        if chance.random() < 0.3:
            deed = chance.choice(deeds)
            done.append(f"{deed.__name__} at {writer.count}")
            deed()
        if chance.random() < 0.1:
            last = f"seq={writer.count - 1:07}=".encode()
            for _ in range(100):
                if is_kept(folder, last):
                    break
                time.sleep(0.1)
            else:
                continue # a late writer's lines never come
            follower.send_signal(signal.SIGKILL)
            follower.wait()
            kills += 1
            done.append(f"kill at {writer.count}")
            follower = subprocess.Popen(words, stdout=out)
    time.sleep(0.5)
    writer.lines()
    last = f"seq={writer.count - 1:07}=".encode()
    while last not in (folder / "out").read_bytes() and follower.poll() is None:
        time.sleep(0.1)
    follower.send_signal(signal.SIGTERM)
    assert follower.wait() == 0
    out.close()
    seen, order = set(), []
    for line in (folder / "out").read_bytes().splitlines():
        record = json.loads(line)
        if record["id"] in seen and not record["id"].startswith("run"):
            continue
        seen.add(record["id"])
        if record["kind"] == "gap":
            order.append(None)
        order += [int(n) for n in re.findall(rb"seq=(\d{7})=", line)] if record["kind"] != "run" else []
    told, before, gap, gaps = 0, -1, False, 0
    for n in [*order, writer.count]:
        if n is None:
            gap, gaps = True, gaps + 1
            continue
        assert n > before, f"seed {seed}: line {n} came behind {before}; {done}"
        assert n == before + 1 or gap, f"seed {seed}: lines {before + 1} to {n - 1} are lost without a word; {done}"
        told += n - before - 1
        before, gap = n, False
    # A gap is doubt: it may stand where nothing was lost, and how often is told.
    return writer.count, told, gaps, kills, 0 if writer.loses else gaps


def main():
    command = pathlib.Path(sys.argv[1]).resolve()
    runs, seed = (int(sys.argv[2]) if len(sys.argv) > 2 else 2), (int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    totals = [0, 0, 0, 0, 0]
    with tempfile.TemporaryDirectory() as base:
        for i in range(runs):
            for poll in (False, True):
                totals = [a + b for a, b in zip(totals, one(command, seed + i, poll, base))]
    print(f"{2 * runs} sessions: {totals[0]} lines, {totals[1]} of them in {totals[2]} gaps, {totals[3]} kills; none lost without a word, none twice; "
          f"{totals[4]} gaps where nothing can have been lost")
    return 0


sys.exit(main())
