#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each member of a state is named where tokens are made: written, or listed as left out with why.

usage: resumed.py LIB
A member that somebody adds and forgets there would make a resumed reading differ from an unbroken one.
"""
import pathlib
import re
import sys

STRUCTS = {"line.h": ["line_state"], "table.h": ["column", "query", "table"], "order.h": ["order"],
           "clock.h": ["stamp"], "reader.h": ["tsmp_reader"], "run_state.h": ["definition", "tsmp_runs"],
           "run.h": ["finding", "run_lines", "tsmp_run"], "volumes.h": ["run_volume", "volumes"]}


def members(header, struct):
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.DOTALL)
    body = re.search(rf"struct {struct} \{{(.*?)\n\}};", text, flags=re.DOTALL)
    assert body, f"there is no struct {struct}"
    for declaration in body[1].split(";"):
        for part in declaration.split(","):
            found = re.search(r"(\w+)(\[\w+\])*\s*$", part.strip())
            if found:
                yield found[1]


def room(lib, name):
    (path,) = (path for path in lib.rglob(name) if path.parent.name != "arrow")
    return path.read_text(encoding="ascii")


def main():
    lib = pathlib.Path(sys.argv[1])
    code = "".join(room(lib, name) for name in ("resume.c", "resume_runs.c"))
    count, missing = 0, []
    for header, structs in STRUCTS.items():
        text = room(lib, header)
        for struct in structs:
            for member in members(text, struct):
                count += 1
                if not re.search(rf"\b{member}\b", code):
                    missing.append(f"{struct}.{member}")
    if missing:
        print("not in a token, and not said why in lib/resume*.c:", " ".join(missing))
    print(f"{count} members")
    return 1 if missing or count < 120 else 0


sys.exit(main())
