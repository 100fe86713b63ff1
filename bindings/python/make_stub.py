#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write enums.pyi, what type checkers see of the enums, from the schema and the header.

usage: make_stub.py SCHEMA.DEF TSMPARSE.H OUTPUT
"""
import pathlib
import re
import sys

ENUMS = {"Kind": "kind", "Format": "format", "FieldId": "field", "FieldType": "type", "Flag": "flag",
         "Why": "why", "Word": "word", "StatisticName": "statistic", "Verdict": "verdict",
         "Claim": "claim", "Proof": "proof", "EvidenceId": "evidence", "TokenType": "token"}
SETS = ("Flag", "Proof")
HEAD = """# Generated from lib/schema/schema.def. Do not edit.
import enum
from typing import List

class Named(enum.IntEnum):  # type: ignore[misc]  # members come with the classes below
    @property
    def label(self) -> str: ...
    def __str__(self) -> str: ...

class NamedSet(enum.IntFlag):  # type: ignore[misc]
    @property
    def labels(self) -> List[str]: ...
    def __str__(self) -> str: ...
"""


def main() -> None:
    schema, header, target = map(pathlib.Path, sys.argv[1:])
    groups: "dict[str, list[tuple[str, int]]]" = {}
    for line in schema.read_text("ascii").splitlines():
        if line and not line.startswith("#"):
            group, value, name = line.split()
            groups.setdefault(group, []).append((name, int(value)))
    groups["token"] = [(name.lower(), int(value)) for name, value in re.findall(
        r"^#define TSMP_TOKEN_(\w+) (\d+)", header.read_text("ascii"), flags=re.MULTILINE)]
    out = [HEAD]
    for name, group in ENUMS.items():
        out.append(f"class {name}({'NamedSet' if name in SETS else 'Named'}):")
        out += [f"    {member.upper()} = {value}" for member, value in groups[group]]
        out.append("")
    target.write_text("\n".join(out), "ascii")


main()
