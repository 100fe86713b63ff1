#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The built objects have what the flags promise: asked of the objects, not of the flags.

usage: hardening.py FORTIFIED LIBRARY COMMAND     (FORTIFIED: 1 when the build optimises)
"""
import re
import shutil
import subprocess
import sys

if not shutil.which("readelf") or not open(sys.argv[2], "rb").read(4) == b"\x7fELF":
    print("no readelf, or no ELF")
    sys.exit(77)

wrong = []


def readelf(path, *words):
    return subprocess.run(["readelf", "-W", *words, path], check=True, capture_output=True, text=True).stdout


for path in sys.argv[2:]:
    segments, dynamic = readelf(path, "-l"), readelf(path, "-d")
    symbols, header = readelf(path, "--dyn-syms"), readelf(path, "-h")
    stack = re.search(r"GNU_STACK.*", segments)
    checks = {
        "position independent (DYN)": re.search(r"Type:\s+DYN", header),
        "GNU_RELRO": "GNU_RELRO" in segments,
        "bound at start (NOW)": re.search(r"BIND_NOW|FLAGS_1.*NOW", dynamic),
        "stack not executable": stack and "RWE" not in stack.group(),
        "no segment both writable and executable": not re.search(r"LOAD.*RWE", segments),
        "no text relocations": "TEXTREL" not in dynamic,
        "may be loaded with dlopen": "NOOPEN" not in dynamic,
        "stack protector": "__stack_chk_fail" in symbols,
    }
    if path == sys.argv[2]:
        checks["no RPATH or RUNPATH"] = not re.search(r"R(UN)?PATH", dynamic)
    if sys.argv[1] == "1":
        checks["fortified"] = re.search(r"__\w+_chk\b(?<!__stack_chk)", symbols)
    for name, good in checks.items():
        print(f"{'ok' if good else 'WRONG'}: {path}: {name}")
        if not good:
            wrong.append(name)
sys.exit(1 if wrong else 0)
