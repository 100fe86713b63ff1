#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make what the fuzz targets are fed with out of the project's own tables and cases.

usage: generate.py lines LINES_TXT OUTPUT              the lines as C strings, for the mutator
       generate.py codes MESSAGES_TSV OUTPUT           the numbers of all messages, as C strings
       generate.py dictionary LINES_TXT SCHEMA_DEF MESSAGES_TSV OUTPUT
       generate.py seeds EXTRACT FOLDER TARGET:HEAD... FOLDER/TARGET/NAME: the inputs of the cases,
                                                       each behind the head (see fuzz.h)
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


def seeds(extract, folder, *targets):
    with tempfile.TemporaryDirectory() as raw:
        subprocess.run([sys.executable, extract, raw], check=True, stdout=subprocess.DEVNULL)
        for target in targets:
            target, head = target.split(":")
            into = pathlib.Path(folder) / target
            into.mkdir(parents=True, exist_ok=True)
            for path in pathlib.Path(raw).iterdir():
                (into / path.name).write_bytes(head.encode() + b"\n" + path.read_bytes())


{"lines": lines, "codes": codes, "dictionary": dictionary, "seeds": seeds}[sys.argv[1]](*sys.argv[2:])
