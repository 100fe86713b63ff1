# SPDX-License-Identifier: BSD-2-Clause
"""Lives: close, use after close, threads, fork, pickle, and the end of the interpreter."""
import copy
import gc
import os
import pickle
import tempfile
import threading
import unittest
from typing import Any, List

import tsmparse
from support import LINES, LOG, python


class Closing(unittest.TestCase):
    def test_twice_and_use_after(self) -> None:
        for make in (tsmparse.records, tsmparse.batches, tsmparse.runs):
            items: Any = make(LOG)
            items.close()
            items.close()
            with self.assertRaises(tsmparse.ClosedError):
                next(items)

    def test_with(self) -> None:
        with tsmparse.records(LOG) as items:
            first = next(items)
        with self.assertRaises(tsmparse.ClosedError):
            next(items)
        self.assertEqual(first.line, 1)  # what was read stays

    def test_end_is_the_end(self) -> None:
        items = tsmparse.records(LOG)
        list(items)
        self.assertEqual(list(items), [])
        items.close()
        self.assertEqual(list(items), [])

    def test_feed(self) -> None:
        stream = tsmparse.feed()
        stream.close()
        stream.close()
        for call in (stream.end, lambda: stream.write(b"x")):
            with self.assertRaises(tsmparse.ClosedError):
                call()

    def test_file_is_closed(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(LOG)
            file.flush()
            before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
            for _ in range(50):
                tsmparse.check(file.name)
                next(tsmparse.records(file.name))
            gc.collect()
            if before:
                self.assertEqual(len(os.listdir("/proc/self/fd")), before)


class Threads(unittest.TestCase):
    def run_all(self, work: Any, count: int = 8) -> List[Any]:
        results: List[Any] = []

        def one() -> None:
            try:
                results.append(work())
            except BaseException as error:
                results.append(error)
        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_one_reader_each(self) -> None:
        want = len(LOG) * 50
        found = self.run_all(lambda: sum(r.length for r in tsmparse.records(LOG * 50)))
        self.assertEqual(found, [want] * 8)

    def test_shared_iterator_loses_nothing(self) -> None:
        items = tsmparse.records(LOG * 200, batch_records=3)
        found = self.run_all(lambda: sum(record.length for record in items))
        self.assertEqual(sum(found), len(LOG) * 200)

    def test_close_while_read(self) -> None:
        for _ in range(20):
            items = tsmparse.records(LOG * 200, batch_records=3)
            next(items)
            closer = threading.Thread(target=items.close)
            closer.start()
            try:
                for _ in items:
                    pass
            except (tsmparse.ClosedError, ValueError):
                pass
            closer.join()


class Processes(unittest.TestCase):
    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_fork(self) -> None:
        items = tsmparse.records(LOG, batch_records=1)
        record = next(items)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                record.to_dict()  # results may be used
                if len(list(tsmparse.records(LOG))) == LINES:
                    try:
                        next(items)  # the parent's reader may not
                    except tsmparse.ClosedError:
                        code = 0
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(1 + sum(1 for _ in items), LINES)

    def test_pickle(self) -> None:
        records = list(tsmparse.records(LOG * 100))
        batch = next(tsmparse.batches(LOG))
        report = tsmparse.check(LOG)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            def through(value: Any) -> Any:
                return pickle.loads(pickle.dumps(value, protocol))
            self.assertEqual(through(records[:LINES]), records[:LINES])
            self.assertEqual([r.fields for r in through(records[:LINES])],
                             [r.fields for r in records[:LINES]])
            self.assertEqual(list(through(batch)), list(batch))
            self.assertEqual(through(report), report)
            self.assertIs(through(tsmparse.Kind.OBJECT), tsmparse.Kind.OBJECT)
            error = through(tsmparse.ReadError("bad", file="log", offset=7, code=-1))
            self.assertEqual((str(error), error.code), ("log: bad (at byte 7)", -1))
        self.assertLess(len(pickle.dumps(records[5])), 1000)  # alone, without its batch
        self.assertEqual(copy.deepcopy(records[5]), records[5])
        named = list(tsmparse.records(LOG, patterns={"odd": "line of (?<what>.*)"}))[-1]
        self.assertEqual(pickle.loads(pickle.dumps(named)).fields, named.fields)

    def test_handles_cannot_be_pickled(self) -> None:
        for value in (tsmparse.records(LOG), tsmparse.feed()):
            with self.assertRaisesRegex(TypeError, "results"):
                pickle.dumps(value)

    def test_interpreter_ends_with_live_handles(self) -> None:
        done = python("import tsmparse, threading, time, sys\n"
                      "items = tsmparse.records(b'x\\n' * 10000, batch_records=2)\n"
                      "next(items)\n"
                      "stream = tsmparse.feed(); stream.write(b'y\\n' * 1000)\n"
                      "runs = tsmparse.runs(b'x\\n')\n"
                      "sys.cycle = [items, stream, runs]; sys.cycle.append(sys.cycle)\n"
                      "def spin():\n"
                      "    while True:\n"
                      "        for _ in tsmparse.records(b'x\\n' * 1000): pass\n"
                      "threading.Thread(target=spin, daemon=True).start()\n"
                      "time.sleep(0.05)\n"
                      "print('end')\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "end\n", ""))


class Memory(unittest.TestCase):
    def test_constant(self) -> None:
        """The peak of a process that reads ten times as much is nearly the same."""
        def peak(times: int) -> int:
            done = python("import resource, sys, tsmparse, tempfile\n"
                          "from support import LOG\n"
                          "with tempfile.NamedTemporaryFile() as file:\n"
                          "    for _ in range(int(sys.argv[1])): file.write(LOG * 1000)\n"
                          "    file.flush()\n"
                          "    for _ in tsmparse.records(file.name): pass\n"
                          "    tsmparse.check(file.name)\n"
                          "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n",
                          str(times), PYTHONPATH=os.pathsep.join(
                              [os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")]))
            self.assertEqual(done.returncode, 0, done.stderr)
            return int(done.stdout)
        self.assertLess(peak(30), peak(3) + 8192)


if __name__ == "__main__":
    unittest.main()
