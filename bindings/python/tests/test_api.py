# SPDX-License-Identifier: BSD-2-Clause
"""The calls of the package on a small log: values, kinds, columns, streams, verdicts."""
import datetime
import decimal
import unittest

import tsmparse
from support import LINES, LOG
from tsmparse import Flag, Kind, Verdict, Word


class Records(unittest.TestCase):
    def setUp(self) -> None:
        self.records = list(tsmparse.records(LOG))

    def one(self, kind: Kind, index: int = 0) -> tsmparse.Record:
        return [record for record in self.records if record.kind == kind][index]

    def test_tile_the_input(self) -> None:
        at = 0
        for number, record in enumerate(self.records, 1):
            self.assertEqual((record.offset, record.line), (at, number))
            self.assertEqual(LOG[at:at + record.length], record.text + b"\n")
            at += record.length
        self.assertEqual((at, len(self.records)), (len(LOG), LINES))

    def test_values(self) -> None:
        sent = self.one(Kind.OBJECT)
        self.assertEqual(sent["path"], "/srv/a b")
        self.assertEqual(sent["size"], 4096)
        self.assertIs(sent["action"], Word.SEND)
        self.assertEqual(sent.time, datetime.datetime(2025, 9, 17, 22, 5, 2))
        self.assertIn(Flag.STAMPED, sent.flags)
        self.assertEqual(sent.fields["status"], Word.SENT)
        self.assertIsNone(sent.get("volume"))
        self.assertIn("retry", sent)
        self.assertNotIn("volume", sent)
        with self.assertRaises(KeyError):
            sent["volume"]
        statistic = self.one(Kind.STATISTIC)
        self.assertIs(statistic["name"], tsmparse.StatisticName.BYTES_TRANSFERRED)
        self.assertEqual(statistic["value"], decimal.Decimal("1237319.68"))
        self.assertEqual(self.one(Kind.UNKNOWN).why.label, "no_rule")

    def test_names_are_bytes(self) -> None:
        record = self.one(Kind.OBJECT, 1)
        self.assertEqual(record.raw("path"), b"/srv/\xff\xfe.bin")
        self.assertEqual(record["path"], "/srv/\udcff\udcfe.bin")
        shown = record.to_dict()
        self.assertEqual((shown["path"], shown["path_b64"]), ("/srv/\ufffd\ufffd.bin", "L3Nydi///i5iaW4="))

    def test_kinds(self) -> None:
        only = list(tsmparse.records(LOG, kinds=Kind.OBJECT))
        self.assertEqual([record.kind for record in only], [Kind.OBJECT] * 2)
        both = list(tsmparse.records(LOG, kinds=[Kind.OBJECT, Kind.MESSAGE]))
        self.assertEqual(len(both), 3)

    def test_cannot_be_changed(self) -> None:
        with self.assertRaises(AttributeError):
            self.records[0].line = 7  # type: ignore[misc]
        with self.assertRaises(AttributeError):
            del self.records[0].line

    def test_equal_and_hash(self) -> None:
        again = list(tsmparse.records(LOG))
        self.assertEqual(again, self.records)
        self.assertEqual(len(set(again + self.records)), LINES)
        self.assertNotEqual(self.records[0], self.records[1])
        self.assertNotEqual(self.records[0], 1)

    def test_undecided_date(self) -> None:
        record = next(tsmparse.records(b"03/04/2019 01:02:03 Node Name: KESTREL\n"))
        self.assertIsNone(record.time)
        self.assertEqual(record.stamp, b"03/04/2019 01:02:03")
        record = next(tsmparse.records(b"03/04/2019 01:02:03 Node Name: KESTREL\n", date_order="dmy"))
        self.assertEqual(record.time, datetime.datetime(2019, 4, 3, 1, 2, 3))

    def test_candidates(self) -> None:
        """A row that can be split in several ways has no path: none is known to be the right one."""
        record = list(tsmparse.records(
            b"             Size  Archive Date - Time    File - Expires on - Description\n"
            b"             ----  -------------------    -------------------------------\n"
            b"           607  B  2031-12-18 11:51:24    /reef/tide Never mind Never ebb\n"))[2]
        self.assertEqual((record["size"], record["candidates"], record.get("path")), (607, 2, None))
        self.assertEqual([way["path"] for way in record.candidates],
                         [b"/reef/tide", b"/reef/tide Never mind"])

    def test_encoding(self) -> None:
        record = list(tsmparse.records(LOG, encoding="iso_8859_1"))[6]
        self.assertEqual(record["path"], "/srv/\xff\xfe.bin")
        self.assertIn(Flag.TRANSCODED, record.flags)

    def test_repair(self) -> None:
        quoted = b"".join(b"> " + line for line in LOG.splitlines(True))
        found = list(tsmparse.records(quoted, repair=["quoted"]))
        self.assertEqual([record.kind for record in found], [r.kind for r in self.records])

    def test_patterns(self) -> None:
        record = list(tsmparse.records(LOG, patterns={"odd": "line of (?<what>.*)"}))[-1]
        self.assertEqual(record.kind, Kind.CUSTOM)
        self.assertEqual((record["name"], record["what"]), ("odd", "something else"))


