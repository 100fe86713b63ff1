# SPDX-License-Identifier: BSD-2-Clause
"""Virtual environments with pinned packages, made once and kept in the build directory."""
import hashlib
import pathlib
import shutil
import subprocess
import sys
from typing import NoReturn, Sequence


def skip(reason: str) -> NoReturn:
    print(f"skipped: {reason}")
    sys.exit(77)


def environment(folder: str, name: str, packages: Sequence[str]) -> pathlib.Path:
    """The virtual environment of this name; the test is skipped where it cannot be made."""
    key = hashlib.sha256(" ".join([sys.version, *packages]).encode()).hexdigest()[:12]
    made = pathlib.Path(folder) / f"{name}-{key}"
    if (made / "ready").exists():
        return made
    shutil.rmtree(made, ignore_errors=True)
    steps = [[sys.executable, "-m", "venv", str(made)]]
    if packages:
        steps.append([str(made / "bin" / "python"), "-m", "pip", "install", "--quiet",
                      "--disable-pip-version-check", "--only-binary", ":all:", *packages])
    for step in steps:
        done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              universal_newlines=True)
        if done.returncode != 0:
            print(done.stdout)
            shutil.rmtree(made, ignore_errors=True)
            skip(f"{' '.join(packages) or 'a virtual environment'} cannot be installed here")
    (made / "ready").touch()
    return made
