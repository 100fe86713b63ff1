#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tsmp_schema_json() must be valid JSON and agree with schema.def, the headers and the compiler.

usage: check_schema.py TEST_SCHEMA SCHEMA_DEF HEADER...
"""
import json
import re
import subprocess
import sys


def no_doubles(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key stands twice: {sorted(keys)}"
    return dict(pairs)


def main():
    program, schema_def, *headers = sys.argv[1:]
    run = lambda *arguments: subprocess.run([program, *arguments], check=True, text=True,
                                            capture_output=True).stdout
    schema = json.loads(run("--json"), object_pairs_hook=no_doubles)

    expected = {}
    for line in open(schema_def, encoding="ascii"):
        if line.strip() and not line.startswith("#"):
            group, ident, name = line.split()
            expected.setdefault(group, {})[name] = int(ident)
    for group, names in expected.items():
        assert schema[group] == names, f"group {group} is not that of {schema_def}"

    # Who has the header alone must be able to read a record: these constants are told, with field names.
    lines = open(schema_def, encoding="ascii").read().splitlines()
    for before, line in zip(lines, lines[1:]):
        group, _, name = line.split() if line and line[0] != "#" else ("", "", "")
        if group in ("kind", "type", "flag", "why"):
            assert before.startswith("#: "), f"{group} {name} has no comment"
        if group == "kind" and "Fields: " in before:
            told = re.sub(r"\([^)]*\)", "", before.split("Fields: ")[1].split(";")[0])
            for field in re.findall(r"\b[a-z_]+(?=[,.]|$)", told.split(", and ")[0]):
                assert field in schema["field"], f"kind {name} has no field {field}"

    compared = 0
    for line in run("--layout").splitlines():
        struct, member, offset, size = line.split()
        layout = schema["layout"].get(struct)
        if layout is None:
            continue
        if member == ".":
            assert layout["size"] == int(size), f"{struct} has {size} bytes"
        else:
            at = layout["members"][member][:2]
            assert at == [int(offset), int(size)], f"{struct}.{member} is at {offset}, not {at}"
        compared += 1
    assert compared >= 24, f"only {compared} members compared"

    text = "".join(open(header, encoding="ascii").read() for header in headers)
    abi = int(re.search(r"#define TSMP_ABI_VERSION (\d+)", text)[1])
    assert schema["abi"] == abi, "another ABI number than the header's"
    for name, value in schema["constant"].items():
        found = re.search(rf"#define TSMP_{name.upper()} \(?(-?(?:0x[0-9A-Fa-f]+|\d+))u?\)?\s", text)
        if found:
            assert int(found[1], 0) == value, f"{name} is {found[1]} in the header"
    print(f"{sum(map(len, expected.values()))} constants and {compared} members agree")


main()
