#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same source, built in two folders of other names, gives the same bytes: library and command.

usage: reproducible.py SOURCE-DIR COMPILER... -- MESON...

What is built twice differs in the names and depths of both folders, in where one lies to the other, in the
time zone, the language, and how much is compiled at a time. A cache of objects would only show that it
hands out the same twice: it is switched off. Exit 77: a tool is missing.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BUILT = ["lib/libtsmparse.so.1.0.0", "tools/tsmparse"]


def run(command, environment):
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        print(" ".join(map(str, command)), result.stdout, result.stderr, sep="\n")
        sys.exit(1)


def build(source, folder, compiler, meson, jobs, **environment):
    environment = dict(os.environ, CC=" ".join(compiler), CCACHE_DISABLE="1", **environment)
    run([*meson, "setup", folder, source, "-Dtests=false", "-Darrow=false"], environment)
    run(["ninja", "-C", folder, f"-j{jobs}", *BUILT], environment)
    return {name: (folder / name).read_bytes() for name in BUILT}


def difference(one, other, names):
    at = next((i for i, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other)))
    told = [f"{len(one)} and {len(other)} bytes, the first that differs is {at}"]
    for whose, content in (("the first", one), ("the second", other)):
        told += [f"{whose} names {name}" for name in names if name.encode() in content]
    return "; ".join(told)


def main(source, words):
    compiler, meson = words[:words.index("--")], words[words.index("--") + 1:]
    for tool in (compiler[0], meson[0], "ninja"):
        if shutil.which(tool) is None:
            print(f"{tool} is missing")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        first, second = root / "one", root / "another name" / "deeper"
        for copy in (first, second):
            shutil.copytree(source, copy, ignore=lambda folder, names: [
                n for n in names if pathlib.Path(folder) == source and (n[0] == "." or n.startswith("build") or n in ("tests", "fuzz"))])
        ours = build(first, first / "build", compiler, meson, 2, TZ="UTC", LC_ALL="C")
        theirs = build(second, root / "beside", compiler, meson, 1, TZ="Asia/Tokyo", LC_ALL="C.UTF-8")
        bad = 0
        for built in BUILT:
            if ours[built] == theirs[built]:
                print(f"{built}: {len(ours[built])} bytes, the same")
            else:
                bad = 1
                print(f"{built} differs: {difference(ours[built], theirs[built], [str(first), str(second), str(root / 'beside')])}")
        sys.exit(bad)


main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:])
