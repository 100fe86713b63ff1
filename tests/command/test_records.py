# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse records: its JSON keys, --kind, --where, CSV and the table."""
import csv
import io
import json
import os
import re

from support import Case, main, night, run, stamp

SAMPLES = os.environ["SAMPLES"]
AT = stamp(14, "22:00:04")
ALWAYS = ["offset", "line", "length", "kind", "format", "time", "flags"]


class Json(Case):
    def rows(self, text, *words):
        answer = run("records", "--format=jsonl", *words, self.file(text))
        self.assertEqual(answer.code, 0, answer.err)
        return [json.loads(line) for line in answer.text.splitlines()]

    def one(self, line, kind, *words):
        rows = [r for r in self.rows(f"{AT} {line}\n", *words) if r["kind"] == kind]
        self.assertEqual(len(rows), 1, line)
        self.assertEqual(list(rows[0])[:len(ALWAYS)], ALWAYS)
        return rows[0]

    def test_kinds_and_their_keys(self):
        table = (
            ("ANS1228E Sending of object '/a' failed.", "message",
             {"code": "ANS1228E", "severity": "E", "text": "Sending of object '/a' failed.",
              "object": "/a"}),
            ("Retry # 2  Normal File-->         1,756,058 /var/log/x  Changed", "object",
             {"action": "send", "object_type": "file", "size": 1756058, "path": "/var/log/x",
              "status": "changed", "retry": 2}),
            ("Incremental backup of volume '/home'", "volume_begin", {"volume": "/home"}),
            ("Successful incremental backup of '/home'", "volume_end",
             {"volume": "/home", "outcome": "successful"}),
            ("ANS1802E Incremental backup of '/home' finished with 3 failure(s)", "volume_end",
             {"volume": "/home", "outcome": "failures", "failures": 3}),
            ("Total number of objects inspected:      184,220", "statistic",
             {"name": "objects_inspected", "value": 184220, "unit": "count"}),
            ("ANS1898I ***** Processed       500 files *****", "progress", {"objects": 500}),
            ("--- SCHEDULEREC OBJECT BEGIN NIGHT 03/14/2024 22:00:00", "schedrec",
             {"block": "object", "edge": "begin", "schedule": "NIGHT",
              "scheduled": "2024-03-14T22:00:00"}),
            ("Scheduled event 'NIGHT' completed successfully.", "event",
             {"schedule": "NIGHT", "outcome": "completed"}),
            ("ANS1512E Scheduled event 'NIGHT' failed.  Return code = 12.", "event",
             {"schedule": "NIGHT", "outcome": "failed", "return_code": 12}),
            ("Schedule Name:         NIGHT", "schedule_field",
             {"label": "Schedule Name", "value": "NIGHT"}),
            ("Querying server for next scheduled event.", "scheduler", {"state": "querying"}),
            ("Finished command.  Return code is: 4", "command", {"return_code": 4}),
            ("Node Name: OWL", "session", {"state": "node", "name": "OWL"}),
            ("END OF DATA", "marker", {"state": "wrap"}),
        )
        for line, kind, wanted in table:
            with self.subTest(line=line):
                row = self.one(line, kind)
                self.assertEqual(row["time"], "2024-03-14T22:00:04")
                self.assertEqual(row["format"], row["format"])
                self.assertEqual({k: row.get(k) for k in wanted}, wanted)

    def test_more_points_to_what_it_continues(self):
        rows = self.rows(f"{AT} ANS4037E Object '/a' changed during processing.\nObject skipped.\n")
        self.assertEqual((rows[1]["kind"], rows[1]["of"], rows[1]["text"]),
                         ("more", 0, "Object skipped."))

    def test_unknown_shows_its_text_and_why(self):
        row = self.one("what is this", "unknown")
        self.assertIn("what is this", row["text"])
        self.assertEqual(row["why"], "no_rule")

    def test_ambiguous_date_is_null_with_its_text(self):
        rows = self.rows("03/04/2024 01:00:00 Querying server for next scheduled event.\n")
        self.assertIsNone(rows[0]["time"])
        self.assertEqual(rows[0]["stamp"], "03/04/2024 01:00:00")
        self.assertIn("date_ambiguous", rows[0]["flags"])
        rows = self.rows("03/04/2024 01:00:00 Querying server for next scheduled event.\n",
                         "--date-order=dmy")
        self.assertEqual(rows[0]["time"], "2024-04-03T01:00:00")

    def test_a_later_line_decides_the_dates_of_the_first(self):
        text = "03/04/2024 01:00:00 x\n" * 300000 + "03/25/2024 01:00:00 x\n"
        self.assertGreater(len(text), 6 << 20)
        answer = run("records", "--format=jsonl", "--where", "line", "=", "1", self.file(text))
        self.assertEqual(json.loads(answer.out)["time"], "2024-03-04T01:00:00")

    def test_overflow_is_null_with_its_text(self):
        row = self.one("Normal File--> 99,999,999,999,999,999,999 /a [Sent]", "object")
        self.assertIsNone(row["size"])
        self.assertEqual(row["size_text"], "99,999,999,999,999,999,999")
        self.assertIn("overflow", row["flags"])

    def test_numbers_are_exact(self):
        row = self.one("Normal File--> 9,223,372,036,854,775,807 /a [Sent]", "object")
        self.assertEqual(row["size"], 9223372036854775807)
        text = run("records", "--format=jsonl", self.file(
            f"{AT} Total number of bytes transferred:   1,234.56 KB\n")).text
        self.assertRegex(text, r'"value":[0-9.]+,')
        self.assertAlmostEqual(json.loads(text)["value"], 1234.56 * 1024)

    def test_a_fields_name_never_takes_a_records_key(self):
        row = self.one("  Server date/time: 03/14/2024 21:59:59  Last access: 03/13/2024 22:00:00",
                       "session")
        self.assertEqual(row["time"], "2024-03-14T22:00:04")
        self.assertEqual(row["field_time"], "2024-03-14T21:59:59")

    def test_users_patterns(self):
        row = self.one("disk sda is at 93%", "custom", "--pattern",
                       r"disk=disk (?<kind>\w+) is at (?<use>\d+)%")
        self.assertEqual((row["name"], row["field_kind"], row["use"]), ("disk", "sda", "93"))

    def test_every_record_of_the_samples_has_the_fixed_keys(self):
        for name in os.listdir(SAMPLES):
            answer = run("records", "--format=jsonl", os.path.join(SAMPLES, name))
            for line in answer.text.splitlines():
                self.assertEqual(list(json.loads(line))[:len(ALWAYS)], ALWAYS)


    def test_numbers_that_grow(self):
        """Line and offset of each record, over every place where more than the last digits change."""
        path = self.file("x\n" * 30000 + ("y" * 30000 + "\n") * 40)
        wanted = [(i + 1, 2 * i) for i in range(30000)] + [(30001 + i, 60000 + 30001 * i) for i in range(40)]
        rows = [json.loads(line) for line in run("records", "--format=jsonl", path).text.splitlines()]
        self.assertTrue([(row["line"], row["offset"]) for row in rows] == wanted) # a difference of so many takes minutes to print
        cells = csv.reader(io.StringIO(run("records", "--format=csv", path).text, newline=""), strict=True)
        head = next(cells)
        self.assertTrue([(int(row[head.index("line")]), int(row[head.index("offset")])) for row in cells] == wanted)


