#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every door by which bytes of a stranger come in has a fuzz target.

usage: doors.py FUZZ-DIR HEADER...

A door is a public function that takes bytes (`const char *`), a batch or a source of them. It must be called in
fuzz/, or stand below with the reason why its bytes are nobody's but the caller's.
"""
import pathlib
import re
import sys

TRUSTED = {
    "tsmp_name": "a group's name, of the program itself",
    "tsmp_batch_ref": "counts, reads nothing",
    "tsmp_batch_unref": "counts, reads nothing",
    "tsmp_batch_field_name": "a number of the program",
    "tsmp_arrow_capsule": "tsmp_arrow_stream() in an object of Python",
}

fuzz = "".join(path.read_text() for path in pathlib.Path(sys.argv[1]).glob("*.c"))
doors, missing = set(), []
for header in sys.argv[2:]:
    code = re.sub(r"/\*.*?\*/", " ", pathlib.Path(header).read_text(), flags=re.DOTALL)
    for name, arguments in re.findall(r"TSMP_API[^;(]*?\b(tsmp_\w+)\s*\(([^;]*)\)\s*;", code):
        if re.search(r"const char \*|const void \*|const tsmp_batch \*|tsmp_batch \*\w+\s*(,|$)|const tsmp_text \*|const tsmp_batch_source \*", arguments):
            doors.add(name)
for name in sorted(doors):
    called = re.search(rf"\b{name}\s*\(", fuzz) is not None
    if not called and name not in TRUSTED:
        missing.append(name + " has no fuzz target")
unknown = set(TRUSTED) - doors
print(f"{len(doors)} doors: {' '.join(sorted(doors))}")
for line in missing + [f"{name} is no door any more" for name in sorted(unknown)]:
    print("WRONG: " + line)
sys.exit(1 if missing or unknown or len(doors) < 8 else 0)
