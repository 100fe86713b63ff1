# SPDX-License-Identifier: BSD-2-Clause
"""Expected starts: cron's forms, nights in which the clock is set, and runs that are not there."""
import os
import re

from support import Case, main, night, poll, run


def definition(start="start = '22:00'", window="4h", more=""):
    return f"[[schedule]]\nname = 'NIGHT'\n{start}\nwindow = '{window}'\n{more}\n"


def begun_at(day, stamps, day_of_stamps=None):
    """The night's run, begun later than it was to be."""
    return re.sub(rf"(?m)^03/{day}/2024 22:00", f"03/{day_of_stamps or day}/2024 {stamps}", night(day))


class Starts(Case):
    def starts(self, cron, at, count=3, zone="UTC", word="cron"):
        path = self.policy(definition(f"{word} = '{cron}'", more=f"zone = '{zone}'"))
        answer = run("policy", path, "--next", str(count), "--at", at, "--format=json")
        self.assertEqual((answer.code, answer.errors), (0, []))
        return answer.json()["next"]

    def test_forms_of_cron(self):
        at = "2026-11-25T12:00:00Z"  # a Wednesday
        rows = [
            ("0 22 * * *", ["2026-11-25T22:00", "2026-11-26T22:00", "2026-11-27T22:00"]),
            ("*/20 12 * * *", ["2026-11-25T12:00", "2026-11-25T12:20", "2026-11-25T12:40"]),
            ("5/25 12 * * *", ["2026-11-25T12:05", "2026-11-25T12:30", "2026-11-25T12:55"]),
            ("15 8-18/5 * * *", ["2026-11-25T13:15", "2026-11-25T18:15", "2026-11-26T08:15"]),
            ("0 22 * * 1-5", ["2026-11-25T22:00", "2026-11-26T22:00", "2026-11-27T22:00"]),
            ("0 22 * * sat,SUN", ["2026-11-28T22:00", "2026-11-29T22:00", "2026-12-05T22:00"]),
            ("0 22 * * 7", ["2026-11-29T22:00", "2026-12-06T22:00", "2026-12-13T22:00"]),
            ("0 22 * * 0", ["2026-11-29T22:00", "2026-12-06T22:00", "2026-12-13T22:00"]),
            ("0 22 * * fri-sat", ["2026-11-27T22:00", "2026-11-28T22:00", "2026-12-04T22:00"]),
            ("30 3 1 * *", ["2026-12-01T03:30", "2027-01-01T03:30", "2027-02-01T03:30"]),
            ("0 0 31 * *", ["2026-12-31T00:00", "2027-01-31T00:00", "2027-03-31T00:00"]),
            # either day is enough where both are given
            ("0 1 27 * mon", ["2026-11-27T01:00", "2026-11-30T01:00", "2026-12-07T01:00"]),
            # but a step of all is no restriction
            ("0 1 */1 * mon", ["2026-11-30T01:00", "2026-12-07T01:00", "2026-12-14T01:00"]),
            ("0 1 1 jan,7 *", ["2027-01-01T01:00", "2027-07-01T01:00", "2028-01-01T01:00"]),
            ("0 5 29 2 *", ["2028-02-29T05:00", "2032-02-29T05:00", "2036-02-29T05:00"]),
        ]
        for cron, wanted in rows:
            with self.subTest(cron):
                self.assertEqual([s["start"][:16] for s in self.starts(cron, at)], wanted)

    def test_a_day_that_never_comes(self):
        self.assertEqual(self.starts("0 5 30 2 *", "2026-01-01T00:00:00"), [])

    def test_starts_at_this_very_moment_count(self):
        self.assertEqual(self.starts("0 12 * * *", "2026-11-25T12:00:00", 1)[0]["start"], "2026-11-25T12:00:00")
        self.assertEqual(self.starts("0 12 * * *", "2026-11-25T12:00:01", 1)[0]["start"], "2026-11-26T12:00:00")

    def test_nights_in_which_the_clock_is_set(self):
        rows = [  # zone, at (UTC), cron, [(local, UTC, what the clock does)]
            # 02:00 becomes 03:00: what is skipped starts when the clock is set
            ("Europe/Berlin", "2026-03-28T12:00:00Z", "30 2 * * *",
             [("2026-03-29T02:30", "2026-03-29T01:00", "gap"), ("2026-03-30T02:30", "2026-03-30T00:30", "once")]),
            # 03:00 becomes 02:00: what is shown twice starts once, at the first
            ("Europe/Berlin", "2026-10-24T12:00:00Z", "30 2 * * *",
             [("2026-10-25T02:30", "2026-10-25T00:30", "twice"), ("2026-10-26T02:30", "2026-10-26T01:30", "once")]),
            ("Europe/Berlin", "2026-03-28T12:00:00Z", "0 22 * * *",
             [("2026-03-28T22:00", "2026-03-28T21:00", "once"), ("2026-03-29T22:00", "2026-03-29T20:00", "once")]),
            ("America/New_York", "2026-03-07T12:00:00Z", "15 2 * * *",
             [("2026-03-08T02:15", "2026-03-08T07:00", "gap"), ("2026-03-09T02:15", "2026-03-09T06:15", "once")]),
            ("America/New_York", "2026-10-31T12:00:00Z", "15 1 * * *",
             [("2026-11-01T01:15", "2026-11-01T05:15", "twice"), ("2026-11-02T01:15", "2026-11-02T06:15", "once")]),
            # by half an hour, in the southern spring
            ("Australia/Lord_Howe", "2026-10-03T00:00:00Z", "15 2 * * *",
             [("2026-10-04T02:15", "2026-10-03T15:30", "gap"), ("2026-10-05T02:15", "2026-10-04T15:15", "once")]),
            ("Australia/Lord_Howe", "2026-04-04T00:00:00Z", "45 1 * * *",
             [("2026-04-05T01:45", "2026-04-04T14:45", "twice"), ("2026-04-06T01:45", "2026-04-05T15:15", "once")]),
            # at midnight: the day begins at 01:00
            ("Africa/Cairo", "2026-04-23T12:00:00Z", "0 0 * * *",
             [("2026-04-24T00:00", "2026-04-23T22:00", "gap"), ("2026-04-25T00:00", "2026-04-24T21:00", "once")]),
            # none
            ("Asia/Tokyo", "2026-03-28T12:00:00Z", "30 2 * * *",
             [("2026-03-29T02:30", "2026-03-28T17:30", "once"), ("2026-03-30T02:30", "2026-03-29T17:30", "once")]),
            ("Asia/Kathmandu", "2026-03-28T12:00:00Z", "30 2 * * *",
             [("2026-03-29T02:30", "2026-03-28T20:45", "once"), ("2026-03-30T02:30", "2026-03-29T20:45", "once")]),
        ]
        for zone, at, cron, wanted in rows:
            with self.subTest((zone, at)):
                found = self.starts(cron, at, 2, zone)
                self.assertEqual([(s["start"][:16], s["utc"][:16], s["clock"]) for s in found], wanted)

    def test_skipped_times_become_one_start(self):
        found = self.starts("*/30 2-3 * * *", "2026-03-29T00:00:00Z", 3, "Europe/Berlin")
        self.assertEqual([s["utc"][:16] for s in found],
                         ["2026-03-29T01:00", "2026-03-29T01:30", "2026-03-30T00:00"])

    def test_a_window_is_as_long_in_such_a_night(self):
        found = self.starts("0 1 * * *", "2026-03-28T12:00:00Z", 1, "Europe/Berlin")[0]
        self.assertEqual((found["start"], found["until"]), ("2026-03-29T01:00:00", "2026-03-29T06:00:00"))

    def test_days_of_the_week(self):
        path = self.policy(definition("start = '22:00'\ndays = ['sat', 'mon']", more="zone = 'UTC'"))
        found = run("policy", path, "--next", "3", "--at", "2026-11-25T12:00:00", "--format=json").json()["next"]
        self.assertEqual([s["start"][:10] for s in found], ["2026-11-28", "2026-11-30", "2026-12-05"])

    def test_the_zone_of_the_node(self):
        policy = ("[defaults]\nzone = 'Europe/Berlin'\n[[rule]]\nnodes = 'TOKYO*'\nzone = 'Asia/Tokyo'\n" +
                  definition())
        path = self.policy(policy)
        for node, utc in (("OWL", "2026-11-25T21:00:00"), ("TOKYO1", "2026-11-25T13:00:00")):
            found = run("policy", path, "--node", node, "--next", "1", "--at", "2026-11-25T00:00:00Z",
                        "--format=json").json()["next"]
            self.assertEqual(found[0]["utc"], utc)

    def test_the_zone_of_the_machine(self):
        path = self.policy(definition())
        for zone, utc in (("Asia/Tokyo", "13:00"), ("America/New_York", "03:00"), ("UTC", "22:00")):
            found = run("policy", path, "--next", "1", "--at", "2026-11-25T00:00:00Z", "--format=json",
                        env={"TZ": zone}).json()["next"]
            self.assertEqual(found[0]["utc"][11:16], utc)


