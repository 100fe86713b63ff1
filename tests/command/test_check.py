# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse check: the first line, the exit code, the JSON contract, what is shown and why."""
import gzip
import json
import os
import unittest

from support import Case, main, night, poll, run, stamp

COMMAND = poll(4, action="Command", schedule="JOB") + "".join(
    f"{stamp(4, '22:00:0%d' % i)} {line}\n" for i, line in enumerate((
        "\nExecuting scheduled command now.",
        "--- SCHEDULEREC OBJECT BEGIN JOB 03/04/2024 22:00:00",
        "Executing Operating System command or script:\n   /usr/local/bin/job",
        "Finished command.  Return code is: {rc}",
        "--- SCHEDULEREC OBJECT END JOB 03/04/2024 22:00:00",
        "Scheduled event 'JOB' completed successfully.",
        "Sending results for scheduled event 'JOB'.",
        "Results sent to server for scheduled event 'JOB'.")))

RUN_KEYS = {"schedule", "node", "action", "scheduled", "started", "ended", "claim", "return_code",
            "verdict", "proof", "evidence", "volumes", "statistics", "objects", "messages",
            "first_line", "last_line"}


class Verdicts(Case):
    def test_each_verdict(self):
        rows = (
            (night(14), "complete", 0, "COMPLETE: the run of NIGHT for 2024-03-14 22:00 inspected "
             "every volume that it was asked for (2 of 2, 100 objects)."),
            (night(14, failed=3, objects=["/a"], lines=["ANS1228E Sending of object '/b' failed."]),
             "exceptions", 1, "EXCEPTIONS: the run of NIGHT for 2024-03-14 22:00 inspected "
             "everything, but 3 objects were not stored."),
            (night(14, unfinished=["/home"]), "incomplete", 2, "INCOMPLETE: the run of NIGHT for "
             "2024-03-14 22:00 claims success, but volume '/home' was begun and never finished."),
            (night(14, result="bad"), "failed", 2, "FAILED: the run of NIGHT for 2024-03-14 22:00: "
             "the client itself says that the event failed"),
            (night(14, result="open"), "running", 3, None),
            (COMMAND.format(rc=0), "complete", 0, "COMPLETE: the run of JOB for 2024-03-04 22:00: "
             "its command ended with return code 0."),
            (COMMAND.format(rc=4), "failed", 2, None),
        )
        for text, verdict, code, first in rows:
            with self.subTest(verdict=verdict):
                path = self.file(text)
                answer = run("check", "--date-order=mdy", path)
                self.assertEqual(answer.code, code, answer.text)
                self.assertTrue(answer.first.startswith(verdict.upper() + ": "), answer.first)
                if first:
                    self.assertTrue(answer.first.startswith(first), answer.first)
                self.assertEqual(answer.err, b"")
                found = run("check", "--date-order=mdy", "--format=json", path)
                self.assertEqual(found.code, code)
                self.assertEqual(found.json()["verdict"], verdict)

    def test_first_line_says_what_makes_it_unknown(self):
        text = night(14, head=False, failed=1, objects=["/a"],
                     lines=["ANS1228E Sending of object '/b' failed."])
        answer = run("check", self.file(text))
        self.assertEqual(answer.code, 3)
        self.assertIn("the schedule's definition is not in the text", answer.first)

    def test_old_open_run_is_not_running(self):
        path = self.file(night(14, result="open"))
        os.utime(path, (1, 1))
        self.assertEqual(run("check", path).code, 2)
        self.assertEqual(run("check", "--fresh=100000", path).code, 2)

    def test_json_contract(self):
        path = self.file(night(14, unfinished=["/home"], objects=["/x"]) + night(15))
        found = run("check", "--format=json", path).json()
        self.assertEqual(found["schema"], 1)
        self.assertEqual(found["verdict"], "incomplete")
        self.assertEqual([r["verdict"] for r in found["runs"]], ["incomplete", "complete"])
        for one in found["runs"]:
            self.assertLessEqual(RUN_KEYS, set(one))
        first = found["runs"][0]
        self.assertEqual((first["schedule"], first["node"], first["action"], first["claim"]),
                         ("NIGHT", "OWL", "incremental", "success"))
        self.assertEqual((first["scheduled"], first["started"]),
                         ("2024-03-14T22:00:00", "2024-03-14T22:00:03"))
        self.assertEqual([(v["name"], v["outcome"]) for v in first["volumes"]],
                         [("/", "ended"), ("/home", "unfinished")])
        self.assertEqual(first["statistics"]["objects_inspected"], 100)
        self.assertEqual(first["objects"], {"sent": 1, "updated": 0, "expired": 0, "rebound": 0,
                                            "deleted": 0, "failed": 0, "skipped": 0, "retried": 0})
        self.assertEqual(set(first["messages"]), set("IWES"))
        reason = next(e for e in first["evidence"] if e["id"] == "E02")
        lines = open(path, encoding="ascii").read().split("\n")
        self.assertIn("Incremental backup of volume '/home'", lines[reason["lines"][0] - 1])
        self.assertEqual(found["runs"][1]["proof"], ["closed", "volumes", "summary"])
        self.assertEqual(found["runs"][1]["evidence"], [])

    def test_nothing_known_is_null_or_empty(self):
        found = run("check", "--format=json", self.file(
            "Incremental backup of volume '/x'\nSuccessful incremental backup of '/x'\n")).json()
        one = found["runs"][0]
        self.assertEqual([one[k] for k in ("schedule", "node", "scheduled", "started", "ended",
                                           "return_code")], [None] * 6)
        self.assertEqual((one["claim"], one["statistics"]), ("none", {}))


