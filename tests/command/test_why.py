# SPDX-License-Identifier: BSD-2-Clause
"""check --why: which rule spoke, on which lines, and what would change the verdict. What it says is tried: the log is
changed so, and must be judged so."""
import os
import re

from support import Case, main, night, run

END = "03/14/2024 22:00:09 Successful incremental backup of '/home'\n\n"


class Why(Case):
    def judged(self, log, *words):
        answer = run("check", "--format=json", "--why", *words, self.file(log))
        self.assertEqual(answer.errors, [])
        found = answer.json()["runs"]
        self.assertEqual(len(found), 1)
        return found[0]

    def verdict(self, log, *words):
        return self.judged(log, *words)["verdict"]

    def rules(self, judged):
        return {(item["rule"], item["makes"]) for item in judged["why"] if "rule" in item}

    def change(self, judged, rule):
        return next(item["change"] for item in judged["why"] if item.get("rule") == rule)

    def proofs(self, judged):
        return {item["proof"]: item for item in judged["why"] if "proof" in item}

    def test_nothing_is_said_unasked(self):
        self.assertNotIn("why", run("check", "--format=json", self.file(night(14))).json()["runs"][0])
        self.assertNotIn("why", run("check", self.file(night(14))).text)

    def test_the_verdict_is_the_same(self):
        for log in (night(14), night(14, unfinished=("/home",)), night(14, result="open"), night(14, head=False),
                    night(14, failed=1), night(14, result="failed")):
            plain = run("check", "--format=json", self.file(log)).json()["runs"][0]
            why = self.judged(log)
            del why["why"]
            self.assertEqual(plain, why)

    def test_a_volume_without_an_end(self):
        log = night(14, unfinished=("/home",))
        judged = self.judged(log)
        self.assertEqual(self.rules(judged), {("E02", "incomplete")})
        change = self.change(judged, "E02")
        self.assertIn("a line 'Successful incremental backup of '/home''", change)
        status = "03/14/2024 22:00:10 --- SCHEDULEREC STATUS BEGIN\n"
        # where it says: good
        self.assertEqual(self.verdict(log.replace(status, END + status)), "complete")
        # elsewhere: not, as it says
        self.assertIn("an end line anywhere else is not the client's", change)
        self.assertEqual(run("check", self.file(log + END)).code, 2)
        self.assertNotEqual(self.verdict(log.replace(status, status + END)), "complete")
        # alone: not, as it says
        self.assertIn("alone, without the begin line", change)
        begin = "03/14/2024 22:00:03 Incremental backup of volume '/home'\n"
        self.assertNotIn(self.verdict(log.replace(begin, "").replace(status, END + status)), ("complete", "exceptions"))

    def test_a_good_run_stands_on_its_lines(self):
        log = night(14)
        judged = self.judged(log)
        self.assertEqual(self.rules(judged), set())
        proofs = self.proofs(judged)
        self.assertEqual({name for name, item in proofs.items() if item["stands"]}, {"closed", "volumes", "summary"})
        lines = log.splitlines()
        for name in ("closed", "volumes"):
            self.assertGreater(len(proofs[name]["lines"]), 3)
            for number in proofs[name]["lines"]:
                cut = [line for i, line in enumerate(lines, 1) if i != number]
                # Each line that a proof stands on: without it the run is not proven.
                found = self.verdict("\n".join(cut) + "\n")
                self.assertNotIn(found, ("complete", "exceptions"), lines[number - 1])
                # What it says of itself holds: without an end line it is incomplete, without a mark unknown or worse.
                if name == "volumes" and "Successful" in lines[number - 1]:
                    self.assertEqual(found, "incomplete")
        self.assertIn("the run would be incomplete", proofs["volumes"]["text"])
        for number in proofs["closed"]["lines"]:
            twice = [text for i, line in enumerate(lines, 1) for text in [line] * (2 if i == number else 1)]
            self.assertNotIn(self.verdict("\n".join(twice) + "\n"), ("complete", "exceptions"), lines[number - 1])

    def test_what_it_would_take_is_enough(self):
        """(log, rule, words of the change, the change made, verdict then)"""
        full = night(14)
        sent = "".join(line for line in full.splitlines(True) if "Results sent" in line)
        summary = "".join(line for line in full.splitlines(True) if "objects expired" in line)
        headless = full[full.index("03/14/2024 22:00:03 \nExecuting"):]
        message = "03/14/2024 22:00:04 ANS2820E An interrupt has occurred.\n"
        first = "03/14/2024 22:00:09 Successful incremental backup of '/'"
        rows = [
            (full.replace(sent, ""), "E15", "'Results sent to server", full),
            (full.replace(summary, ""), "summary_missing", "expired", full),
            (headless, "definition_unknown", "'Next operation scheduled'", full),
            (full.replace(first, message + first), "E04", "without this message", full),
        ]
        for log, rule, words, changed in rows:
            with self.subTest(rule):
                self.assertNotEqual(log, changed)
                judged = self.judged(log)
                self.assertIn(rule, {name for name, _ in self.rules(judged)})
                self.assertIn(words, self.change(judged, rule))
                self.assertEqual(self.verdict(changed), "complete")
        judged = self.judged(headless)
        self.assertIn("--domain", self.change(judged, "definition_unknown"))
        self.assertEqual(self.verdict(headless, "--domain", "/ /home"), "complete")

    def test_a_domain_that_was_not_begun(self):
        judged = self.judged(night(14), "--domain", "/ /srv")
        self.assertEqual(self.rules(judged), {("E08", "incomplete")})
        self.assertIn("'Incremental backup of volume '/srv''", self.change(judged, "E08"))
        self.assertEqual(self.verdict(night(14, volumes=("/", "/srv")), "--domain", "/ /srv"), "complete")
        self.assertEqual(self.verdict(night(14), "--domain", "/ /home"), "complete")

    def test_each_reason_has_its_own_effect(self):
        judged = self.judged(night(14), "--domain", "/ /srv /x*")
        self.assertEqual(self.rules(judged), {("E08", "incomplete"), ("E08", "unknown")})

    def test_objects_that_failed(self):
        log = night(14, failed=1, lines=["ANS1228E Sending of object '/home/a' failed.",
                                         "ANS4037E Object '/home/a' changed during processing."])
        judged = self.judged(log)
        self.assertEqual(self.rules(judged), {("objects_not_stored", "exceptions")})
        self.assertIn("a policy may pass over its message", self.change(judged, "objects_not_stored"))
        policy = self.policy("[[harmless]]\ncode = 'ANS4037E'\nreason = 'x'\nuntil = 2025-01-01\n")
        judged = self.judged(log, "--policy", policy)
        self.assertEqual((judged["verdict"], self.rules(judged)), ("complete", set()))

    def test_proofs_that_a_policy_asks_for(self):
        policy = self.policy("[defaults]\nproofs = ['closed', 'canary', 'server']\n")
        judged = self.judged(night(14), "--policy", policy)
        self.assertEqual(self.rules(judged), {("proof_missing", "unknown")})
        proofs = self.proofs(judged)
        self.assertEqual({(n, p["stands"], p["asked"]) for n, p in proofs.items()},
                         {("closed", True, True), ("volumes", True, False), ("summary", True, False),
                          ("canary", False, True), ("server", False, True)})

    def test_a_start_that_was_missed(self):
        policy = self.policy("[[schedule]]\nname = 'NIGHT'\nstart = '22:00'\n")
        answer = run("check", "--why", "--format=json", "--policy", policy, "--at", "2024-03-16T12:00:00",
                     self.file(night(14)))
        missed = [r for r in answer.json()["runs"] if r["verdict"] == "missed"]
        self.assertEqual(len(missed), 1)
        self.assertEqual(self.rules(missed[0]), {("E20", "missed")})

    def test_an_open_run(self):
        judged = self.judged(night(14, result="open"))
        self.assertEqual((judged["verdict"], self.rules(judged)), ("running", {("not_closed", "running")}))

    def test_text_shows_the_same(self):
        answer = run("check", "--why", self.file(night(14, unfinished=("/home",))))
        self.assertEqual(answer.code, 2)
        self.assertIn("\n  why incomplete:\n    E02 makes it incomplete (lines ", answer.text)
        self.assertIn("; it would take a line 'Successful incremental backup of '/home''", answer.text)
        self.assertRegex(answer.text, r"(?m)^    proof closed stands \(lines [0-9, ]+\): ")
        self.assertRegex(answer.text, r"(?m)^    proof volumes does not stand \(lines [0-9, ]+\): it needs")

    def test_every_good_run_is_told(self):
        log = night(13) + night(14) + night(15)
        answer = run("check", "--why", self.file(log))
        self.assertEqual(len(re.findall(r"(?m)^  why complete:$", answer.text)), 3)
        answer = run("check", "--why", "--last", self.file(log))
        self.assertEqual(len(re.findall(r"(?m)^  why complete:$", answer.text)), 1)

    def test_names_do_not_reach_the_terminal(self):
        answer = run("check", "--why", self.file(night(14, volumes=("/", "/x\x1b]0;y\x07\u202e"),
                                                       unfinished=("/x\x1b]0;y\x07\u202e",))))
        self.assertClean(answer.out)
        self.assertIn("why ", answer.text)

    def test_samples(self):
        for name in ("good-night.log", "false-success.log", "exceptions.log"):
            path = os.path.join(os.environ["SAMPLES"], name)
            plain, why = run("check", path), run("check", "--why", path)
            self.assertEqual(plain.code, why.code)
            self.assertTrue(why.text.startswith(plain.text.rstrip("\n")))


main()
