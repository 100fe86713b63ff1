# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse follow --history and --policy: of each run what `check` says of the same text given whole, however it
comes, and the same rows in the history, whenever the follower dies."""
import json
import os
import random
import re
import resource
import subprocess
import time

from support import TSMPARSE, Case, main, night_of, run

MDY = "--date-order=mdy"
POLICY = """
[[rule]]
nodes = ["OWL"]
proofs = ["closed", "volumes", "summary"]
[[rule]]
schedules = ["DAWN"]
proofs = ["closed", "volumes", "summary", "baseline"]
domain = ["/", "/home"]
too_long = "5s"
[[harmless]]
code = "ANS4037E"
object = "/var/log/**"
reason = "logs grow while they are read"
until = 2024-03-20
"""
CHANGED = "ANS1228E Sending of object '{0}' failed.\n{1} ANS4037E Object '{0}' changed during processing."


def changed(day, name):
    """A night on which one object was not stored."""
    stamp = f"03/{day:02}/2024 22:00:04"
    return night_of(day, failed=1, lines=(CHANGED.format(name, stamp),))


def nights():
    """Of two schedules: usual ones, a walk that saw little, a volume that is gone, one that is waived."""
    out = []
    for day in range(3, 24):
        if day == 10:
            out.append(night_of(day, inspected=30))
        elif day == 12:
            out.append(night_of(day, volumes=("/",)))
        elif day == 14:
            out.append(night_of(day, unfinished=("/home",)))
        elif day == 16:
            out.append(night_of(day, result="bad"))
        elif day == 17: # a second try, which is good
            again = re.sub(r"22:00:(?!00)", "22:20:", night_of(day, head=False))
            out.append(night_of(day, result="bad") + again)
        elif day in (18, 21): # the waiver ends between them
            out.append(changed(day, "/var/log/audit"))
        elif day == 19:
            out.append(changed(day, "/etc/passwd"))
        elif day == 22:
            out.append(night_of(day, result="open"))
        else:
            out.append(night_of(day))
        if day % 2 == 0 and day != 22:
            out.append(night_of(day, schedule="DAWN", head=False, volumes=("/", "/home") if day < 20 else ("/", "/home", "/new"))
                       .replace("22:00:", "23:00:"))
    return out


def runs_of(text):
    """The last word on each run, by its id, in order of the text."""
    found = {}
    for line in text.splitlines():
        record = json.loads(line)
        if record["kind"] == "run":
            found[int(record["id"].split(":")[1])] = {**record["run"], "file": ""}
    return [found[at] for at in sorted(found)]


class Judged(Case):
    def setUp(self):
        super().setUp()
        self.log, self.token = (os.path.join(self.folder, name) for name in ("dsmsched.log", "position"))
        self.text = "".join(nights())
        self.words = ("--policy", self.policy(POLICY))
        answer = run("check", "--format=json", MDY, *self.words, "--history", os.path.join(self.folder, "whole.db"),
                     self.file(self.text, "whole.log"))
        self.whole = [{**r, "file": ""} for r in answer.json()["runs"]]
        self.rows = self.kept("whole.db")
        self.out = ""

    def kept(self, name="history.db"):
        answer = run("history", "--format=json", os.path.join(self.folder, name))
        self.assertEqual((answer.code, answer.errors), (0, []))
        return answer.json()["runs"]

    def follow(self, *more, code=0, **options):
        answer = run("follow", "--once", "--format=jsonl", "--kind=scheduler", MDY, *self.words, "--token", self.token,
                     "--history", os.path.join(self.folder, "history.db"), *more, self.log, **options)
        if code is not None:
            self.assertEqual(answer.code, code, answer.errors)
        self.out += answer.text
        return answer

    def write(self, text):
        with open(self.log, "a", encoding="utf-8") as file:
            file.write(text)

    def assertAsWhole(self):
        found = runs_of(self.out)
        for ours, theirs in zip(found, self.whole):
            self.assertEqual(ours, theirs)
        self.assertEqual(len(found), len(self.whole))
        self.assertEqual(self.kept(), self.rows)

    def test_the_nights_are_of_many_kinds(self):
        ids = {e["id"] for r in self.whole for e in r["evidence"]}
        self.assertLessEqual({"E02", "E05", "E07", "E08", "waived", "waiver_void", "proof_missing", "too_long"}, ids)
        self.assertEqual({r["verdict"] for r in self.whole}, {"complete", "exceptions", "incomplete", "failed", "unknown"})
        self.assertEqual(max(r["attempts"] for r in self.whole), 2)
        self.assertEqual(len(self.rows), len(self.whole))

    def test_whole(self):
        self.write(self.text)
        self.follow()
        self.assertAsWhole()
        self.assertEqual(self.follow().text, "")
        os.unlink(self.token) # all once more: the same rows
        self.follow("--restart")
        self.assertAsWhole()

    def test_in_pieces(self):
        for size in (331, 1777, 9001):
            with self.subTest(size=size):
                for name in os.listdir(self.folder):
                    if name.startswith(("history.db", "position", "dsmsched.log")):
                        os.unlink(os.path.join(self.folder, name))
                self.out = ""
                for start in range(0, len(self.text), size):
                    self.write(self.text[start:start + size])
                    self.follow()
                self.assertAsWhole()

    def test_a_history_without_a_position(self):
        """It dies when the history has the runs, and the position not: they come again, and count once."""
        for start in range(0, len(self.text), 5000):
            self.write(self.text[start:start + 5000])
            os.mkdir(self.token + ".new")
            self.follow(code=1)
            os.rmdir(self.token + ".new")
        self.follow()
        self.assertAsWhole()

    def test_a_history_that_is_full(self):
        """What it could not keep is not past: the next call says it again. Each time there is a little more room."""
        self.write(self.text[:8000])
        self.follow()
        self.write(self.text[8000:])
        full = 0
        for room in range(33, 99): # kibibytes; SQLite's index alone takes 32
            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (room << 10, room << 10))
            answer = self.follow(code=None, preexec_fn=limit)
            if answer.code == 0:
                break
            self.assertEqual(answer.code, 3)
            self.assertIn("what is stored stays", answer.errors[0])
            full += answer.text != ""
        self.assertGreater(full, 0)
        self.assertAsWhole()

    def test_what_is_no_use_is_refused(self):
        self.write(self.text)
        history = os.path.join(self.folder, "history.db")
        for content, why in ((b"no database" * 20, "this is no history"), (None, "this is a folder")):
            self.file(content, "history.db") if content is not None else os.mkdir(history)
            answer = self.follow(code=3)
            self.assertEqual(answer.text, "")
            self.assertIn(why, answer.errors[0])
            self.assertFalse(os.path.exists(self.token))
            os.unlink(history) if content is not None else os.rmdir(history)
        self.words = ("--policy", self.policy("[[rule]]\nnonsense = 1\n"))
        self.assertEqual(self.follow(code=2).text, "")
        self.assertFalse(os.path.exists(self.token) or os.path.exists(history))

    def test_killed_at_any_time(self):
        chance = random.Random(11)
        for start in range(0, len(self.text), 3000):
            self.write(self.text[start:start + 3000])
            process = subprocess.Popen([TSMPARSE, "follow", "--poll", "--format=jsonl", "--kind=scheduler", MDY, *self.words,
                                        "--token", self.token, "--history", os.path.join(self.folder, "history.db"), self.log],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            time.sleep(chance.random() * 0.2)
            process.kill()
            out = process.communicate()[0].decode()
            self.out += out[:out.rfind("\n") + 1]
        self.follow()
        self.assertAsWhole()


if run("history", "--help").code == 0 and b"without a history" not in run("history", "x.db").err:
    main()
else:
    print("1..0 # SKIP built without a history")
