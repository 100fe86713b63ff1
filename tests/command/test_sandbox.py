#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the command may still do while it reads hostile text."""
import os
import subprocess
import sys
import tempfile

# usage: test_sandbox.py SANDBOXED TSMPARSE; what SANDBOXED tries is in sandboxed.c


def landlock():
    """The kernel's version of it, by what it tells a program that asks; 0 = none."""
    import ctypes
    return max(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1), 0)


def waits_restricted(arguments, program):
    """The command, while it waits for its input, has given up new privileges. (If it never does, this
    test does not end.)"""
    process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                if "NoNewPrivs:\t1\n" in file.read():
                    return True
        return False
    finally:
        process.stdin.close()
        process.wait()


def main():
    sandboxed, program = sys.argv[1:3]
    version = landlock()
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        if os.path.realpath(folder).startswith("/tmp/"):
            # Below /tmp everything may be written: there is nothing to see.
            if not os.access("/var/tmp", os.W_OK):
                print("the build lies below /tmp, and /var/tmp cannot be written")
                sys.exit(77)
            with tempfile.TemporaryDirectory(dir="/var/tmp") as other:
                done = subprocess.run([sandboxed, other, str(int(version >= 4))])
        else:
            done = subprocess.run([sandboxed, folder, str(int(version >= 4))])
    if done.returncode == 77 and version > 0:
        sys.exit("the kernel has Landlock, and it was not used")
    if done.returncode != 0:
        sys.exit(done.returncode)
    for verb in "check", "runs", "records", "probe":
        if not waits_restricted([verb, "-"], program):
            sys.exit(f"{verb} restricts itself in nothing")


main()
