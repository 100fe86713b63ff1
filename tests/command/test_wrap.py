# SPDX-License-Identifier: BSD-2-Clause
"""Logs that wrap (SCHEDLOGMAX): read in order of time whatever their size, and only where the
client's own lines say so."""
import gzip
import json
import os

from support import Case, faulty, limited, main, night, poll, run, stamp

END = "{} END OF DATA\n"
CONTINUED = "{} Continued at beginning of file\n"


def ring(old, new, cut=0, turned=stamp(20, "23:00:00")):
    """A file of the ring: the new text from the beginning, then older text, then the mark at its
    end. `cut`: the marker has overwritten the beginning of an old line."""
    return (new + END.format(stamp(28, "23:00:00")) + old[cut:] +
            CONTINUED.format(turned))


class Wrapped(Case):
    def runs(self, *words, **more):
        answer = run("check", "--format=json", *words, **more)
        return answer.code, answer.json()

    def test_order_of_time(self):
        old, new = night(17) + night(18), night(25) + night(26)
        code, found = self.runs(self.file(ring(old, new)))
        self.assertEqual(code, 0)
        self.assertTrue(found["files"][0]["wrapped"])
        self.assertEqual([r["scheduled"][8:10] for r in found["runs"]], ["17", "18", "25", "26"])

    def test_last_is_the_newest(self):
        old, new = night(17) + night(18), night(25) + night(26, unfinished=["/"])
        answer = run("check", "--last", self.file(ring(old, new)))
        self.assertEqual(answer.code, 2)
        self.assertIn("2024-03-26", answer.first)
        self.assertIn("the log wraps (SCHEDLOGMAX) and was put in order", answer.text)

    def test_a_run_across_the_seam_is_whole(self):
        whole = night(17) + night(25)
        cut = whole.rindex("\n", 0, whole.rindex("Successful incremental")) + 1
        code, found = self.runs(self.file(ring(whole[:cut], whole[cut:],
                                               turned=stamp(25, "22:00:09"))))
        self.assertEqual([r["verdict"] for r in found["runs"]], ["complete", "complete"])
        self.assertEqual(code, 0)

    def test_a_running_run_is_not_stopped_by_the_marker(self):
        code, found = self.runs(self.file(ring(night(17), night(25, result="open"))))
        self.assertEqual([r["verdict"] for r in found["runs"]], ["complete", "running"])

    def test_a_cut_old_line_begins_no_run(self):
        old = night(17) + night(18)
        at = old.index("Incremental backup of volume")
        code, found = self.runs(self.file(ring(old, night(25), cut=at)))
        # The oldest run has lost its head; that is no proof of anything, and nothing is invented.
        verdicts = [r["verdict"] for r in found["runs"]]
        self.assertEqual(verdicts[-2:], ["complete", "complete"])
        self.assertNotIn("complete", verdicts[:-2])
        self.assertEqual(code, 3)

    def test_tiles_and_lines_are_those_of_the_file(self):
        text = ring(night(17), night(25))
        answer = run("records", "--format=jsonl", self.file(text))
        rows = [json.loads(line) for line in answer.text.splitlines()]
        self.assertNotEqual(rows[0]["offset"], 0)
        rows.sort(key=lambda row: row["offset"])
        at = 0
        for number, row in enumerate(rows, 1):
            self.assertEqual((row["offset"], row["line"]), (at, number))
            at += row["length"]
        self.assertEqual(at, len(text))

    def test_larger_than_what_is_kept_in_memory(self):
        filler = f"{stamp(17, '12:00:00')} filler filler filler filler filler filler filler\n"
        newer = filler.replace("03/17", "03/24")
        for name, old, new in (("marker in the head", filler * 200000, ""),
                               ("marker behind it", filler, newer * 200000),
                               ("both", filler * 200000, newer * 200000)):
            with self.subTest(name=name):
                path = self.file(ring(night(16) + old + night(18), new + night(25)))
                self.assertGreater(os.path.getsize(path), 8 << 20)
                code, found = self.runs(path, preexec_fn=limited(32))
                self.assertEqual(code, 0)
                self.assertEqual([r["scheduled"][8:10] for r in found["runs"]], ["16", "18", "25"])

    def test_standard_input(self):
        text = ring(night(17), night(25) + night(26, unfinished=["/"]))
        path = self.file(text)
        with open(path, "rb") as file:
            self.assertIn("2024-03-26", run("check", "--last", "-", stdin_file=file).first)
        self.assertIn("2024-03-26", run("check", "--last", "-", stdin=text.encode()).first)
        packed = self.file(gzip.compress(text.encode()), "a.gz")
        self.assertIn("2024-03-26", run("check", "--last", packed).first)

    def test_a_long_pipe_is_not_put_in_order_and_says_so(self):
        filler = f"{stamp(17, '12:00:00')} filler filler filler filler filler filler filler\n"
        text = ring(night(16) + filler * 100000, night(25))
        answer = run("check", "-", stdin=text.encode())
        self.assertEqual(answer.code, 3)
        self.assertIn("wraps (SCHEDLOGMAX)", answer.errors[0])

    def test_written_to_while_it_is_read(self):
        # Too large for the head: between looking for the marker and reading, it moves on.
        filler = f"{stamp(24, '12:00:00')} filler filler filler filler filler filler filler\n" * 100000
        new = filler + night(25)
        text = ring(night(16) + night(18), new)
        path = self.file(text)
        self.assertEqual(run("check", path).code, 0)
        moved = new + poll(26) + END.format(stamp(28, "23:30:00"))
        self.file(moved + text[len(moved):], "dsmsched.log.new")
        torn = 0
        for reads in range(1, 60, 7):
            answer = run("check", path, env=faulty(reads, "swap", path))
            self.file(text)
            if answer.errors: # what lies behind the old place has changed
                torn += 1
                self.assertEqual(len(answer.errors), 1)
                self.assertIn("written to while it was read", answer.errors[0])
                self.assertNotEqual(answer.code, 0)
        self.assertGreater(torn, 0)

    def test_not_yet_over_its_beginning(self):
        code, found = self.runs(self.file(night(17) + CONTINUED.format(stamp(17, "23:00:00"))))
        self.assertEqual((code, found["files"][0]["wrapped"]), (0, False))


