# SPDX-License-Identifier: BSD-2-Clause
"""What is written about the command is what it does: options, messages, evidence ids. (The examples: test_examples.py.)"""
import glob
import os
import re

from support import Case, main, run

TOP = os.path.normpath(os.path.join(os.environ["SAMPLES"], "../.."))


def text_of(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        return file.read()


def schema(group):
    return re.findall(rf"^{group} \d+ (\w+)$", text_of("lib/schema/schema.def"), re.M)


class Docs(Case):
    def test_every_option_is_in_the_man_page(self):
        page = text_of("docs/tsmparse.1").replace("\\-", "-").replace(" ", "")
        options = set(re.findall(r"--[a-z-]+", run("--help").text))
        self.assertGreater(len(options), 10)
        for option in options:
            self.assertIn(option, page)

    def test_man_page_names_no_option_that_is_not_there(self):
        page = text_of("docs/tsmparse.1").replace("\\-", "-")
        guide = text_of("docs/guide.md") + text_of("docs/canary.md") + text_of("docs/reconcile.md") + text_of("docs/history.md") + text_of("docs/policy.md") + text_of("docs/follow.md")
        known = set(re.findall(r"--[a-z-]+", run("--help").text)) | {"--buildtype", "--jobs", "--rows"} # the last two of tests/follow/realtime.py
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page + guide)):
            self.assertIn(option, known)

    def test_every_evidence_verdict_and_proof_is_described(self):
        page = text_of("docs/verdicts.md")
        for group in ("evidence", "verdict", "proof"):
            self.assertTrue(schema(group))
            for word in schema(group):
                self.assertRegex(page, rf"(?m)^\| {word} \|", word)

    def test_header_tells_the_fields_of_each_kind(self):
        """What is a column of a kind is told in the comment of its constant."""
        def columns(kind):
            return set(run("records", "--format=csv", "--kind", kind, stdin=b"x\n").first.split(","))

        told = dict(re.findall(r"^#: (.*)\nkind \d+ (\w+)$", text_of("lib/schema/schema.def"), re.M))
        told = {kind: text for text, kind in told.items()}
        every = columns("blank")
        for kind in schema("kind"):
            for field in columns(kind) - every - {"text"}:
                if kind not in ("volume_end", "event") or field not in ("code", "severity"):
                    self.assertRegex(told[kind], rf"\b{re.sub('_(text|b64)$', '', field)}\b", kind)

    def test_files_that_are_named_are_there(self):
        count = 0
        pages = [page for pages in ("README.md", "docs/*.md", "bindings/**/README.md")
                 for page in glob.glob(os.path.join(TOP, pages), recursive=True)]
        for name in (os.path.relpath(page, TOP) for page in pages):
            for path in re.findall(r"`((?:lib|tools|tests|docs|fuzz|bindings|include)/[\w./*-]+)[ `]", text_of(name)):
                if path.endswith(".so"):  # it is built
                    continue
                path = re.sub(r"\b(TARGET|FORMAT|NAME)\b", "*", path)
                self.assertTrue(glob.glob(os.path.join(TOP, path)), f"{name}: {path}")
                count += 1
            for path in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text_of(name)):
                self.assertTrue(os.path.exists(os.path.join(TOP, os.path.dirname(name), path)), f"{name}: {path}")
        self.assertGreater(count, 40)

    def test_the_guides_messages_are_the_commands(self):
        table = text_of("docs/guide.md").split("| message | do |")[1].split("\n\n")[0]
        messages = re.findall(r"(?m)^\| ([a-z].*?) \|", table)
        self.assertGreater(len(messages), 10)
        said = " ".join(re.sub(r'" PRIu64 "', "d", re.sub(r'"\s*\n\s*"', "", text_of(os.path.relpath(path, TOP))))
                        for path in glob.glob(os.path.join(TOP, "tools/command/*.c")))
        for message in messages:
            wanted = re.escape(message).replace("gzip", "(?:gzip|%s)").replace(r"\ N\ ", " (?:%d) ")
            self.assertRegex(said, "\"" + wanted, message)

    def test_every_reason_of_the_canary_is_described(self):
        page = text_of("docs/canary.md")
        rows = {word for row in re.findall(r"(?m)^\| ([a-z_, ]+) \|", page) for word in row.split(", ")}
        self.assertGreater(len(schema("canary_reason")), 20)
        self.assertLessEqual(set(schema("canary_reason") + schema("canary")) - rows, {"present", "absent", "unknown"})
        for word in schema("canary"):
            self.assertRegex(page, rf"(?m)^\| \d \| {word} \|")

    def test_every_evidence_and_verdict_is_explained(self):
        for word in schema("evidence") + schema("verdict"):
            self.assertEqual(run("explain", word).code, 0, word)


main()