class NoRun(Case):
    def test_says_why(self):
        rows = (
            ("", "it is empty"),
            ("\n\n  \n", "only blank lines"),
            (poll(4), "asked for work, but no run begins"),
            ("".join(f"{stamp(4, '10:00:0%d' % i)} ANS1228E Sending of object '/a' failed.\n"
                     for i in range(5)), "error log"),
            (bytes(range(256)) * 40, "no text"),
            ("Das ist kein Protokoll.\nEs sagt nichts.\n" * 5, "hardly a line of it is known"),
        )
        for text, why in rows:
            with self.subTest(why=why):
                path = self.file(text)
                answer = run("check", path)
                self.assertEqual(answer.code, 3)
                self.assertTrue(answer.first.startswith(
                    "UNKNOWN: there is no run in this text, so nothing is proven: "), answer.first)
                self.assertIn(why, answer.first)
                found = run("check", "--format=json", path).json()
                self.assertEqual((found["verdict"], found["runs"]), ("unknown", []))
                self.assertIn(why, found["files"][0]["why"])


    def test_something_stands_in_front_of_the_lines(self):
        """Pastes, and logs that came by grep, cat or syslog: no run is read out of them, and it is said why."""
        other = "something in front that it does not print"
        rows = (("> {}", "--repair quoted"), ("># {}", "--repair quoted"), ("    {}", "--repair indented"),
                ("\t{}", "--repair indented"), ("Mar  3 22:00:01 heron dsmc[123]: {}", other),
                ("2031-03-03T22:00:01+0100 heron dsmcad[4711]: {}", other), ("17:{}", other), ("     9\t{}", other), ("    17\t{}", other),
                ("dsmsched.log:{}", other), ("[sched] {}", other), (" {}", other))
        lines = night(14).splitlines()
        for form, why in rows:
            with self.subTest(form=form):
                path = self.file("".join(form.format(line) + "\n" for line in lines))
                answer = run("check", path)
                self.assertEqual(answer.code, 3)
                self.assertIn(why, answer.first)
                self.assertEqual(run("check", "--format=json", path).json()["runs"], [])
                if why != other:
                    self.assertEqual(run("check", *why.split(), path).code, 0)
        # Names that hold the client's words make no other text a log of it.
        self.assertIn("hardly a line of it is known",
                      run("check", self.file("It says 'Node: A'.\n--- SCHEDULE\n" * 5)).first)


