# SPDX-License-Identifier: BSD-2-Clause
"""check --history and tsmparse history: what a run is set against, and that no run is lost, whatever
happens to the file or to those that write it."""
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from support import SANITIZED, TSMPARSE, Case, main, night_of, poll, run, stamp

MDY = "--date-order=mdy"
PROOFS = '[[rule]]\nproofs = ["closed", "volumes", "summary", "baseline"]\n'


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


class Judging(HistoryCase):
    def test_fewer_than_half(self):
        self.good(*(night_of(day) for day in range(3, 8)))
        answer = self.check(night_of(8, inspected=49))
        self.assertEqual((answer.code, self.last(answer)["verdict"]), (3, "unknown"))
        self.assertIn("E07", self.ids(answer))
        self.good(night_of(9, inspected=50))

    def test_not_in_four(self):
        self.good(*(night_of(day) for day in range(3, 7)), night_of(7, inspected=20))

    def test_one_file_is_its_own_history(self):
        log = "".join(night_of(day) for day in range(3, 8)) + night_of(8, inspected=49)
        answer = self.check(log)
        self.assertEqual([r["verdict"] for r in answer.json()["runs"]], ["complete"] * 5 + ["unknown"])
        self.assertIn("E07", self.ids(answer))

    def test_read_again_counts_once(self):
        """Three nights, read three times, are three: not the five that are needed."""
        log = "".join(night_of(day) for day in (3, 4, 5))
        self.good(log, log, log)
        self.good(log + night_of(6, inspected=20))
        self.assertEqual(len(self.runs()), 4)

    def test_missing_volume(self):
        volumes = ("/", "/home", "/moor")
        self.good(*(night_of(day, volumes=volumes) for day in range(3, 8)))
        answer = self.check(night_of(8))
        self.assertEqual(answer.code, 3)
        self.assertIn("E08", self.ids(answer))
        self.assertTrue(any("/moor" in e["text"] for e in self.last(answer)["evidence"]))

    def test_false_nights_are_no_measure_until_accepted(self):
        volumes = ("/", "/home", "/moor")
        self.good(*(night_of(day, volumes=volumes) for day in range(3, 8)))
        for day in range(8, 20):
            self.assertEqual(self.check(night_of(day)).code, 3)
        answer = run("history", "--accept", "--node=OWL", "--schedule=NIGHT",
                     "--scheduled=2024-03-19T22:00:00", self.history)
        self.assertEqual((answer.code, answer.errors), (0, []))
        self.good(night_of(20))
        self.assertEqual([r["scheduled"] for r in self.runs() if r["accepted"]], ["2024-03-19T22:00:00"])

    def test_accepted_stays_when_read_again(self):
        log = night_of(3, volumes=("/",), unfinished=("/",))
        self.assertEqual(self.check(log).code, 2)
        words = ("history", "--accept", "--node=OWL", "--schedule=NIGHT")
        self.assertEqual(run(*words, "--scheduled=2024-03-03T22:00:00", self.history).code, 0)
        self.assertEqual(self.check(log).code, 2)
        self.assertEqual([r["accepted"] for r in self.runs()], [True])
        self.assertEqual(run(*words, "--scheduled=2024-03-04T22:00:00", self.history).code, 1)

    def test_baseline_as_a_proof_can_begin(self):
        policy = self.policy(PROOFS)
        verdicts = []
        for day in range(3, 10):
            answer = self.check(night_of(day), "--policy", policy)
            verdicts.append((answer.code, "baseline" in self.last(answer)["proof"]))
        self.assertEqual(verdicts, [(3, False)] * 5 + [(0, True)] * 2)
        self.assertEqual([r["alone"] for r in self.runs()], ["complete"] * 7)

    def test_other_series_are_others(self):
        self.good(*(night_of(day, node="CROW") for day in range(3, 9)))
        self.good(*(night_of(day, schedule="DAWN") for day in range(3, 9)))
        self.good(night_of(9, inspected=20))
        self.assertEqual(self.check(night_of(9, inspected=20, node="CROW")).code, 3)

    def test_clock_that_runs_backwards(self):
        """Nights that are read late, and nights of the future: no measure for those before them."""
        self.good(*(night_of(day) for day in (20, 21, 22, 23, 24)))
        self.good(night_of(10, inspected=20))
        self.assertEqual(self.check(night_of(25, inspected=20)).code, 3)
        self.assertEqual(len(self.runs()), 7)

    def test_why(self):
        self.good(*(night_of(day, volumes=("/", "/home", "/moor")) for day in range(3, 8)))
        answer = run("check", "--why", MDY, "--history", self.history, self.file(night_of(8)))
        self.assertIn("E08 makes it unknown", answer.text)
        self.assertIn("a line 'Incremental backup of volume '/moor''; or, if it is retired", answer.text)

    def test_windows_without_a_run(self):
        policy = self.policy('[[schedule]]\nname = "NIGHT"\nnodes = ["OWL"]\nstart = "22:00"\n')
        answer = self.check(night_of(13), "--policy", policy, "--at", "2024-03-15T12:00:00")
        self.assertEqual(answer.code, 2)
        self.assertEqual([(r["scheduled"], r["verdict"]) for r in self.runs()],
                         [("2024-03-13T22:00:00", "complete"), ("2024-03-14T22:00:00", "missed")])

    def test_text_says_so_first(self):
        self.good(*(night_of(day) for day in range(3, 8)))
        answer = run("check", MDY, "--history", self.history, self.file(night_of(8, inspected=10)))
        self.assertEqual(answer.first, "UNKNOWN: the run of NIGHT for 2024-03-08 22:00 claims success, but "
                         "the client inspected 10 objects, less than half of the 100 that are usual "
                         "(5 earlier runs).")

    def test_threads_do_not_matter(self):
        names = []
        for day in range(3, 9):
            names.append(self.file(night_of(day, inspected=100 if day < 8 else 10), f"{day}.log"))
        answer = run("check", "--format=json", MDY, "--threads=8", "--history", self.history, *names)
        self.assertEqual([r["verdict"] for r in answer.json()["runs"]], ["complete"] * 5 + ["unknown"])


