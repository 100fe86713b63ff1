#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""mypy --strict over the package and its tests, and stubtest: what is declared is what is there.

usage: test_types.py PACKAGE ENUMS.PYI TESTS LIBRARY VENVS
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from environments import environment


def main() -> int:
    package, stub, tests, library, venvs = sys.argv[1:]
    library = os.path.abspath(library)
    venv = environment(venvs, "types", ["mypy==2.4.1"])
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder, "site")
        shutil.copytree(package, site / "tsmparse", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(stub, site / "tsmparse" / "enums.pyi")
        env = {**os.environ, "TSMPARSE_LIBRARY": library, "PYTHONPATH": str(site),
               "MYPYPATH": str(site), "MYPY_CACHE_DIR": str(pathlib.Path(folder, "cache"))}
        status = 0
        files = sorted(str(path) for path in pathlib.Path(tests).glob("*.py"))
        for command in (["mypy", "--strict", str(site / "tsmparse")],
                        ["mypy", "--strict", *files], ["stubtest", "tsmparse"]):
            done = subprocess.run([str(venv / "bin" / command[0]), *command[1:]], env=env, check=False,
                                  cwd=folder)
            status |= done.returncode
        return status


sys.exit(main())
