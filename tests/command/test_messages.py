# SPDX-License-Identifier: BSD-2-Clause
"""Every message of the catalogue, with what may stand in it: as a line of the schedule log, of dsmc's
console and of the error log it is read as that message; and inside of a good night it has the effect
that effects.tsv states, in a scheduled run and in one at the console alike."""
import json
import os
import tempfile

from support import Case, main, run

HERE = os.path.dirname(os.path.abspath(__file__))
CATALOGUE = os.path.join(os.environ["SAMPLES"], "../../lib/schema/messages.tsv")
INSERTS = ("", " '/srv/heron/a b.txt'", " 'C:\\Users\\o''neil\\x (1).doc'. Return code: -50, errno = 13",
           " for node KNOT (session 4,711): 12 of 1.024 objects, rc=8.")
# Of these the client prints one form only, that a rule of the grammar knows.
FORMS = {"ANS1512": "Scheduled event 'NIGHT' failed.  Return code = 12.",
         "ANS1802": "Incremental backup of '/home' finished with 1 failure(s)",
         "ANS1898": "***** Processed     1,000 files *****"}
FACTS = ("message", "volume_end", "event", "progress", "marker")


def catalogue():
    with open(CATALOGUE, encoding="utf-8") as table:
        return [line.rstrip("\n").split("\t") for line in table][1:]


def effects():
    with open(os.path.join(HERE, "effects.tsv"), encoding="utf-8") as table:
        return dict(line.split() for line in table if line[0] != "#")


def said(code, short, insert):
    return code + " " + FORMS.get(code[:7], short[0].upper() + short[1:] + insert)


def summary(stamp, failed):
    lines = [("objects inspected", "10"), ("objects backed up", "1"), ("objects updated", "0"),
             ("objects rebound", "0"), ("objects deleted", "0"), ("objects expired", "0"),
             ("objects failed", failed), ("bytes transferred", "1.00 KB")]
    text = [f"{stamp}Total number of {label}: {value:>12}" for label, value in lines]
    return text + [f"{stamp}Elapsed processing time:     00:01:00"]


def volume_ends(code, stamp):
    return [] if code[:7] in ("ANS1802", "ANS1999") else [f"{stamp}Successful incremental backup of '/home'", ""]


def scheduled(code, message, failed, day):
    date = f"03/{day % 28 + 1:02}/{2031 + day // 28}"
    first, later = f"{date} 22:00:00 ", f"{date} 22:01:00 "
    ends = [f"{later}Scheduled event 'NIGHT' completed successfully."] if code[:7] != "ANS1512" else []
    return [f"{first}Node Name: KNOT", f"{first}Next operation scheduled:", first + "-" * 60,
            f"{first}Schedule Name:         NIGHT", f"{first}Action:                Incremental",
            f"{first}Objects:", f"{first}Options:",
            f"{first}Server Window Start:   22:00:00 on {date}", first + "-" * 60, first,
            "Executing scheduled command now.", f"{first}--- SCHEDULEREC OBJECT BEGIN NIGHT {date} 22:00:00",
            f"{first}Incremental backup of volume '/home'"] \
        + ([first + message] if ends else []) + volume_ends(code, later) \
        + [f"{later}--- SCHEDULEREC STATUS BEGIN"] + summary(later, failed) \
        + [f"{later}--- SCHEDULEREC STATUS END", f"{later}--- SCHEDULEREC OBJECT END NIGHT {date} 22:00:00"] \
        + (ends or [later + message]) \
        + [f"{later}Sending results for scheduled event 'NIGHT'.",
           f"{later}Results sent to server for scheduled event 'NIGHT'.", ""]


def console(code, message, failed):
    return ["IBM Storage Protect", "Command Line Backup-Archive Client Interface",
            "  Client Version 8, Release 1, Level 19.0", "  Client date/time: 03/25/2031 22:00:00", "",
            "Node Name: KNOT", "Session established with server WADER: Linux/x86_64", "",
            "Incremental backup of volume '/home'", message] + volume_ends(code, "") + summary("", failed)


class Messages(Case):
    def records(self, lines, *options):
        with tempfile.NamedTemporaryFile("w", suffix=".log", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n")
            log.flush()
            return [json.loads(line) for line in
                    run("records", "--format=jsonl", *options, log.name).text.splitlines()]

    def verdicts(self, lines):
        with tempfile.NamedTemporaryFile("w", suffix=".log", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n")
            log.flush()
            return json.loads(run("check", "--format=json", log.name).text)["runs"]

    def each_is_read(self, before, prefix, *options):
        rows = [(row[0], insert, said(row[0], row[2], insert)) for row in catalogue() for insert in INSERTS
                if row[0][2] == "S"]
        records = self.records(before + [prefix + row[2] for row in rows], *options)[len(before):]
        self.assertEqual(len(records), len(rows))
        for (code, _, text), record in zip(rows, records):
            self.assertIn(record["kind"], FACTS, text)
            self.assertEqual(record["code"], code, text)
            if record["kind"] in ("message", "marker"):
                self.assertEqual(record.get("severity", code[7]), code[7], text)
                self.assertEqual(record.get("text", text[9:]), text[9:], text)

    def test_in_the_schedule_log(self):
        self.each_is_read(["03/25/2031 22:00:00 Querying server for next scheduled event."],
                          "03/25/2031 22:00:01 ")

    def test_in_the_error_log(self):
        for stamp in ("03/25/2031 22:00:01 ", "25.03.2031 22:00:01 ", "2031-03-25 22.00.01 ", "03/25/31   22:00:01 "):
            self.each_is_read([], stamp, "--input-format=error_log")

    def test_on_the_console(self):
        self.each_is_read(["IBM Storage Protect", "Command Line Backup-Archive Client Interface"], "")

    def test_in_a_good_night(self):
        rows = [row for row in catalogue() if row[0][2] == "S"]
        logs, consoles = [], []
        for day, row in enumerate(rows):
            named = row[3].startswith("file-") and row[4] != "no"
            message = said(row[0], row[2], "")
            logs += scheduled(row[0], message, str(int(named)), day)
            consoles.append(console(row[0], message, str(int(named))))
        stated, found = effects(), {}
        runs = self.verdicts(logs)
        self.assertEqual(len(runs), len(rows))
        for row, one in zip(rows, runs):
            found[row[0]] = one["verdict"]
        self.assertEqual(found, stated)
        for row, lines in zip(rows, consoles):
            if row[0][:7] != "ANS1512":
                self.assertEqual([one["verdict"] for one in self.verdicts(lines)], [stated[row[0]]], row[0])

    def test_none_that_was_seen_to_lose_a_volume_is_passed_over(self):
        """Rows that somebody read (A) or that follow from the API's list (B), and that say that the run or a
        whole file system was not done, leave no night good but for a lost session, that comes back."""
        stated = effects()
        good = [row[0] for row in catalogue() if row[0][2] == "S" and row[4] == "yes" and row[5] != "C" and
                row[0][7] != "I" and stated[row[0]] == "complete"]
        self.assertEqual(good, ["ANS1017E", "ANS1029E"])


main()
