# SPDX-License-Identifier: BSD-2-Clause
"""One session of realtime.py: what its writer does, and whether all its lines came out of the follower."""
import base64
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time


OLD = b"02/16/2031 23:59:59 Normal File-->  1 /heath/old= [Sent]\n" # in a file that was there before: never to be read


class Writer:
    def __init__(self, folder, chance):
        self.folder, self.chance = folder, chance
        self.path = folder / "dsmsched.log"
        self.count, self.loses = 0, False
        (folder / "dsmsched.log.1").write_bytes(OLD * 20)
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
        self.shift() # it would write over what others have named
        if shutil.which("logrotate") is None: # no choice here: a seed means the same deeds everywhere
            self.path.rename(self.folder / "dsmsched.log.1")
        else:
            packing = ("", " compress\n", " compress\n delaycompress\n")[self.count % 3]
            self.config.write_text(f'"{self.path}" {{\n rotate 9\n nocreate\n missingok\n{packing}}}\n')
            os.chmod(self.config, 0o600)
            subprocess.run(["logrotate", "-f", "-s", self.folder / "logrotate.state", self.config], check=True)
        self.reopen()

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


def wait_for(folder, follower, last):
    """Until this line is out: no limit, a machine may be slow."""
    while last not in (folder / "out").read_bytes() and follower.poll() is None:
        time.sleep(0.1)


def numbers(path):
    text = path.read_bytes()
    return {int(n) for n in re.findall(rb"seq=(\d{7})=", gzip.decompress(text) if path.suffix == ".gz" else text)}


def whereabouts(folder, missing):
    """Where do lines that a gap stands for lie now? What was pruned before it was looked at is in the .pru; what is in
    a file beside the log could have been read."""
    beside = set().union(*(numbers(path) for path in folder.glob("dsmsched.log*")))
    pruned = numbers(folder / "dsmsched.pru") if (folder / "dsmsched.pru").exists() else set()
    return {"beside": len(missing & beside), "pruned": len(missing & pruned - beside), "gone": len(missing - pruned - beside)}


def judge(text, row):
    """Compare what came out with what was written: each line once, in order, and what is missing behind a gap. The
    lines that never came."""
    ids, order = set(), []
    for line in text.splitlines():
        record = json.loads(line)
        if record["kind"] == "run":
            continue
        if record["id"] in ids:
            row["repeated"] += 1
            continue
        ids.add(record["id"])
        if record["kind"] == "gap":
            order.append(record["reason"])
        order += [int(n) for n in re.findall(rb"seq=(\d{7})=", line)]
    faults, before, gap, came = [], -1, None, set()
    for n in [*order, row["lines"]]:
        if isinstance(n, str):
            row["reasons"].append([n, before + 1])
            row["needless"] += gap is not None
            gap = n
            continue
        if n <= before:
            row["doubled"] += n in came
            faults.append(f"line {n} came behind {before}")
        elif n > before + 1 and gap is None:
            faults.append(f"lines {before + 1} to {n - 1} are lost without a word")
        row["needless"] += gap is not None and n == before + 1
        came.add(n)
        before, gap = max(before, n), None
    missing = set(range(row["lines"])) - came
    row["lost"] = len(missing)
    if b"/heath/old=" in text:
        faults.append("a file that was there before is read")
    row["gaps"], row["wrong"] = len(row["reasons"]), int(bool(faults))
    row["why"] = "; ".join(faults[:3])
    return missing


def session(command, seed, poll, base):
    """What came of it, for a row; and the folder it left."""
    chance = random.Random(seed)
    folder = pathlib.Path(tempfile.mkdtemp(dir=base))
    writer = Writer(folder, chance)
    row = {"seed": seed, "mode": "poll" if poll else "inotify", "deeds": [], "loses": False, "lines": 0, "kills": 0, "repeated": 0,
           "lost": 0, "gaps": 0, "reasons": [], "needless": 0, "doubled": 0, "where": {}, "wrong": 0, "why": ""}
    words = [command, "follow", "--format=jsonl", "--date-order=mdy", "--token", folder / "position", *(["--poll"] if poll else []), writer.path]
    with open(folder / "out", "wb") as out:
        follower = subprocess.Popen(words, stdout=out)
        writer.lines()
        wait_for(folder, follower, b"seq=0000000=") # what went before its first look is not its business
        deeds = [writer.rename, writer.logrotate, writer.prune, writer.compress]
        if seed % 2 == 1: # with those that may lose something
            deeds += [writer.copytruncate, writer.delete]
        for _ in range(chance.randrange(5, 25)):
            writer.lines()
            time.sleep(chance.choice((0, 0.01, 0.1, 0.3)))
            if chance.random() < 0.3:
                deed = chance.choice(deeds)
                row["deeds"].append([deed.__name__, writer.count])
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
                row["kills"] += 1
                row["deeds"].append(["kill", writer.count])
                follower = subprocess.Popen(words, stdout=out)
        time.sleep(0.5)
        writer.lines()
        wait_for(folder, follower, f"seq={writer.count - 1:07}=".encode())
        follower.send_signal(signal.SIGTERM)
        code = follower.wait()
    writer.file.close()
    row["lines"], row["loses"] = writer.count, writer.loses
    row["where"] = whereabouts(folder, judge((folder / "out").read_bytes(), row))
    if code != 0:
        row["wrong"], row["why"] = 1, f"the follower ended with {code}; {row['why']}"
    return row, folder
