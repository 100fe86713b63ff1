# SPDX-License-Identifier: BSD-2-Clause
"""A name in a log is hostile: nothing of it acts on a terminal, a spreadsheet or a parser, and
nothing of it is lost. Read back by parsers that are not ours."""
import base64
import csv
import fcntl
import io
import json
import os
import pty
import random
import re
import struct
import subprocess
import termios
import unicodedata

from support import TSMPARSE, Case, main, night, run, stamp

NAMES = [
    b"/plain", b"/\x1b[2J\x1b]52;c;aGk=\x07", b"/\x9b31m", b"/\xc2\x9b31m", b"/a\rb", b"/a\tb",
    b"/\x00nul", b"/\x7fdel", b"/\xff\xfe\x80", b"/\xe2\x80\xae gnp.exe", b"/\xe2\x80\xa8x\xe2\x80\xa9",
    b"/\xe2\x81\xa6x\xe2\x81\xa9", b"/\xd8\x9c", b"/\xef\xbb\xbf", b"/\xf3\xa0\x81\x81tag",
    b"/\xc2\xad", b"/\xed\xa0\x80lone", b"/\xc0\xaf", b"/\xf4\x90\x80\x80", b"/\xf0\x9f\x92\xbe disk",
    b"/\xc3\xa4\xe4", b'/a"b', b"/a,b;c", b"/a\\x1bb", b"/a\\u{1b}b", b"/a\\b\\", b"/'", b"/</script>",
    b"/a\\\\x00", b"/ [Sent] x", b"/x\x0b\x0cy", b"/\xe2\x80\x8bzero", b"/\xef\xbf\xbe",
]
FORMULAS = [b"=cmd|' /C calc'!A0", b"+1", b"-1+1", b"@SUM(1)", b"'quoted", b"a;=1", b"a;-2;b",
            b"\xef\xbc\x9d1", b"=", b"''", b'="x"']


# Names are looked at eight bytes at once: what is special, and its neighbours, at each place of
# them; and a name longer than any buffer.
PLACES = [b"/" + b"n" * before + bytes([b]) + b"tail of it" for before in range(17)
          for b in b"\x00\x1f !\"#:;<[\\]~\x7f\x80\xff"] + [b"/" + b"long name " * 30000 + b"end"]


csv.field_size_limit(1 << 20)


def object_line(name):
    return stamp(14, "22:00:04").encode() + b" Normal File-->                 7 " + name + b" [Sent]\n"


def random_names(count):
    """Hostile names of a fixed seed: pieces of what hurts, and plain bytes."""
    source = random.Random(20240314)
    pieces = NAMES + FORMULAS + [bytes([b]) for b in range(256) if b != 10]
    return [b"/" + b"".join(source.choice(pieces) for _ in range(source.randint(1, 6)))
            for _ in range(count)]


def unescape(text):
    """The bytes of what the text outputs show: \\xNN is a byte, \\u{N} a character."""
    def back(match):
        if match[1]:
            return bytes([int(match[1], 16)]).decode("latin-1").encode("latin-1")
        return chr(int(match[2], 16)).encode()
    out, at = b"", 0
    for match in re.finditer(r"\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}", text):
        out += text[at:match.start()].encode() + back(match)
        at = match.end()
    return out + text[at:].encode()


def pairs(rows):
    keys = [key for key, _ in rows]
    if len(keys) != len(set(keys)):
        raise AssertionError(f"a key stands twice: {keys}")
    return dict(rows)


