#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The conditions of the judge that no test shows to decide by themselves (MC/DC), each with a reason.

usage: uncovered.py               does docs/uncovered.tsv still speak of the code as it is? (a test)
       uncovered.py EXPORT        set it against what was measured: `llvm-cov export` (tools/coverage --mcdc)
       uncovered.py EXPORT --new  write the list anew, with the reasons that stand in it

A row is a condition: file, line, which one, the whole decision, the reason. Lines move, so it is known by
the others. What is measured and not listed, or listed and covered by now, is an error.
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "docs/uncovered.tsv"
ROOM = "lib/judge"
HEAD = ["file", "line", "condition", "decision", "reason"]


def plain(text):
    return " ".join(text.split())


def listed():
    """The rows, by what they are told by."""
    rows = [line.split("\t") for line in LIST.read_text().splitlines() if not line.startswith("#")]
    if rows[:1] != [HEAD] or any(len(row) != len(HEAD) for row in rows):
        sys.exit(f"{LIST.name} does not have the columns {', '.join(HEAD)}")
    return {(row[0], row[2], row[3]): row for row in rows[1:]}


def stale(rows):
    for file, _, decision in rows:
        path = ROOT / file
        if not path.exists() or decision not in plain(path.read_text(encoding="ascii")):
            yield f"{file}: there is no `{decision}`"
    for row in rows.values():
        if not row[4].strip():
            yield f"{row[0]}: `{row[3]}`, {row[2]}: no reason is given"


def measured(export):
    """What was not covered, and how many conditions there are."""
    missed, count = {}, 0
    for file in json.loads(pathlib.Path(export).read_text())["data"][0]["files"]:
        name = file["filename"]
        if f"/{ROOM}/" not in "/" + name:
            continue
        path = ROOM + "/" + name.rsplit("/", 1)[-1]
        lines = (ROOT / path).read_text(encoding="ascii").splitlines()
        decisions = {tuple(record[:4]): record[-1] for record in file.get("mcdc_records", [])}
        for (line, column, end, end_column), conditions in sorted(decisions.items()):
            text = lines[line - 1:end]
            text[-1] = text[-1][:end_column - 1]
            text[0] = text[0][column - 1:]
            count += len(conditions)
            for i, covered in enumerate(conditions):
                if not covered:
                    row = [path, str(line), f"{i + 1} of {len(conditions)}", plain("\n".join(text)), ""]
                    missed[row[0], row[2], row[3]] = row
    return missed, count


def main():
    rows = listed()
    if len(sys.argv) == 1:
        problems = list(stale(rows))
    else:
        missed, count = measured(sys.argv[1])
        print(f"{ROOM}: {count - len(missed)} of {count} conditions decide by themselves")
        if sys.argv[2:] == ["--new"]:
            for key, row in missed.items():
                row[4] = rows[key][4] if key in rows else ""
            LIST.write_text("\n".join("\t".join(row) for row in [HEAD, *missed.values()]) + "\n")
            rows = missed
        problems = [f"not listed: {row[0]}:{row[1]}: `{row[3]}`, {row[2]}" for key, row in missed.items() if key not in rows]
        problems += [f"covered by now: {row[0]}: `{row[3]}`, {row[2]}" for key, row in rows.items() if key not in missed]
    print("\n".join(problems) or f"{len(rows)} conditions are listed")
    return 1 if problems else 0


sys.exit(main())
