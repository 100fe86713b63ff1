#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build the example of a language, run its own tests, and compare it with the command on every input.

usage: test_example.py LANGUAGE FOLDER LIBRARY CONFORMANCE...
Skipped (77) where the language's toolchain is not installed.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def run(command, folder=None):
    done = subprocess.run([str(word) for word in command], cwd=folder, check=False, timeout=900)
    if done.returncode != 0:
        sys.exit(f"{command}: status {done.returncode}")


def need(tool):
    if shutil.which(tool) is None:
        print(f"skipped: {tool} is not installed")
        sys.exit(77)


def go(source, work):
    need("go")
    os.environ["GOFLAGS"] = "-buildvcs=false"
    run(["go", "vet", "./..."], source)
    run(["go", "test", "-race", "./..."], source)
    run(["go", "build", "-o", work / "conform", "./conform"], source)
    return [work / "conform"]


def perl(source, work):
    need("perl")
    if subprocess.run(["perl", "-MFFI::Platypus", "-e", "1"], stderr=subprocess.DEVNULL,
                      check=False).returncode != 0:
        print("skipped: Perl has no FFI::Platypus here")
        sys.exit(77)
    run(["perl", f"-I{source}/lib", source / "t" / "tsmparse.t"])
    return ["perl", f"-I{source}/lib", source / "conform.pl"]


def node(source, work):
    need("node")
    need("npm")
    copy = work / "node"
    shutil.copytree(source, copy)
    if subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=copy,
                      check=False).returncode != 0:
        print("skipped: the package koffi cannot be installed here")
        sys.exit(77)
    run(["node", "--test", "test.js"], copy)
    return ["node", copy / "conform.js"]


def rust(source, work):
    need("cargo")
    # A copy that stays where it is, so that only what changed is compiled; Cargo's lock file with it.
    copy = pathlib.Path(os.environ["BUILD"], "bindings", "rust")
    shutil.copytree(source, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "*.lock"))
    os.environ["CARGO_TARGET_DIR"] = str(copy / "target")
    if subprocess.run(["cargo", "fetch", "--quiet"], cwd=copy, check=False).returncode != 0:
        print("skipped: the crates that it is built with cannot be had here")
        sys.exit(77)
    run(["cargo", "test", "--quiet", "--frozen", "--workspace"], copy)
    if subprocess.run(["cargo", "clippy", "--version"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode == 0:
        run(["cargo", "clippy", "--quiet", "--frozen", "--workspace", "--all-targets", "--", "-D",
             "warnings"], copy)
    run(["cargo", "build", "--quiet", "--frozen", "--example", "conform"], copy)
    return [copy / "target" / "debug" / "examples" / "conform"]


def java(source, work):
    need("java")
    need("javac")
    need("mvn")
    version = subprocess.run(["javac", "-version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             check=True).stdout.decode()
    if int(re.search(r"\d+", version)[0]) < 17:
        print(f"skipped: Java 17 is needed, {version.strip()} is installed")
        sys.exit(77)
    copy = pathlib.Path(os.environ["BUILD"], "bindings", "java")
    shutil.copytree(source, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
    done = subprocess.run(["mvn", "-q", "-B", "test"], cwd=copy, stdout=subprocess.PIPE, check=False)
    told = done.stdout.decode()
    print(told)
    if done.returncode != 0:
        if re.search("could not be resolved|Could not transfer|Could not find artifact", told):
            print("skipped: the artifacts that it is built with cannot be had here")
            sys.exit(77)
        sys.exit(f"mvn: status {done.returncode}")
    parts = [copy / "target" / part for part in ("classes", "test-classes", "dependency/*")]
    return ["java", "-cp", os.pathsep.join(map(str, parts)), "tsmparse.Conform"]


def main():
    language, folder, library, *conformance = sys.argv[1:]
    library = pathlib.Path(library).resolve()
    build = library.parent.parent
    os.environ["PKG_CONFIG_PATH"] = str(build / "meson-uninstalled")
    os.environ["LD_LIBRARY_PATH"] = str(library.parent)
    os.environ["TSMPARSE_LIBRARY"] = str(library)
    os.environ["BUILD"] = str(build)
    conformance[1] = os.path.abspath(conformance[1])
    with tempfile.TemporaryDirectory() as work:
        languages = {"go": go, "java": java, "node": node, "perl": perl, "rust": rust}
        adapter = languages[language](pathlib.Path(folder), pathlib.Path(work))
        run([sys.executable, *conformance, *adapter])


main()
