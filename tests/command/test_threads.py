# SPDX-License-Identifier: BSD-2-Clause
"""Several files read at once, or one by two threads: whatever the number of threads, the same bytes come out, in the order
of the files, and the same exit code."""
import gzip
import os
import pathlib
import subprocess
import sys

from support import TSMPARSE, Case, faulty, main, night, poll, run

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases"
VERBS = (("check",), ("check", "--last"), ("check", "--format=json"),
         ("check", "--last", "--format=json"), ("check", "--now"), ("runs",),
         ("runs", "--format=json"))


class Same(Case):
    """What both classes below ask."""

    def assertSame(self, verb, files, threads=(2, 8), **more):
        one = run(*verb, "--threads=1", *files, **more)
        for count in threads:
            other = run(*verb, f"--threads={count}", *files, **more)
            self.assertEqual(other.code, one.code, (verb, count))
            self.assertEqual(other.out, one.out, (verb, count))
            self.assertEqual(other.err, one.err, (verb, count))
        return one

    def files_of_cases(self):
        folder = os.path.join(self.folder, "cases")
        subprocess.run([sys.executable, CASES / "extract.py", folder], check=True,
                       stdout=subprocess.DEVNULL)
        return sorted(os.path.join(folder, name) for name in os.listdir(folder))