class Missed(Case):
    """The good nights are those of March 13 to 16 in 2024, at 22:00."""

    def check(self, policy, logs, *words):
        path = self.policy(policy)
        files = [self.file(log, f"{i}.log") for i, log in enumerate(logs if isinstance(logs, list) else [logs])]
        answer = run("check", "--format=json", "--policy", path, *words, *files)
        self.assertEqual(answer.errors, [])
        report = answer.json()
        self.assertEqual(answer.code, {"complete": 0, "exceptions": 1, "incomplete": 2, "failed": 2, "missed": 2}.get(
            report["verdict"], 3))
        return [(r["scheduled"][:16] if r["scheduled"] else None, r["verdict"]) for r in report["runs"]]

    def test_a_night_that_the_log_passes_over(self):
        log = night(13) + night(14) + night(16)
        self.assertIn(("2024-03-15T22:00", "missed"), self.check(definition(), log))
        # Without the definition the log shows nothing: the poll of that night is missing, too.
        self.assertNotIn("missed", str(self.check("", log)))

    def test_good_nights_are_not_missed(self):
        log = night(13) + night(14) + night(15)
        self.assertEqual([v for _, v in self.check(definition(), log)], ["complete"] * 3)

    def test_a_scheduler_that_died(self):
        log = night(13) + night(14)
        self.assertEqual([v for _, v in self.check(definition(), log)], ["complete"] * 2)
        for at, missed in (("2024-03-15T23:00:00", []), ("2024-03-16T01:59:59", []),
                           ("2024-03-16T02:00:00", ["2024-03-15T22:00"]),
                           ("2024-03-17T12:00:00", ["2024-03-15T22:00", "2024-03-16T22:00"])):
            found = self.check(definition(), log, "--at", at)
            self.assertEqual([t for t, v in found if v == "missed"], missed, at)

    def test_the_newest_is_the_one_that_is_missed(self):
        found = self.check(definition(), night(13) + night(14), "--last", "--at", "2024-03-16T02:00:00")
        self.assertEqual(found, [("2024-03-15T22:00", "missed")])
        found = self.check(definition(), night(13) + night(15), "--last", "--at", "2024-03-16T02:00:00")
        self.assertEqual(found, [("2024-03-15T22:00", "complete")])

    def test_the_report_says_so(self):
        path = self.policy(definition())
        answer = run("check", "--policy", path, "--at", "2024-03-15T02:00:00", self.file(night(13)))
        self.assertEqual(answer.first, "MISSED: the run of NIGHT for 2024-03-14 22:00: a run was expected at 2024-03-14 "
                         "22:00:00 (to start until 2024-03-15 02:00:00), and there is none.")
        self.assertIn(": missed (the text has nothing of it)\n  E20: a run was expected", answer.text)
        self.assertEqual(answer.code, 2)

    def test_an_empty_log_misses_the_newest_start(self):
        found = self.check(definition(), "", "--at", "2024-03-16T12:00:00")
        self.assertEqual(found, [("2024-03-15T22:00", "missed")])
        self.assertEqual(self.check(definition(), ""), [])

    def test_starts_before_the_log_begins_are_not_known(self):
        self.assertEqual(self.check(definition(), night(15), "--at", "2024-03-16T12:00:00"),
                         [("2024-03-15T22:00", "complete")])
        log = poll(15, clock="23:30:00", schedule="OTHER", start="23:45:00")
        self.assertNotIn("missed", str(self.check(definition(), log, "--at", "2024-03-15T23:40:00")))

    def test_a_late_start_in_its_window_counts(self):
        late = begun_at(15, "23:40")
        self.assertEqual([v for _, v in self.check(definition(), night(14) + late, "--at", "2024-03-16T12:00:00")],
                         ["complete"] * 2)

    def test_another_nominal_start_in_the_window_counts(self):
        # The server moved the schedule by an hour, and the definition was not brought into line.
        moved = night(15).replace("22:00", "23:00")
        self.assertNotIn("missed", str(self.check(definition(), night(14) + moved, "--at", "2024-03-16T12:00:00")))
        found = self.check(definition(window="30m"), night(14) + moved, "--at", "2024-03-16T12:00:00")
        self.assertIn(("2024-03-15T22:00", "missed"), found)

    def test_a_start_behind_midnight_counts_for_the_day_before(self):
        late = begun_at(15, "00:30", 16)
        found = self.check(definition(), night(14) + late + night(16), "--at", "2024-03-17T12:00:00")
        self.assertNotIn("missed", str(found))

    def test_what_the_log_announced_is_missed_once(self):
        log = night(14) + poll(15) + night(16)
        found = self.check(definition(), log, "--at", "2024-03-17T12:00:00")
        self.assertEqual([t for t, v in found if v == "missed"], ["2024-03-15T22:00"])

    def test_other_schedules_do_not_meet_it(self):
        log = night(13) + night(14, schedule="OTHER") + night(15)
        self.assertIn(("2024-03-14T22:00", "missed"), self.check(definition(), log))
        # Schedules' names do not tell case.
        self.assertNotIn("missed", str(self.check(definition().replace("NIGHT", "night"), night(13) + night(14))))

    def test_schedules_of_other_nodes(self):
        policy = definition(more="nodes = 'KITE*'")
        self.assertNotIn("missed", str(self.check(policy, night(13) + night(15))))
        self.assertIn("missed", str(self.check(policy, night(13) + night(15), "--node", "KITE-2")))

    def test_logs_of_one_node_are_looked_at_together(self):
        old, new = night(13) + night(14), night(15) + night(16)
        self.assertNotIn("missed", str(self.check(definition(), [old, new], "--at", "2024-03-17T12:00:00")))
        self.assertNotIn("missed", str(self.check(definition(), [new, old], "--at", "2024-03-17T12:00:00")))

    def test_logs_of_two_nodes_are_not(self):
        logs = [night(13) + night(14), night(13, node="KITE") + night(15, node="KITE")]
        path = self.policy(definition())
        files = [self.file(log, f"{i}.log") for i, log in enumerate(logs)]
        runs = run("check", "--format=json", "--policy", path, "--at", "2024-03-16T12:00:00", *files).json()["runs"]
        missed = {(r["node"], r["scheduled"][:10], os.path.basename(r["file"])) for r in runs if r["verdict"] == "missed"}
        self.assertEqual(missed, {("OWL", "2024-03-15", "0.log"), ("KITE", "2024-03-14", "1.log")})

    def test_dates_that_are_not_known_make_it_unknown(self):
        log = night(3, month=4) + night(5, month=4)  # April or the third and fifth month
        found = self.check(definition(), log, "--at", "2024-04-06T12:00:00")
        self.assertNotIn("missed", str(found))
        found = self.check(definition(), log, "--date-order", "mdy", "--at", "2024-04-06T12:00:00")
        self.assertEqual([t for t, v in found if v == "missed"], ["2024-04-04T22:00"])

    def test_a_file_that_can_not_be_read_misses_nothing(self):
        path = self.policy(definition())
        answer = run("check", "--policy", path, "--at", "2024-03-16T12:00:00", os.path.join(self.folder, "none"))
        self.assertEqual(answer.code, 3)
        self.assertNotIn("MISSED", answer.text)

    def test_nights_in_which_the_clock_is_set(self):
        def at(day, clock):
            return night(day, head=False).replace("22:00:", clock + ":")
        policy = definition("start = '02:30'", "2h", "zone = 'Europe/Berlin'")
        for clock in ("02:30", "03:00", "03:30", "04:59"):  # however the server calls what the clock skips
            log = at(30, "02:30") + at(31, clock)
            found = self.check(policy, log, "--at", "2024-03-31T20:00:00")
            self.assertNotIn("missed", str(found), clock)
        log = at(30, "02:30") + at(31, "05:10")
        self.assertIn(("2024-03-31T02:30", "missed"), self.check(policy, log, "--at", "2024-03-31T20:00:00"))

    def test_a_pipe_is_looked_at_as_well(self):
        path = self.policy(definition())
        answer = run("check", "--policy", path, "--at", "2024-03-15T02:00:00", "-", stdin=night(13).encode())
        self.assertEqual(answer.first[:7], "MISSED:")