def whole() -> tsmparse.Batch:
    batch = max(tsmparse.batches(LOG), key=len)
    assert len(batch) > 5
    return batch


class Batches(unittest.TestCase):
    def test_columns_have_no_copy_and_no_owner(self) -> None:
        batch = whole()
        lines, want = batch.column("line"), [record.line for record in batch]
        kinds = batch.column("kind")
        self.assertEqual([record.kind for record in batch], kinds.tolist())
        del batch
        self.assertEqual(lines.tolist(), want)
        self.assertFalse(lines.contiguous)

    def test_sequence(self) -> None:
        batch = whole()
        count = len(batch)
        self.assertEqual(batch[-1], batch[count - 1])
        self.assertEqual(batch[-count], next(iter(batch)))
        for index in (count, -count - 1):
            with self.assertRaises(IndexError):
                batch[index]
        with self.assertRaises(KeyError):
            batch.column("path")

    def test_sizes_do_not_matter(self) -> None:
        want = list(tsmparse.records(LOG))
        for size in (1, 2, 3, 1000):
            found = [record for batch in tsmparse.batches(LOG, batch_records=size)
                     for record in batch]
            self.assertEqual(found, want)

    def test_columns_of_all(self) -> None:
        columns = tsmparse.columns(LOG, batch_records=2)
        self.assertEqual(columns["line"].tolist(), list(range(1, LINES + 1)))
        self.assertEqual(sum(columns["length"]), len(LOG))
        self.assertEqual(columns["kind"].typecode, "H")


class Streams(unittest.TestCase):
    def test_pieces_do_not_matter(self) -> None:
        want = list(tsmparse.records(LOG, date_order="mdy", decimal="point"))
        for size in (1, 7, 100, 10000):
            with tsmparse.feed(date_order="mdy", decimal="point") as stream:
                found = []
                for at in range(0, len(LOG), size):
                    found += stream.write(memoryview(LOG)[at:at + size])
                found += stream.end()
            self.assertEqual(found, want, size)

    def test_after_end(self) -> None:
        stream = tsmparse.feed()
        stream.end()
        with self.assertRaises(tsmparse.MisuseError) as caught:
            stream.write(b"more")
        self.assertLess(caught.exception.code or 0, 0)


