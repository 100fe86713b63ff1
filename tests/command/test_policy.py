# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse.toml: mistakes and where they are, which rule holds, and what a check makes of it."""
import os

from support import Case, POLICY, main, night, run

SAMPLE = os.path.join(os.environ["SAMPLES"], "tsmparse.toml")
HARMLESS = """
[[harmless]]
code = "ANS4037E"
object = "/home/**"
reason = "a file that grows"
until = {}
"""
NOT_JUDGED = "UNKNOWN: the policy can't be used, so no run was judged.\n"
CHANGED = ("ANS1228E Sending of object '{0}' failed.",
           "ANS4037E Object '{0}' changed during processing.")


def failing(name, failed=1):
    return night(14, failed=failed, lines=[line.format(name) for line in CHANGED])


class NoPolicy(Case):
    def test_a_build_without_policies_says_so(self):
        if POLICY:
            self.skipTest("this build reads policies")
        for words, code in ((["policy", SAMPLE], 1), (["check", "--policy", SAMPLE, self.file(night(14))], 3)):
            answer = run(*words)
            self.assertEqual((answer.code, answer.text), (code, NOT_JUDGED if code == 3 else ""))
            self.assertIn("this build has no policy", answer.errors[0])


class Policy(Case):
    def setUp(self):
        super().setUp()
        if not POLICY:
            self.skipTest("this build reads no policy")

    def check(self, policy, log, *words):
        answer = run("check", "--format=json", "--policy", self.policy(policy), *words, self.file(log))
        self.assertEqual(answer.errors, [])
        return answer.json()["runs"][0]

    def ids(self, judged):
        return [item["id"] for item in judged["evidence"]]

    # ---- the file ----

    def test_a_file_that_is_not_there(self):
        path = os.path.join(self.folder, "none.toml")
        for words, code in ((["policy", path], 1), (["check", "--policy", path, self.file(night(14))], 3)):
            answer = run(*words)
            self.assertEqual((answer.code, answer.errors), (code, [f"tsmparse: {path}: there is no such file; check the path"]))

    def test_sample_is_good(self):
        answer = run("policy", SAMPLE, "--node", "MAILSTORE", "--schedule", "NIGHT_INC", "--next", "2",
                     "--at", "2026-11-20T12:00:00", "--format=json")
        self.assertEqual((answer.code, answer.errors), (0, []))
        found = answer.json()
        self.assertEqual(found["applies"]["domain"], ["/", "/srv/mail"])
        self.assertEqual(found["applies"]["too_long"], 6 * 3600 + 1800)
        self.assertEqual(found["applies"]["zone"], "Europe/Berlin")
        self.assertEqual([h["code"] for h in found["applies"]["harmless"]], ["ANS4021E"])
        self.assertEqual([s["start"] for s in found["next"]],
                         ["2026-11-20T22:00:00", "2026-11-21T22:00:00"])
        self.assertEqual(found["next"][0]["utc"], "2026-11-20T21:00:00")

    def test_mistakes_are_told_with_their_place(self):
        rows = [
            ("[defaults\n", ":1:", "Error"),
            ("[defaults]\ntoo_lng = 3\n", ":2:1: ", "'too_lng'; the nearest is 'too_long'"),
            ("[default]\nfresh = 3\n", ":1:2: ", "the nearest is 'defaults'"),
            ("[[rule]]\nnodes = 'A'\n", ":1:", "asks for nothing"),
            ("[[rule]]\nnode = 'A'\nfresh = 1\n", ":2:1: ", "the nearest is 'nodes'"),
            ("[defaults]\nfresh = 'soon'\n", ":2:9: ", "'fresh' must be hours"),
            ("[defaults]\nfresh = true\n", ":2:9: ", "not true or false"),
            ("[defaults]\nfresh = -1\n", ":2:9: ", "hours over 0"),
            ("[defaults]\nfresh = nan\n", ":2:9: ", "hours over 0"),
            ("[defaults]\nproofs = 'closed'\n", ":2:10: ", "an array of proofs"),
            ("[defaults]\nproofs = []\n", ":2:10: ", "asks for nothing"),
            ("[defaults]\nproofs = ['closd']\n", ":2:11: ", "one of closed volumes summary"),
            ("[defaults]\nzone = 'Europe/Berln'\n", ":2:8: ", "no time zone 'Europe/Berln'"),
            ("[defaults]\nzone = '../../etc/passwd'\n", ":2:8: ", "no time zone"),
            ("[defaults]\ndate_order = 'dym'\n", ":2:14: ", "one of mdy dmy ymd"),
            ("[defaults]\ndomain = [1]\n", ":2:11: ", "a text in quotes, not a number"),
            ("[rule]\nfresh = 1\n", ":1:1: ", "must be written as [[rule]]"),
            ("[[defaults]]\nfresh = 1\n", ":1:1: ", "must be written as [defaults]"),
            ("[[harmless]]\ncode = 'ANS4037E'\nreason = 'x'\n", ":1:1: ", "needs the key 'until'"),
            ("[[harmless]]\ncode = 'ANS4037E'\nuntil = 2027-01-01\n", ":1:1: ", "needs the key 'reason'"),
            (HARMLESS.format("'2027-01-01'"), ":6:9: ", "a date without quotes, as 2027-03-31"),
            (HARMLESS.format("2027-01-01").replace("ANS4037E", "ANS4037"), ":3:8: ", "a client's message"),
            (HARMLESS.format("2027-01-01").replace("a file that grows", " "), ":5:10: ", "is empty"),
            (HARMLESS.format("2027-01-01\nvolume = '/x'"), ":7:1: ", "exclude each other"),
            ("[[schedule]]\nname = 'A'\n", ":1:1: ", "'start' or 'cron'"),
            ("[[schedule]]\nstart = '22:00'\n", ":1:1: ", "needs the key 'name'"),
            ("[[schedule]]\nname = 'A'\nstart = '24:00'\n", ":3:9: ", "a time of day"),
            ("[[schedule]]\nname = 'A'\nstart = '1:00'\n", ":3:9: ", "a time of day"),
            ("[[schedule]]\nname = 'A'\nstart = '22:00'\ndays = 'yesterday'\n", ":4:", "no day"),
            ("[[schedule]]\nname = 'A'\ncron = '0 22 * * mon'\ndays = 'mon'\n", ":4:1: ", "goes with 'start'"),
            ("[[schedule]]\nname = 'A'\ncron = '0 24 * * *'\n", ":3:11: ", "'cron'"),
            ("[[schedule]]\nname = 'A'\ncron = '0 22 * *'\n", ":3:17: ", "fewer than five"),
            ("[[schedule]]\nname = 'A'\ncron = '0 22 * * * *'\n", ":3:20: ", "more than five"),
            ("[[schedule]]\nname = 'A'\ncron = '5-1 22 * * *'\n", ":3:9: ", "a range ends before"),
            ("[[schedule]]\nname = 'A'\ncron = '*/0 22 * * *'\n", ":3:9: ", "a step"),
            ("[defaults]\nfresh = 1\nfresh = 2\n", ":3:", "fresh"),
        ]
        for content, place, words in rows:
            with self.subTest(content):
                answer = run("policy", self.policy(content))
                self.assertEqual(answer.code, 1, answer.errors)
                self.assertIn("tsmparse.toml" + place, answer.errors[0])
                self.assertIn(words, answer.errors[0])
                self.assertEqual(answer.text, "")

    def test_all_mistakes_are_told(self):
        answer = run("policy", self.policy("[defaults]\na = 1\nfresh = 'x'\nzone = 'No/Where'\n"))
        self.assertEqual([e.rsplit("tsmparse.toml:", 1)[1][:2] for e in answer.errors], ["2:", "3:", "4:"])

    def test_files_that_are_none(self):
        for path in (os.path.join(self.folder, "absent"), self.folder):
            answer = run("policy", path)
            self.assertEqual(answer.code, 1)
            self.assertEqual(len(answer.errors), 1)
        for content in (b"\xff\xfe", b"a = \"\x1b[2J\"", b"[defaults]\nzone = \"a\\u0000b\"\n",
                        b"#" * (1 << 20) + b"##", b"a = " + b"[" * 100000):
            answer = run("policy", self.policy(content))
            self.assertEqual(answer.code, 1)
            self.assertGreaterEqual(len(answer.errors), 1)
            self.assertClean(answer.err)

    def test_a_bad_policy_makes_no_check_good(self):
        log = self.file(night(14))
        answer = run("check", "--policy", self.policy("[defaults]\nfrsh = 1\n"), log)
        self.assertEqual((answer.code, answer.text), (3, NOT_JUDGED))
        self.assertEqual(run("check", "--policy", self.policy("[defaults]\nfresh = 1\n"), log).code, 0)

    # ---- which rule holds ----

    def test_a_later_rule_wins_key_by_key(self):
        policy = self.policy("""
[defaults]
fresh = 10
too_long = 10
[[rule]]
nodes = "OWL*"
too_long = 5
[[rule]]
nodes = ["KITE", "OWL-?"]
schedules = "NIGHT_*"
too_long = 2
fresh = "90m"
""")
        for node, schedule, fresh, limit in (
                ("HEN", "NIGHT_A", 10, 10), ("OWL", "NIGHT_A", 10, 5), ("owl-1", "NIGHT_A", 1.5, 2),
                ("OWL-12", "NIGHT_A", 10, 5), ("OWL-1", "DAY", 10, 5), ("KITE", "NIGHT_A", 1.5, 2)):
            found = run("policy", policy, "--node", node, "--schedule", schedule,
                        "--format=json").json()["applies"]
            self.assertEqual((found["fresh"], found["too_long"]), (fresh * 3600, limit * 3600), (node, schedule))

    # ---- check ----

    def test_known_messages_are_passed_over_and_shown(self):
        log = failing("/home/a.log")
        self.assertEqual(self.check("", log)["verdict"], "exceptions")
        judged = self.check(HARMLESS.format("2024-03-15"), log)
        self.assertEqual(judged["verdict"], "complete")
        shown = [e["text"] for e in judged["evidence"] if e["id"] == "waived"]
        self.assertEqual(shown, ["message ANS4037E (1) about '/home/a.log' is known as harmless until "
                                 "2024-03-15: a file that grows"])
        text = run("check", "--policy", os.path.join(self.folder, "tsmparse.toml"), "--domain", "/ /home",
                   self.file(log)).text
        self.assertIn("waived: message ANS4037E (1)", text)

    def test_the_last_day_is_the_last(self):
        log = failing("/home/a.log")
        self.assertEqual(self.check(HARMLESS.format("2024-03-14"), log)["verdict"], "complete")
        judged = self.check(HARMLESS.format("2024-03-13"), log)
        self.assertEqual(judged["verdict"], "exceptions")
        self.assertIn("waiver_void", self.ids(judged))

    def test_they_hold_for_their_nodes_only(self):
        log = failing("/home/a.log")
        policy = HARMLESS.format("2025-01-01")
        self.assertEqual(self.check(policy + "nodes = 'KITE'\n", log)["verdict"], "exceptions")
        self.assertEqual(self.check(policy + "nodes = 'O*'\n", log)["verdict"], "complete")
        self.assertEqual(self.check(policy + "nodes = 'KITE'\n", log, "--node", "KITE")["verdict"], "complete")
        self.assertEqual(self.check(policy + "schedules = 'DAY*'\n", log)["verdict"], "exceptions")

    def test_a_name_does_not_choose_its_waiver(self):
        for name in ("/etc/x", "/etc/home/x", "/home/\x1b[0m", "/home/a' '/home/b"):
            judged = self.check(HARMLESS.format("2025-01-01"), failing(name))
            self.assertEqual(judged["verdict"], "exceptions", name)
            self.assertNotIn("waived", self.ids(judged))

    def test_proofs_that_do_not_stand_are_named(self):
        policy = "[defaults]\nproofs = ['closed', 'summary']\n"
        log = "".join(line for line in night(14).splitlines(True) if "objects failed" not in line)
        judged = self.check(policy, log)
        self.assertEqual(judged["verdict"], "unknown")
        texts = [e["text"] for e in judged["evidence"] if e["id"] == "proof_missing"]
        self.assertEqual(texts, ["the proof 'summary' is asked for and does not stand"])

    def test_domain_and_limit(self):
        self.assertEqual(self.check("[defaults]\ndomain = ['/', '/srv']\n", night(14))["verdict"], "incomplete")
        self.assertEqual(self.check("[defaults]\ndomain = ['/', '/srv']\n", night(14), "--domain", "/")["verdict"],
                         "complete")
        judged = self.check("[defaults]\ntoo_long = '6s'\n", night(14))
        self.assertEqual((judged["verdict"], "too_long" in self.ids(judged)), ("complete", True))
        judged = self.check("[defaults]\ntoo_long = '7s'\n", night(14))
        self.assertNotIn("too_long", self.ids(judged))

    def test_an_open_run_past_its_limit_is_not_running(self):
        policy = "[defaults]\ntoo_long = 8\nzone = 'Europe/Berlin'\n"
        log = night(30, result="open")  # the clock is set forward in this night
        for at, verdict in (("2024-03-31T05:00:00", "running"), ("2024-03-31T06:59:59", "running"),
                            ("2024-03-31T07:00:04", "unknown"), ("2024-03-31T05:00:04Z", "unknown"),
                            ("2024-03-30T22:00:00", "running")):
            judged = self.check(policy, log, "--at", at)
            self.assertEqual(judged["verdict"], verdict, at)

    def test_date_order_of_a_node(self):
        log = night(4)
        judged = self.check("[[rule]]\nnodes = 'OWL'\ndate_order = 'dmy'\n", log, "--node", "OWL")
        self.assertEqual(judged["started"], "2024-04-03T22:00:03")

    def test_usage(self):
        for words in (["policy"], ["policy", SAMPLE, SAMPLE], ["policy", SAMPLE, "--next", "x"],
                      ["policy", SAMPLE, "--node"], ["check", "--at", "2026-02-30T00:00:00", SAMPLE],
                      ["check", "--at", "yesterday", SAMPLE], ["policy", SAMPLE, "--nxt", "1"]):
            answer = run(*words)
            self.assertEqual((answer.code, answer.text), (2, ""), words)
            self.assertEqual(len(answer.errors), 1)


main()