class Together(Same):
    def test_every_case_at_once(self):
        files = self.files_of_cases()
        self.assertGreater(len(files), 200)
        files[100:100] = [os.path.join(self.folder, "missing"), self.folder]
        files.append(os.path.join(self.folder, "missing too"))
        for verb in VERBS:
            with self.subTest(verb=verb):
                one = self.assertSame(verb, files)
                self.assertEqual(len(one.errors), 3)

    def test_runs_of_many_files_are_those_of_each(self):
        """Not only the same for any number of threads: what each file gives alone."""
        files = self.files_of_cases()[::7]
        found = run("check", "--format=json", "--threads=3", *files).json()
        alone = [run("check", "--format=json", path).json() for path in files]
        self.assertEqual(found["runs"], [r for one in alone for r in one["runs"]])
        self.assertEqual(found["files"], [one["files"][0] for one in alone])
        self.assertGreater(len(found["runs"]), 10)

    def test_files_that_end_badly(self):
        whole = gzip.compress(("".join(night(d, objects=["/a"]) for d in range(1, 20))).encode())
        files = []
        for i in range(24):
            text = "".join(night(d, schedule=f"N{i % 5}", unfinished=["/home"] if d == i else ())
                           for d in range(1, 25))
            files.append(self.file(text, f"log{i}"))
        files.insert(3, self.file(whole[:-30], "cut.gz"))
        files.insert(9, self.file(whole, "whole.gz"))
        files.insert(10, self.file(b"", "empty"))
        files.insert(20, self.file(whole[:200] + b"\0" * 50 + whole[250:], "damaged.gz"))
        for verb in VERBS:
            with self.subTest(verb=verb):
                one = self.assertSame(verb, files, (2, 3, 8))
                self.assertEqual(len(one.errors), 2)

    def test_kept_runs_have_a_limit(self):
        """More bad runs than a report keeps: which are shown must not depend on threads either."""
        files = [self.file("".join(night(d, schedule=f"S{i}", unfinished=["/home"])
                                   for d in range(1, 29) for i in range(k, k + 15)), f"log{k}")
                 for k in range(4)]
        one = self.assertSame(("check",), files)
        self.assertIn("more runs are not shown", one.text)
        self.assertSame(("check", "--last", "--format=json"), files)

    def test_later_files_wait_for_the_first(self):
        """Files that were read long before their turn come behind it; more wait than may wait
        in memory."""
        names = [self.file("".join(night(d, schedule=f"S{i}", unfinished=["/home"])
                                   for d in range(1, 28) for i in range(4)), f"log{k}")
                 for k in range(60)]
        first = night(2, schedule="FIRST").encode()
        for verb in (("check", "--format=json"), ("runs", "--format=json")):
            files = ["-", *names]
            expected = run(*verb, "--threads=1", *files, stdin=first)
            self.assertGreater(len(expected.out), 5 << 20)
            process = subprocess.Popen([TSMPARSE, *verb, "--threads=3", *files],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            process.stdin.write(first[:100])
            process.stdin.flush()
            out, _ = process.communicate(first[100:])
            self.assertEqual(out, expected.out)
            self.assertEqual(process.returncode, expected.code)

    def test_standard_input_named_twice(self):
        text = night(3) + night(4)
        path = self.file(text)
        for verb in VERBS:
            self.assertSame(verb, ["-", path, "-"], stdin=text.encode())
            outputs = set()
            for threads in (1, 4):
                with open(path, "rb") as standard:
                    outputs.add(run(*verb, f"--threads={threads}", "-", path, "-",
                                    stdin_file=standard).out)
            self.assertEqual(len(outputs), 1)

    def test_reads_that_are_interrupted(self):
        files = [self.file("".join(night(d) for d in range(1, 9)), f"log{k}") for k in range(6)]
        good = run("check", "--format=json", "--threads=1", *files)
        for at in (1, 4, 9):
            for kind in ("eintr", "short"):
                found = run("check", "--format=json", "--threads=2", *files,
                            env=faulty(at, kind, once=kind == "eintr"))
                self.assertEqual((found.code, found.out), (good.code, good.out), found.err)

    def test_full_disk(self):
        files = [self.file(night(d), f"log{d}") for d in range(1, 9)]
        for verb, code in ((("check",), 3), (("runs",), 1)):
            with open("/dev/full", "wb") as full:
                process = subprocess.run([TSMPARSE, *verb, "--threads=4", *files], stdout=full,
                                         stderr=subprocess.PIPE)
            self.assertEqual(process.returncode, code)
            self.assertIn(b"the output could not be written", process.stderr)

    def long_log(self):
        """Enough records for the threads to be started, of many kinds, one longer than a buffer."""
        text = "".join(night(d, objects=[f"/data \"{d}\"/{i}" for i in range(640)],
                             lines=["ANS1228E Sending of object '/b\\x41' failed.", "what is this"])
                       for d in range(1, 29)).encode()
        return text + b"03/29/2024 01:00:00 " + b"x\xff" * 400000 + b"\n" + text[:20000]

    def test_records(self):
        plain = self.file(self.long_log())
        packed = self.file(gzip.compress(self.long_log()), "log.gz")
        wide = self.file(b"\xff\xfe" + self.long_log().decode("latin-1").encode("utf-16-le"), "wide")
        cases = self.files_of_cases()
        for verb in (("--format=jsonl",), ("--format=csv",), ("--format=jsonl", "--kind=object"),
                     ("--format=csv", "--where", "status = sent"), ("--format=table",),
                     ("--format=jsonl", "--joined"),
                     ("--format=jsonl", "--pattern=mine=(?<first>what) is (?<rest>.*)")):
            files = [plain, packed] if "--joined" in verb else [plain, packed, *cases[::9], wide]
            with self.subTest(verb=verb):
                one = self.assertSame(("records", *verb), files, (2, 5))
                self.assertGreater(one.out.count(b"\n"), 30000)

    def test_records_cut_short(self):
        """What was read before the end that came too early is printed all the same."""
        packed = gzip.compress(self.long_log())
        path = self.file(packed[:len(packed) // 2], "log.gz")
        one = self.assertSame(("records", "--format=jsonl"), [path, path])
        self.assertEqual((one.code, len(one.errors)), (1, 2))
        self.assertGreater(one.out.count(b"\n"), 15000)

    def test_records_nobody_wants(self):
        path = self.file(self.long_log())
        with open("/dev/full", "wb") as full:
            process = subprocess.run([TSMPARSE, "records", "--format=jsonl", "--threads=3", path, path],
                                     stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(len(process.stderr.splitlines()), 1, process.stderr)
        head = subprocess.Popen([TSMPARSE, "records", "--format=jsonl", "--threads=3", path, path],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        head.stdout.read(300000)
        head.stdout.close()
        self.assertEqual((head.wait(600), head.stderr.read()), (-13, b""))
        head.stderr.close()

    def test_wrong_numbers(self):
        path = self.file(night(3))
        for value in ("0", "-1", "65", "x", "", "2x", "99999999999999999999"):
            answer = run("check", f"--threads={value}", path)
            self.assertEqual((answer.code, answer.out), (2, b""), value)
            self.assertIn("--threads takes a number from 1 to 64", answer.errors[0])


LEAST = 17 << 20  # of a log whose halves are read by two threads


class Halves(Same):
    """One large log on two threads: the same bytes as on one, whatever stands in it."""

    VERBS = (("check",), ("check", "--last"), ("runs", "--format=json"))

    def nights(self, count, bytes_each=LEAST, troubled=(), **more):
        """Nights of about so many bytes in all, with numbers of objects that differ a little."""
        objects = max(bytes_each // count // 75, 1)
        out = []
        for i in range(count):
            day, month = i % 28 + 1, i // 28 % 12 + 1
            lines = ["ANS1228E Sending of object '/lost' failed."] if i in troubled else ()
            out.append(night(day, month=month, objects=[f"/data/of night {i}/{k}"
                                                        for k in range(objects + i % 7)],
                             unfinished=["/home"] if i in troubled and i % 2 else (),
                             lines=lines, **more))
        return out

    def assertHalves(self, text, name="log"):
        path = self.file(text, name)
        self.assertGreater(os.path.getsize(path), 16 << 20)
        for verb in self.VERBS:
            one = self.assertSame(verb, [path], (2,))
        return one

    def test_good_and_bad_nights(self):
        one = self.assertHalves("".join(self.nights(40, troubled=(3, 22, 27, 33, 38))))
        self.assertEqual(one.out.count(b"\n"), 40)
        self.assertEqual(one.out.count(b'"id":"objects_not_stored"'), 5)
        self.assertSame(("check", "--format=json"), [os.path.join(self.folder, "log")], (2, 4))

    def test_they_do_meet(self):
        """The first thread need not read the file's end: there its reads would go wrong."""
        path = self.file("".join(self.nights(40)))
        words = ("check", "--format=json", "--date-order=mdy")  # so that no more than its head is looked through first
        alone = run(*words, "--threads=1", path, env=faulty(66, "eio", once=False))
        self.assertIn("cannot be read to its end", alone.errors[0])
        both = run(*words, "--threads=2", path, env=faulty(66, "eio", once=False))
        self.assertEqual(both.errors, [])
        self.assertEqual(both.out, run(*words, "--threads=1", path).out)

    def test_one_thread_has_no_second(self):
        """Threads are no help for the files that are read at once."""
        files = [self.file("".join(self.nights(30, troubled=(5, 20))), name) for name in "ab"]
        self.assertSame(("check", "--format=json"), files, (2, 4, 8))

    def test_ends(self):
        nights = self.nights(30)
        text = "".join(nights)
        self.assertHalves(text[:-200])                      # open, and a broken line
        self.assertHalves(text + "no newline")
        self.assertHalves(text + nights[3] + nights[4])     # time goes back
        self.assertHalves("".join(nights[:25]) + night(27, result="bad") + "".join(nights[25:]))

    def test_never_known(self):
        """What the second thread can't know: it must not be guessed."""
        once = poll(1, month=1, schedule="YEARLY", start="23:00:00")
        self.assertHalves(once + "".join(self.nights(30)))
        self.assertHalves("".join(self.nights(2)))          # no night ends between the halves
        self.assertHalves(night(1) + "x" * LEAST + "\n" + night(2))
        self.assertHalves(night(1) + "x\n" * (LEAST // 2) + night(2))

    def test_several_schedules_and_nodes(self):
        nights = [n for i, n in enumerate(self.nights(50))]
        for i in range(0, 50, 3):
            nights[i] = nights[i].replace("NIGHT", "DAY")
        self.assertHalves("".join(nights))
        for i in range(25, 50):
            nights[i] = nights[i].replace("Node Name: OWL", "Node Name: LARK")
        self.assertHalves("".join(nights))

    def test_tiny_nights(self):
        """More runs than may wait."""
        self.assertHalves("".join(self.nights(6500, bytes_each=1, troubled=range(0, 6500, 11))))

    def test_who_judges(self):
        """The second thread judges what it finds, where no more is asked for than notes."""
        nights = self.nights(60, troubled=(7, 33, 41, 58))
        for i in range(0, 60, 5):
            nights[i] = nights[i].replace("NIGHT", "DAY")
        path = self.file("".join(nights))
        for verb in (("check", "--why"), ("check", "--domain", "/ /home"),
                     ("check", "--schedules", "NIGHT=22:00"), ("check", "--now"), ("check", "--last", "--why")):
            with self.subTest(verb=verb):
                self.assertSame(verb, [path], (2,))

    def test_quiet_nights(self):
        """Nothing but structure, more runs than may wait; good ones between good ones are only counted, but not
        where another schedule, a bad night or a step back in time stands between them."""
        for troubled in ((), range(0, 9000, 7), (8990,)):
            nights = self.nights(9000, bytes_each=1, troubled=troubled)
            self.assertHalves("".join(nights))
        nights = self.nights(9000, bytes_each=1)
        for i in range(3, 9000, 4):
            nights[i] = nights[i].replace("NIGHT", "DAY")
        self.assertHalves("".join(nights))
        for i in range(5000, 8000, 500):
            nights[i:i + 40] = reversed(nights[i:i + 40])
        self.assertHalves("".join(nights))

    def test_texts_of_cases(self):
        """All kinds of text, again and again, each in its own order."""
        texts = [pathlib.Path(path).read_bytes() for path in self.files_of_cases()]
        texts = [t + b"\n" for t in texts if t[:2] not in (b"\xff\xfe", b"\xfe\xff")]
        for start in (0, 101):
            order = texts[start:] + texts[:start]
            block = b"".join(order)
            self.assertHalves(block * (LEAST // len(block) + 1))

    def test_a_log_that_is_cut_meanwhile(self):
        """The second thread finds no end where one was: that is what a single one would say."""
        path = self.file("".join(self.nights(30)))
        found = run("check", "--threads=2", path, env=faulty(3, "truncate", path))
        self.assertEqual(found.code, 3)
        self.assertEqual(found.errors, [f"tsmparse: {path}: became shorter while it was read; "
                                        "read it again"])


if __name__ == "__main__":
    main()
