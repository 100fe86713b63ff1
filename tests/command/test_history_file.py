# SPDX-License-Identifier: BSD-2-Clause
"""The file of a history: no run is lost, whatever happens to it or to those that write it."""
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from histories import MDY, HistoryCase, has_history
from support import SANITIZED, TSMPARSE, main, night_of, run


class BadFiles(HistoryCase):
    def refused(self, path, words):
        """Said clearly, never complete, and the log is judged all the same."""
        answer = self.check(night_of(28), history=path)
        self.assertEqual(answer.code, 3, path)
        self.assertTrue(any(words in line for line in answer.errors), answer.errors)
        body = answer.json()
        self.assertEqual((body["verdict"], body["history"]["usable"]), ("unknown", False))
        self.assertEqual(body["runs"][0]["verdict"], "complete")
        text = run("check", MDY, "--history", path, self.file(night_of(28)))
        self.assertTrue(text.first.startswith("UNKNOWN: the history could not be used"), text.first)
        listed = run("history", path)
        self.assertEqual(listed.code, 1)
        self.assertEqual(listed.out, b"")

    def made(self):
        self.good(*(night_of(day) for day in range(3, 8)))
        with open(self.history, "rb") as file:
            return file.read()

    def replaced(self, content):
        with open(self.history, "wb") as file:
            file.write(content)

    def untouched(self, content, words):
        self.replaced(content)
        self.refused(self.history, words)
        with open(self.history, "rb") as file:
            self.assertEqual(file.read(), content)

    def test_newer_version(self):
        content = bytearray(self.made())
        content[60:64] = (2).to_bytes(4, "big")
        self.untouched(bytes(content), "newer version")

    def test_another_program(self):
        self.made()
        os.remove(self.history)
        database = sqlite3.connect(self.history)
        database.execute("CREATE TABLE letters (text)")
        database.commit()
        database.close()
        with open(self.history, "rb") as file:
            content = file.read()
        self.untouched(content, "another program's")

    def test_not_a_database(self):
        for content in (b"x", b"# notes\n" * 100, b"SQLite format 3", bytes(5000)):
            self.untouched(content, "no history")

    def test_damaged(self):
        content = self.made()
        self.untouched(content[:len(content) // 2], "damaged")
        broken = bytearray(content)
        for at in range(4096, len(broken), 4096):
            broken[at:at + 40] = b"\xa5" * 40
        self.untouched(bytes(broken), "damaged")

    def test_any_damage(self):
        """Bytes changed anywhere: never a crash, never a file that is changed and then called damaged."""
        content = self.made()
        chance = random.Random(5)
        for _ in range(60):
            broken = bytearray(content)
            for _ in range(chance.choice((1, 4, 30))):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            self.replaced(bytes(broken))
            for rest in ("-wal", "-shm"):
                if os.path.exists(self.history + rest):
                    os.remove(self.history + rest)
            answer = self.check(night_of(28))
            self.assertIn(answer.code, (0, 3))
            self.assertEqual(answer.json()["history"]["usable"], answer.errors == [])
            if answer.errors:
                self.assertEqual(answer.code, 3)
            for words in ((), ("--baseline",), ("--format=json",), ("--format=csv",)):
                listed = run("history", *words, self.history)
                self.assertIn(listed.code, (0, 1))
                if listed.code == 0 and words == ("--format=json",):
                    json.loads(listed.out)
                self.assertClean(listed.out, b"\r\n" if words == ("--format=csv",) else b"\n")

    def test_hostile_rows(self):
        """A file that is ours by its header, with rows that we would not write."""
        self.made()
        database = sqlite3.connect(self.history)
        database.execute("PRAGMA writable_schema = ON")
        for change in ("UPDATE runs SET verdict = -1, base = 'x', claim = 99, proof = -7, flags = 1e300",
                       "UPDATE runs SET inspected = -9223372036854775808, elapsed = x'00ff', transferred = 'many'",
                       "UPDATE runs SET at = 9223372036854775807, started = -1, ended = 0 WHERE id = 1",
                       "UPDATE volume_sets SET names = x'ffffffff00' WHERE id = 1",
                       "UPDATE volume_sets SET names = zeroblob(100000) WHERE id = 1",
                       "UPDATE runs SET node = 'OWL', schedule = 7, volumes = 12345",
                       "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END"):
            database.execute(change)
            database.commit()
            for words in (("--baseline",), ("--format=json",), ("--format=csv",), ()):
                self.assertIn(run("history", *words, self.history).code, (0, 1), change)
            self.assertIn(self.check(night_of(27)).code, (0, 3))
            cells = [row.split(b",") for row in run("history", "--format=csv", self.history).out.split(b"\r\n")[1:-1]]
            self.assertEqual({len(row) for row in cells}, {12}, change)
            for row in cells: # an action or a verdict that is none leaves its cell empty, and not a '-'
                self.assertNotIn(b"-", (row[2], row[6]), change)
        self.assertGreaterEqual(database.execute("SELECT count(*) FROM runs").fetchone()[0], 6)
        database.close()

    def test_no_ordinary_file(self):
        link, pipe = os.path.join(self.folder, "link"), os.path.join(self.folder, "pipe")
        self.made()
        os.symlink(self.history, link)
        os.mkfifo(pipe)
        self.refused(link, "symbolic link")
        self.refused(pipe, "ordinary file")
        self.refused("/dev/null", "ordinary file")
        self.refused(self.folder, "")
        self.refused(os.path.join(self.folder, "no", "such.db"), "no such file or folder")

    def demoted(self):
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)

    def test_read_only(self):
        content = self.made()
        os.chmod(self.history, 0o444)
        os.chmod(self.folder, 0o555)
        log = self.file_outside(night_of(28))
        self.addCleanup(os.chmod, self.folder, 0o700)
        if os.geteuid() == 0 and not os.access(TSMPARSE, os.X_OK):
            self.skipTest("the command can't be run by another user")
        try:
            answer = run("check", "--format=json", MDY, "--history", self.history, log, preexec_fn=self.demoted)
        except PermissionError:
            self.skipTest("the command can't be run by another user")
        if answer.code == 127 or b"cannot open shared object" in answer.err:
            self.skipTest("the command can't be run by another user")
        self.assertEqual(answer.code, 3, answer.errors)
        self.assertEqual(answer.json()["history"]["kept"], 0)
        with open(self.history, "rb") as file:
            self.assertEqual(file.read(), content)

    def file_outside(self, log):
        import tempfile
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        path = os.path.join(folder.name, "log")
        with open(path, "w", encoding="ascii") as out:
            out.write(log)
        return path

    def test_no_room(self):
        """A limit on the size of files stops the writing at many places: what was there stays."""
        self.made()
        log = "".join(night_of(day, month=month, node="CROW", volumes=tuple(f"/v{day}{month}{i}" for i in range(40)))
                      for month in (4, 5) for day in range(1, 29))
        size = os.path.getsize(self.history)
        keep = self.history + ".keep"
        shutil.copy(self.history, keep)
        failed = 0
        for limit in (0, 1000, size, size + 1, size + 4096, size + 9000, size + 20000, size + 60000):
            for rest in ("", "-wal", "-shm"):
                if os.path.exists(self.history + rest):
                    os.remove(self.history + rest)
            shutil.copy(keep, self.history)

            def limited():
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            answer = run("check", MDY, "--history", self.history, self.file(log), preexec_fn=limited)
            self.assertIn(answer.code, (0, 3), limit)
            failed += answer.code == 3
            if answer.code == 3:
                self.assertTrue(answer.first.startswith("UNKNOWN: the history"), answer.first)
                self.assertTrue(answer.errors)
            self.assertWhole()
            self.assertIn(len(self.runs()), (5, 61))
            self.assertEqual(len(self.runs()) == 61, answer.code == 0)
        self.assertGreater(failed, 2)


class Growth(HistoryCase):
    def test_a_long_history_costs_no_more(self):
        """With twenty times as many runs in the file the same night takes about as many steps of SQLite: an
        index leads to the series. Counted by the query planner, since time tells nothing on a busy machine."""
        self.good("".join(night_of(day, month=month) for month in (1, 2, 3) for day in range(1, 29)))
        database = sqlite3.connect(self.history)
        plan = database.execute(
            "EXPLAIN QUERY PLAN SELECT r.scheduled, s.names FROM main.runs AS r LEFT JOIN main.volume_sets AS s"
            " ON s.id = r.volumes WHERE r.node = ?1 AND r.schedule = ?2 AND r.action = ?3 AND r.good = 1 AND r.at < ?4"
            " ORDER BY r.at DESC LIMIT 40", (b"OWL", b"NIGHT", 1, 1)).fetchall()
        database.close()
        self.assertIn("runs_good (node=? AND schedule=? AND action=? AND at<?)", plan[0][3])
        self.assertFalse(any("SCAN" in step[3] or "TEMP B-TREE" in step[3] for step in plan), plan)


class Together(HistoryCase):
    def start(self, log, name):
        return subprocess.Popen([TSMPARSE, "check", MDY, "--history", self.history, self.file(log, name)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_two_writers(self):
        writers = []
        for number in range(8):
            log = "".join(night_of(day, node=f"N{number % 4}", month=month)
                          for month in (1, 2, 3) for day in range(1, 29))
            writers.append(self.start(log, f"{number}.log"))
        for process in writers:
            out, err = process.communicate(timeout=600)
            self.assertEqual((process.returncode, err), (0, b""), out[:300])
        self.assertWhole()
        self.assertEqual(len(self.runs()), 4 * 84)
        self.assertEqual(len({(r["node"], r["scheduled"]) for r in self.runs()}), 4 * 84)

    def test_killed_at_any_time(self):
        """Every run whose writer said that it was done is there; the file is whole; the next one works."""
        chance = random.Random(11)
        acknowledged, killed = set(), 0
        # How long one takes here tells when it can be killed.
        began = time.monotonic()
        process = self.start("".join(night_of(day, node="K") for day in range(1, 15)), "k.log")
        process.communicate(timeout=600)
        longest = time.monotonic() - began
        for number in range(40 if SANITIZED else 120):
            node = f"K{number}"
            log = "".join(night_of(day, node=node) for day in range(1, 15))
            process = self.start(log, "k.log")
            if chance.random() < 0.7:
                try:
                    process.wait(chance.random() * longest)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
            out, _ = process.communicate(timeout=600)
            if process.returncode == 0 and out.startswith(b"COMPLETE"):
                acknowledged.add(node)
            else:
                killed += process.returncode == -signal.SIGKILL
        self.assertWhole()
        counts = {}
        for item in self.runs():
            counts[item["node"]] = counts.get(item["node"], 0) + 1
        for node in acknowledged:
            self.assertEqual(counts.get(node), 14, node)
        self.assertTrue(all(count == 14 for count in counts.values()), counts)
        self.assertGreater(killed, 5)
        self.good(night_of(20, node="LAST"))

    def test_held_by_another(self):
        """A writer waits for another one, and does not hold it up while it reads."""
        self.good(night_of(3))
        other = sqlite3.connect(self.history, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        process = self.start(night_of(4), "b.log")
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(1)
        other.execute("COMMIT")
        out, err = process.communicate(timeout=600)
        self.assertEqual((process.returncode, err), (0, b""), out)
        other.close()
        self.assertEqual(len(self.runs()), 2)


if has_history():
    main()
else:
    print("1..0 # SKIP built without a history")