class Selection(Case):
    TEXT = "".join(f"{AT} Normal File-->    {size} {name} [Sent]\n" for size, name in (
        ("9", "/a"), ("10", "/b"), ("1,000", "/c d"), ("9,223,372,036,854,775,807", "/big"),
        ("9,223,372,036,854,775,806", "/big2"), ("99,999,999,999,999,999,999", "/over"))) + (
        f"{stamp(15, '01:00:00')} ANS1228E Sending of object '/a' failed.\n")

    def select(self, *words, show="path"):
        answer = run("records", "--format=jsonl", *words, self.file(self.TEXT))
        self.assertEqual(answer.code, 0, answer.err)
        return [json.loads(line).get(show) for line in answer.text.splitlines()]

    def test_kind(self):
        self.assertEqual(self.select("--kind=message", show="code"), ["ANS1228E"])
        self.assertEqual(len(self.select("--kind", "message,object")), 7)

    def test_where(self):
        big, bigger = "/big2", "/big"
        table = (
            ("size = 10", ["/b"]), ("size>10", ["/c d", bigger, big]), ("size >= 10.0",
             ["/b", "/c d", bigger, big]), ("size<10", ["/a"]), ("size <= 10", ["/a", "/b"]),
            ("size != 10", ["/a", "/c d", bigger, big]),
            ("size > 9223372036854775806", [bigger]), ("size=9223372036854775806", [big]),
            ("size > 9223372036854775807.5", []), ("size > -1", ["/a", "/b", "/c d", bigger, big]),
            ("size > nonsense", []), ("path = /c d", ["/c d"]), ("path ~ big", [bigger, big]),
            ("path != /a", ["/b", "/c d", bigger, big, "/over"]), ("action = send",
             ["/a", "/b", "/c d", bigger, big, "/over"]),
            ("time >= 2024-03-15", [None]), ("time >= 2024-03-14 23:00", [None]), ("time < 2024-03-14T22:00:05",
             ["/a", "/b", "/c d", bigger, big, "/over"]), ("time ~ T22:", ["/a", "/b", "/c d", bigger, big, "/over"]),
            ("line = 2", ["/b"]), ("flags = overflow", ["/over"]), ("code ~ 1228", [None]),
            ("kind = message", [None]), ("nosuchfield = 1", []), ("nosuchfield != 1", []),
        )
        for where, wanted in table:
            with self.subTest(where=where):
                self.assertEqual(self.select("--where", where), wanted)

    def test_name_that_nothing_has(self):
        """It is said, whatever else was asked for; a name that records have is not, though none fits."""
        for words, unknown in ((("size = 77",), ""), (("siez = 10",), "siez"), (("line = 1", "siez = 10"), "siez"),
                               (("line = 0", "path = x", "siez != 1"), "siez"), (("kind = nokind", "text = x"), ""),
                               (("code = x",), ""), (("field_code = x",), "")):
            with self.subTest(words=words):
                options = [part for word in words for part in ("--where", word)]
                answer = run("records", "--format=jsonl", *options, self.file(self.TEXT))
                told = "tsmparse: --where: no record has a field siez\n" if unknown else ""
                self.assertEqual((answer.code, answer.err), (0, told.encode()))

    def test_all_must_hold_and_words_may_stand_apart(self):
        self.assertEqual(self.select("--where", "size", ">", "9", "--where", "path", "~", "c"),
                         ["/c d"])
        self.assertEqual(self.select("--where=size>9", "--where=size<11"), ["/b"])


