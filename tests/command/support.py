# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of the command share: logs to judge, ways to run it, a TAP runner."""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import unittest

TSMPARSE = os.environ["TSMPARSE"]
# A sanitizer needs more memory, and its own place before a preloaded library.
SANITIZED = os.environ.get("SANITIZED") == "1"
FAULT = os.environ.get("FAULT_LIBRARY", "")
# Was the command built with a reader of tsmparse.toml?
POLICY = os.environ.get("POLICY") == "1"
# And with SQLite?
HISTORY = os.environ.get("HISTORY") == "1"


class Answer:
    def __init__(self, process, out, err):
        self.code = process.returncode
        self.out, self.err = out, err
        self.text = out.decode("utf-8")
        self.first = self.text.split("\n", 1)[0]
        self.errors = err.decode("utf-8").splitlines()

    def json(self):
        return json.loads(self.out)


def run(*words, stdin=b"", env=None, **more):
    """Run the command; a test never waits for ever, and no time decides whether it passes."""
    full = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
    words = [w if isinstance(w, bytes) else os.fspath(w) for w in words]
    take = more.pop("stdin_file", None)
    process = subprocess.Popen([TSMPARSE, *words], stdin=take or subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=full, **more)
    out, err = process.communicate(None if take else stdin, timeout=600)
    return Answer(process, out, err)


def limited(megabytes):
    """For preexec_fn: no more memory than this. (The peak that the system counts for a child
    includes its parent's.)"""
    def limit():
        if not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    return limit


def faulty(at, kind, path="", once=True):
    """Environment in which the n-th read of a regular file goes wrong."""
    return {"LD_PRELOAD": FAULT, "FAULT_AT": str(at), "FAULT_KIND": kind, "FAULT_PATH": str(path),
            "FAULT_ONCE": "1" if once else "0",
            "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}


# ---- logs -------------------------------------------------------------------------------------

def stamp(day, clock, month=3):
    return f"{month:02}/{day:02}/2024 {clock}"


def poll(day, clock="18:00:00", month=3, schedule="NIGHT", start="22:00:00", objects="",
         action="Incremental", node="OWL"):
    """The scheduler asks for work and is told of tonight's."""
    at = stamp(day, clock, month)
    rule = "-" * 60
    return "".join(f"{at} {line}\n" for line in (
        "Scheduler has been started by Dsmcad.", "Querying server for next scheduled event.",
        f"Node Name: {node}", "Session established with server TAWNY: Linux/x86_64",
        "  Server Version 8, Release 1, Level 19.000",
        f"  Server date/time: {at}  Last access: {at}", "--- SCHEDULEREC QUERY BEGIN",
        "--- SCHEDULEREC QUERY END", "Next operation scheduled:", rule,
        f"Schedule Name:         {schedule}", f"Action:                {action}",
        f"Objects:               {objects}", "Options:               ",
        f"Server Window Start:   {start} on {month:02}/{day:02}/2024", rule))


def night(day, month=3, schedule="NIGHT", volumes=("/", "/home"), unfinished=(), objects=(),
          failed=0, result="good", head=True, node="OWL", lines=()):
    """A run. `objects`: names that are sent; `lines`: more lines of its body."""
    def at(clock):
        return stamp(day, clock, month) + " "
    key = stamp(day, "22:00:00", month)
    out = [poll(day, month=month, schedule=schedule, node=node)] if head else []
    out.append(f"{at('22:00:03')}\nExecuting scheduled command now.\n"
               f"{at('22:00:03')}--- SCHEDULEREC OBJECT BEGIN {schedule} {key}\n")
    out += [f"{at('22:00:03')}Incremental backup of volume '{v}'\n" for v in volumes]
    out += [f"{at('22:00:04')}Normal File-->            1,234 {name} [Sent]\n"
            for name in objects]
    out += [f"{at('22:00:04')}{line}\n" for line in lines]
    out += [f"{at('22:00:09')}Successful incremental backup of '{v}'\n\n" for v in volumes
            if v not in unfinished]
    if result == "open":
        return "".join(out)
    counts = (("inspected", 100), ("backed up", len(objects)), ("updated", 0), ("rebound", 0),
              ("deleted", 0), ("expired", 0), ("failed", failed))
    out.append(f"{at('22:00:10')}--- SCHEDULEREC STATUS BEGIN\n")
    out += [f"{at('22:00:10')}Total number of objects {name + ':':<14}{n:>7}\n"
            for name, n in counts]
    out.append(f"{at('22:00:10')}Total number of bytes transferred:     1.21 KB\n"
               f"{at('22:00:10')}Elapsed processing time:           00:00:07\n"
               f"{at('22:00:10')}--- SCHEDULEREC STATUS END\n"
               f"{at('22:00:10')}--- SCHEDULEREC OBJECT END {schedule} {key}\n")
    out.append(at("22:00:10") + (f"Scheduled event '{schedule}' completed successfully.\n"
                                 if result == "good" else
                                 f"ANS1512E Scheduled event '{schedule}' failed.  Return code = 12.\n"))
    out.append(f"{at('22:00:10')}Sending results for scheduled event '{schedule}'.\n"
               f"{at('22:00:10')}Results sent to server for scheduled event '{schedule}'.\n\n")
    return "".join(out)


def night_of(day, inspected=100, **more):
    """A night whose statistics count so many objects."""
    return re.sub(r"(objects inspected:)\s+100", rf"\g<1> {inspected}", night(day, **more))


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, content, name="dsmsched.log"):
        path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        with open(path, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
        return os.fsdecode(path)

    def policy(self, content):
        """A tsmparse.toml; its test is skipped where the command can't read one."""
        if not POLICY:
            self.skipTest("this build reads no policy")
        return self.file(content, "tsmparse.toml")

    def assertClean(self, data, allowed=b"\n"):
        """No control, format or bidi character stands raw in what people are shown."""
        text = data.decode("utf-8")
        bad = [c for c in text if c not in allowed.decode() and (
            ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c in
            "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
            "\u2060\u2066\u2067\u2068\u2069\ufeff\ufff9\U000e0041")]
        self.assertEqual(bad, [], data[:400])


def main():
    """Run the tests of the calling script and print TAP, so that each is counted."""
    class Result(unittest.TestResult):
        count = 0

        def line(self, good, test, note=""):
            Result.count += 1
            print(f"{'ok' if good else 'not ok'} {Result.count} - {test.id().split('.', 1)[-1]}{note}",
                  flush=True)

        def addSuccess(self, test):
            self.line(True, test)

        def addSkip(self, test, reason):
            self.line(True, test, f" # SKIP {reason}")

        def fail_with(self, test, error):
            self.line(False, test)
            for text in self._exc_info_to_string(error, test).splitlines():
                print("# " + text.encode("ascii", "backslashreplace").decode(), flush=True)

        def addFailure(self, test, error):
            super().addFailure(test, error)
            self.fail_with(test, error)

        addError = addFailure

        def addSubTest(self, test, subtest, error):
            super().addSubTest(test, subtest, error)
            if error is not None:
                self.fail_with(subtest, error)

    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = Result()
    suite.run(result)
    print(f"1..{Result.count}")
    sys.exit(0 if result.wasSuccessful() else 1)