class Several(Case):
    def test_worst_counts_and_first_line_answers_for_all(self):
        good = self.file(night(14), "a.log")
        bad = self.file(night(13) + night(14, unfinished=["/"]), "b.log")
        answer = run("check", good, bad)
        self.assertEqual(answer.code, 2)
        self.assertIn("b.log: the run of NIGHT", answer.first)
        self.assertIn(f"{bad}: 2 runs: 1 complete, 1 incomplete", answer.text)
        found = run("check", "--format=json", good, bad).json()
        self.assertEqual([r["file"] for r in found["runs"]], [good, bad, bad])
        self.assertEqual([f["verdict"] for f in found["files"]], ["complete", "incomplete"])

    def test_counts_the_other_bad_runs(self):
        path = self.file(night(12, unfinished=["/"]) + night(13, failed=1) +
                         night(14, unfinished=["/"]))
        self.assertIn("2024-03-14 22:00", run("check", path).first)
        self.assertIn("(2 more runs are not good).", run("check", path).first)

    def test_all_good(self):
        path = self.file(night(13) + night(14))
        self.assertEqual(run("check", path).first, "COMPLETE: all 2 runs are proven: each "
                         "inspected every volume that it was asked for.")

    def test_last_judges_the_newest_of_each_schedule(self):
        text = night(12, unfinished=["/"]) + night(13) + night(13, schedule="DAY")
        path = self.file(text)
        self.assertEqual(run("check", path).code, 2)
        self.assertEqual(run("check", "--last", path).code, 0)
        found = run("check", "--last", "--format=json", path).json()
        self.assertEqual(sorted(r["schedule"] for r in found["runs"]), ["DAY", "NIGHT"])
        self.assertEqual({r["scheduled"] for r in found["runs"]}, {"2024-03-13T22:00:00"})
        worse = self.file(text + night(14, unfinished=["/"]))
        self.assertEqual(run("check", "--last", worse).code, 2)

    def test_last_over_rotated_files_in_any_order(self):
        old = self.file(night(13, unfinished=["/"]), "old")
        new = self.file(night(14), "new")
        for order in ((old, new), (new, old)):
            self.assertEqual(run("check", "--last", *order).code, 0)
        other = self.file(night(13, unfinished=["/"], node="LARK"), "other")
        self.assertEqual(run("check", "--last", other, new).code, 2, "another node is not hidden")
        undated = self.file(night(12, unfinished=["/"]), "undated")
        self.assertEqual(run("check", "--last", undated, new).code, 2, "12 March, or 3 December?")

    def test_a_bad_file_among_good_ones(self):
        good = self.file(night(14), "a.log")
        answer = run("check", good, os.path.join(self.folder, "none"), good)
        self.assertEqual(answer.code, 3)
        self.assertEqual(len(answer.errors), 1)
        self.assertTrue(answer.first.startswith("UNKNOWN: some input could not be read"))
        bad = self.file(night(14, result="bad"), "b.log")
        answer = run("check", bad, os.path.join(self.folder, "none"))
        self.assertEqual(answer.code, 2)
        self.assertIn("(and some input could not be read)", answer.first)