class Csv(Case):
    def table(self, text, *words):
        answer = run("records", "--format=csv", *words, self.file(text))
        self.assertEqual(answer.code, 0, answer.err)
        return list(csv.reader(io.StringIO(answer.text, newline=""), strict=True))

    def test_columns_depend_on_the_kinds_alone(self):
        one = self.table(night(14, objects=["/a"]), "--kind=object,volume_end")
        none = self.table("", "--kind=volume_end,object")
        self.assertEqual(one[0], none[0])
        self.assertEqual(one[0][:7], ["line", "offset", "length", "time", "kind", "format", "flags"])
        for row in one:
            self.assertEqual(len(row), len(one[0]))
        self.assertEqual(len(set(one[0])), len(one[0]))

    def test_same_values_as_json(self):
        text = night(14, objects=["/a", "/b, \"c\""], failed=1,
                     lines=["ANS1228E Sending of object '/b' failed.", "odd line"])
        path = self.file(text)
        rows = list(csv.DictReader(io.StringIO(
            run("records", "--format=csv", path).text, newline=""), strict=True))
        wanted = [json.loads(l) for l in
                  run("records", "--format=jsonl", path).text.splitlines()]
        self.assertEqual(len(rows), len(wanted))
        for row, record in zip(rows, wanted):
            rest = json.loads(row["other"]) if row["other"] else {}
            self.assertEqual(row["flags"].split(), record["flags"])
            for key, value in record.items():
                if key in ("flags", "why"):
                    continue
                shown = row[key] if key in row and row[key] != "" else rest.get(key, "")
                shown = re.sub("^'(?=[=+@'-])", "", str(shown))
                self.assertEqual(shown, "" if value is None else str(value), (key, record))

    def test_users_groups_stand_in_other(self):
        rows = self.table(f"{AT} disk sda is full\n", "--pattern", r"d=disk (?<disk>\w+) is full",
                          "--kind=custom")
        self.assertEqual(json.loads(rows[1][-1]), {"disk": "sda"})
        self.assertEqual(rows[0][-1], "other")


class Table(Case):
    def test_one_kind_has_columns(self):
        text = run("records", "--kind=object", self.file(night(14, objects=["/a b"]))).text
        head, row = text.splitlines()
        for name in ("LINE", "TIME", "ACTION", "SIZE", "PATH"):
            self.assertIn(name, head)
        self.assertEqual(row[head.index("PATH"):].split("  ")[0], "/a b")
        end = head.index("SIZE") + 4
        self.assertEqual(row[:end].split()[-1], "1234")

    def test_several_files(self):
        a, b = self.file("a\n", "a"), self.file("b\n", "b")
        self.assertEqual(len(run("records", a, b).text.splitlines()), 3)


class NoColumnMissing(Case):
    """Every field that a record of the samples has stands in a column of its kind."""

    def test_samples(self):
        for name in os.listdir(SAMPLES):
            rows = list(csv.DictReader(io.StringIO(run(
                "records", "--format=csv", os.path.join(SAMPLES, name)).text, newline="")))
            kinds = {row["kind"] for row in rows}
            for kind in kinds:
                answer = run("records", "--format=csv", f"--kind={kind}", os.path.join(SAMPLES, name))
                for row in csv.DictReader(io.StringIO(answer.text, newline="")):
                    if row["other"]:
                        self.assertLessEqual(set(json.loads(row["other"])), {"label"}, row)


main()
