# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse follow as it runs for days: when it looks, what it says once, which runs it shows again. How long a
look takes is asked of the system, never of a clock: a follower that waits gives its processor away."""
import json
import os
import re
import select
import subprocess
import unittest

from support import TSMPARSE, Case, main, night, run

LOOKS = 60 # so many without an answer, and there is none


def looks(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)", file.read())[1])


@unittest.skipUnless(os.path.isdir("/proc/self/fdinfo"), "needs Linux's /proc")
class Live(Case):
    def setUp(self):
        super().setUp()
        self.log = os.path.join(self.folder, "dsmsched.log")

    def write(self, text, mode="a"):
        with open(self.log, mode, encoding="utf-8") as file:
            file.write(text)

    def start(self, *words, log=None, cwd=None):
        process = subprocess.Popen([TSMPARSE, "follow", *words, log or self.log], cwd=cwd, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def line(self, process, stream):
        """The next one; none when it looks and looks and says nothing, or does not even look."""
        seen, still = [looks(process)], 0
        while not select.select([stream], [], [], 0.2)[0]:
            seen.append(looks(process))
            still = still + 1 if seen[-1] == seen[-2] else 0
            self.assertTrue(seen[-1] < seen[0] + LOOKS and still < 300, seen[-1])
        return stream.readline().decode()

    def wait(self, process):
        start = looks(process)
        while looks(process) < start + 5:
            select.select([], [], [], 0.2)

    def test_a_closed_run_is_shown_without_news(self):
        token = os.path.join(self.folder, "position")
        self.write(night(13))
        process = self.start("--poll", "--token", token)
        self.assertRegex(self.line(process, process.stdout), "^complete .*2024-03-13T22")
        self.write(night(14))
        self.assertRegex(self.line(process, process.stdout), "^complete .*2024-03-14T22")
        self.wait(process) # who is killed between output and position shows a run again
        process.kill()
        self.assertEqual(process.communicate(), (b"", b""))
        self.assertEqual(run("follow", "--once", "--token", token, self.log).text, "")

    def test_a_log_that_is_missing_is_said_once(self):
        process = self.start("--poll")
        self.assertIn("waiting for it", self.line(process, process.stderr))
        self.wait(process)
        self.write(night(13))
        self.assertRegex(self.line(process, process.stdout), "^complete ")
        process.terminate()
        self.assertEqual(process.communicate(), (b"", b""))
        self.assertEqual(process.returncode, 0)

    def test_the_logs_folder_is_watched(self):
        self.write(night(13))
        number = os.stat(self.folder).st_ino
        for words, watched in (((self.log,), True), (("dsmsched.log",), True), (("--poll", self.log), False)):
            with self.subTest(words=words):
                process = self.start(*words[:-1], log=words[-1], cwd=self.folder)
                self.assertRegex(self.line(process, process.stdout), "^complete ")
                facts = ""
                for name in os.listdir(f"/proc/{process.pid}/fdinfo"):
                    with open(f"/proc/{process.pid}/fdinfo/{name}", encoding="ascii") as file:
                        facts += file.read()
                self.assertEqual(re.findall(r"(?m)^inotify .*ino:([0-9a-f]+)", facts), [f"{number:x}"] * watched)
                process.terminate()
                self.assertEqual(process.communicate(), (b"", b""))


class Shown(Case):
    def once(self, text, *words):
        with open(os.path.join(self.folder, "dsmsched.log"), "a", encoding="utf-8") as file:
            file.write(text)
        return run("follow", "--once", "--token", os.path.join(self.folder, "position"), *words, file.name)

    def test_a_run_is_shown_once_however_many_there_are(self):
        """More than a position remembers."""
        self.assertEqual(self.once("".join(night(day) for day in range(1, 22))).text.count("complete"), 21)
        for day in range(22, 25):
            self.assertEqual(self.once("").text, "")
            self.assertRegex(self.once(night(day)).text, rf"^complete [^\n]*2024-03-{day}T22[^\n]*\n$")

    def test_a_closed_run_is_shown_before_the_open_one(self):
        for schedule in ("NIGHT", "OTHER"):
            with self.subTest(schedule=schedule):
                answer = self.once(night(13) + night(14, schedule=schedule, result="open"), "--restart")
                self.assertRegex(answer.text, r"^complete [^\n]*2024-03-13T22[^\n]*\n$")
                os.unlink(os.path.join(self.folder, "dsmsched.log"))

    def test_dates_are_told_by_the_first_mebibyte(self):
        """The only date that tells its order begins `before` bytes from where the follower stops to ask."""
        for before, told in ((30, True), (2000, True), (1, False), (-500, False)):
            with self.subTest(before=before):
                filler = "02/03/2031 20:00:00 Normal File-->             1,234 /heath/a [Sent]\n"
                at = 1024 * 1024 - before
                text = filler * (at // len(filler))
                text = text[:-1] + " " * (at - len(text)) + "\n"
                answer = self.once(text + "02/17/2031 20:00:00 Normal File-->  1,234 /heath/b [Sent]\n", "--restart",
                                   "--format=jsonl")
                first = json.loads(answer.text.split("\n", 1)[0])
                self.assertEqual(first["time"] is not None and "2031-02-03" in json.dumps(first), told, first)
                os.unlink(os.path.join(self.folder, "dsmsched.log"))


if __name__ == "__main__":
    main()