EVENTS = """
Scheduled Start          Actual Start             Schedule Name     Node Name         Status
--------------------     --------------------     -------------     -------------     ---------
03/13/2024 22:00:00      03/13/2024 22:00:03      NIGHT             OWL               Completed
03/14/2024 22:00:00                               NIGHT             OWL               Missed
03/15/2024 22:00:00      03/15/2024 22:00:03      NIGHT             OWL               Completed
03/14/2024 22:00:00                               NIGHT             KITE              Missed
03/19/2024 22:00:00                               NIGHT             OWL               Future
"""


class Events(Case):
    def test_the_server_s_list_is_what_is_expected(self):
        events = self.file(EVENTS, "events.txt")
        log = self.file(night(13) + night(15))
        answer = run("check", "--format=json", "--schedules", events, "--at", "2024-03-17T12:00:00", log)
        self.assertEqual(answer.errors, [])
        missed = [(r["schedule"], r["scheduled"]) for r in answer.json()["runs"] if r["verdict"] == "missed"]
        self.assertEqual(missed, [("NIGHT", "2024-03-14T22:00:00")])

    def test_a_list_without_rows_is_no_list(self):
        answer = run("check", "--schedules", self.file("nothing\n", "events.txt"), self.file(night(13)))
        self.assertEqual(answer.code, 3)
        self.assertIn("no rows of `query event`", answer.errors[0])

    def test_a_list_that_is_not_there(self):
        answer = run("check", "--schedules", os.path.join(self.folder, "none"), self.file(night(13)))
        self.assertEqual(answer.code, 3)

    def test_both_tell_the_same_start_once(self):
        path = self.policy(definition())
        answer = run("check", "--format=json", "--policy", path, "--schedules", self.file(EVENTS, "events.txt"),
                     "--at", "2024-03-17T12:00:00", self.file(night(13) + night(15) + night(16)))
        missed = [r["scheduled"] for r in answer.json()["runs"] if r["verdict"] == "missed"]
        self.assertEqual(missed, ["2024-03-14T22:00:00"])

    def check_rows(self, rows, log, at="2024-03-17T12:00:00"):
        head = ("Domain           *     Schedule Name        Action     Start Date/Time            Duration     Period     Day\n"
                "------------     -     ----------------     ------     --------------------     ----------     ------     ---\n")
        path = self.file("\nANS8000I Server command: 'query schedule'.\n\n" + head + "".join(
            f"SHORE            {' ' if style == 'C' else '*'}     {name:20} Inc Bk     {start:19}      {window:>10}     {period:>6}"
            f"     {day}\n" for style, name, start, window, period, day in rows), "schedules.txt")
        answer = run("check", "--format=json", "--schedules", path, "--at", at, self.file(log))
        return answer, [(r["schedule"], r["scheduled"][:16]) for r in answer.json()["runs"] if r["verdict"] == "missed"]

    def test_definitions_of_the_server(self):
        log = night(13) + night(15)
        answer, missed = self.check_rows([("C", "NIGHT", "01/05/2020 22:00:00", "4 H", "1 D", "Any")], log)
        self.assertEqual((answer.errors, missed),
                         ([], [("NIGHT", "2024-03-14T22:00"), ("NIGHT", "2024-03-16T22:00")]))
        rows = [(("2 H", "1 D", "Any"), ["14", "16"]), (("30 M", "1 D", "Sat"), ["16"]), (("2 H", "1 W", "Thu"), ["14"]),
                (("2 H", "1 D", "Weekday"), ["14"]), (("2 H", "1 D", "Weekend"), ["16"])]
        for (window, period, day), days in rows:
            answer, missed = self.check_rows([("C", "NIGHT", "2020-01-05 22:00:00", window, period, day)], log)
            self.assertEqual((answer.errors, [m[8:10] for _, m in missed]), ([], days), (window, period, day))
        answer, missed = self.check_rows([("C", "NIGHT", "2020-01-05 22:00:00", "1 H", "12 H", "Any")], night(13) + night(14))
        self.assertEqual([m[8:13] for _, m in missed][:2], ["14T10", "15T10"])

    def test_definitions_hold_for_nodes_that_have_the_schedule(self):
        answer, missed = self.check_rows([("C", "OTHER", "2020-01-05 22:00:00", "4 H", "1 D", "Any")], night(13) + night(15))
        self.assertEqual((answer.errors, missed), ([], []))

    def test_definitions_that_tell_no_starts(self):
        for period, day in (("2 D", "Any"), ("1 MO", "Any"), ("1 W", "Any"), ("1 O", "Any"), ("5 H", "Any"), ("1 D", "(*)")):
            answer, missed = self.check_rows([("C", "NIGHT", "2020-01-05 22:00:00", "4 H", period, day)], night(13) + night(15))
            self.assertEqual((answer.code, missed), (3, []), (period, day))
            self.assertIn("can't be told from their rows", answer.errors[0])
            answer, missed = self.check_rows([("*", "OLD", "2020-01-05 22:00:00", "4 H", period, day),
                                              ("C", "NIGHT", "2020-01-05 22:00:00", "4 H", "1 D", "Any")], night(13) + night(15))
            self.assertEqual((len(answer.errors), len(missed)), (1, 2))

    def test_a_definition_as_a_list(self):
        path = self.file("            Policy Domain Name: SHORE\n                 Schedule Name: NIGHT\n"
                         "                        Action: Incremental\n               Start Date/Time: 01/05/2020 22:00:00\n"
                         "                      Duration: 4 Hour(s)\n                        Period: 1 Day(s)\n"
                         "                   Day of Week: Any\n                    Expiration: \n\n", "schedules.txt")
        answer = run("check", "--format=json", "--schedules", path, "--at", "2024-03-16T12:00:00",
                     self.file(night(13) + night(15)))
        self.assertEqual(answer.errors, [])
        self.assertEqual([r["scheduled"] for r in answer.json()["runs"] if r["verdict"] == "missed"], ["2024-03-14T22:00:00"])


main()