class Keeping(HistoryCase):
    def test_longer_reading_replaces(self):
        whole = night_of(3)
        cut = whole[:whole.index(stamp(3, "22:00:09"))]
        self.assertEqual(self.check(cut).code, 3)
        self.assertEqual([r["verdict"] for r in self.runs()], ["running"])
        self.good(whole)
        self.assertEqual([r["verdict"] for r in self.runs()], ["complete"])
        self.check(cut)  # an old copy of the log
        self.assertEqual([r["verdict"] for r in self.runs()], ["complete"])

    def test_pruned_head_does_not_replace(self):
        whole = night_of(3)
        self.good(whole)
        pruned = whole[whole.index(stamp(3, "22:00:09")):]
        self.assertEqual(self.check(pruned, "--node=OWL").code, 3)
        self.assertIn(("complete", 100), [(r["verdict"], r["inspected"]) for r in self.runs()])

    def test_missed_then_late(self):
        log = poll(3) + poll(4, "21:00:00", start="22:00:00")
        self.assertEqual(self.check(log).code, 2)
        self.assertEqual([r["verdict"] for r in self.runs()], ["missed"])
        self.good(night_of(3))
        self.assertEqual([(r["verdict"], r["inspected"]) for r in self.runs()], [("complete", 100)])
        self.assertEqual(self.check(log).code, 2)
        self.assertEqual([(r["verdict"], r["inspected"]) for r in self.runs()], [("complete", 100)])

    def test_unread_file_leaves_nothing(self):
        import gzip
        packed = gzip.compress((night_of(3) + night_of(4)).encode())
        answer = self.check(packed[:-4], name="a.gz")
        self.assertEqual(answer.code, 3)
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.check(packed, name="a.gz").code, 0)
        self.assertEqual(len(self.runs()), 2)

    def test_no_node(self):
        log = "".join(line + "\n" for line in night_of(3).splitlines() if "Node Name" not in line)
        answer = self.check(log)
        self.assertEqual(answer.errors, [f"tsmparse: {self.history}: 1 run has no node, and was neither compared nor "
                                         "kept: name it with --node"])
        self.assertEqual(answer.code, 0)
        self.assertEqual(answer.json()["history"], {"usable": True, "kept": 0, "without_node": 1,
                                                    "without_time": 0})
        self.assertEqual(self.check(log, "--node", "WREN").code, 0)
        self.assertEqual([r["node"] for r in self.runs()], ["WREN"])

    def test_no_date(self):
        answer = run("check", "--format=json", "--history", self.history, self.file(night_of(4)))
        self.assertEqual((answer.code, answer.json()["history"]["without_time"]), (0, 1))
        self.assertIn("--date-order", answer.errors[0])

    def test_hostile_names(self):
        names = ["'); DROP TABLE runs; --", '"', "%s%n", "=1+1", "\u202eevil", "a" * 3000, "NULL", "?1"]
        for number, name in enumerate(names):
            log = night_of(3 + number, schedule=f"S{number}").replace("Node Name: OWL", "Node Name: " + name)
            self.assertEqual(self.check(log).json()["history"]["kept"], 1, name)
        self.assertEqual(sorted(r["node"] for r in self.runs()), sorted(names))
        for name in names:
            self.assertEqual(len(self.runs("--node", name)), 1, name)
        odd = night_of(20).encode().replace(b"Node Name: OWL", b"Node Name: \xff\x1b[31m\x07")
        self.assertEqual(self.check(odd).code, 0)
        for form in ("text", "csv", "json"):
            answer = run("history", "--format", form, self.history)
            self.assertEqual(answer.code, 0)
            self.assertClean(answer.out, b"\r\n" if form == "csv" else b"\n")
        self.assertIn(b'"\'=1+1"', run("history", "--format=csv", self.history).out)
        self.assertClean(run("history", "--baseline", self.history).out)
        self.assertWhole()

    def test_volumes_of_any_bytes(self):
        log = night_of(3, volumes=("/", "/b\u00e9", "/quo'te", "/back\\slash"))
        self.check(log)
        self.assertEqual(sorted(self.runs()[0]["volumes"]), sorted(["/", "/b\u00e9", "/quo'te", "/back\\slash"]))

    def test_baseline_report(self):
        self.good(*(night_of(day, inspected=100 + day) for day in range(3, 10)))
        answer = run("history", "--baseline", "--format=json", "--at=2024-03-10T20:00:00", self.history)
        usual = answer.json()["baseline"][0]
        self.assertEqual((usual["runs"], usual["good"], usual["overdue"]), (7, 7, False))
        self.assertEqual(usual["inspected"], {"median": 106, "spread": 2, "count": 7})
        self.assertEqual(usual["interval"]["median"], 86400)
        late = run("history", "--baseline", "--format=json", "--at=2024-03-12T20:00:00", self.history)
        self.assertTrue(late.json()["baseline"][0]["overdue"])
        self.assertIn("OVERDUE", run("history", "--baseline", "--at=2024-03-12T20:00:00", self.history).text)

    def test_usage(self):
        self.good(night_of(3))
        for words in ((), (self.history, self.history), ("--accept", self.history), ("--nothing=1", self.history),
                      ("--baseline", "--format=csv", self.history), ("--node",),
                      ("--scheduled=yesterday", self.history)):
            self.assertEqual(run("history", *words).code, 2, words)
        self.assertEqual(run("runs", "--history", self.history, self.file(night_of(4))).code, 2)
        self.assertEqual(run("history", os.path.join(self.folder, "none.db")).code, 1)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "none.db")))
        self.assertEqual(os.stat(self.history).st_mode & 0o777, 0o600)


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


