#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make docs/formats/ out of tests/cases: what each format looks like, and what comes out of it.

usage: formats.py [--check]   --check fails when what is there is not what would be made
A page a format: what kinds of records it gives, with their fields, and then every case of it: the
prose, the text, the records. Long blocks are cut, with the document named.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "tests", "cases")
MOST = 24  # lines of a block that are shown
WORD = re.compile(r'("(?:[^"\\]|\\.)*"|[A-Za-z_][\w-]*)=')


def documents(folder):
    names = sorted(name for name in os.listdir(os.path.join(CASES, folder)) if name.endswith(".md"))
    for name in names:
        with open(os.path.join(CASES, folder, name), encoding="utf-8") as file:
            yield name, file.read().rstrip("\n").split("\n")


def kinds_of(lines, kinds):
    """Collect the kinds of records with their fields from the ```records blocks."""
    inside = False
    for line in lines:
        if line.startswith("```"):
            inside = line.startswith("```records")
            continue
        match = re.match(r"\d+[:~-] (\w+)(.*)", line) if inside else None
        if match:
            fields = kinds.setdefault(match.group(1), [])
            for field in WORD.findall(match.group(2)):
                if field.strip('"') not in fields and field not in ("why", "of"):
                    fields.append(field.strip('"'))


def page(folder):
    kinds, index, body = {}, [], []
    for name, lines in documents(folder):
        kinds_of(lines, kinds)
        title = lines[0].lstrip("# ")
        index.append(f"- [{title}](#{re.sub(r'[^a-z0-9 -]', '', title.lower()).replace(' ', '-')})")
        body += ["", f"## {title}", ""]
        shown, inside = 0, False
        for line in lines[1:]:
            if line.startswith("```"):
                if inside and shown > MOST:
                    body.append(f"... {shown - MOST} more lines in tests/cases/{folder}/{name}")
                inside, shown = not inside, 0
                body.append(line)
            elif inside:
                shown += 1
                if shown <= MOST:
                    body.append(line)
            else:
                body.append(line)
    out = [f"# {folder}", "",
           f"Made by docs/formats.py from tests/cases/{folder}: every text below is a test. How to read "
           "the blocks is told in [tests/cases/README.md](../../tests/cases/README.md).", "",
           "| kind of record | fields seen here |", "| --- | --- |"]
    out += [f"| {kind} | {', '.join(fields) or '-'} |" for kind, fields in sorted(kinds.items())]
    return "\n".join(out + [""] + index + body) + "\n"


def main():
    check = "--check" in sys.argv
    target = os.path.join(HERE, "formats")
    folders = sorted(name for name in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, name)))
    stale = []
    os.makedirs(target, exist_ok=True)
    for name in os.listdir(target):
        if name[:-3] not in folders:
            stale.append(name)
            if not check:
                os.remove(os.path.join(target, name))
    for folder in folders:
        path = os.path.join(target, folder + ".md")
        text = page(folder)
        old = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                old = file.read()
        if old != text:
            stale.append(folder + ".md")
            if not check:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
    if check and stale:
        sys.exit("docs/formats is not what docs/formats.py makes; run it: " + ", ".join(stale))
    print(f"{len(folders)} formats, {len(stale)} made anew" if not check else f"{len(folders)} formats")


main()