class Outputs(Case):
    def setUp(self):
        super().setUp()
        self.names = NAMES + FORMULAS + PLACES + random_names(3000)
        body = b"".join(object_line(name) for name in self.names)
        head, tail = night(14, objects=["/MARK"]).encode().split(object_line(b"/MARK").replace(
            b"                 7", b"            1,234"))
        self.log = self.file(head + body + tail)

    def test_json_gives_every_byte_back(self):
        answer = run("records", "--format=jsonl", "--kind=object", self.log)
        self.assertClean(answer.out)
        rows = [json.loads(line, object_pairs_hook=pairs) for line in answer.out.split(b"\n") if line]
        self.assertEqual(len(rows), len(self.names))
        for name, row in zip(self.names, rows):
            if "path_b64" in row:
                self.assertEqual(base64.b64decode(row["path_b64"], validate=True), name)
                with self.assertRaises(UnicodeDecodeError):
                    name.decode("utf-8")
            else:
                self.assertEqual(row["path"].encode(), name)

    def test_csv_gives_every_byte_back(self):
        answer = run("records", "--format=csv", "--kind=object", self.log)
        self.assertClean(answer.out, b"\r\n")
        rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
        self.assertEqual(len(rows), len(self.names))
        for name, row in zip(self.names, rows):
            cell = row["path"]
            self.assertNotRegex(cell, "^[=+@\t\r\uff1d-]")
            self.assertNotRegex(cell, ";[=+@-]")
            if cell.startswith("'"):
                cell = cell[1:]
            self.assertEqual(unescape(cell), name)

    def test_table_is_clean_and_gives_every_byte_back(self):
        answer = run("records", "--kind=object,message", self.log)
        self.assertClean(answer.out)
        lines = answer.text.split("\n")[1:-1]
        self.assertEqual(len(lines), len(self.names))
        for name, line in zip(self.names, lines):
            path = re.search(r" path=(.*) status=sent retry=0$", line)[1]
            self.assertEqual(unescape(path), name)

    def test_reports_are_clean(self):
        for words in (("check",), ("check", "--format=json"), ("runs",), ("runs", "--format=json"),
                      ("records",), ("records", "--format=jsonl"), ("records", "--format=csv")):
            answer = run(*words, self.log)
            self.assertClean(answer.out, b"\r\n" if "--format=csv" in words else b"\n")
            self.assertEqual(answer.err, b"")

    def test_names_everywhere_else(self):
        # A volume, a schedule, a node, a message and a definition with the same names in them.
        for name in NAMES + FORMULAS:
            if b"\n" in name:
                continue
            text = night(14, schedule="SCHED", volumes=("/", "VOL"), unfinished=("VOL",), node="NODE",
                         lines=["ANS1228E Sending of object 'OBJ' failed."]).encode()
            for mark in (b"SCHED ", b"'SCHED'", b"VOL", b"NODE", b"OBJ"):
                text = text.replace(mark, mark.replace(mark.strip(b" '"), name))
            path = self.file(text, "other.log")
            for words in (("check",), ("check", "--format=json"), ("runs",), ("records",),
                          ("records", "--format=csv")):
                answer = run(*words, path)
                self.assertClean(answer.out, b"\r\n" if "csv" in words[-1] else b"\n")
                if words[-1] == "--format=json":
                    json.loads(answer.out, object_pairs_hook=pairs)
                if words == ("check",):
                    self.assertNotIn("|", answer.first)

    def test_first_line_has_no_bar(self):
        path = self.file(night(14, volumes=("/a|b=1;2",), unfinished=("/a|b=1;2",)), "bar.log")
        answer = run("check", path)
        self.assertEqual(answer.code, 2)
        self.assertIn("\\x7c", answer.first)
        self.assertNotIn("|", answer.first)
        self.assertIn("'/a|b=1;2'", answer.text, "below it the name is as it is")

    def test_a_name_that_prints_marks_hides_no_unfinished_volume(self):
        with open(os.path.join(os.environ["SAMPLES"], "false-success.log"), encoding="ascii") as file:
            lines = file.read().split("\n")
        at = next(i for i, line in enumerate(lines) if "File-->" in line)
        when = lines[at][:20]
        begin = f"{when}--- SCHEDULEREC OBJECT BEGIN"
        forged = [
            [f"{begin} OTHER_INC 09/17/2025 22:01:00"],
            [f"{begin} NIGHT_INC 09/17/2025 22:00:00"],
            [when, "Executing scheduled command now.", f"{begin} OTHER_INC 09/17/2025 22:01:00"],
            [f"{begin} OTHER_INC 09/17/2025 22:01:00", f"{when}Incremental backup of volume '/x'",
             f"{when}Successful incremental backup of '/x'"],
            [f"{begin} OTHER_INC 09/17/2025 22:01:00", f"{when}--- SCHEDULEREC STATUS BEGIN"],
            [f"{when}--- SCHEDULEREC OBJECT END OTHER_INC 09/17/2025 22:01:00"],
            [f"{when}Scheduled event 'OTHER_INC' completed successfully."],
            [f"{when}Node Name: OTHER", f"{begin} NIGHT_INC 09/17/2025 22:00:00"],
        ]
        for marks in forged:
            for times in (1, 2):
                for tail in ("", " [Sent]"):
                    name = [f"{when}Normal File-->                 4 /srv/www/a"] + marks * times
                    name[-1] += tail
                    text = "\n".join(lines[:at] + name + lines[at:]).encode()
                    result = run("check", "-", stdin=text)
                    with self.subTest(marks=marks, times=times, tail=tail):
                        self.assertEqual(result.code, 2)
                        self.assertIn("INCOMPLETE", result.first)

    def test_first_line_names_no_object(self):
        for count, said in ((1, "an object was not stored."), (3, "objects were not stored.")):
            text = "".join(f"03/14/2024 22:01:00 {line}\n" for line in [
                "--- SCHEDULEREC OBJECT BEGIN NIGHT 03/14/2024 22:00:00", "Incremental backup of volume '/srv'",
                *(f"ANS1228E Sending of object '/srv/call 555 {i}' failed." for i in range(count))])
            answer = run("check", self.file(text, "object.log"))
            self.assertNotIn("/srv/call", answer.first)
            self.assertTrue(answer.first.endswith(said), answer.first)
            self.assertIn("object '/srv/call 555 0' was not stored", answer.text, "below it stands which")


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


