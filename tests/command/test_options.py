# SPDX-License-Identifier: BSD-2-Clause
"""The command line: wrong usage is 2, said in one line; help and version are 0."""
import os
import re

from support import HISTORY, Case, main, night, poll, run, stamp


class Usage(Case):
    def test_wrong_usage(self):
        for words in ((), ("judge",), ("check",), ("check", "--nope=1", "x"), ("check", "--fresh", "x"),
                      ("check", "--fresh=0", "x"), ("check", "--domain"), ("records",), ("explain",),
                      ("check", "--format=csv", "x"), ("records", "--format=xml", "x"),
                      ("records", "--kind=objects", "x"), ("records", "--where", "size", "x"),
                      ("records", "--where", "=3", "x"), ("check", "--max-bytes=-1", "x"),
                      ("check", "--max-bytes=0", "x"), ("check", "--max-bytes=1X", "x"),
                      ("check", "--max-bytes=99999999T", "x"), ("check", "--date-order=ydm", "x"),
                      ("records", "--encoding=utf9", "x"), ("records", "--repair=quoted,x", "x"),
                      ("check", "--input-format=log", "x"), ("records", "--pattern", "nothing", "x"), ("check", "--\x1b[2J=1", "x")):
            with self.subTest(words=words):
                answer = run(*words)
                self.assertEqual(answer.code, 2)
                self.assertEqual(answer.out, b"")
                self.assertEqual(len(answer.errors), 1, answer.err)
                self.assertTrue(answer.errors[0].startswith("tsmparse: "))
                self.assertClean(answer.err)

    def test_it_says_what_is_wrong(self):
        """One line that names the mistake, and the way out of it."""
        for words, said in ((("check", "--lsat", "x"), "no such option: --lsat; is it --last?"),
                            (("check", "--lsat"), "no such option: --lsat; is it --last?"),
                            (("check", "--polcy=x", "x"), "no such option: --polcy; is it --policy?"),
                            (("check", "--colour", "x"), "no such option: --colour"),
                            (("check", "--last=3", "x"), "--last takes no value"),
                            (("check", "--domain"), "--domain needs a value"),
                            (("runs", "--why", "x"), "--why is an option of check, not of runs"),
                            (("check", "--load", "x"), "--load is an option of reconcile, not of check"),
                            (("explain", "--kind=x", "E02"), "--kind is an option of records, follow, not of explain"),
                            (("follow", "--last", "x"), "--last is an option of check, not of follow"),
                            (("follow", "--onec", "x"), "no such option: --onec; is it --once?"),
                            (("policy", "--nod", "N", "x"), "no such option: --nod; is it --node?"),
                            (("canary", "check", "--pathe", "x"), "no such option: --pathe; is it --path?"),
                            *[(("history", "--acept", "x"), "no such option: --acept; is it --accept?")] * HISTORY):
            with self.subTest(words=words):
                answer = run(*words)
                self.assertEqual((answer.code, answer.out), (2, b""))
                self.assertEqual(answer.errors, [f"tsmparse: {said}; see tsmparse --help"])

    def test_every_option_of_the_help_is_known_to_a_verb(self):
        verbs = ("check", "runs", "records", "probe", "explain", "policy", "reconcile", "history")
        options = set(re.findall(r"--[a-z-]+", run("--help").text)) - {"--help", "--version"}
        self.assertGreater(len(options), 30)
        for option in options:
            asked = [run(verb, f"{option}=", os.path.join(self.folder, "none")) for verb in verbs]
            asked += [run("canary", "check", f"{option}="), run("follow", "--once", f"{option}=", os.path.join(self.folder, "none"))]
            self.assertFalse(any("no such option" in answer.err.decode() for answer in asked), option)

    def test_help_and_version(self):
        verbs = ("check", "runs", "records", "probe", "explain", "canary", "policy", "reconcile", "history", "follow")
        for words in (("--help",), ("-h",), ("help",), *((verb, "--help") for verb in verbs), *((verb, "-h") for verb in verbs),
                      ("canary", "check", "--help")):
            answer = run(*words)
            self.assertEqual((answer.code, answer.err), (0, b""), words)
            self.assertTrue(answer.first.startswith("usage: tsmparse check"))
        self.assertRegex(run("--version").text, r"^tsmparse [0-9]+\.[0-9]+\.[0-9]+\n$")
        self.assertEqual(run("-V").text, run("--version").text)

    def test_bad_pattern(self):
        answer = run("records", "--pattern", "a=(", self.file(night(14)))
        self.assertEqual(answer.code, 1)
        self.assertEqual(len(answer.errors), 1)

    def test_a_file_that_looks_like_an_option(self):
        name = self.file(night(14), "--last")
        os.chdir(self.folder)
        self.assertEqual(run("check", "--", "--last").code, 0)
        self.assertTrue(os.path.exists(name))


class Context(Case):
    def test_encoding(self):
        line = f"{stamp(14, '22:00:04')} Normal File-->             7 /gr\u00fcn [Sent]\n"
        path = self.file(line.encode("cp850"))
        rows = [run("records", "--format=jsonl", *words, path).json()
                for words in ((), ("--encoding=cp850",), ("--encoding", "cp1252"))]
        self.assertIn("path_b64", rows[0])
        self.assertEqual(rows[1]["path"], "/gr\u00fcn")
        self.assertNotIn("path_b64", rows[1])
        self.assertNotEqual(rows[2]["path"], "/gr\u00fcn")

    def test_repair(self):
        text = "".join("> " + line + "\n" for line in night(14).splitlines())
        path = self.file(text)
        self.assertEqual(run("check", path).code, 3)
        quoted = run("records", "--repair=quoted", "--format=jsonl", "--kind=schedrec", path)
        self.assertIn("prefixed", quoted.text)
        self.assertEqual(len(quoted.text.splitlines()), 6)

    def test_input_format(self):
        path = self.file(f"{stamp(14, '22:00:04')} ANS1228E Sending of object '/a' failed.\n")
        found = run("records", "--format=jsonl", "--input-format=error_log", path).json()
        self.assertEqual(found["format"], "error_log")

    def test_domain(self):
        # Without the block that announces the schedule, nobody knows what was asked for.
        path = self.file(night(14, head=False))
        self.assertEqual(run("check", path).code, 3)
        self.assertEqual(run("check", "--domain", "/ /home", path).code, 0)
        answer = run("check", "--domain=/ /home /srv", path)
        self.assertEqual(answer.code, 2)
        self.assertIn("/srv", answer.first)

    def test_now(self):
        # A scheduler that stopped polling: the log just ends, before the window that it announced.
        path = self.file(night(14) + poll(15))
        self.assertEqual(run("check", path).code, 0)
        answer = run("check", "--now", path)
        self.assertEqual(answer.code, 2)
        self.assertTrue(answer.first.startswith("MISSED: the run of NIGHT for 2024-03-15 22:00"),
                        answer.first)

    def test_locale_changes_nothing(self):
        path = self.file(night(14, unfinished=["/"]) + f"{stamp(15, '01:00:00')} x\n")
        wanted = run("check", path).out
        for locale in ("C", "POSIX", "de_DE.UTF-8", "tr_TR.UTF-8"):
            self.assertEqual(run("check", path, env={"LC_ALL": locale, "LANG": locale}).out, wanted)


main()
