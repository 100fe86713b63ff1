#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A program outside of the project builds and runs against the library.

usage: outside.py installed  BUILD-DIR OUTSIDE.C COMPILER...   what `meson install` puts down, by pkg-config
       outside.py subproject SOURCE-DIR OUTSIDE.C MESON...     the source as a meson subproject
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

EXPECTED = "REED_INC incomplete\n"


def run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        print(" ".join(map(str, command)), result.stdout, result.stderr, sep="\n")
        sys.exit(1)
    return result.stdout


def need(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            print(f"{tool} is missing")
            sys.exit(77)


def expect(program, **options):
    printed = run([program], **options)
    assert printed == EXPECTED, f"it prints {printed!r}"
    print(f"it prints {printed.strip()!r}")


def installed(folder, build, source, *compiler):
    need("pkg-config", "meson", compiler[0])
    root = folder / "root"
    run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", root])
    packages = [path.parent for path in root.rglob("tsmparse.pc")]
    assert len(packages) == 1, f"package files: {packages}"
    # pkg-config's own search path stays for what the package requires.
    environment = dict(os.environ, PKG_CONFIG_PATH=str(packages[0]))
    prefix = next(line.split("=", 1)[1] for line in (packages[0] / "tsmparse.pc").read_text().splitlines()
                  if line.startswith("prefix="))
    options = ["--define-variable=prefix=" + str(root) + prefix]
    flags = run(["pkg-config", *options, "--cflags", "--libs", "tsmparse"], env=environment).split()
    program = folder / "outside"
    run([*compiler, "-std=c11", "-Wall", "-Werror", source, "-o", program, *flags])
    library = next(root.rglob("libtsmparse.so*")).parent
    expect(program, env=dict(os.environ, LD_LIBRARY_PATH=str(library)))
    version = run(["pkg-config", "--modversion", "tsmparse"], env=environment).strip()
    headers = sorted(path.name for path in root.rglob("include/tsmparse/*.h"))
    assert {"tsmparse.h", "runs.h", "schema.h"} <= set(headers), f"headers installed: {headers}"
    print(f"tsmparse {version} with {', '.join(headers)}")


def subproject(folder, source_dir, source, *meson):
    need(meson[0], "ninja")
    (folder / "subprojects").mkdir()
    (folder / "subprojects" / "libtsmparse").symlink_to(source_dir, target_is_directory=True)
    shutil.copy(source, folder / "outside.c")
    (folder / "meson.build").write_text("""
project('outside', 'c', default_options: ['c_std=c11'])
subproject('libtsmparse', default_options: ['tests=false'])
executable('outside', 'outside.c', dependencies: dependency('tsmparse'))
""")
    build = folder / "build"
    prefix = folder / "prefix"
    run([*meson, "setup", build, folder, f"--prefix={prefix}"])
    run(["ninja", "-C", build, "-j2"])
    expect(build / "outside")
    # In a folder of its own the command finds its library by itself.
    run([*meson, "install", "-C", build, "--no-rebuild", "--quiet"])
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    print(run([prefix / "bin/tsmparse", "--version"], env=environment).strip())


with tempfile.TemporaryDirectory() as name:
    {"installed": installed, "subproject": subproject}[sys.argv[1]](pathlib.Path(name), *sys.argv[2:])
