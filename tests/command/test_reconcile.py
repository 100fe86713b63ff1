# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse reconcile, and check with what the server says.

No server can be had here: its answers are written after the documented output of `query event`, `query
actlog` and `query filespace`, with names of our own."""
import os
import resource

from support import Case, main, night, poll, run

HEAD = ("IBM Spectrum Protect\nCommand Line Administrative Interface - Version 8, Release 1, Level 12.0\n"
        "(c) Copyright by IBM Corporation and other(s) 1990, 2021. All Rights Reserved.\n\n"
        "Session established with server {}: Linux/x86_64\n  Server Version 8, Release 1, Level 12.000\n"
        "  Server date/time: 2024-03-26 07:00:00  Last access: 2024-03-25 06:00:00\n\n")


def event(node, status="Completed", result="0", day=25, actual="22:00:03", completed="22:00:11",
          schedule="NIGHT", reason="-"):
    date = f"2024-03-{day:02}"
    actual = f"{date} {actual}" if actual else ""
    completed = f"{date} {completed}" if completed else ""
    return f"WOODS,{schedule},{node},{date} 22:00:00,{actual},{completed},{status},{result},{reason}\n"


def missed(node, status="Missed", **more):
    return event(node, status, "", actual="", completed="", **more)


def logged(clock, text, day=25, session=7):
    return f"2024-03-{day:02} {clock}\t{text} (SESSION: {session})\n"


def totals(node, session, inspected=100, stored=0, failed=0, clock="22:00:10", day=25):
    rows = (("ANE4952I", f"objects inspected: {inspected}"), ("ANE4954I", f"objects backed up: {stored}"),
            ("ANE4959I", f"objects failed: {failed}"), ("ANE4961I", "bytes transferred: 1.21 KB"))
    return "".join(logged(clock, f"{code} (Session: {session}, Node: {node})  Total number of {text} ", day, session)
                   for code, text in rows)


def actlog(*parts, day=25):
    return (logged("20:00:00", "ANR0403I Session 7 ended for node WREN (AIX).", day) + "".join(parts) +
            totals("WREN", 8, 5, clock="22:30:00", day=day) +
            logged("23:30:00", "ANR0403I Session 9 ended for node WREN (AIX).", day))


def lost(node, code="ANR0481W", clock="22:00:07", day=25):
    return logged(clock, f"{code} Session 5 for node {node} (AIX) terminated.", day, 5)


SPACES = ("IBM Storage Protect\nCommand Line Backup-Archive Client Interface\n  Client Version 8, Release 1, Level 23.0 \n"
          "  Client date/time: 2024-03-26 07:00:00\n\nNode Name: {}\nSession established with server TAWNY: Linux/x86_64\n"
          "  Server Version 8, Release 1, Level 19.000\n  Server date/time: 2024-03-26 07:00:00  Last access: "
          "2024-03-25 22:00:10\n\n  #     Last Incr Date          Type    File Space Name\n" + "-" * 80 + "\n"
          "  1     2024-03-25 22:00:09     XFS     /\n  2     {}     XFS     /home\n")


class Judged(Case):
    def check(self, log, events=None, actlog_text=None, spaces=None, *words):
        words = list(words)
        for name, text in (("events", events), ("actlog", actlog_text), ("filespaces", spaces)):
            if text is not None:
                words += [f"--{name}", self.file(text, name)]
        return run("check", *words, self.file(log))

    def test_the_server_agrees(self):
        answer = self.check(night(25), event("OWL"), actlog(totals("OWL", 3)), SPACES.format("OWL", "2024-03-25 22:00:09"))
        self.assertEqual((answer.code, answer.errors), (0, []))
        self.assertIn("  proven: closed volumes summary filespace server\n", answer.text)

    def test_the_server_has_no_statistics(self):
        answer = self.check(night(25), event("OWL"), actlog())
        self.assertEqual(answer.code, 3)
        self.assertIn("claims success, but the server says that the event completed at 2024-03-25 22:00:11, but logged no "
                      "statistics of node 'OWL'", answer.first)
        self.assertIn("  E06: ", answer.text)

    def test_a_date_stands_still(self):
        answer = self.check(night(25), None, None, SPACES.format("OWL", "2024-03-24 22:00:09"))
        self.assertEqual(answer.code, 2)
        self.assertIn("file space '/home' stands still at 2024-03-24 22:00:09", answer.first)

    def test_several_answers(self):
        first, second = self.file(event("OWL"), "e1"), self.file(event("HAWK"), "e2")
        answer = run("check", "--events", second, f"--events={first}", "--actlog", self.file(actlog(), "a"),
                     self.file(night(25)))
        self.assertIn("E06", answer.text)

    def test_a_log_without_its_node(self):
        log = night(25).replace("Node Name: OWL", "Node name: OWL")
        answer = self.check(log, event("OWL"), actlog(totals("OWL", 3)))
        self.assertEqual(answer.code, 3)
        self.assertIn("whose log this is can't be told", answer.first)
        self.assertEqual(self.check(log, event("OWL"), actlog(totals("OWL", 3)), None, "--node", "OWL").code, 0)

    def test_clocks_apart(self):
        """The server is an hour ahead, and has no event of the run: only then the skew is needed."""
        log = actlog(logged("23:00:11", "ANR2579E Schedule NIGHT in domain WOODS for node OWL failed (return code 12)."))
        self.assertEqual(self.check(night(25), None, log).code, 0)
        self.assertEqual(self.check(night(25), None, log, None, "--skew", "3600").code, 3)

    def test_wrong_files(self):
        for option, text, says in (("--events", night(25), "holds no event"), ("--actlog", event("OWL"), "holds no message"),
                                   ("--filespaces", event("OWL"), "holds no file space")):
            answer = run("check", option, self.file(text, "wrong"), self.file(night(25)))
            self.assertEqual(answer.code, 3, option)
            self.assertIn(says, answer.errors[0])
        answer = run("check", "--events", self.folder + "/none", self.file(night(25)))
        self.assertEqual(answer.code, 3)
        self.assertIn("there is no such file", answer.errors[0])
        # The answer that a monitor shows is the one that the exit code gives.
        self.assertEqual(answer.first, "UNKNOWN: not all that the server says could be read.")
        answer = run("check", "--format=json", "--events", self.folder + "/none", self.file(night(25)))
        self.assertEqual((answer.code, answer.json()["verdict"]), (3, "unknown"))

    def test_an_empty_answer(self):
        nothing = HEAD.format("TAWNY") + "ANR2034E QUERY EVENT: No match found using this criteria.\nANS8001I Return code 11.\n"
        for text in ("", "\n", nothing):
            answer = run("check", "--events", self.file(text, "empty"), self.file(night(25)))
            self.assertEqual((answer.code, answer.errors), (0, []), text)

    def test_undecided_dates(self):
        text = event("OWL").replace("2024-03-25", "03/05/24")
        answer = run("check", "--events", self.file(text, "e"), self.file(night(25)))
        self.assertEqual(answer.code, 0)
        self.assertIn("order is not decided", answer.errors[0])

    def test_file_spaces_of_nobody(self):
        """Without a banner they may be those of the one log, but not of one of several."""
        rows = SPACES.format("OWL", "2024-03-24 22:00:09").split("\n\n")[-1]
        spaces = self.file(rows + "  3     2024-03-26 01:00:00     XFS     /var\n", "spaces")
        log, other = self.file(night(25)), self.file(night(25, node="HAWK"), "other")
        self.assertEqual(run("check", "--filespaces", spaces, log).code, 2)
        answer = run("check", "--filespaces", spaces, log, other)
        self.assertEqual(answer.code, 0)
        self.assertIn("3 rows of the server are not whole, or do not name their node, and are left out", answer.errors[0])

    def test_wrong_words(self):
        self.assertEqual(run("check", "--events").code, 2)
        for skew in ("x", "1.5", "100000", "", "-93601"):
            self.assertEqual(run("check", "--skew", skew, self.file("")).code, 2, skew)


class Reconciled(Case):
    def reconcile(self, events, logs, *words, actlog_text=None):
        names = [self.file(text, f"log{i}") for i, text in enumerate(logs)]
        if actlog_text is not None:
            words += ("--actlog", self.file(actlog_text, "actlog"))
        return run("reconcile", "--events", self.file(events, "events"), *words, *names)

    def kinds(self, events, logs, *words, **more):
        answer = self.reconcile(events, logs, "--format=json", *words, **more)
        found = answer.json()
        self.assertEqual(found["schema"], 1)
        return answer.code, [(d["difference"], d["node"]) for d in found["differences"]], found

    def test_all_agree(self):
        answer = self.reconcile(event("OWL") + event("HAWK"), [night(25), night(25, node="HAWK")])
        self.assertEqual((answer.code, answer.errors), (0, []))
        self.assertEqual(answer.first, "COMPLETE: of 2 events that the server calls completed, 0 are false and 0 unproven "
                                       "(2024-03-25 22:00 to 2024-03-25 22:00).")
        self.assertIn("\nagreeing: 2: 2 complete\n", answer.text)

    def test_each_difference(self):
        bad = night(25, unfinished=("/home",))
        rows = (
            ("false_success", 2, event("OWL"), [bad]),
            ("unproven_success", 3, event("OWL"), [night(25, head=False)]), # what was asked for is not known
            ("no_log", 3, event("OWL"), [night(25, node="HAWK"), "\n"]),
            ("no_log", 2, event("OWL", "Failed", "12"), ["\n"]),
            ("denied", 3, missed("OWL"), [night(25)]),
            ("denied", 3, missed("OWL", "Uncertain"), [night(25)]),
            ("not_on_server", 3, event("HAWK"), [night(25), night(25, node="HAWK")]),
            ("left_open", 3, event("OWL", "In Progress", "", completed=""), [night(25)]),
            ("exceptions_unsaid", 1, event("OWL"), [night(25, failed=1)]),
        )
        for kind, code, events, logs in rows:
            answer = self.kinds(events, logs, "--node", "OWL")
            self.assertIn(kind, [k for k, _ in answer[1]], (kind, answer[1]))
            self.assertEqual(answer[0], code, kind)

    def test_failed_yet_complete(self):
        code, kinds, found = self.kinds(event("OWL", "Failed", "12"), [night(25)], actlog_text=actlog(totals("OWL", 3)))
        self.assertEqual((code, kinds), (1, [("failed_yet_complete", "OWL")]))
        self.assertEqual(found["differences"][0]["server"]["result"], 12)
        self.assertEqual(found["differences"][0]["log"]["verdict"], "complete")

    def test_agreements(self):
        failed = night(25, result="bad")
        silent = poll(25) + poll(27, clock="08:00:00")
        rows = ((2, "failed", event("OWL", "Failed", "12"), failed), (2, "missed", missed("OWL"), "\n"),
                (2, "missed", missed("OWL"), silent), (1, "exceptions", event("OWL", result="4"), night(25, failed=1)))
        for code, verdict, events, log in rows:
            answer = self.kinds(events, [log])
            self.assertEqual((answer[0], answer[1]), (code, []), verdict)
            self.assertEqual(answer[2]["agreeing"][verdict], 1)

    def test_without_statistics_it_is_unproven(self):
        code, kinds, found = self.kinds(event("OWL"), [night(25)], actlog_text=actlog())
        self.assertEqual((code, kinds), (3, [("unproven_success", "OWL")]))
        self.assertEqual(found["differences"][0]["log"]["evidence"], "E06")

    def test_the_log_of_the_server_alone(self):
        text = actlog(logged("22:00:11", "ANR2507I Schedule NIGHT for domain WOODS started at 2024-03-25 22:00:03 for node OWL "
                             "completed successfully at 2024-03-25 22:00:11."))
        answer = run("reconcile", "--actlog", self.file(text, "actlog"), "--format=json",
                     self.file(night(25, unfinished=("/home",))))
        self.assertEqual([d["difference"] for d in answer.json()["differences"]], ["false_success"])

    def test_other_days_and_what_is_to_come(self):
        code, kinds, found = self.kinds(event("OWL") + missed("OWL", "Future", day=26),
                                        [night(20) + night(25, head=False).replace("\nExec", f"Node Name: OWL\nExec")])
        self.assertEqual(found["to_come"], 1)
        self.assertEqual(found["runs_of_other_days"], 1)

    def test_one_is_not_said_to_be_several(self):
        answer = self.reconcile(event("OWL"), [night(20) + night(25)])
        self.assertIn("\nnot compared: 1 run of other days, 0 commands of the console\n", answer.text)
        answer = self.reconcile(event("OWL", day=9), [night(9)])
        self.assertIn("\nnot compared: 1 run whose dates can be read in two ways", answer.text)

    def test_runs_whose_dates_can_be_read_in_two_ways(self):
        """They are not runs of other days, and an option makes them be compared."""
        events, log = event("OWL", day=9) + event("OWL", day=10), [night(9) + night(10)]
        answer = self.reconcile(events, log)
        self.assertEqual(answer.code, 3)
        self.assertIn("\nnot compared: 2 runs whose dates can be read in two ways (--date-order tells which)\n", answer.text)
        found = self.kinds(events, log)[2]
        self.assertEqual((found["undated_runs"], found["runs_of_other_days"]), (2, 0))
        self.assertEqual(self.reconcile(events, log, "--date-order", "mdy").code, 0)

    def test_names_are_whole_names(self):
        code, kinds, _ = self.kinds(event("OWL-1"), [night(25)])
        self.assertEqual(sorted(kinds), [("no_log", "OWL-1"), ("not_on_server", "OWL")])
        self.assertEqual(self.kinds(event("owl"), [night(25)])[1], [])

    def test_one_event_in_two_logs(self):
        """The worse one counts, whichever comes first."""
        logs = [night(25), night(25, unfinished=("/home",))]
        for pair in (logs, logs[::-1]):
            code, kinds, found = self.kinds(event("OWL"), pair)
            self.assertEqual((code, kinds), (2, [("false_success", "OWL")]))

    def test_two_answers(self):
        """In progress first, completed later."""
        early = self.file(event("OWL", "In Progress", "", completed=""), "early")
        answer = run("reconcile", "--events", early, "--events", self.file(event("OWL"), "late"), self.file(night(25)))
        self.assertEqual(answer.code, 0, answer.text)

    def test_a_log_that_ends_early(self):
        import gzip
        packed = gzip.compress(night(25).encode())
        answer = self.reconcile(event("OWL"), [packed[:-12]], "--format=json")
        found = answer.json()
        self.assertEqual(answer.code, 3)
        self.assertEqual(found["unreadable_logs"], 1)
        self.assertIn(found["differences"][0]["difference"], ("unproven_success", "no_log"))

    def test_the_answer_comes_first(self):
        answer = self.reconcile(event("OWL") + event("HAWK") + event("LARK"),
                                [night(25), night(25, node="HAWK", unfinished=("/",)), "\n"])
        self.assertEqual(answer.code, 2)
        self.assertTrue(answer.first.startswith("INCOMPLETE: of 3 events that the server calls completed, 1 is false and 1 "
                                                "unproven"), answer.first)
        lines = answer.text.splitlines()
        self.assertEqual(lines[3], "  HAWK, NIGHT for 2024-03-25 22:00: the server says Completed (0), the log incomplete: "
                                   "volume '/' was begun and never finished (E02)")
        self.assertTrue(lines[4].startswith("      ") and ", lines 19 to 38" in lines[4], lines[4])
        self.assertIn("  LARK, NIGHT for 2024-03-25 22:00: the server says Completed (0), and no log has it", lines)

    def test_what_both_know_is_named_too(self):
        answer = self.reconcile(event("OWL") + event("HAWK", "Failed", "12"), [night(25), night(25, node="HAWK", result="bad")])
        self.assertEqual(answer.code, 2)
        self.assertIn(" 0 are false and 0 unproven; 1 more is not good, and the server does not say otherwise", answer.first)
        lines = answer.text.splitlines()
        at = lines.index("not good, and the server does not say otherwise: 1")
        self.assertIn("  HAWK, NIGHT for 2024-03-25 22:00: the server says Failed (12), the log failed", lines[at + 1])
        self.assertIn("\nagreeing: 2: 1 complete, 1 failed\n", answer.text)

    def test_nights_that_say_the_same(self):
        """One line for a schedule that is late each night, with how often, and the first and the last of them."""
        nights = range(2, 27)
        events = "".join(event(node, day=day) for day in nights for node in ("OWL", "LARK"))
        bad = {day: ("/home",) if day % 5 else ("/",) for day in nights}
        logs = ["".join(night(day, unfinished=bad[day]) if day != 9 else night(day) for day in nights)]
        answer = self.reconcile(events, logs)
        lines = answer.text.splitlines()
        self.assertEqual(answer.code, 2)
        self.assertIn("24 are false and 25 unproven", answer.first.replace("24 is", "24 are"))
        at = lines.index("false successes: the server says completed, the log shows that it is not so: 24")
        self.assertEqual(lines[at + 1], "  OWL, NIGHT, 19 times from 2024-03-02 22:00 to 2024-03-26 22:00: the server says "
                                        "Completed (0), the log incomplete: volume '/home' was begun and never finished (E02)")
        self.assertRegex(lines[at + 2], r"^      the last in .*, lines \d+ to \d+$")
        self.assertIn("  OWL, NIGHT, 5 times from 2024-03-05 22:00 to 2024-03-25 22:00: ", lines[at + 3])
        self.assertIn("volume '/' was", lines[at + 3])
        at = lines.index("events without a log: 25")
        self.assertEqual(lines[at + 1:at + 3], ["  LARK, NIGHT, 25 times from 2024-03-02 22:00 to 2024-03-26 22:00: the server "
                                                "says Completed (0), and no log has it", ""])
        self.assertNotIn("more (--format=json", answer.text)
        each = self.reconcile(events, logs, "--each").text.splitlines()
        self.assertEqual(sum(line.startswith("  LARK, NIGHT for 2024-03-") for line in each), 25)
        self.assertEqual(sum(line.startswith("  OWL, NIGHT for 2024-03-") for line in each), 24)
        self.assertFalse([line for line in each if " times " in line])
        for words in ((), ("--each",)):
            self.assertEqual(len(self.kinds(events, logs, *words)[1]), 49)

    def test_what_is_not_the_same(self):
        """Another schedule, another result, another reason; and times in a reason are those of a night."""
        events = (event("OWL", day=24) + event("OWL", day=25, result="4") + event("OWL", day=26) +
                  event("OWL", schedule="DAY", day=25))
        lines = self.reconcile(events, ["\n"]).text.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines if line.startswith("  OWL")],
                         ["  OWL, DAY for 2024-03-25 22", "  OWL, NIGHT, 2 times from 2024-03-24 22", "  OWL, NIGHT for 2024-03-25 22"])
        silent = "".join(actlog(day=day) for day in (24, 25))
        answer = self.reconcile(event("OWL", day=24) + event("OWL", day=25, completed="22:00:12"),
                                [night(24) + night(25)], actlog_text=silent)
        self.assertIn("  OWL, NIGHT, 2 times from 2024-03-24 22:00 to 2024-03-25 22:00: the server says Completed (0), the log "
                      "unknown: ", answer.text)
        self.assertIn("completed at 2024-03-25 22:00:12, but logged no statistics", answer.text)

    def test_what_both_know_night_after_night(self):
        days = range(14, 24)
        lines = self.reconcile("".join(event("OWL", "Failed", "12", day=day) for day in days),
                               ["".join(night(day, result="bad") for day in days)]).text.splitlines()
        at = lines.index("not good, and the server does not say otherwise: 10")
        self.assertIn("  OWL, NIGHT, 10 times from 2024-03-14 22:00 to 2024-03-23 22:00: the server says Failed (12)", lines[at + 1])

    def test_more_than_are_shown(self):
        """A hundred lines, whatever each of them stands for; what is left are nights."""
        events = "".join(event(f"N{i:03}", day=day) for i in range(102) for day in (24, 25))
        answer = self.reconcile(events, ["\n"])
        self.assertEqual(answer.text.count(", NIGHT, 2 times from "), 100)
        self.assertIn("\n  and 4 more (--format=json has all)\n", answer.text)
        self.assertIn("\n  and 104 more (--format=json has all)\n", self.reconcile(events, ["\n"], "--each").text)

    def test_hostile_names(self):
        name = "O\x1b[31mWL\u202e"
        answer = self.reconcile(event(name) + event("OWL"), [night(25, node=name, unfinished=("/home",))])
        self.assertClean(answer.out)
        self.reconcile(event(name), [night(25, node=name)], "--format=json").json()

    def test_wrong_words(self):
        log = self.file(night(25))
        self.assertEqual(run("reconcile", log).code, 2)
        self.assertEqual(run("reconcile", "--events", log).code, 2)
        self.assertEqual(run("reconcile", "--events", self.folder + "/none", log).code, 3)

    def test_nothing_to_reconcile(self):
        answer = self.reconcile("", [night(25)])
        self.assertEqual(answer.code, 3)
        self.assertIn("nothing to reconcile", answer.first)


class Load(Case):
    def setUp(self):
        super().setUp()
        # Night 25 is busy: nodes 4 and 5 lost their sessions, started late, and have no statistics.
        events, logs, messages = HEAD.format("TAWNY"), [], HEAD.format("TAWNY") + actlog(day=24) + actlog()
        for day in (24, 25):
            for i in range(1, 6):
                bad = day == 25 and i > 3
                events += event(f"N{i}", day=day, actual="22:20:03" if bad else "22:00:03", completed="22:29:00")
                if not bad:
                    messages += totals(f"N{i}", 10 * day + i, day=day)
                else:
                    messages += lost(f"N{i}", clock="22:25:00") + lost(f"N{i}", "ANR0480W", clock="22:26:00")
        for i in range(1, 6):
            logs.append(self.file(night(24, node=f"N{i}") + night(25, node=f"N{i}"), f"log{i}"))
        self.words = ["reconcile", "--load", "--events", self.file(events, "events"), "--actlog",
                      self.file(messages, "actlog"), *logs]

    def test_json(self):
        answer = run(*self.words, "--format=json")
        load = answer.json()["load"]
        self.assertEqual(load["busy"], {"hours": 1, "of_hours": 2, "not_proven": 2, "of_not_proven": 2, "completed": 5,
                                        "of_completed": 10})
        quiet, busy = load["by_night"]
        self.assertEqual((quiet["night"], quiet["events"], quiet["unproven_success"], quiet["ANR0481W"]),
                         ("2024-03-24", 5, 0, 0))
        self.assertEqual((busy["night"], busy["unproven_success"], busy["ANR0481W"], busy["sessions_lost"], busy["late"],
                          busy["latest_seconds"]), ("2024-03-25", 2, 2, 2, 2, 1203))
        self.assertEqual([(h["hour"], h["events"]) for h in load["by_hour"]], [("22", 10)])
        self.assertEqual([(s["server"], s["events"], s["ANR0481W"]) for s in load["by_server"]], [("TAWNY", 10, 2)])
        self.assertEqual([(s["schedule"], s["events"], s["sessions_lost"]) for s in load["by_schedule"]], [("NIGHT", 10, 2)])

    def test_text(self):
        answer = run(*self.words)
        self.assertEqual(answer.code, 3)
        self.assertIn("busy hours: in 1 of 2 hours the server closed sessions or starts were late; 2 of 2 false or unproven "
                      "successes began in them, and 5 of all 10 completed events.", answer.text)
        self.assertRegex(answer.text, r"(?m)^  2024-03-25 +5 +5 +0 +2 +2 +20 +2 +0 +2$")
        self.assertRegex(answer.text, r"(?m)^  TAWNY +10 +10 +0 +2 ")

    def test_nothing_bad(self):
        answer = run("reconcile", "--load", "--events", self.file(event("OWL"), "e"), self.file(night(25)))
        self.assertEqual(answer.code, 0)
        self.assertIn("busy hours: no success is false or unproven.", answer.text)


class Growth(Case):
    def cost(self, nodes):
        """Seconds of processor time for a night of so many nodes in one log each."""
        folder = os.path.join(self.folder, str(nodes))
        os.mkdir(folder)
        names, base = [], night(25, node="NODE_000000")
        for i in range(nodes):
            names.append(os.path.join(folder, f"{i}.log"))
            with open(names[-1], "w", encoding="ascii") as out:
                out.write(base.replace("NODE_000000", f"NODE_{i:06}"))
        events = self.file("".join(event(f"NODE_{i:06}") for i in range(nodes)), f"events{nodes}")
        log = self.file(actlog(*(totals(f"NODE_{i:06}", i + 100) for i in range(nodes))), f"actlog{nodes}")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        answer = run("reconcile", "--events", events, "--actlog", log, *names)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(answer.code, 0, answer.text[:500])
        self.assertIn(f"agreeing: {nodes}: {nodes} complete", answer.text)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def test_nodes(self):
        """Four times the nodes cost far less than sixteen times as much. Processor time, and generous: a test of
        growth, not of speed."""
        few, many = self.cost(200), self.cost(800)
        self.assertLess(many, 12 * few + 1)


main()
