#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The binary interface against that of an earlier version: what was there stays as it was.

usage: abi.py compare LIBRARY HEADERS-DIR BASELINE.abi SUPPRESSIONS   functions and their types, by abidiff
       abi.py asserts BASELINE.json OUT.c    a C file that compiles only where layout and constants hold
       abi.py record  BUILD-DIR              take a new baseline: when a version is released, not before

Exit 77 = skipped, and why. abidiff's rule for members at the end lets pass what stands in the middle
(seen with 2.2), so places and sizes are asserted by the compiler as well.
"""
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def dump(library, headers, to):
    """The library's interface as XML, without anything of the machine it was built on."""
    subprocess.run(["abidw", "--no-show-locs", "--no-comp-dir-path", "--no-corpus-path", "--no-elf-needed",
                    "--no-parameter-names", "--exported-interfaces-only", "--headers-dir", headers,
                    "--drop-private-types", "--out-file", to, library], check=True)


def compare(library, headers, baseline, suppressions):
    for tool in ("abidw", "abidiff", "readelf"):
        if shutil.which(tool) is None:
            skip(f"{tool} is missing (Debian: abigail-tools)")
    elf = subprocess.run(["readelf", "-hSW", library], check=True, capture_output=True, text=True).stdout
    if "X86-64" not in elf or "ELF64" not in elf:
        skip("the baseline is one of x86-64")
    if ".debug_info" not in elf:
        skip("the library has no debug information to compare")
    with tempfile.TemporaryDirectory() as folder:
        now = pathlib.Path(folder) / "now.abi"
        dump(library, headers, now)
        result = subprocess.run(["abidiff", "--no-added-syms", "--suppressions", suppressions, baseline, now],
                                capture_output=True, text=True)
    print(result.stdout, result.stderr, sep="", end="")
    if result.returncode != 0:
        sys.exit(f"abidiff ends with {result.returncode}: programs built against the earlier version may break")
    print("what the earlier version had is there and unchanged")


def asserts(baseline, to):
    schema = json.load(open(baseline, encoding="ascii"))
    lines = ["/* Made by abi.py: the earlier version's places and numbers. */",
             "#include <tsmparse/arrow.h>", "#include <tsmparse/canary.h>", "#include <tsmparse/runs.h>", "#include <tsmparse/tsmparse.h>",
             "#include <stddef.h>", "",
             "#define LP64 (sizeof(void *) == 8 && sizeof(long) == 8)",
             "#define AT(type, member, place) _Static_assert(!LP64 || offsetof(type, member) == (place), "
             "#type \".\" #member \" has moved\");",
             "#define WIDE(type, member, bytes) _Static_assert(!LP64 || sizeof(((type *)0)->member) == (bytes), "
             "#type \".\" #member \" has another size\");",
             "#define HOLDS(type, bytes) _Static_assert(!LP64 || sizeof(type) >= (bytes), #type \" has shrunk\");",
             "#define IS(name, number) _Static_assert((name) == (number), #name \" is another number\");", ""]
    places = 0
    for struct, layout in schema["layout"].items():
        lines.append(f"HOLDS({struct}, {layout['size']})")
        for member, (offset, size, _) in layout["members"].items():
            lines.append(f"AT({struct}, {member}, {offset})")
            lines.append(f"WIDE({struct}, {member}, {size})")
            places += 1
    numbers = 0
    for group, names in schema.items():
        if group in ("abi", "layout", "constant"):
            continue
        for name, number in names.items():
            lines.append(f"IS(TSMP_{group.upper()}_{name.upper()}, {number})")
            numbers += 1
    if places < 100 or numbers < 250:
        sys.exit(f"only {places} places and {numbers} numbers in {baseline}")
    lines += ["", "int main(void)", "{", "    return 0;", "}"]
    pathlib.Path(to).write_text("\n".join(lines) + "\n", encoding="ascii")


def record(build):
    build = pathlib.Path(build)
    source = HERE.parent.parent
    schema = subprocess.run([build / "tests/test_schema", "--json"], check=True, capture_output=True, text=True).stdout
    (HERE / "baseline.json").write_text(json.dumps(json.loads(schema), indent=1) + "\n", encoding="ascii")
    for name in ("tsmparse.h", "runs.h", "canary.h"):
        shutil.copy(source / "include/tsmparse" / name, HERE / "old/tsmparse" / name)
    shutil.copy(build / "include/tsmparse/schema.h", HERE / "old/tsmparse/schema.h")
    if platform.machine() == "x86_64":
        dump(build / "lib/libtsmparse.so", source / "include/tsmparse", HERE / "x86_64.abi")


{"compare": compare, "asserts": asserts, "record": record}[sys.argv[1]](*sys.argv[2:])
