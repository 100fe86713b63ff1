# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse probe: what a file is and why; --language, --encoding and --repair make it readable."""
import json

from support import Case, main, night, poll, run

TABLE = ("language\tInvented (for tests)\n"
         "Incremental backup of volume '{}'\tBrumvik tolda am «{}»\n")
TRANSLATED = "2031-04-25 20:00:00 Brumvik tolda am «/heath»\n"


class Probe(Case):
    def test_regions(self):
        banner = ("IBM Storage Protect\nCommand Line Backup-Archive Client Interface\n"
                  "  Client Version 8, Release 1, Level 22.0 \n"
                  "Incremental backup of volume '/heath'\n")
        answer = run("probe", "--format=json", self.file(banner + "Data Protection for Example\nx\n"))
        self.assertEqual((answer.code, answer.errors), (0, []))
        told = answer.json()
        self.assertEqual([(r["format"], r["line"], r["lines"], r["version"], r["why"], r["why_line"])
                          for r in told["regions"]],
                         [("console", 1, 4, "8.1.22.0", "client_lines", 4),
                          ("foreign", 5, 2, "8.1.22.0", "foreign_banner", 5)])
        self.assertEqual(sum(r["length"] for r in told["regions"]), len(banner) + 30)

    def test_text(self):
        answer = run("probe", self.file(poll(13) + night(14)))
        self.assertEqual(answer.code, 0)
        self.assertIn("schedule_log", answer.text)
        self.assertIn("dates mdy", answer.first)

    def test_a_paste(self):
        log = "".join(f"> {line}\n" for line in (poll(13) + night(14)).splitlines())
        name = self.file(log)
        told = run("probe", "--format=json", name).json()
        self.assertEqual(told["repair"], ["quoted"])
        read = [json.loads(l) for l in run("records", "--format=jsonl", "--repair=quoted", name).text.splitlines()]
        self.assertIn("volume_begin", {r["kind"] for r in read})
        self.assertTrue(all("prefixed" in r["flags"] for r in read))

    def test_encodings(self):
        name = self.file("2031-04-25 20:00:00 Incremental backup of volume '/m\xfchle'\n".encode("latin-1"))
        told = run("probe", "--format=json", name).json()
        self.assertEqual((told["encoding"], told["not_utf8"]), ("bytes", 1))
        read = run("records", "--format=jsonl", "--encoding=cp1252", name).json()
        self.assertEqual(read["volume"], "/mühle")
        wide = self.file("2031-04-25 20:00:00 x\n".encode("utf-16"), "wide.log")
        self.assertEqual(run("probe", "--format=json", wide).json()["encoding"], "utf_16le")

    def test_languages(self):
        name, table = self.file(TRANSLATED), self.file(TABLE, "invented.tsv")
        self.assertEqual(run("records", "--format=jsonl", name).json()["kind"], "unknown")
        read = run("records", "--format=jsonl", "--language", table, name).json()
        self.assertEqual((read["kind"], read["volume"]), ("volume_begin", "/heath"))
        bad = run("records", "--language", self.file("language\tX\nno such line\ty\n", "bad.tsv"), name)
        self.assertEqual((bad.code, bad.out), (2, b""))
        self.assertIn("line 2", bad.errors[0])
        self.assertEqual(run("records", "--language", "/no/such/table", name).code, 2)

    def test_what_can_not_be_read(self):
        self.assertEqual(run("probe", "/no/such/file").code, 1)
        self.assertEqual(run("probe", "-", stdin=b"").code, 0)
        name = self.file("x\n", "a\x1b[2Jb")
        self.assertClean(run("probe", name).out)


main()