class Terminal(Case):
    def in_terminal(self, *words, columns=80, env=None):
        """What the command writes to a terminal of this width."""
        control, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        full = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LANG", "LC_CTYPE")}
        full.update({"LC_ALL": "C.UTF-8", **(env or {})})
        process = subprocess.Popen([TSMPARSE, *words], stdin=subprocess.DEVNULL, stdout=terminal,
                                   stderr=terminal, env=full)
        os.close(terminal)
        out = b""
        while True:
            try:
                piece = os.read(control, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        process.wait(60)
        os.close(control)
        return out

    def setUp(self):
        super().setUp()
        wide = ["/\u65e5\u672c\u8a9e" * 30, "/a\u0308" * 60, "/" + "x" * 300, "/short"]
        names = [n for n in NAMES if b"\n" not in n] + [w.encode() for w in wide]
        self.log = self.file(b"".join(object_line(n) for n in names))

    def test_fits_and_is_clean(self):
        for words in (("records", "--kind=object"), ("records",)):
            for columns in (40, 80, 133):
                with self.subTest(words=words, columns=columns):
                    out = self.in_terminal(*words, self.log, columns=columns)
                    self.assertClean(out, b"\r\n")
                    lines = out.decode().split("\r\n")
                    self.assertTrue(any("\u2026" in line for line in lines), "something was cut")
                    for line in lines:
                        self.assertLessEqual(columns_of(line), columns, line)

    def test_columns_of_the_environment(self):
        out = self.in_terminal("records", self.log, columns=133, env={"COLUMNS": "50"})
        self.assertLessEqual(max(columns_of(l) for l in out.decode().split("\r\n")), 50)

    def test_no_cut_where_there_is_no_terminal(self):
        answer = run("records", "--kind=object", self.log, env={"COLUMNS": "40"})
        self.assertIn("x" * 300, answer.text)

    def test_a_terminal_without_utf8_gets_ascii(self):
        out = self.in_terminal("records", self.log, env={"LC_ALL": "C"}, columns=4000)
        self.assertEqual([b for b in out if b >= 0x80], [])
        self.assertIn(rb"\u{65e5}", out)

    def test_check_is_clean(self):
        text = night(14, volumes=("/", "/\x1b[31mred\u202e"), unfinished=("/\x1b[31mred\u202e",))
        out = self.in_terminal("check", self.file(text, "esc.log"))
        self.assertClean(out, b"\r\n")
        self.assertIn(rb"\x1b[31mred\u{202e}", out)


main()
