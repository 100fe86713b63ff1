# SPDX-License-Identifier: BSD-2-Clause
"""What tests of a history share: a check that keeps one, and what it holds."""
import os
import sqlite3

from support import Case, run

MDY = "--date-order=mdy"


class HistoryCase(Case):
    def setUp(self):
        super().setUp()
        self.history = os.path.join(self.folder, "history.db")

    def check(self, log, *words, history=None, name="dsmsched.log", **more):
        return run("check", "--format=json", MDY, "--history", history or self.history, *words,
                   self.file(log, name), **more)

    def good(self, *logs, **more):
        for log in logs:
            answer = self.check(log, **more)
            self.assertEqual((answer.code, answer.errors), (0, []), answer.text)

    def policy(self, content):
        path = self.file(content, "tsmparse.toml")
        if b"this build has no policy" in run("policy", path).err:
            self.skipTest("this build reads no policy")
        return path

    def last(self, answer):
        return answer.json()["runs"][-1]

    def ids(self, answer):
        return {item["id"] for item in self.last(answer)["evidence"]}

    def runs(self, *words):
        answer = run("history", "--format=json", *words, self.history)
        self.assertEqual((answer.code, answer.errors), (0, []))
        return answer.json()["runs"]

    def assertWhole(self):
        database = sqlite3.connect(self.history)
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        database.close()


def has_history():
    return run("history", "--help").code == 0 and b"without a history" not in run("history", "x.db").err
