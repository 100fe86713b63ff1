#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tables in the packages that take them: pyarrow, polars, pandas, duckdb, the real ones.

usage: test_arrow.py VENVS   (makes the environment, and runs this file in it)
"""
import datetime
import decimal
import gc
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, List

from environments import environment

PACKAGES = ["pyarrow==26.0.1", "polars==2.1.0", "pandas==3.1.1", "duckdb==2.0.1"]
if __name__ == "__main__" and len(sys.argv) == 2:
    made = environment(sys.argv[1], "arrow", PACKAGES)
    sys.exit(subprocess.run([str(made / "bin" / "python"), "-X", "faulthandler", __file__],
                            check=False).returncode)

import duckdb  # type: ignore[import-untyped,import-not-found,unused-ignore]
import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
import polars  # type: ignore[import-untyped,import-not-found,unused-ignore]
import pyarrow  # type: ignore[import-untyped,import-not-found,unused-ignore]

import tsmparse
from support import LINES, LOG, python
from tsmparse import Kind, arrow


def rows(*arguments: Any, **options: Any) -> List[Dict[str, Any]]:
    made = pyarrow.table(tsmparse.table(*arguments, **options))
    made.validate(full=True)
    return made.to_pylist()  # type: ignore[no-any-return]


class Contents(unittest.TestCase):
    def test_records(self) -> None:
        found = rows(LOG)
        self.assertEqual(len(found), LINES)
        for row, record in zip(found, tsmparse.records(LOG)):
            self.assertEqual(
                (row["offset"], row["line"], row["length"], row["time"], row["kind"], row["format"],
                 row["flags"], row["text_bytes"] or row["text"].encode()),
                (record.offset, record.line, record.length, record.time, record.kind.label,
                 record.format.label, record.flags, record.text))

    def test_objects(self) -> None:
        first, second = rows(LOG, Kind.OBJECT)
        self.assertEqual((first["path"], first["path_bytes"], first["size"], first["action"]),
                         ("/srv/a b", None, 4096, "send"))
        self.assertEqual(first["time"], datetime.datetime(2025, 9, 17, 22, 5, 2))
        self.assertEqual((second["path"], second["path_bytes"]),
                         ("/srv/\ufffd\ufffd.bin", b"/srv/\xff\xfe.bin"))

    def test_every_field_of_every_kind(self) -> None:
        """What the Python records hold stands in a column, or in `other`."""
        samples = pathlib.Path(__file__).parents[3] / "tools" / "samples"
        logs = [LOG, *(path.read_bytes() for path in sorted(samples.glob("*.log")))]
        seen = 0
        for log in logs:
            for kind in Kind:
                found = rows(log, kind)
                records = list(tsmparse.records(log, kinds=kind))
                self.assertEqual([row["line"] for row in found], [r.line for r in records])
                for row, record in zip(found, records):
                    other = {pair["name"]: pair["value"] for pair in row["other"]}
                    for name, value in record.fields.items():
                        column = "field_" + name if name == "time" else name
                        if row.get(column) is None:
                            self.assertEqual(other.get(name), getattr(value, "label", None) or
                                             record.raw(name).decode("utf-8", "replace"))
                        elif isinstance(value, decimal.Decimal):
                            self.assertAlmostEqual(row[column], float(value), delta=0.5)
                        elif isinstance(value, str) and not value.isprintable():
                            self.assertIn("\ufffd", row[column])
                        else:
                            self.assertEqual(row[column], getattr(value, "label", value))
                        seen += 1
        self.assertGreater(seen, 200)

    def test_runs_evidence_volumes(self) -> None:
        (run,), (row,) = tsmparse.check(LOG).runs, rows(LOG, "runs")
        for name in ("schedule", "node", "scheduled", "started", "ended", "attempts", "interactive",
                     "sent", "errors", "first_line", "last_line"):
            self.assertEqual(row[name], getattr(run, name), name)
        self.assertEqual((row["verdict"], row["claim"]), (run.verdict.label, run.claim.label))
        self.assertEqual(row["statistics"], [{"name": "bytes_transferred", "value": 1237319.68,
                                              "unit": "bytes"}])
        evidence = rows(LOG, "evidence")
        self.assertEqual([(r["id"], r["strength"], r["text"], tuple(r["lines"])) for r in evidence],
                         [(e.id.label, e.strength, e.text, e.lines) for e in run.evidence])
        volumes = rows(LOG, "volumes")
        self.assertEqual([(r["name"], r["outcome"], r["begin_line"]) for r in volumes],
                         [(v.name, v.outcome.label, v.begin_line) for v in run.volumes])
        more = rows(LOG, "evidence", domain=["/srv", "/nowhere"])
        self.assertNotEqual(more, evidence)

    def test_chunks(self) -> None:
        many = pyarrow.table(tsmparse.table(LOG * 50, rows=100, batch_records=10))
        self.assertGreater(many.column(0).num_chunks, 3)
        self.assertEqual(many, pyarrow.table(tsmparse.table(LOG * 50)).combine_chunks())
        self.assertEqual(rows(b""), [])

    def test_own_columns(self) -> None:
        (row,) = rows(LOG, Kind.CUSTOM, patterns={"odd": "line of (?<what>.*)"})
        self.assertEqual({pair["name"]: pair["value"] for pair in row["other"]},
                         {"name": "odd", "what": "something else"})


class Consumers(unittest.TestCase):
    def test_polars(self) -> None:
        frame = polars.DataFrame(tsmparse.table(LOG, Kind.OBJECT))
        self.assertEqual(frame["path"].to_list()[0], "/srv/a b")
        self.assertEqual(frame["size"].sum(), 4096 + 1234567)
        for kind in Kind:
            polars.DataFrame(tsmparse.table(LOG, kind))
        for of in ("records", "runs", "evidence", "volumes"):
            self.assertGreater(polars.DataFrame(tsmparse.table(LOG, of)).height, 0)

    def test_pandas(self) -> None:
        frame = pandas.DataFrame.from_arrow(tsmparse.table(LOG, Kind.OBJECT))
        self.assertEqual(list(frame["size"]), [4096, 1234567])
        self.assertEqual(str(frame["time"].iloc[0]), "2025-09-17 22:05:02")

    def test_duckdb(self) -> None:
        log = tsmparse.table(LOG, Kind.OBJECT)  # noqa: F841  found by its name
        self.assertEqual(duckdb.sql("select sum(size), max(path) from log").fetchall(),
                         [(4096 + 1234567, "/srv/\ufffd\ufffd.bin")])
        self.assertEqual(duckdb.sql("select count(*) from log").fetchall(), [(2,)])


class Lives(unittest.TestCase):
    def tearDown(self) -> None:
        gc.collect()
        arrow._sweep()
        self.assertEqual(arrow._live, {})

    def test_capsule_that_nobody_takes(self) -> None:
        for _ in range(100):
            capsule = tsmparse.table(LOG).__arrow_c_stream__()
            self.assertEqual(sys.getrefcount(capsule), 2)
            del capsule

    def test_files_are_closed(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(LOG)
            file.flush()
            before = os.listdir("/proc/self/fd")
            for _ in range(20):
                pyarrow.table(tsmparse.table(file.name))
                reader = pyarrow.RecordBatchReader.from_stream(tsmparse.table(file.name))
                del reader
            arrow._sweep()
            self.assertEqual(len(os.listdir("/proc/self/fd")), len(before))

    def test_source_that_raises(self) -> None:
        class Broken:
            given = 0

            def read(self, size: int) -> bytes:
                self.given += 1
                if self.given > 25:
                    raise ZeroDivisionError("mine alone")
                return LOG * 400

        for make in (pyarrow.table, polars.DataFrame):
            table = tsmparse.table(Broken())  # type: ignore[arg-type]
            with self.assertRaisesRegex(Exception, "mine alone"):
                make(table)
            self.assertIsInstance(table.error, ZeroDivisionError)
            del table

    def test_read_once(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(LOG)
            file.seek(0)
            table = tsmparse.table(file)
            self.assertEqual(pyarrow.table(table).num_rows, LINES)
            with self.assertRaisesRegex(tsmparse.MisuseError, "from a path"):
                pyarrow.table(table)

    def test_misuse(self) -> None:
        for of in ("nothing", "", None):
            with self.assertRaises(tsmparse.MisuseError):
                tsmparse.table(LOG, of)  # type: ignore[arg-type]
        with self.assertRaises(FileNotFoundError):
            pyarrow.table(tsmparse.table("/nowhere/log"))

    def test_end_of_the_interpreter(self) -> None:
        done = python("import sys, pyarrow, tsmparse\n"
                      "table = tsmparse.table(b'x\\n' * 10000, rows=5, batch_records=5)\n"
                      "reader = pyarrow.RecordBatchReader.from_stream(table)\n"
                      "reader.read_next_batch()\n"
                      "sys.live = [reader, table.__arrow_c_stream__()]\n"
                      "sys.live.append(sys.live)\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_no_library(self) -> None:
        done = python("import tsmparse\ntsmparse.table(b'x').__arrow_c_stream__()",
                      TSMPARSE_ARROW_LIBRARY="/nowhere/lib.so")
        self.assertRegex(done.stderr.splitlines()[-1],
                         "LibraryError: .* set TSMPARSE_ARROW_LIBRARY to its file")


if __name__ == "__main__":
    unittest.main()
