#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the input of every case as a file of its raw bytes: seeds for fuzzing, samples to try.

usage: extract.py FOLDER [FORMAT...]

An input of cases/FORMAT/NAME.md becomes FOLDER/FORMAT-NAME-N, N counting from 1.
The format of the documents is told in README.md beside this script.
"""
import pathlib
import re
import sys

ESCAPES = {b"r": b"\r", b"t": b"\t", b"s": b" ", b"\\": b"\\"}


def unescape(line):
    def one(match):
        word = match.group(1)
        return bytes([int(word[1:], 16)]) if word[:1] == b"x" else ESCAPES[word]
    return re.sub(rb"\\(x[0-9A-Fa-f]{2}|.)", one, line)


def inputs(document):
    """The raw bytes of each input block of a document."""
    lines = document.read_bytes().split(b"\n")
    at = 0
    while at < len(lines):
        if not lines[at].startswith(b"```"):
            at += 1
            continue
        words = lines[at][3:].split()
        end = lines.index(b"```", at + 1)
        block = lines[at + 1:end]
        at = end + 1
        if not words or words[0] != b"input":
            continue
        if b"escapes" in words:
            block = [unescape(line) for line in block]
        newline = b"\r\n" if b"crlf" in words else b"\n"
        text = newline.join(block) + (b"" if b"no-newline" in words or not block else newline)
        for word, codec in ((b"utf16le", "utf-16-le"), (b"utf16be", "utf-16-be")):
            if word in words:
                text = ("\ufeff" + text.decode("utf-8")).encode(codec)
        yield (b"\xef\xbb\xbf" if b"bom" in words else b"") + text


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    here = pathlib.Path(__file__).resolve().parent
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    formats = sys.argv[2:] or sorted(p.name for p in here.iterdir()
                                     if p.is_dir() and not p.name.startswith("__"))
    count = 0
    for name in formats:
        for document in sorted((here / name).glob("*.md")):
            for number, text in enumerate(inputs(document), 1):
                (target / f"{name}-{document.stem}-{number}").write_bytes(text)
                count += 1
    print(f"{count} inputs in {target}")


main()
