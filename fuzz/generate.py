#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make what the fuzz targets are fed with out of the project's own tables and cases.

usage: generate.py lines LINES_TXT OUTPUT              the lines as C strings, for the mutator
       generate.py codes MESSAGES_TSV OUTPUT           the numbers of all messages, as C strings
       generate.py dictionary LINES_TXT SCHEMA_DEF MESSAGES_TSV OUTPUT
       generate.py seeds EXTRACT LINES_TXT FOLDER TARGET:HEAD... FOLDER/TARGET/NAME: the inputs of the cases,
                                                       each behind the head (see fuzz.h); for fuzz_verdict
                                                       also nights into which each line is forged, and those
                                                       that lose or double a line
"""
import pathlib
import re
import subprocess
import sys
import tempfile

def read_lines(path):
    return [line for line in pathlib.Path(path).read_text(encoding="ascii").split("\n") if line]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def lines(source, output):
    out = ["/* Generated from lines.txt. Do not edit. */", "static const char *const lines[] = {"]
    out += [f"    {quoted(line)}," for line in read_lines(source)]
    pathlib.Path(output).write_text("\n".join(out + ["};", ""]), encoding="ascii")


def codes(source, output):
    rows = pathlib.Path(source).read_text(encoding="utf-8").split("\n")[1:]
    out = ["/* Generated from messages.tsv. Do not edit. */", "static const char *const codes[] = {"]
    out += [f"    {quoted(row.split(chr(9))[0])}," for row in rows if row]
    pathlib.Path(output).write_text("\n".join(out + ["};", ""]), encoding="ascii")


def dictionary(source, schema, messages, output):
    words = []
    for line in read_lines(source):
        words.append(line)
        # The fixed words of a line without what a client fills in: names, numbers.
        words += [part for part in re.split(r"'[^']*'|[0-9][0-9.,:/]*|  +", line) if len(part) > 3]
    for line in pathlib.Path(messages).read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            words.append(line.split("\t")[0])
    for line in pathlib.Path(schema).read_text(encoding="ascii").split("\n"):
        part = line.split()
        if len(part) == 3 and part[0] in ("word", "statistic"):
            words.append(part[2].replace("_", " "))
    words += ["09/17/2025 22:04:11 ", "17.09.25   22.04.11 ", "\xff\xfe", "\xfe\xff", "\xef\xbb\xbf",
              "\r\n", "\n", "\x00", "\x1b[2J", "\xe2\x80\xae", "\xc2\x85", "\xe2\x80\xa8", "\xc2\xa0"]
    out = [f"# Generated: {len(set(words))} words. Do not edit."]
    for word in dict.fromkeys(words):
        body = "".join(chr(c) if 0x20 <= c < 0x7F and c not in b'"\\' else f"\\x{c:02X}"
                       for c in word.encode("latin-1"))
        if len(word) <= 128:  # what AFL++ takes
            out.append(f'"{body}"')
    pathlib.Path(output).write_text("\n".join(out) + "\n", encoding="ascii")


def nights(source, into):
    """Inputs of fuzz_verdict: every known line in a name in every night, with and without its stamp, and
    behind every kind of line break; and good nights in which each line in turn is missing or doubled."""
    known, stamp, count = read_lines(source), "09/17/2025 22:04:11 ", 12
    breaks = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"]

    def write(name, night, place, deed, where, names):
        head = "".join(chr(48 + value) for value in (night, place, 0, deed, where >> 8, where & 255, 0, 0))
        (into / name).write_bytes(head.encode("latin-1") + b"\n" + "\0".join(names).encode())

    # five: as many objects are sent in front of one that is updated, whose name may play more
    for number, first in enumerate(range(0, len(known), 5)):
        some = known[first:first + 5]
        for night in range(count):
            for stamped in (False, True):
                names = [f"/srv/mail/x\n{stamp if stamped else ''}{line}\n" for line in some]
                write(f"night-{night}-{'stamped' if stamped else 'plain'}-{number}", night, 5 * number % 79, 0, 0, names)
        for kind, mark in enumerate(breaks):
            names = [f"/srv/mail/x{mark}{stamp}{line}{mark if number % 2 else ''}" for line in some]
            write(f"break-{kind}-{number}", 1 + (number + kind) % (count - 1), 5 * number % 79, 0, 0, names)
    for night in (0, 9):
        for deed in (3, 4):
            for where in range(40, 160) if deed == 4 else range(20, 80):
                write(f"night-{night}-deed-{deed}-{where}", night, 0, deed, where, ["/srv/mail/x"])


def seeds(extract, source, folder, *targets):
    with tempfile.TemporaryDirectory() as raw:
        subprocess.run([sys.executable, extract, raw], check=True, stdout=subprocess.DEVNULL)
        for target in targets:
            target, head = target.split(":")
            into = pathlib.Path(folder) / target
            into.mkdir(parents=True, exist_ok=True)
            for path in pathlib.Path(raw).iterdir():
                (into / path.name).write_bytes(head.encode() + b"\n" + path.read_bytes())
            if target == "verdict":
                nights(source, into)


{"lines": lines, "codes": codes, "dictionary": dictionary, "seeds": seeds}[sys.argv[1]](*sys.argv[2:])
