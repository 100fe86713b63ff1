# SPDX-License-Identifier: BSD-2-Clause
"""What the scripts of this folder share: a command's times and its peak of memory, by launch.c."""
import collections
import subprocess
import sys

Figures = collections.namedtuple("Figures", "wall cpu peak")  # seconds, seconds, KiB


def launch(program, command, stdin=subprocess.DEVNULL, good=(0, 1, 2, 3)):
    """`program`: the built launch.c. The output of the command is thrown away."""
    done = subprocess.run([program, *command], stdin=stdin, stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode not in good:
        sys.exit(f"{command}: status {done.returncode}")
    wall, user, system, peak = done.stdout.split()
    return Figures(float(wall), float(user) + float(system), int(peak))
