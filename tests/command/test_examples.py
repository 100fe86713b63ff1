# SPDX-License-Identifier: BSD-2-Clause
"""What README and docs/*.md show of the command is run, so that it can't rot.

Of each block of a shell's lines those that begin with `tsmparse` or `$ tsmparse` are run, in a folder of their own:
- behind `$ `, at the top of the tree, what is shown below must be printed, to the letter; `(exit N)` is its exit;
- without `$ `, in a folder that has the files that are named (dsmsched.log, events ...): they must be found, and the
  words be understood. `...` as a word stands for what is left out: then only the verb is looked at.
A block behind `<!-- not run: WHY -->` is left alone, and what asks for a policy or a history where the command was
built without."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from support import HISTORY, POLICY, TSMPARSE, Case, main, run

SAMPLES = os.environ["SAMPLES"]
TOP = os.path.normpath(os.path.join(SAMPLES, "../.."))
DOCS = ["README.md", *sorted(os.path.relpath(path, TOP) for path in glob.glob(os.path.join(TOP, "docs/*.md")))]
EXIT = re.compile(r"\(exit (\d)\)")
# What the files of the documents are, besides logs.
FILES = {"events": "events.txt", "tsmparse.toml": "tsmparse.toml"}
EMPTY = ("actlog", "filespaces", "answer.txt")


def blocks(text):
    """Each block of code as its lines, but for those that are not to be run."""
    block, fenced, skip = [], False, False
    for line in [*text.split("\n"), "end"]:
        indented = not fenced and re.match(" {4}", line)
        if line.startswith("```"):
            fenced = not fenced
        if fenced or indented or (block and not line):
            block += [] if line.startswith("```") else [line.strip() if indented else line]
            continue
        if block and not skip:
            yield block
        skip = re.match(r" *<!-- not run: \S.*-->$", line) is not None or (skip and not block and not line)
        block = []


def commands(block):
    """(command, what is shown below it, or None)"""
    lines = "\n".join(block).replace("\\\n", "").split("\n")
    if lines[0].startswith("#!"): # a script
        return
    for at, line in enumerate(lines):
        if line.startswith("$ tsmparse "):
            shown = lines[at + 1:]
            ends = [i for i, other in enumerate(shown) if other.startswith("$ ")]
            yield line[2:], shown[:ends[0]] if ends else shown
        elif line.startswith("tsmparse "):
            yield line, None


def built(command):
    """May it be asked for by how the command was built?"""
    return (POLICY or not re.search(r"tsmparse policy|--policy", command)) and (
        HISTORY or not re.search(r"tsmparse history|--history", command))


class Stage:
    """A folder with the files that a document speaks of; /var and the like are below it."""

    def __init__(self, folder):
        self.folder = folder
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(TSMPARSE, os.path.join(folder, "bin/tsmparse"))
        os.symlink(os.path.join(TOP, "tools"), os.path.join(folder, "tools"))

    def file(self, path, content=b""):
        path = os.path.join(self.folder, path.lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    def sample(self, path, name):
        with open(os.path.join(SAMPLES, name), "rb") as file:
            self.file(path, file.read())

    def fill(self, command):
        for word in re.findall(r"[\w/.*-]+", command):
            name = os.path.basename(word)
            if word.startswith("tools/"):
                continue
            if name.startswith("dsmsched.log") or name == "dsmsched.pru":
                self.sample(word.replace("/*/", "/hawk/").replace("*", ".1"), "good-night.log")
            elif word in FILES:
                self.sample(word, FILES[word])
            elif word in EMPTY:
                self.file(word)
            elif word.startswith("/"): # a folder of canaries, or a file that will be there
                os.makedirs(self.folder + (word if name.startswith(".") else os.path.dirname(word)), exist_ok=True)

    def run(self, command):
        """By a shell, with this machine's /var and the like left alone."""
        here = re.sub(r"(?<![\w.}/*])/(var|opt|srv|home|run|usr)\b", self.folder + r"/\1", command)
        env = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": os.path.join(self.folder, "bin") + ":" + os.environ["PATH"]}
        done = subprocess.run(["sh", "-c", here], cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode().replace(self.folder, "")


class Examples(Case):
    def test_what_is_shown_is_printed(self):
        count = 0
        for name, stage, command, shown in self.commands():
            if shown is None:
                continue
            code, text, errors = stage.run(command)
            wanted = [int(found.group(1)) for found in map(EXIT.fullmatch, shown) if found]
            shown = "\n".join(line.rstrip() for line in shown if not EXIT.fullmatch(line)).rstrip()
            with self.subTest(name=name, command=command):
                self.assertEqual((re.sub(" +$", "", text, flags=re.M).rstrip(), errors), (shown, ""))
                self.assertEqual([code] if wanted else [], wanted)
            count += 1
        self.assertGreaterEqual(count, 8 if POLICY and HISTORY else 4)

    def test_what_is_named_is_understood(self):
        count = 0
        for name, stage, command, shown in self.commands():
            if shown is None:
                with self.subTest(name=name, command=command):
                    self.understood(stage, command)
                count += 1
        self.assertGreaterEqual(count, 30 if POLICY and HISTORY else 24)

    def understood(self, stage, command):
        if " ... " in command + " ":
            self.assertEqual(run(command.split()[1], "--help").code, 0)
            return
        command = command.replace("tsmparse follow ", "tsmparse follow --once ")
        stage.fill(command)
        code, text, errors = stage.run(command)
        self.assertIn(code, (0, 1, 2, 3), errors)
        self.assertEqual(re.findall("see tsmparse --help|no such|must be one of|not found|cannot", errors), [], errors)
        self.assertTrue(text or code == 0, errors)

    def commands(self):
        """Those of all documents, each with the stage of its document."""
        for name in DOCS:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder, open(os.path.join(TOP, name), encoding="utf-8") as file:
                stage = Stage(folder)
                for block in blocks(file.read()):
                    for command, shown in commands(block):
                        if built(command):
                            yield name, stage, command, shown


def recipe(words):
    """The block of the guide in which these stand."""
    with open(os.path.join(TOP, "docs/guide.md"), encoding="utf-8") as file:
        found = [block for block in map("\n".join, blocks(file.read())) if words in block]
    assert len(found) == 1, words
    return found[0]


class Recipes(Case):
    """The guide's recipes over three machines: a good one, a false one, one whose log is not there to be read."""

    NODE = b'M"E\\R|\xc3\xa9'  # what may be a node's name in a log

    def setUp(self):
        super().setUp()
        self.stage = Stage(self.folder)
        for name, sample in (("kestrel", "good-night.log"), ("osprey", "false-success.log"), ("merlin", "exceptions.log")):
            self.stage.sample(f"var/log/tsm/{name}/dsmsched.log", sample)
        path = os.path.join(self.folder, "var/log/tsm/merlin/dsmsched.log")
        with open(path, "rb") as file:
            text = file.read()
        with open(path, "wb") as file:
            file.write(text.replace(b"MERLIN", self.NODE))
        os.makedirs(os.path.join(self.folder, "var/log/tsm/gone/dsmsched.log"))

    def script(self, words):
        # The samples are of 2025: --now would call every one missed.
        return recipe(words).replace(" --now", "")

    def test_cron(self):
        self.stage.sample("var/log/tsm/dsmsched.log", "false-success.log")
        os.makedirs(os.path.join(self.folder, "run"))
        self.stage.file("bin/mail", b'#!/bin/sh\nprintf "%s\\n" "$@"\ncat\n')
        os.chmod(os.path.join(self.folder, "bin/mail"), 0o755)
        line = re.search(r"root +(tsmparse .*)", self.script("# m h  dom mon dow")).group(1)
        code, text, errors = self.stage.run(line)
        self.assertEqual((code, errors), (0, ""))
        self.assertTrue(text.startswith("-s\nTSM: INCOMPLETE: the run of NIGHT_INC for 2025-09-17 22:00 claims success"), text)
        self.assertIn("Incremental backup of volume '/srv/mail'", text)
        self.stage.sample("var/log/tsm/dsmsched.log", "good-night.log")
        self.assertEqual(self.stage.run(line), (0, "", ""))

    def test_checkmk(self):
        code, text, errors = self.stage.run(self.script("check_mk_agent/local"))
        self.assertEqual((code, errors), (0, ""))
        rows = [re.fullmatch(r'([0-3]) "TSM (\w+)" - ([^|]+)', line).groups() for line in text.splitlines()]
        self.assertEqual([(state, name, line.split(":")[0]) for state, name, line in rows],
                         [("3", "gone", "UNKNOWN"), ("0", "kestrel", "COMPLETE"), ("1", "merlin", "EXCEPTIONS"),
                          ("2", "osprey", "INCOMPLETE")])

    def test_checkmk_without_the_command(self):
        os.remove(os.path.join(self.folder, "bin/tsmparse"))
        self.stage.file("bin/tsmparse", b"#!/bin/sh\nexit 127\n")
        os.chmod(os.path.join(self.folder, "bin/tsmparse"), 0o755)
        text = self.stage.run(self.script("check_mk_agent/local"))[1]
        self.assertEqual(text.splitlines()[1], '3 "TSM kestrel" - tsmparse gave no answer')

    def test_prometheus(self):
        if shutil.which("jq") is None:
            self.skipTest("there is no jq")
        os.makedirs(os.path.join(self.folder, "var/lib/node_exporter/textfile"))
        code, text, errors = self.stage.run(self.script("tsm-metrics"))
        self.assertEqual((code, text), (0, ""), errors)
        path = os.path.join(self.folder, "var/lib/node_exporter/textfile/tsm.prom")
        with open(path, encoding="ascii") as file:
            text = file.read()
        label = r'[a-z]+="(?:[^"\\\n]|\\[\\"n])*"'
        for line in text.splitlines():
            self.assertRegex(line, rf"^(?:# (?:HELP|TYPE) tsm_\w+ .+|tsm_\w+(?:\{{{label}(?:,{label})*\}})? \d+)$")
        self.assertEqual([line for line in text.splitlines() if line[0] != "#"], [
            "tsm_check_state 2",
            'tsm_run_state{node="KESTREL",schedule="NIGHT_INC"} 0',
            'tsm_run_state{node="M\\"E\\\\R|?",schedule="NIGHT_INC"} 1',
            'tsm_run_state{node="OSPREY",schedule="NIGHT_INC"} 2',
            'tsm_run_objects_inspected{node="KESTREL",schedule="NIGHT_INC"} 184220',
            'tsm_run_objects_inspected{node="M\\"E\\\\R|?",schedule="NIGHT_INC"} 184220',
            'tsm_run_objects_inspected{node="OSPREY",schedule="NIGHT_INC"} 184220'])
        if shutil.which("promtool") is not None:
            subprocess.run(["promtool", "check", "metrics"], input=text.encode(), check=True)


main()