class Verdicts(unittest.TestCase):
    def test_cut_log_proves_nothing(self) -> None:
        report = tsmparse.check(LOG)
        self.assertEqual(len(report.runs), 1)
        run = report.runs[0]
        self.assertNotIn(report.verdict, (Verdict.COMPLETE, Verdict.EXCEPTIONS))
        self.assertEqual((run.schedule, run.node, run.errors), ("NIGHT_INC", "KESTREL", 1))
        self.assertEqual(run.volumes[0].name, "/srv")
        self.assertEqual(run.statistic("bytes_transferred"), decimal.Decimal("1237319.68"))
        self.assertIsNone(run.statistic("retries"))
        self.assertTrue(run.evidence)

    def test_nothing_is_unknown(self) -> None:
        report = tsmparse.check(b"")
        self.assertEqual((report.verdict, report.runs, report.exit_code), (Verdict.UNKNOWN, (), 3))

    def test_domain(self) -> None:
        def ids(domain: "list[str]") -> "set[str]":
            return {evidence.id.label for run in tsmparse.check(LOG, domain=domain).runs
                    for evidence in run.evidence}
        self.assertNotEqual(ids(["/srv", "/nowhere"]), ids([]))
        with self.assertRaises(TypeError):
            tsmparse.check(LOG, domain="/srv")

    def test_the_server_is_heard(self) -> None:
        """An event that the server calls failed speaks against the run; one of another node does not."""
        def event(node: str, status: str, result: int) -> bytes:
            return (f"WOODS,NIGHT_INC,{node},2025-09-17 22:00:00,2025-09-17 22:05:00,2025-09-17 22:05:06,"
                    f"{status},{result},-\n").encode()
        alone = tsmparse.check(LOG).runs[0]
        for texts, changed in (([event("KESTREL", "Failed", 12)], True), ([event("OWL", "Failed", 12)], False),
                               ([event("OWL", "Completed", 0), event("KESTREL", "Failed", 12)], True), ([b""], False)):
            run = tsmparse.check(LOG, server=texts).runs[0]
            self.assertEqual(run.evidence != alone.evidence, changed, texts)
        unnamed = LOG.replace(b"Node Name: KESTREL", b"x")
        run = tsmparse.check(unnamed, server=[event("KESTREL", "Failed", 12)], node="KESTREL").runs[0]
        self.assertNotEqual(run.evidence, tsmparse.check(unnamed).runs[0].evidence)

    def test_what_is_no_answer_of_the_server(self) -> None:
        with self.assertRaises(tsmparse.ReadError):
            tsmparse.check(LOG, server=[b"of something else\n" * 5])
        with self.assertRaises(TypeError):
            tsmparse.check(LOG, server="events")
        with self.assertRaises(FileNotFoundError):
            tsmparse.check(LOG, server=["/nowhere/events"])

    def test_last(self) -> None:
        second = LOG.replace(b"09/17/2025", b"09/18/2025")
        self.assertEqual(len(tsmparse.check(LOG + second).runs), 2)
        self.assertEqual(len(tsmparse.check(LOG + second, last=True).runs), 1)


class Others(unittest.TestCase):
    def test_tokenize(self) -> None:
        tokens = tsmparse.tokenize(b"09/17/2025 22:05:03 ANS1228E 1,234.5 KB")
        self.assertEqual([token.type.label for token in tokens], ["stamp", "code", "size"])
        self.assertEqual(tokens[2].number * decimal.Decimal(10) ** tokens[2].power, 1264128)
        with self.assertRaises(tsmparse.MisuseError):
            tsmparse.tokenize(b"x", 0)

    def test_message(self) -> None:
        found = tsmparse.message("ANS1228E")
        assert found is not None
        self.assertEqual(found.code, "ANS1228E")
        self.assertIsNone(tsmparse.message("nothing"))
        self.assertIsNone(tsmparse.message("\udcff"))

    def test_probe(self) -> None:
        self.assertEqual(tsmparse.probe(LOG).date_order, "mdy")
        self.assertIsNone(tsmparse.probe(b"").date_order)

    def test_options(self) -> None:
        for options in ({"date_order": "ydm"}, {"decimal": ";"}, {"format": "no"}, {"encoding": "no"},
                        {"repair": ["all"]}, {"max_line": 3},
                        {"max_line": -1}, {"batch_records": 2 ** 40}, {"first_line": "1"}):
            with self.subTest(options), self.assertRaises(tsmparse.MisuseError):
                tsmparse.records(LOG, **options)
        with self.assertRaisesRegex(TypeError, "there are format,"):
            tsmparse.records(LOG, dateorder="mdy")
        with self.assertRaisesRegex(tsmparse.PatternError, "."):
            tsmparse.records(LOG, patterns={"bad": "("})

    def test_version(self) -> None:
        self.assertRegex(tsmparse.version, r"^\d+\.\d+\.\d+$")
        self.assertEqual(tsmparse.abi_version, 1)


if __name__ == "__main__":
    unittest.main()