class Forged(Case):
    """What a file's name can print moves nothing, and never makes a verdict better."""

    def test_markers_in_names(self):
        bad = night(25, unfinished=["/home"], objects=["/a"])
        at = stamp(25, "22:00:04")
        later = night(26)
        for forged in (END.format(at), "END OF DATA\n", f"{at} END OF DATA [Sent]\n",
                       END.format(at) + f"{stamp(1, '00:00:00')} Querying server\n"):
            for tail in ("", CONTINUED.format(stamp(26, "23:00:00")),
                         "Continued at beginning of file\n",
                         f"{stamp(26, '23:00:00')} Normal File-->   1 /Continued at beginning of file\n"):
                with self.subTest(forged=forged, tail=tail):
                    name = bad.replace("/a [Sent]\n", f"/a\n{forged} [Sent]\n")
                    self.assertNotEqual(name, bad)
                    path = self.file(name + later + tail)
                    self.assertNotIn(run("check", path).code, (0, 1))

    def test_marker_without_the_mark_at_the_end_moves_nothing(self):
        text = night(25) + END.format(stamp(25, "23:00:00")) + night(17)
        found = run("check", "--format=json", self.file(text)).json()
        self.assertFalse(found["files"][0]["wrapped"])
        self.assertEqual(found["runs"][0]["scheduled"][8:10], "25")

    def test_newer_text_behind_the_marker_moves_nothing(self):
        text = (night(17) + END.format(stamp(17, "23:00:00")) + night(25) +
                CONTINUED.format(stamp(25, "23:00:00")))
        found = run("check", "--format=json", self.file(text)).json()
        self.assertFalse(found["files"][0]["wrapped"])


main()
