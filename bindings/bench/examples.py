#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Speed of the thin examples beside C: build each as its users would, then bench.py with all of them.
A language whose tools are not installed is left out, and named.

usage: examples.py LIBRARY GENERATOR BASELINE MEGABYTES
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent


def go(folder, work):
    return ["go", "build", "-buildvcs=false", "-o", work / "go-bench", "./bench"], folder, [work / "go-bench"]


def perl(folder, _):
    return ["perl", "-MFFI::Platypus", "-e", "1"], folder, ["perl", f"-I{folder}/lib", folder / "bench.pl"]


def node(folder, work):
    shutil.copytree(folder, work / "node")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
    return install, work / "node", ["node", work / "node" / "bench.js"]


def rust(folder, work):
    shutil.copytree(folder, work / "rust", ignore=shutil.ignore_patterns("target"))
    os.environ["CARGO_TARGET_DIR"] = str(work / "target")
    build = ["cargo", "build", "--quiet", "--release", "--example", "bench"]
    return build, work / "rust", [work / "target" / "release" / "examples" / "bench"]


def java(folder, work):
    shutil.copytree(folder, work / "java", ignore=shutil.ignore_patterns("target"))
    parts = [work / "java" / "target" / part for part in ("classes", "test-classes", "dependency/*")]
    return (["mvn", "-q", "-B", "test-compile"], work / "java",
            ["java", "-cp", os.pathsep.join(map(str, parts)), "tsmparse.Bench"])


def main():
    library, *rest = sys.argv[1:]
    library = pathlib.Path(library).resolve()
    os.environ["PKG_CONFIG_PATH"] = str(library.parent.parent / "meson-uninstalled")
    os.environ["LD_LIBRARY_PATH"] = str(library.parent)
    os.environ["TSMPARSE_LIBRARY"] = str(library)
    with tempfile.TemporaryDirectory() as work:
        subjects = []
        for language in (go, rust, java, node, perl):
            name = language.__name__
            build, folder, command = language(BENCH.parent / name, pathlib.Path(work))
            if shutil.which(build[0]) is None or subprocess.run(build, cwd=folder, check=False).returncode != 0:
                print(f"{name}: left out: {build[0]} is not installed, or could not build it", flush=True)
                continue
            subjects.append(f"records-{name}={shlex.join(map(str, command))}")
        subprocess.run([sys.executable, BENCH / "bench.py", *rest, *subjects], check=True)


main()