class Canaries(HistoryCase):
    HEAD = ("IBM Tivoli Storage Manager\nCommand Line Backup-Archive Client Interface\n"
            "  Client Version 8, Release 1, Level 4.0 \n"
            "  Client date/time: 03/14/2024 09:00:00\n\n"
            "Node Name: OWL\nSession established with server TAWNY: Linux/x86_64\n"
            "  Server Version 8, Release 1, Level 4.000\n"
            "  Server date/time: 03/14/2024 09:00:41  Last access: 03/13/2024 22:00:34\n\n")
    TABLE = ("             Size        Backup Date                Mgmt Class           A/I File\n"
             "             ----        -----------                ----------           --- ----\n")

    def answer(self, rows, name="canary.txt"):
        lines = "".join(f"         64  B  {time}             DEFAULT               {state}  {path}\n"
                        for time, state, path in rows)
        return self.file(self.HEAD + self.TABLE + lines, name)

    def judge(self, file, *words, log=None, path="/home/.canary"):
        return run("check", "--format=json", MDY, "--canary", f"{path}={file}", *words,
                   self.file(log or night_of(13)))

    def test_present(self):
        file = self.answer([("03/13/2024 22:00:45", "A", "/home/.canary"),
                            ("03/12/2024 22:00:46", "I", "/home/.canary")])
        answer = self.judge(file)
        self.assertEqual(answer.code, 0)
        self.assertIn("canary", answer.json()["runs"][0]["proof"])

    def test_absent(self):
        """Stored the night before, and not in this one: the server's clock is 41 seconds ahead."""
        file = self.answer([("03/12/2024 22:00:46", "A", "/home/.canary")])
        answer = self.judge(file)
        self.assertEqual(answer.code, 2)
        self.assertEqual([e["id"] for e in answer.json()["runs"][0]["evidence"]], ["E01"])
        text = run("check", MDY, "--canary", f"/home/.canary={file}", self.file(night_of(13)))
        self.assertIn("the canary '/home/.canary' was not stored by this run", text.first)

    def test_each_run_has_its_window(self):
        file = self.answer([("03/13/2024 22:00:45", "A", "/home/.canary"),
                            ("03/11/2024 22:00:46", "I", "/home/.canary")])
        answer = self.judge(file, log="".join(night_of(day) for day in (10, 11, 12, 13)))
        self.assertEqual([r["verdict"] for r in answer.json()["runs"]],
                         ["complete", "complete", "incomplete", "complete"])
        self.assertEqual(["canary" in r["proof"] for r in answer.json()["runs"]], [False, True, False, True])

    def test_says_nothing(self):
        other = self.answer([("03/13/2024 22:00:45", "A", "/home/other")])
        empty = self.file(self.HEAD, "empty.txt")
        policy = self.policy(PROOFS.replace("baseline", "canary"))
        for file in (other, empty):
            answer = self.judge(file)
            self.assertEqual(answer.code, 0)
            self.assertEqual([e["id"] for e in answer.json()["runs"][0]["evidence"]], ["proof_missing"])
            self.assertEqual(self.judge(file, "--policy", policy).code, 3)

    def test_unreadable(self):
        answer = self.judge(os.path.join(self.folder, "none.txt"))
        self.assertEqual(answer.code, 3)
        self.assertEqual(answer.json()["verdict"], "unknown")
        self.assertTrue(answer.errors)

    def test_usage(self):
        for word in ("/home/.canary", "=file", "path="):
            self.assertEqual(run("check", MDY, "--canary", word, self.file(night_of(13))).code, 2)
        many = sum((["--canary", f"/c{i}=f"] for i in range(65)), [])
        self.assertEqual(run("check", *many, self.file(night_of(13))).code, 2)

    def test_braces_and_equals_in_the_path(self):
        file = self.answer([("03/13/2024 22:00:45", "A", "/home/a=b")])
        answer = self.judge(file, path="{/home}/a=b")
        self.assertIn("canary", answer.json()["runs"][0]["proof"])


if run("history", "--help").code == 0 and b"without a history" not in run("history", "x.db").err:
    main()
else:
    print("1..0 # SKIP built without a history")
