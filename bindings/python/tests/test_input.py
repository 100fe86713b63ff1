# SPDX-License-Identifier: BSD-2-Clause
"""Sources: paths of all sorts, bytes, file objects, packed files, and ones that go wrong."""
import gzip
import io
import os
import pathlib
import tempfile
import unittest
from typing import Any

import tsmparse
from support import LINES, LOG


def count(source: Any) -> int:
    return sum(1 for _ in tsmparse.records(source))


class Sources(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, data: bytes, name: Any = "log") -> pathlib.Path:
        path: pathlib.Path = self.folder / name
        path.write_bytes(data)
        return path

    def test_paths(self) -> None:
        path = self.write(LOG)
        self.assertEqual(count(path), LINES)
        self.assertEqual(count(str(path)), LINES)
        self.assertEqual(tsmparse.records(path).file, str(path))

    def test_path_that_is_not_utf8(self) -> None:
        name = os.fsencode(str(self.folder)) + b"/log-\xff\xfe"
        with open(name, "wb") as file:
            file.write(LOG)
        self.assertEqual(count(os.fsdecode(name)), LINES)
        with open(name, "rb") as opened:
            items = tsmparse.records(opened)
            self.assertEqual(items.file, os.fsdecode(name))
            self.assertEqual(sum(1 for _ in items), LINES)

    def test_bytes(self) -> None:
        for source in (LOG, bytearray(LOG), memoryview(LOG)):
            self.assertEqual(count(source), LINES)
        self.assertEqual(count(b""), 0)

    def test_file_objects(self) -> None:
        self.assertEqual(count(io.BytesIO(LOG)), LINES)
        with open(self.write(LOG), "rb") as file:
            self.assertEqual(count(file), LINES)
            self.assertFalse(file.closed)  # who opened it closes it

    def test_pipe(self) -> None:
        reading, writing = os.pipe()
        os.write(writing, LOG)
        os.close(writing)
        with open(reading, "rb") as file:
            self.assertEqual(count(file), LINES)

    def test_gzip(self) -> None:
        packed = gzip.compress(LOG[:300]) + gzip.compress(LOG[300:])  # members follow each other
        self.assertEqual(count(self.write(packed)), LINES)
        self.assertEqual(count(packed), LINES)
        self.assertEqual(count(io.BytesIO(packed)), LINES)

    def test_large(self) -> None:
        """Past the head that is looked at first; the date order shows at the end only."""
        early = LOG.replace(b"09/17/2025", b"09/07/2025")
        data = early * 8000 + LOG
        want = LINES * 8001
        for source in (self.write(data), self.write(gzip.compress(data, 1), "packed")):
            records = tsmparse.records(source)
            self.assertIsNotNone(next(records).time)
            self.assertEqual(1 + sum(1 for _ in records), want)

    def test_wrapped(self) -> None:
        """SCHEDLOGMAX: the older lines stand at the end of the file."""
        new = b"".join(b"09/18/2025 22:00:%02d Node Name: KESTREL\n" % i for i in range(10))
        old = b"".join(b"09/17/2025 22:00:%02d Node Name: KESTREL\n" % i for i in range(10))
        data = (new + b"09/18/2025 23:00:00 END OF DATA\n" + old
                + b"09/17/2025 23:00:00 Continued at beginning of file\n")
        if not any(r.kind == tsmparse.Kind.MARKER for r in tsmparse.feed().write(data)):
            self.fail("the markers are not what the library reads")
        times = [record.time for record in tsmparse.records(self.write(data)) if record.time]
        self.assertEqual(times, sorted(times))
        self.assertEqual([len(times), len({r.offset for r in tsmparse.records(self.folder / 'log')})],
                         [22, 22])

    def test_zstd_says_what_to_do(self) -> None:
        try:
            import zstandard  # type: ignore[import-not-found]  # noqa: F401
        except ImportError:
            with self.assertRaisesRegex(tsmparse.ReadError, "zstandard"):
                tsmparse.records(b"\x28\xb5\x2f\xfd" + b"\0" * 20)

    def test_wrong_sources(self) -> None:
        with self.assertRaises(FileNotFoundError):
            tsmparse.records(self.folder / "missing")
        with self.assertRaises(OSError):
            tsmparse.records(self.folder)
        for source in (None, 7, 1.5, object(), ["log"]):
            with self.subTest(source), self.assertRaises(TypeError):
                tsmparse.records(source)  # type: ignore[arg-type]
        with self.assertRaisesRegex(TypeError, "binary mode"):
            tsmparse.records(io.StringIO("text"))  # type: ignore[arg-type]

    def test_damaged_gzip(self) -> None:
        packed = gzip.compress(os.urandom(50000) + LOG)
        for bad in (packed[:-500], packed[:1000] + b"\0" * 50 + packed[1050:]):
            with self.assertRaises(tsmparse.ReadError) as caught:
                for _ in tsmparse.records(self.write(bad)):
                    pass
            self.assertEqual(caught.exception.file, str(self.folder / "log"))
            self.assertIsNotNone(caught.exception.offset)
            self.assertIn(str(self.folder), str(caught.exception))

    def test_read_that_raises(self) -> None:
        class Broken(io.RawIOBase):
            name = "broken.log"
            given = 0

            def __init__(self, error: Exception) -> None:
                self.error = error

            def read(self, size: int = -1) -> bytes:
                self.given += 1
                if self.given > 30:
                    raise self.error
                return LOG * 3000

        for error, shown in ((ZeroDivisionError("mine"), ZeroDivisionError),
                             (OSError(5, "disk"), tsmparse.ReadError)):
            items = tsmparse.records(Broken(error))  # type: ignore[arg-type]
            with self.assertRaises(shown) as caught:
                for _ in items:
                    pass
            if isinstance(caught.exception, tsmparse.Error):
                self.assertEqual(caught.exception.file, "broken.log")
                self.assertGreater(caught.exception.offset or 0, 4 << 20)
            with self.assertRaises(tsmparse.ClosedError):  # never as if it had ended well
                next(items)

    def test_no_data_yet(self) -> None:
        class Waiting(io.RawIOBase):
            def read(self, size: int = -1) -> None:
                return None
        with self.assertRaisesRegex(tsmparse.ReadError, r"feed\(\)"):
            tsmparse.records(Waiting())  # type: ignore[arg-type]

    def test_deleted_and_cut_under_iteration(self) -> None:
        path = self.write(LOG * 8000)
        items = tsmparse.records(path)
        next(items)
        path.unlink()
        self.assertEqual(1 + sum(1 for _ in items), LINES * 8000)
        path = self.write(LOG * 8000)
        items = tsmparse.records(path)
        next(items)
        os.truncate(path, 100)
        self.assertLess(sum(1 for _ in items), LINES * 8000)


if __name__ == "__main__":
    unittest.main()
