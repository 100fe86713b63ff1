# SPDX-License-Identifier: BSD-2-Clause
"""check --history and tsmparse history: what a run is set against, and what is kept of it."""
import json
import os
import time

from histories import MDY, HistoryCase, has_history
from support import main, night_of, poll, run, stamp

PROOFS = '[[rule]]\nproofs = ["closed", "volumes", "summary", "baseline"]\n'


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


if has_history():
    main()
else:
    print("1..0 # SKIP built without a history")
