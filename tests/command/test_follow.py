# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse follow: what comes out of a log that grows, is rotated, cut; and what is refused. The ways in
which a writer and a follower can mix are tested step by step in tests/follow."""
import json
import os
import subprocess
import zlib

from support import TSMPARSE, Case, main, night, run

NIGHTS = [night(day) for day in range(13, 19)]


def objects(answer):
    return [json.loads(line) for line in answer.text.splitlines()]


class Follow(Case):
    def setUp(self):
        super().setUp()
        self.log = os.path.join(self.folder, "dsmsched.log")
        self.token = os.path.join(self.folder, "position")

    def write(self, text, mode="a"):
        with open(self.log, mode, encoding="utf-8") as file:
            file.write(text)

    def once(self, *words, token=True):
        return run("follow", "--once", *(("--token", self.token) if token else ()), *words, self.log)

    def test_runs_come_as_they_are_closed(self):
        self.write(NIGHTS[0])
        first = self.once()
        self.assertEqual(first.code, 0)
        self.assertRegex(first.text, r"^complete +success +NIGHT .*2024-03-13T22:00:00[^\n]*\n$")
        self.assertEqual(self.once().text, "")
        half = len(NIGHTS[1]) * 3 // 4
        self.write(NIGHTS[1][:half])
        self.assertEqual(self.once().text, "")
        self.write(NIGHTS[1][half:])
        self.assertRegex(self.once().text, r"^complete +success +NIGHT .*2024-03-14T22:00:00[^\n]*\n$")

    def test_records_are_those_of_an_unbroken_reading(self):
        text = "".join(NIGHTS)
        whole = run("records", "--format=jsonl", self.file(text, "whole.log"), "--date-order=mdy")
        got = []
        for start in range(0, len(text), 997):
            self.write(text[start:start + 997])
            got += objects(self.once("--format=jsonl", "--date-order=mdy"))
        ids = [record.pop("id") for record in got]
        self.assertEqual(ids[:2], ["1:0", f"1:{got[0]['length']}"])
        self.assertEqual(len(set(ids) - {i for i in ids if i.startswith("run")}), len([i for i in ids if i[:3] != "run"]))
        self.assertEqual([record for record in got if record["kind"] != "run"], objects(whole))
        self.assertTrue(all(r["run"]["verdict"] == "complete" for r in got if r["kind"] == "run"))

    def in_pieces(self, text, *words, piece=997):
        """What a follower prints that looks behind each piece, without its ids."""
        got = []
        for start in range(0, len(text), piece):
            self.write(text[start:start + piece])
            got += objects(self.once("--format=jsonl", *words))
        for record in got:
            del record["id"]
        return got

    def test_what_the_beginning_shows_holds_for_the_rest(self):
        """Format, date order and decimal mark are asked of what is there first, as `records` does."""
        errors = "".join(f"03/{day}/2024 22:00:01 ANS1228E Sending of object '/a/{day}' failed.\n" for day in range(13, 29))
        commas = NIGHTS[0].replace("1.21 KB", "1.204 KB") + "".join(NIGHTS[1:]).replace("1.21 KB", "1,21 KB")
        for name, text in (("error log", errors), ("decimal comma", commas), ("ISO dates", "".join(
                f"2024-03-{day} 22:00:01 ANS1228E Sending of object '/a/{day}' failed.\n" for day in range(13, 29)))):
            with self.subTest(name=name):
                whole = objects(run("records", "--format=jsonl", self.file(text, "whole.log")))
                got = self.in_pieces(text, piece=max(len(text) // 3, 1))
                self.assertEqual([record for record in got if record["kind"] != "run"], whole)
                os.unlink(self.log)
                os.unlink(self.token)

    def test_patterns_hold_in_every_piece_and_behind_a_gap(self):
        words = ("--date-order=mdy", "--pattern", "a_name_of_sixty-four_letters_that_is_as_long_as_one_may_be_in_here=disk (?<disk>\\w+)$")
        text = "".join(f"03/13/2024 22:00:{n:02} disk sd{n}\n" for n in range(30))
        whole = objects(run("records", "--format=jsonl", *words, self.file(text, "whole.log")))
        self.assertEqual({record["kind"] for record in whole}, {"custom"})
        self.assertEqual([record for record in self.in_pieces(text, *words, piece=101)], whole)
        self.write(text.replace("/13/", "/14/"), "w")
        again = objects(self.once("--format=jsonl", *words))
        self.assertEqual([record["kind"] for record in again], ["gap"] + ["custom"] * 30)
        refused = run("follow", "--once", "--pattern", "bad=(", self.log)
        self.assertEqual((refused.code, refused.text), (1, ""))

    def test_a_position_that_cant_be_taken_away(self):
        self.write(NIGHTS[0])
        os.mkdir(self.token)
        answer = self.once("--restart")
        self.assertEqual((answer.code, answer.text, len(answer.errors)), (3, "", 1))
        self.assertIn(self.token, answer.errors[0])
        os.rmdir(self.token)
        self.assertEqual(self.once("--restart").code, 0) # there is none

    def test_a_run_goes_on_in_the_next_file(self):
        half = len(NIGHTS[0]) // 2
        self.write(NIGHTS[0][:half])
        self.assertEqual(self.once().text, "")
        os.rename(self.log, self.log + ".1")
        self.write(NIGHTS[0][half:])
        self.assertRegex(self.once().text, "^complete ")

    def test_no_run_across_a_gap_is_complete(self):
        begin = NIGHTS[0].index("Executing")
        for cut in range(12):
            with self.subTest(cut=cut):
                for name in (self.log, self.token):
                    if os.path.exists(name):
                        os.unlink(name)
                at = begin + (len(NIGHTS[0]) - begin) * cut // 12
                self.write(NIGHTS[0][:at])
                before = self.once().text
                self.write(NIGHTS[0][at:], "w")
                after = self.once()
                self.assertIn("gap ", after.text)
                self.assertNotRegex(before + after.text, "(?m)^complete")

    REFUSED = ((os.mkfifo, "no regular file"), (os.mkdir, "no regular file"), (lambda path: os.symlink("/dev/zero", path), "no regular file"),
               (lambda path: os.symlink("nowhere", path), "a symbolic link to nowhere"),
               (lambda path: os.symlink(path, path), "a symbolic link that leads back to itself"))

    def remove_log(self):
        (os.rmdir if os.path.isdir(self.log) and not os.path.islink(self.log) else os.unlink)(self.log)

    def assertRefused(self, answer, why):
        self.assertEqual(answer.code, 3)
        self.assertEqual(answer.errors, [f"tsmparse: {self.log}: it is {why}"])

    def test_what_is_no_regular_file_is_refused(self):
        """At once, also where it would be waited for if it were not there, and where a position tells of a log."""
        self.write(NIGHTS[0])
        self.once()
        self.remove_log()
        self.assertEqual(self.once().code, 1)
        for make, why in self.REFUSED:
            make(self.log)
            for token in (False, True):
                self.assertRefused(self.once(token=token), why)
                self.assertRefused(run("follow", *(("--token", self.token) if token else ()), self.log), why)
            self.remove_log()

    def test_what_came_in_the_place_of_the_log_is_refused_once_the_old_one_is_read(self):
        self.write(NIGHTS[0])
        self.once()
        self.write(NIGHTS[1])
        os.rename(self.log, self.log + ".1")
        os.mkfifo(self.log)
        answer = self.once()
        self.assertRegex(answer.text, r"^complete +success +NIGHT .*2024-03-14T22:00:00[^\n]*\n$")
        self.assertRefused(answer, "no regular file")

    def test_a_follower_that_has_a_log_waits_until_it_is_put_right(self):
        self.write(NIGHTS[0])
        process = subprocess.Popen([TSMPARSE, "follow", "--poll", self.log], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(b"2024-03-13", process.stdout.readline())
        os.rename(self.log, self.log + ".1")
        os.mkfifo(self.log)
        self.assertIn(b"no regular file", process.stderr.readline())
        os.unlink(self.log)
        self.write(NIGHTS[1])
        self.assertIn(b"2024-03-14", process.stdout.readline())
        process.terminate()
        self.assertEqual(process.communicate(timeout=600), (b"", b""))
        self.assertEqual(process.returncode, 0)

    def test_a_log_that_is_not_there_yet(self):
        """A mistyped name must not look like a quiet night."""
        process = subprocess.Popen([TSMPARSE, "follow", "--poll", self.log], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(b"there is no such file; waiting for it", process.stderr.readline())
        process.terminate()
        self.assertEqual(process.communicate(timeout=600), (b"", b""))
        self.assertEqual(process.returncode, 0)

    def test_positions_that_are_refused(self):
        self.write(NIGHTS[0])
        self.assertEqual(self.once().code, 0)
        with open(self.token, "rb") as file:
            good = file.read()
        self.assertEqual(os.stat(self.token).st_mode & 0o777, 0o600)

        def refused(content, why):
            with open(self.token, "wb") as file:
                file.write(content)
            answer = self.once()
            self.assertEqual((answer.code, answer.text), (3, ""))
            self.assertIn(why, answer.errors[0])

        def sealed(body):
            return body + b"end %08x\n" % zlib.crc32(body)
        body = good[:good.rindex(b"end ")]
        self.assertEqual(sealed(body), good)
        refused(b"", "no position")
        refused(b"\0" * len(good), "no position")
        refused(good[:-1], "damaged")
        refused(good[:len(good) // 2], "damaged")
        refused(good.replace(b"follow 2\n", b"follow 3\n", 1), "another version")
        for at in range(20, len(good), 101):
            refused(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:], "damaged")
        refused(sealed(body.replace(b"\nplaces 1", b"\nplaces 9")), "damaged")
        refused(sealed(body.replace(b"runs tsmp2n.", b"runs tsmp2n.A")), "state")
        os.unlink(self.token)
        with open(self.token, "wb") as file:
            file.write(good)
        self.assertEqual(self.once("--restart").text.count("complete"), 1)
        os.chmod(self.token, 0o666)
        answer = self.once()
        self.assertEqual(answer.code, 3)
        self.assertIn("others may have written it", answer.errors[0])
        other = self.file(NIGHTS[0], "other.log")
        os.chmod(self.token, 0o600)
        answer = run("follow", "--once", "--token", self.token, other)
        self.assertEqual(answer.code, 3)
        self.assertIn("another log", answer.errors[0])

    def test_a_token_is_kept_whole_or_not_at_all(self):
        self.write(NIGHTS[0])
        answer = run("follow", "--once", "--token", os.path.join(self.folder, "no", "such"), self.log)
        self.assertEqual(answer.code, 1)
        self.assertNotEqual(answer.errors, [])

    def test_wrong_usage(self):
        for words in ([], ["a", "b"], ["--token"], ["--format", "csv", "a"], ["--nonsense", "x", "a"]):
            self.assertEqual(run("follow", *words).code, 2)


if __name__ == "__main__":
    main()