class Limits(Case):
    def test_json_shows_every_run(self):
        # More than a report keeps, and more text than is kept in memory.
        block = "".join(night(d, month=m, unfinished=["/"], head=False) for m in range(1, 13)
                        for d in range(1, 29))
        text = poll(1, month=1) + "".join(block.replace("/2024 ", f"/{2024 + year} ")
                                          for year in range(8))
        path = self.file(text)
        found = run("check", "--format=json", path).json()
        self.assertGreaterEqual(len(found["runs"]), 2688)
        self.assertEqual(found["runs_left_out"], 0)
        answer = run("check", path)
        self.assertRegex(answer.text, r"\n[0-9]+ more runs are not shown; --format=json has them all\n")

    def many(self, count, bad=()):
        """A log for each of so many machines."""
        texts = {False: night(14, node="OWL0000"), True: night(14, node="OWL0000", unfinished=["/home"])}
        return [self.file(texts[i in bad].replace("OWL0000", f"OWL{i:04}"), f"{i:04}.log") for i in range(count)]

    def test_thousands_of_machines(self):
        """The newest run of each is weighed, and the bad one is shown, wherever it stands."""
        files = self.many(3000)
        for words in ((), ("--last",)):
            answer = run("check", *words, *files)
            self.assertEqual((answer.code, answer.first[:24]), (0, "COMPLETE: all 3000 runs "))
        found = run("check", "--last", "--format=json", *files).json()
        self.assertEqual((found["verdict"], len(found["runs"]), found["runs_left_out"]), ("complete", 3000, 0))
        files = self.many(3000, bad=[2500])
        for words in ((), ("--last",)):
            answer = run("check", *words, *files)
            self.assertEqual(answer.code, 2)
            self.assertIn("2500.log: the run of NIGHT", answer.first)
            self.assertRegex(answer.text, r"\n[^ ]*2500\.log: the run [^\n]*: incomplete [^\n]*\n  E02: ")

    def test_newest_runs_that_are_not_kept(self):
        """What was not weighed is not good, and is not said to be without a run."""
        block = night(14, head=False, schedule="N00000")
        text = poll(14) + "".join(block.replace("N00000", f"N{i:05}") for i in range(20100))
        path, other = self.file(text), self.file(night(14, schedule="OTHER"), "other.log")
        found = run("check", "--last", "--format=json", path, other)
        self.assertEqual((found.code, found.json()["runs_left_out"]), (3, 101))
        self.assertIn("not weighed", found.json()["files"][1]["why"])
        self.assertNotIn("there is no run", run("check", "--last", path, other).first)

    def test_many_reasons_are_cut_but_counted(self):
        lines = [f"ANS1228E Sending of object '/f{i}' failed." for i in range(60)]
        answer = run("check", self.file(night(14, failed=60, lines=lines)))
        self.assertRegex(answer.text, r"\n  and [0-9]+ more; --format=json has them all\n")
        self.assertEqual(answer.text.count("objects_not_stored:"), 20)


class Lines(Case):
    def shown(self, answer):
        return [line for line in answer.text.split("\n") if line.startswith("     ")]

    def test_shows_the_logs_own_lines(self):
        text = night(13) + night(14, unfinished=["/home"])
        path = self.file(text)
        lines = text.split("\n")
        shown = self.shown(run("check", path))
        self.assertTrue(shown)
        for line in shown:
            number, _, content = line.strip().partition("  ")
            self.assertEqual(content, lines[int(number) - 1])

    def test_packed_and_standard_input(self):
        text = night(13) + night(14, unfinished=["/home"])
        plain = self.file(text)
        wanted = self.shown(run("check", plain))
        packed = self.file(gzip.compress(text.encode()), "log.gz")
        self.assertEqual(self.shown(run("check", packed)), wanted)
        with open(plain, "rb") as file:
            self.assertEqual(self.shown(run("check", "-", stdin_file=file)), wanted)
        piped = run("check", "-", stdin=text.encode())
        self.assertEqual(piped.code, 2)
        self.assertIn("    line ", piped.text)

    def test_utf16(self):
        text = night(13) + night(14, unfinished=["/höme"], volumes=("/", "/höme"))
        path = self.file(b"\xff\xfe" + text.encode("utf-16-le"))
        answer = run("check", "--date-order=mdy", path)
        self.assertEqual(answer.code, 2, answer.text)
        self.assertIn("Incremental backup of volume '/höme'", answer.text)


class Joined(Case):
    def test_a_pruned_head_is_put_before_its_run(self):
        whole = night(13) + night(14)
        cut = whole.rindex("--- SCHEDULEREC OBJECT BEGIN")
        cut = whole.rindex("\n", 0, cut) + 1
        pru, log = self.file(whole[:cut], "dsmsched.pru"), self.file(whole[cut:], "dsmsched.log")
        self.assertNotEqual(run("check", log).code, 0)
        answer = run("check", "--joined", pru, log)
        self.assertEqual(answer.code, 0, answer.text)
        found = run("check", "--joined", "--format=json", pru, log).json()
        alone = run("check", "--format=json", self.file(whole, "whole")).json()
        for one in found["runs"] + alone["runs"]:
            del one["file"]
        self.assertEqual(found["runs"], alone["runs"])

    def test_order_of_dates_is_looked_for_in_all_parts(self):
        pru, log = self.file(night(3, month=4), "a"), self.file(night(25, month=4), "b")
        found = run("records", "--joined", "--format=jsonl", "--kind=schedrec", pru, log)
        self.assertEqual(found.code, 0)
        self.assertNotIn("date_ambiguous", found.text)

    def test_lines_go_on(self):
        first, second = self.file("a\nb", "a"), self.file("c\n", "b")
        answer = run("records", "--joined", "--format=jsonl", first, second)
        rows = [json.loads(line) for line in answer.text.splitlines()]
        self.assertEqual([(r["offset"], r["length"], r["line"]) for r in rows],
                         [(0, 2, 1), (2, 1, 2), (3, 2, 3)])

    def test_one_missing(self):
        log = self.file(night(14))
        answer = run("check", "--joined", os.path.join(self.folder, "none"), log)
        self.assertEqual(answer.code, 3)
        self.assertEqual(len(answer.errors), 1)
        self.assertIn("none: there is no such file", answer.errors[0])


class Bad(Case):
    """--bad: what is complete is not shown, and counts all the same."""

    def setUp(self):
        super().setUp()
        self.good = self.file(night(12), "good.log")
        self.mixed = self.file(night(13) + night(14, unfinished=["/"]) + night(15), "mixed.log")

    def test_text_shows_the_bad_alone(self):
        whole, bad = run("check", self.good, self.mixed), run("check", "--bad", self.good, self.mixed)
        self.assertEqual((bad.code, bad.first), (2, whole.first))
        self.assertEqual(bad.text.count("(the text claims"), 1)
        self.assertNotIn(": complete (", bad.text)
        self.assertNotIn("good.log", bad.text)
        self.assertIn("mixed.log: 3 runs: 2 complete, 1 incomplete", bad.text)

    def test_a_good_night_is_one_line(self):
        answer = run("check", "--bad", self.good)
        self.assertEqual((answer.code, answer.text), (0, run("check", self.good).first + "\n"))

    def test_rows_and_json_too(self):
        rows = run("runs", self.good, self.mixed).text.splitlines(True)
        self.assertEqual(run("runs", "--bad", self.good, self.mixed).text, rows[2])
        lines = run("runs", "--bad", "--format=jsonl", self.good, self.mixed).text.splitlines()
        for more in ((), ("--last",)):
            whole = run("check", "--format=json", *more, self.good, self.mixed).json()
            bad = run("check", "--format=json", "--bad", *more, self.good, self.mixed).json()
            runs = [r for r in whole.pop("runs") if r["verdict"] != "complete"]
            self.assertEqual(bad.pop("runs"), runs)
            self.assertEqual(bad, whole)
            if not more:
                self.assertEqual([json.loads(line) for line in lines], runs)

    def test_several_bad_ones_between_good_ones(self):
        log = self.file("".join(night(d, unfinished=["/"] if d % 3 else []) for d in range(4, 14)))
        found = run("check", "--format=json", "--bad", log).json()
        self.assertEqual([r["scheduled"][8:10] for r in found["runs"]], ["04", "05", "07", "08", "10", "11", "13"])
        self.assertEqual(found["files"][0]["runs"], 10)

    def test_a_file_that_ends_too_early_hides_nothing(self):
        cut = self.file(gzip.compress((night(13) + night(14)).encode())[:-4], "cut.gz")
        self.assertEqual([r["verdict"] for r in run("check", "--format=json", "--bad", cut).json()["runs"]],
                         ["unknown", "unknown"])
        self.assertEqual(run("runs", "--bad", cut).text, run("runs", cut).text)
        self.assertEqual(run("runs", cut).text.count("unknown "), 2)

    def test_is_no_option_of_others(self):
        answer = run("records", "--bad", self.good)
        self.assertEqual((answer.code, answer.text), (2, ""))


class Runs(Case):
    def test_rows_and_lines_of_json(self):
        path = self.file(night(13) + night(14, unfinished=["/"]))
        answer = run("runs", path)
        self.assertEqual(answer.code, 0)
        self.assertEqual([r.split()[0] for r in answer.text.splitlines()],
                         ["complete", "incomplete"])
        rows = [json.loads(line) for line in run("runs", "--format=json", path).text.splitlines()]
        self.assertEqual(rows, run("check", "--format=json", path).json()["runs"])


main()
